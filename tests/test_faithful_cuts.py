"""Every way out of the graph is an edge with its reason, at the line where the program takes it."""

from __future__ import annotations

from typing import Any

import pytest

from sample_programs import trace

X = "import torch\nimport numpy as np\nx = torch.tensor([1.5, 2.5], requires_grad=True)\n"
"""Three lines; the rows' own begin in line 4."""

Cut = tuple[str, str, str, int]
"""Label of the source, label of the target, reason, line of the target."""

ROWS: list[tuple[str, list[Cut]]] = [
    ("y = x.detach()", [("x", "detach", "detach", 4)]),
    ("y = x.data", [("x", "detach", "detach", 4)]),
    ("with torch.no_grad():\n    y = x * 2", [("x", "mul", "no_grad", 5)]),
    ("with torch.inference_mode():\n    y = x * 2", [("x", "mul", "no_grad", 5)]),
    ("torch.set_grad_enabled(False)\ny = x * 2\ntorch.set_grad_enabled(True)", [("x", "mul", "no_grad", 5)]),
    ("with torch.no_grad():\n    with torch.enable_grad():\n        y = x * 2", []),
    ("v = x[0].item()", [("select", "item", "item", 4)]),
    ("v = float(x[0])", [("select", "float", "item", 4)]),
    ("v = int(x[0])", [("select", "int", "item", 4)]),
    ("v = bool(x[0])", [("select", "bool", "item", 4)]),
    ("v = complex(x[0])", [("select", "complex", "item", 4)]),
    ("v = x.tolist()", [("x", "tolist", "item", 4)]),
    ("v = x.detach().numpy()", [("x", "detach", "detach", 4), ("detach", "numpy", "item", 4)]),
    ("v = np.asarray(x.detach())", [("x", "detach", "detach", 4), ("detach", "numpy", "item", 4)]),
    ("y = torch.tensor(x)", [("x", "tensor", "copy", 4)]),
    (
        "a = x.detach().numpy()\ny = torch.from_numpy(a)",
        [("x", "detach", "detach", 4), ("detach", "numpy", "item", 4), ("numpy", "tensor", "copy", 5)],
    ),
    ("y = x.argmax()", [("x", "argmax", "integer", 4)]),
    ("y = x > 2", [("x", "gt", "integer", 4)]),
    ("y = x.long()", [("x", "to", "integer", 4)]),
    ("y = x[x > 2]", [("x", "gt", "integer", 4), ("gt", "index", "integer", 4)]),
    ("y = x[x.argmax()]", [("x", "argmax", "integer", 4), ("argmax", "select", "integer", 4)]),
    ("v, i = x.max(0)\ny = x[i]", [("max", "select", "integer", 5)]),
    ("v, i = x.sort()\ny = i.float()", [("sort", "to", "integer", 5)]),
    ("h = x * 2\nh.detach_()\ny = h * 3", [("mul", "mul", "detach", 6)]),
    ("h = x * 2\nv = h[0]\nk = h.detach_() + v", [("mul", "add", "detach", 6)]),
    (
        "h = x * 2\nh.data.mul_(3)\ny = h + 1",
        [("mul", "detach", "detach", 5), ("detach", "mul_", "non-differentiable", 5), ("mul_", "add", "detach", 6)],
    ),
    (
        "h = x * 2\nh.detach()[0] = x[1]\ny = h + 1",
        [
            ("mul", "detach", "detach", 5),
            ("detach", "select", "non-differentiable", 5),
            ("select", "copy_", "non-differentiable", 5),
            ("copy_", "add", "detach", 6),
        ],
    ),
    (
        "h = x * 2\nh[0].detach().add_(1)\ny = h + 1",
        [("select", "detach", "detach", 5), ("detach", "add_", "non-differentiable", 5), ("add_", "add", "detach", 6)],
    ),
    (
        "h = x * 2\nh.unsqueeze(0).data.add_(1)\ny = h + 1",
        [
            ("unsqueeze", "detach", "detach", 5),
            ("detach", "add_", "non-differentiable", 5),
            ("add_", "add", "detach", 6),
        ],
    ),
    (
        "h = (x * 2).view(2, 1)\nh[0].detach().add_(1)\ny = h + 1",
        [
            ("select", "detach", "detach", 5),
            ("detach", "add_", "non-differentiable", 5),
            ("add_", "as_strided", "detach", 5),
        ],
    ),
    (
        "h = x * 2\nd = h.data\nd.mul_(3)\nd.sub_(1)\ny = h + 1",
        [
            ("mul", "detach", "detach", 5),
            ("detach", "mul_", "non-differentiable", 6),
            ("mul_", "sub_", "non-differentiable", 7),
            ("sub_", "add", "detach", 8),
        ],
    ),
    (
        "h = x * 2\nv = h[1]\nh.data.mul_(3)\ny = v + 1",
        [("mul", "detach", "detach", 6), ("detach", "mul_", "non-differentiable", 6), ("mul_", "add", "detach", 7)],
    ),
    ("h = x * 2\nd = h.detach()\nh.add_(1)\ny = x + d", [("mul", "detach", "detach", 5), ("add_", "add", "detach", 7)]),
    (
        "h = x.expand(2, 2) * 2\nu = h[:, 1]\nh[:, 0].data.zero_()\ny = u + 1",
        [("select", "detach", "detach", 6), ("detach", "zero_", "non-differentiable", 6)],
    ),
    ("i = torch.tensor([0])\ny = x[i]", [("i", "index", "integer", 5)]),
    (
        "y = torch.where(x > 2, x, 0.0)",
        [("x", "gt", "integer", 4), ("gt", "where", "integer", 4), ("tensor", "where", "non-differentiable", 4)],
    ),
    ("if x[0] > 1:\n    y = x * 2", [("select", "gt", "integer", 4)]),
    ("while not (x > 1).all():\n    pass", [("x", "gt", "integer", 4), ("gt", "all", "integer", 4)]),
    ("n = torch.full((2,), x[0].detach())", [("select", "detach", "detach", 4), ("detach", "full", "item", 4)]),
    ("print(f'{x[0]:.2f}', x)\nrepr(x)\ny = x * 2", []),
    (
        "p = torch.nn.Parameter(torch.ones(2) * 3)\ny = p * x",
        [("ones", "mul", "non-differentiable", 4), ("mul", "p", "non-differentiable", 4)],
    ),
    (
        "p = torch.nn.Parameter(x.data.clone())\ny = p * x",
        [
            ("x", "detach", "detach", 4),
            ("detach", "clone", "non-differentiable", 4),
            ("clone", "p", "non-differentiable", 4),
        ],
    ),
    ("p = torch.nn.Parameter(x)\ny = p * x", [("x", "p", "copy", 4)]),
]


def cuts(document: dict[str, Any]) -> list[Cut]:
    nodes = document["nodes"]
    return [
        (nodes[edge["source"]]["label"], nodes[edge["target"]]["label"], edge["cut"], nodes[edge["target"]]["line"])
        for edge in document["edges"]
        if not edge["differentiable"]
    ]


@pytest.mark.parametrize(("program", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_each_way_out_of_the_graph_is_a_cut_edge(program: str, expected: list[Cut]) -> None:
    document = trace(f"{X}{program}\n")
    assert document["error"] is None
    assert cuts(document) == expected


def test_a_write_to_what_was_detached_of_a_part_shows_the_whole_under_its_name() -> None:
    document = trace(f"{X}h = x * 2\nh[0].detach().add_(1)\ny = h + 1\n")
    shown = [(node["label"], document["values"][node["value"]]["data"]) for node in document["nodes"] if node["names"]]
    assert shown == [("x", [1.5, 2.5]), ("mul", [3.0, 5.0]), ("add_", [4.0, 5.0]), ("add", [5.0, 6.0])]


EXITS = [
    ("v = x[0].item()", "item", 1.5),
    ("v = float(x[0])", "float", 1.5),
    ("v = int(x[1])", "int", 2),
    ("v = x.tolist()", "tolist", [1.5, 2.5]),
    ("v = x.detach().numpy()", "numpy", [1.5, 2.5]),
    ("n, v = 1, x[1:].item()", "item", 2.5),
    ("v = (\n    x[0].item()\n)", "item", 1.5),
    ("v = u = x[0].item()", "item", 1.5),
]


@pytest.mark.parametrize(("program", "what", "number"), EXITS, ids=[row[0] for row in EXITS])
def test_what_leaves_has_its_value_and_the_name_that_it_gets(program: str, what: str, number: Any) -> None:
    document = trace(f"{X}{program}\n")
    (node,) = [node for node in document["nodes"] if node["label"] == what]
    assert document["values"][node["value"]]["data"] == number
    assert node["names"][0] == "v"
    assert (node["kind"], node["op"], node["requires_grad"]) == ("op", None, False)


def test_a_small_integer_is_not_taken_for_what_left_in_another_line() -> None:
    document = trace(f"{X}print(int(x[1]))\nk = 2\n")
    (node,) = [node for node in document["nodes"] if node["label"] == "int"]
    assert node["names"] == []


def test_what_was_not_made_from_a_leaf_leaves_no_graph() -> None:
    document = trace("import torch\nprint(torch.ones(3).sum().item())\n")
    assert document["nodes"] == []


def test_a_training_loop_that_prints_its_loss_has_one_exit_for_each_iteration() -> None:
    document = trace(
        "import torch\nw = torch.tensor(1.0, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1)\n"
        "for _ in range(3):\n    loss = (w - 3) ** 2\n    opt.zero_grad()\n    loss.backward()\n    opt.step()\n"
        "    print(loss.item())\n"
    )
    exits = [node["id"] for node in document["nodes"] if node["label"] == "item"]
    assert [node["line"] for node in document["nodes"] if node["id"] in exits] == [9, 9, 9]
    assert all(edge["source"] not in exits for edge in document["edges"])


def test_gradients_that_are_read_do_not_leave_the_graph() -> None:
    document = trace(f"{X}x.sum().backward()\nprint(x.grad.tolist(), x.grad.sum().item())\n")
    assert [node["label"] for node in document["nodes"]] == ["x", "sum"]


def test_a_write_under_no_grad_is_passed_by_the_gradient() -> None:
    document = trace(f"{X}h = x * 3\nwith torch.no_grad():\n    h.mul_(2)\ny = h.sum()\ny.backward()\n")
    assert cuts(document) == [("mul", "mul_", "no_grad", 6), ("mul_", "sum", "no_grad", 7)]
    shown = [document["values"][node["value"]]["data"] for node in document["nodes"]]
    assert shown == [[1.5, 2.5], [4.5, 7.5], [9.0, 15.0], 24.0]


@pytest.mark.parametrize("face", ["h.data", "h.detach()", "h.data[:]"])
def test_what_is_written_to_another_face_of_a_tensor_is_what_the_tensor_holds(face: str) -> None:
    document = trace(f"import torch\nh = torch.ones(2)\nh.sin_()\n{face}.mul_(0)\ny = h + 1\n")
    (write,) = [node for node in document["nodes"] if node["label"] == "mul_"]
    (use,) = [node for node in document["nodes"] if "y" in node["names"]]
    assert (write["names"], document["values"][write["value"]]["data"]) == (["h"], [0, 0])
    assert [edge["source"] for edge in document["edges"] if edge["target"] == use["id"]] == [write["id"]]


def test_what_is_detached_in_place_and_asks_for_grad_again_is_a_leaf_before_it_is_used() -> None:
    document = trace(
        "import torch\nx = torch.ones(2, requires_grad=True)\nh = x * 2\nh.detach_()\nh.requires_grad_()\n"
        "(h * 3).sum().backward()\n"
    )
    assert [node["label"] for node in document["nodes"]] == ["x", "mul", "h", "mul", "sum"]
    assert all(edge["source"] < edge["target"] for edge in document["edges"])
    assert [leaf["name"] for leaf in document["leaves"]] == ["x", "h"]
