"""Programs that could go wrong under recording: each runs as in plain torch, and its Document tells the truth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

import backlight
from sample_programs import trace


def value(document: dict[str, Any], number: int | None) -> Any:
    return None if number is None else document["values"][number]["data"]


def leaf(document: dict[str, Any], name: str) -> tuple[Any, Any]:
    """Value and gradient at the end."""
    (found,) = [each for each in document["leaves"] if each["name"] == name]
    return value(document, found["value"]), value(document, found["grad"])


def changes(document: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Kind, before and after of everything that happened to leaves outside the graph."""
    kinds = ("update", "grad-cleared", "grad-changed")
    return [
        (event["kind"], value(document, event["before"]), value(document, event["after"]))
        for event in document["events"]
        if event["kind"] in kinds
    ]


def run(source: str) -> dict[str, Any]:
    document = trace("import torch\nfrom torch import nn\n" + source)
    assert document["error"] is None
    return document


def test_a_view_taken_without_grad_may_outlive_a_write_to_its_base() -> None:
    document = run("w = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n    v = w[0]\n    w[0] = 3\n")
    assert leaf(document, "w") == ([3.0, 1.0], None)


def test_function_transforms_run() -> None:
    document = run(
        "f = lambda x: (x**3).sum()\n"
        "print(torch.func.grad(f)(torch.ones(2)))\n"
        "print(torch.func.vmap(torch.func.grad(f))(torch.ones(2, 2)))\n"
        "print(torch.func.jacrev(f)(torch.ones(2)))\n"
        "print(torch.func.hessian(f)(torch.ones(2)))\n"
    )
    assert document["cells"][0]["output"].count("tensor(") == 4
    notices = [(each["code"], each["severity"], each["line"]) for each in document["diagnostics"]]
    assert notices == [("function-transform", "info", line) for line in (4, 5, 6, 7)]
    assert all(node["value"] is not None for node in document["nodes"])


@pytest.mark.parametrize(
    "change",
    ["setattr(w, 'data', torch.zeros(2))", "torch.nn.utils.vector_to_parameters(torch.zeros(2), [w])"],
)
def test_data_that_was_replaced_behind_the_programs_back_is_seen(change: str) -> None:
    document = run(f"w = torch.ones(2, requires_grad=True)\n(w * 2).sum().backward()\n{change}\n")
    assert leaf(document, "w") == ([0.0, 0.0], [2.0, 2.0])


def test_a_gradient_that_is_clipped_scaled_or_assigned_has_its_events() -> None:
    document = run(
        "w = torch.tensor(1.0, requires_grad=True)\n"
        "(w * 100).backward()\n"
        "torch.nn.utils.clip_grad_value_([w], 8.0)\n"
        "w.grad *= 2\n"
        "w.grad = torch.tensor(7.0)\n"
    )
    assert changes(document) == [("grad-changed", 100, 8), ("grad-changed", 8, 16), ("grad-changed", 16, 7)]
    assert leaf(document, "w") == (1.0, 7.0)


def test_a_gradient_that_numpy_only_reads_has_not_changed() -> None:
    w = torch.ones(2, requires_grad=True)
    with backlight.record() as tape:
        (w * 2).sum().backward()
        assert w.grad is not None
        step = 0.1 * w.grad.numpy()
        w.data = torch.from_numpy(w.detach().numpy() - step)
    assert [event.kind for event in tape.document.events if event.kind.startswith(("grad", "update"))] == ["update"]


@pytest.mark.parametrize(
    "fill", ["w.data.fill_(3)", "w.data = torch.full((2,), 3.0)", "w.detach().copy_(torch.ones(2) * 3)"]
)
def test_a_parameter_on_memory_as_it_was_found_begins_with_what_it_is_filled_with(fill: str) -> None:
    document = run(f"w = nn.Parameter(torch.empty(2))\n{fill}\n(w * 2).sum().backward()\nw.data.add_(1)\n")
    (node,) = [each for each in document["nodes"] if each["kind"] == "leaf"]
    assert value(document, node["value"]) == [3, 3]
    assert changes(document) == [("update", [3, 3], [4, 4])]


def test_what_numpy_writes_last_of_all_is_seen_at_the_end() -> None:
    array = np.ones(2, dtype=np.float32)
    with backlight.record() as tape:
        x, w = torch.from_numpy(array), torch.ones(2, requires_grad=True)
        (w * x).sum().backward()
        array += 1
        w.detach().numpy()[0] = 5
    document = tape.document
    (leaf,) = document.leaves
    values = [document.values[node.value or 0].data for node in document.nodes if "x" in node.names]
    assert (values, document.values[leaf.value].data) == ([[1, 1], [2, 2]], [5, 1])
    assert [event.kind for event in document.events][-1] == "update"


CLOSURE = """\
w = torch.tensor([2.0], requires_grad=True)
optimizer = torch.optim.{name}([w], lr=0.1)
def closure():
    optimizer.zero_grad()
    loss = (w * w).sum()
    loss.backward()
    return loss
for _ in range(2):
    optimizer.step(closure)
"""


@pytest.mark.parametrize("name", ["SGD", "LBFGS", "Adam"])
def test_a_step_with_a_closure_is_one_update(name: str) -> None:
    document = run(CLOSURE.format(name=name))
    updates = [change for change in changes(document) if change[0] == "update"]
    assert len(updates) == 2
    assert updates[0][1] == [2.0]
    assert updates[0][2] == updates[1][1]
    assert updates[1][2] == leaf(document, "w")[0]


def test_a_frozen_parameter_has_its_value() -> None:
    document = run(
        "model = nn.Linear(2, 1)\nfor p in model.parameters():\n    p.requires_grad = False\n"
        "x = torch.ones(1, 2, requires_grad=True)\nmodel(x).sum().backward()\n"
    )
    frozen = [node for node in document["nodes"] if "model.weight" in node["names"]]
    assert [value(document, node["value"]) for node in frozen] == [leaf(document, "x")[1]]


def test_sparse_gradients_and_tensors_are_recorded() -> None:
    document = run(
        "table = nn.Embedding(3, 1, sparse=True)\ntable(torch.tensor([1, 1])).sum().backward()\n"
        "eye = torch.eye(2).to_sparse()\n"
    )
    assert leaf(document, "table.weight")[1] == [[0.0], [2.0], [0.0]]


def test_a_value_tells_its_layout() -> None:
    document = run(
        "table = nn.Embedding(3, 1, sparse=True)\ntable(torch.tensor([1])).sum().backward()\n"
        "eye = torch.eye(2).to_sparse_csr()\n"
        "ragged = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged, requires_grad=True)\n"
        "(ragged * 2).values().sum().backward()\n"
        "older = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], requires_grad=True)\n"
        "(older * 2).to_padded_tensor(0.0).sum().backward()\n"
    )
    values = {
        name: document["values"][node["value"]]
        for node in document["nodes"]
        for name in node["names"]
        if node["outputs"]
    }
    (gradient,) = [document["values"][leaf["grad"]] for leaf in document["leaves"] if leaf["name"] == "table.weight"]
    assert (gradient["layout"], gradient["data"]) == ("sparse_coo", [[0.0], [1.0], [0.0]])
    assert (values["eye"]["layout"], values["eye"]["data"]) == ("sparse_csr", [[1.0, 0.0], [0.0, 1.0]])
    assert (values["ragged"]["layout"], values["ragged"]["shape"]) == ("jagged", [2, -1])
    assert (values["older"]["layout"], values["older"]["shape"], values["older"]["data"]) == ("nested", [2, -1], None)
    assert [each["stats"]["mean"] for name, each in values.items() if name in ("ragged", "older")] == [1, 1]


def test_running_statistics_are_no_leaves_and_change_with_each_batch() -> None:
    document = run(
        "norm = nn.BatchNorm1d(1)\nfor k in (1, 2):\n    norm(torch.tensor([[0.0], [2.0 * k]])).sum().backward()\n"
    )
    means = [node for node in document["nodes"] if "norm.running_mean" in node["names"]]
    assert [node["kind"] for node in means] == ["input", "op", "op"]
    shown = [value(document, node["value"])[0] for node in means]
    assert shown == pytest.approx([0.0, 0.1, 0.29])
    assert [leaf["name"] for leaf in document["leaves"]] == ["norm.weight", "norm.bias"]
    assert changes(document) == []


def test_a_value_beyond_all_budgets_keeps_its_statistics() -> None:
    document = run("x = torch.ones(2000, 1000, requires_grad=True)\n(x * 2).sum().backward()\n")
    (node,) = [node for node in document["nodes"] if node["names"] == ["x"]]
    large = document["values"][node["value"]]
    assert large["data"] is None
    assert large["stats"] == {"min": 1, "max": 1, "mean": 1, "std": 0, "norm": 2e6**0.5, "nan": 0, "inf": 0, "zero": 0}
    assert (large["picture"]["rows"], large["picture"]["columns"]) == (16, 16)
    assert large["picture"]["cells"] == [[1.0] * 16] * 16


def test_a_long_training_run_cuts_pictures_before_numbers_and_says_so() -> None:
    document = run(
        "model = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))\n"
        "x = torch.randn(64, 32)\noptimizer = torch.optim.Adam(model.parameters())\n"
        "for _ in range(60):\n    loss = model(x).square().mean()\n    optimizer.zero_grad()\n    loss.backward()\n"
        "    optimizer.step()\n"
    )
    scalars = [each for each in document["values"] if each["shape"] == []]
    assert scalars
    assert all(each["data"] is not None for each in scalars)
    cut, large = document["truncated"]
    less = [each for each in document["values"] if each["data"] is None and math.prod(each["shape"]) <= 1_024]
    assert (cut["what"], cut["limit"]) == ("values", "value_bytes")
    assert cut["count"] == len(less)
    many = [each for each in document["values"] if math.prod(each["shape"]) > 1_024]
    assert large == {"what": "values", "limit": "element_count", "value": 1_024, "count": len(many)}


def test_a_warning_tells_nothing_of_the_server() -> None:
    document = run(
        "x = torch.tensor(0.0, requires_grad=True)\n"
        "with torch.autograd.detect_anomaly():\n"
        "    y = torch.sqrt(x) * 0\n"
        "    try:\n        y.backward()\n    except RuntimeError as error:\n        print(error)\n"
    )
    (warning, *_) = [each["message"] for each in document["cells"][0]["warnings"] if "Traceback" in each["message"]]
    assert '"<program>"' in warning
    assert "/" not in warning.replace("</", "")


def test_a_class_may_keep_things_to_itself() -> None:
    document = run(
        "class Net(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self._hidden = nn.Linear(1, 1)\n"
        "    def _double(self, x):\n        return 2 * x\n"
        "    def forward(self, x):\n        return self._double(self._hidden(x))\n"
        "Net()(torch.ones(1, 1)).sum().backward()\nprint(torch.__version__)\n"
    )
    assert document["cells"][0]["output"].startswith("2.")


def outputs(document: dict[str, Any], op: str) -> list[Any]:
    """The values of the outputs of the one node with this name."""
    (node,) = [each for each in document["nodes"] if each["op"] == op]
    return [value(document, each["value"]) for each in node["outputs"]]


def test_outputs_stand_where_autograd_counts_them() -> None:
    """It does not count the permutation that comes first."""
    document = run(
        "a = torch.tensor([[1.0, 2.0], [4.0, 0.0]], requires_grad=True)\n"
        "p, l, u = torch.lu_unpack(*torch.linalg.lu_factor(a))\n(l * u + p).sum().backward()\n"
    )
    assert outputs(document, "LuUnpackBackward0") == [[[1, 0], [0.25, 1]], [[4, 0], [0, 2]], [[0, 1], [1, 0]]]
    ids = {node["op"]: node["id"] for node in document["nodes"]}
    arrived = [e["output_nr"] for e in document["edges"] if e["source"] == ids["LuUnpackBackward0"]]
    assert arrived == [0, 1, 2]


def test_a_function_may_give_more_than_tensors() -> None:
    document = run(
        "class Twice(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        return 'twice', 2 * x\n"
        "    @staticmethod\n    def backward(ctx, name, gradient):\n        return 2 * gradient\n"
        "x = torch.ones(2, requires_grad=True)\nname, y = Twice.apply(x)\ny.sum().backward()\n"
    )
    assert outputs(document, "TwiceBackward") == [None, [2.0, 2.0]]


def test_gradients_that_are_clipped_together_keep_their_order() -> None:
    document = run(
        "ws = [torch.full((n,), 5.0, requires_grad=True) for n in range(1, 12)]\n"
        "torch.autograd.backward([(w * w).sum() for w in ws])\n"
        "torch.nn.utils.clip_grad_norm_(ws, 1.0)\n"
    )
    changed = [len(after) for kind, _, after in changes(document) if kind == "grad-changed"]
    assert changed == list(range(1, 12))


def test_what_was_a_leaf_is_asked_for_its_gradient_without_a_warning() -> None:
    """Torch refuses the pass, and says no more than that."""
    document = trace(
        "import torch\nx = torch.ones(2, requires_grad=True)\nw = torch.ones(2, requires_grad=True)\n"
        "y = (x * 2).sum()\nx.requires_grad_(False)\nx.mul_(w)\ny.backward()\n"
    )
    (cell,) = document["cells"]
    assert (cell["error"]["message"], cell["warnings"]) == ("leaf variable has been moved into the graph interior", [])


def test_data_that_is_replaced_takes_no_value_along() -> None:
    """The node keeps what it gave; what uses the tensor from then on gets the new data."""
    document = run(
        "x = torch.ones(2, requires_grad=True)\ny = x * 2\ny.data = torch.zeros(2)\nz = y + 1\nz.sum().backward()\n"
    )
    assert outputs(document, "MulBackward0") == [[2.0, 2.0]]
    assert outputs(document, "AddBackward0") == [[1.0, 1.0]]


def test_a_write_to_what_was_to_be_a_leaf_is_an_operation() -> None:
    document = run("x = torch.ones(2, requires_grad=True)\nx.detach_()\nx += 1\n")
    named = [(node["label"], value(document, node["value"])) for node in document["nodes"] if "x" in node["names"]]
    assert named == [("x", [1.0, 1.0]), ("add_", [2.0, 2.0])]


def test_running_statistics_may_be_views() -> None:
    document = run(
        "x, w, s = torch.tensor([[1.0], [3.0]], requires_grad=True), torch.ones(1), torch.zeros(2, 1)\n"
        "y = nn.functional.batch_norm(x, s[0], s[1], w, w, training=True)\ny.sum().backward()\n"
    )
    (node,) = [each for each in document["nodes"] if each["op"] == "NativeBatchNormBackward0"]
    assert (node["names"], node["line"]) == (["y"], 4)
    assert [leaf["name"] for leaf in document["leaves"]] == ["x"]


NAMED = {
    "a parameter of a lambda": ("(lambda u: u * 2)(x)", "u"),
    "a variable of a comprehension": ("[u * 2 for u in (x,)]", "u"),
    "one that is unpacked": ("[u * 2 for _, (u, *v) in [(0, (x, 1))]]", "u"),
    "setattr": ("setattr(o, 'u', x)\no.u * 2", "o.u"),
    "setattr by a name that is made": ("for i in range(2):\n    setattr(o, f'u{i}', x) if i else None\nx * 2", "o.u1"),
    "a place of a dictionary": ("d = {}\nd['u'] = x\nx * 2", "d['u']"),
    "a key that is made": ("d = {}\nfor i in range(2):\n    d[f'u{i}'] = x if i else 0\nx * 2", 'd["u1"]'),
    "a place of a list": ("o.l = [0, 0]\ni = 1\no.l[i] = x\nx * 2", "o.l[1]"),
    "a place that is unpacked to": ("d = {}\nd['a'], d['u'] = 1, x\nx * 2", "d['u']"),
    "a place inside a display": ("d = {'a': 1, 'u': (lambda: x)()}\nx * 2", "d['u']"),
    "a place of a place": ("d = {'a': {}}\nd['a']['u']: object = x\nx * 2", "d['a']['u']"),
    "an attribute of an item": ("l = [o]\nl[0].u = x\nx * 2", "l[0].u"),
    "a starred target": ("a, *u = 1, x, 2\nx * 2", "u[0]"),
    "a starred variable of a loop": ("for a, *u in [(1, x)]:\n    x * 2", "u[0]"),
}


@pytest.mark.parametrize(("source", "name"), NAMED.values(), ids=NAMED.keys())
def test_names_are_noted_wherever_a_value_gets_one(source: str, name: str) -> None:
    document = run(f"class A: pass\no = A()\nx = torch.ones(1, requires_grad=True)\n{source}\n")
    assert [node["names"] for node in document["nodes"] if node["kind"] == "leaf"] == [["x", name]]


def test_a_place_in_a_tensor_gives_no_name_and_one_in_a_module_names_its_parameters() -> None:
    document = run(
        "x, m = torch.zeros(2), nn.ModuleDict()\nw = torch.ones(1, requires_grad=True)\nx[0] = w[0]\n"
        "m['fc'] = nn.Linear(2, 1, bias=False)\nt = {'loss': 0.0}\n"
        "t['loss'] += m['fc'](x).sum()\nt['loss'].backward()\n"
    )
    names = {name for node in document["nodes"] for name in node["names"]}
    assert names == {"w", "x", "m['fc'].weight", "t['loss']"}


def test_a_pass_that_brings_no_gradient_to_a_leaf_adds_nothing() -> None:
    document = run(
        "A, B = (torch.randn(4, n, dtype=torch.double, requires_grad=True) for n in (2, 1))\n"
        "X = torch.linalg.lstsq(A, B)\n"
        "(X.solution**2).sum().backward(retain_graph=True)\n"
        "X.residuals.sum().backward()\n"  # of which torch's derivative says nothing
    )
    arrived = [[step["grad_outputs"] for step in each["steps"]][-2:] for each in document["passes"]]
    assert arrived[1] == [[None], [None]]
    events = [event for event in document["events"] if event["kind"] == "accumulate"]
    assert [(event["pass_index"], event["added"] is None) for event in events] == [(0, False), (0, False)]


def test_a_leaf_that_a_custom_function_gives_no_gradient_has_a_step_and_no_accumulation() -> None:
    document = run(
        "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x, w):\n        return x * w\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return g, None\n"
        "x, w = (torch.ones(1, requires_grad=True) for _ in range(2))\nF.apply(x, w).sum().backward()\n"
    )
    steps = {document["nodes"][step["node"]]["label"]: step["grad_outputs"] for step in document["passes"][0]["steps"]}
    assert steps["w"] == [None]
    told = [(event["kind"], document["nodes"][event["node"]]["label"]) for event in document["events"][-3:]]
    assert told == [("backward", "x"), ("accumulate", "x"), ("backward", "w")]
    assert {leaf["name"]: leaf["grad"] is None for leaf in document["leaves"]} == {"x": False, "w": True}


def test_the_node_that_gradcheck_makes_by_itself_stands_where_gradcheck_is_called() -> None:
    document = run(
        "x = torch.ones(1, dtype=torch.double, requires_grad=True)\n"
        "def check():\n    return torch.autograd.gradcheck(lambda x: (x * x).sum(), (x,))\n"
        "check()\n"
    )
    (node,) = [node for node in document["nodes"] if node["op"] == "UndefinedGradBackward"]
    assert node["line"] == 5
    assert [call["line"] for call in node["calls"]] == [6]


def test_integers_that_no_float_holds_are_exact_in_statistics() -> None:
    document = run("x = torch.tensor([2**53 + 1, -(2**60) - 3, 5])\nx + 0\ny = torch.arange(3000) + 2**53\ny + 0\n")
    stats = [each["stats"] for each in document["values"] if each["dtype"] == "int64"]
    ends = {(each["min"], each["max"]) for each in stats}
    assert ("-1152921504606846979", "9007199254740993") in ends
    assert (9007199254740992.0, "9007199254743991") in ends


def test_a_module_made_of_others_in_one_statement_has_its_name_for_them_at_once() -> None:
    with backlight.record() as tape:
        encoder = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
        encoder(torch.ones(3, 2)).sum().backward()
    named = {name for node in tape.document.nodes for name in node.names}
    assert {"encoder.0.weight", "encoder.1.running_mean"} <= named
    assert [leaf.name for leaf in tape.document.leaves][:2] == ["encoder.0.weight", "encoder.0.bias"]
