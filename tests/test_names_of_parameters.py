"""Parameters that modules get, rename or make anew after the program has named the module: their names and places."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from recorded import run_recorded
from sample_programs import trace

Run = Callable[[str], dict[str, Any]]
HEAD = "import torch\nfrom torch import nn\nlin = nn.Linear(2, 1, bias=False)\n"
USE = "\nlin(torch.ones(1, 2)).sum().backward()\n"
SCALED = "class Scaled(nn.Module):\n    def forward(self, w):\n        return w * 2\n"
PROGRAMS = {
    "register_parametrization": (
        f"{SCALED}nn.utils.parametrize.register_parametrization(lin, 'weight', Scaled())",
        ["lin.parametrizations.weight.original"],
    ),
    "weight_norm, in place": (
        "nn.utils.parametrizations.weight_norm(lin)",
        ["lin.parametrizations.weight.original0", "lin.parametrizations.weight.original1"],
    ),
    "the end of an older weight norm": ("nn.utils.weight_norm(lin)\nnn.utils.remove_weight_norm(lin)", ["lin.weight"]),
    "the end of a parametrization": (
        "nn.utils.parametrizations.weight_norm(lin)\nnn.utils.parametrize.remove_parametrizations(lin, 'weight')",
        ["lin.weight"],
    ),
}


def names_of_gradients(document: dict[str, Any]) -> list[str]:
    assert document["error"] is None
    nodes = [document["nodes"][leaf["node"]] for leaf in document["leaves"] if leaf["grad"] is not None]
    return [node["names"][-1] for node in nodes]


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
@pytest.mark.parametrize("how", PROGRAMS)
def test_a_parameter_has_the_name_that_its_module_has_for_it_at_the_end(how: str) -> None:
    program, names = PROGRAMS[how]
    assert sorted(names_of_gradients(trace(HEAD + program + USE))) == names
    assert sorted(names_of_gradients(run_recorded("parameters", HEAD + program + USE))) == names


def test_what_a_call_makes_on_its_way_to_a_name_stands_at_the_call() -> None:
    document = trace(f"{HEAD}m = nn.utils.parametrizations.weight_norm(lin)\nm(torch.ones(1, 2)).sum().backward()\n")
    line = document["source"].split("\n")[3]
    made = [node for node in document["nodes"] if "m.parametrizations.weight.original0" in node["names"]]
    assert [line[node["column"] : node["end_column"]] for node in made] == [
        "nn.utils.parametrizations.weight_norm(lin)"
    ]


TIED = """import torch
from torch import nn
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.head, self.spare = nn.Embedding(3, 2), nn.Linear(2, 3, bias=False), nn.Linear(1, 1, bias=False)
        self.head.weight = self.table.weight
    def forward(self, i):
        return self.head(self.table(i))
"""
USED = "    model = Model()\n    model(torch.tensor([1])).sum().backward()\n"


@pytest.mark.parametrize(
    "run", [f"if 1:\n{USED}", f"def main():\n{USED}main()\n"], ids=["in the open", "in a function"]
)
def test_a_parameter_that_another_has_taken_the_place_of_is_no_leaf_any_more(run: str) -> None:
    for document in (trace(TIED + run), run_recorded("tied", TIED + run)):
        leaves = [leaf["name"] for leaf in document["leaves"]]
        assert leaves == ["model.table.weight", "model.spare.weight"]
        assert [node["label"] for node in document["nodes"] if node["kind"] == "leaf"] == leaves


def test_one_that_is_kept_elsewhere_is_a_leaf_still() -> None:
    keep = TIED.replace("self.head.weight = ", "kept.append(self.head.weight)\n        self.head.weight = ")
    document = trace(f"kept = []\n{keep}if 1:\n{USED}")
    assert [leaf["name"] for leaf in document["leaves"]][::2] == ["model.table.weight", "model.spare.weight"]


def test_the_first_weight_of_a_layer_is_no_leaf_when_the_program_gives_it_another() -> None:
    program = f"{HEAD}lin.weight = nn.Parameter(torch.ones(1, 2)){USE}"
    for document in (trace(program), run_recorded("replaced", program)):
        assert [(leaf["name"], leaf["grad"] is None) for leaf in document["leaves"]] == [("lin.weight", False)]


@pytest.mark.parametrize("run", [trace, partial(run_recorded, "assigned")], ids=["playground", "record"])
def test_one_that_a_state_dict_has_taken_the_place_of_is_no_leaf_either(run: Run) -> None:
    document = run(f"{HEAD}lin.load_state_dict({{'weight': torch.ones(1, 2) * 3}}, assign=True){USE}")
    assert document["error"] is None
    (leaf,) = document["leaves"]
    assert (leaf["name"], document["values"][leaf["value"]]["data"]) == ("lin.weight", [[3, 3]])


NORMED = f"""{HEAD}nn.utils.weight_norm(lin)
optimizer = torch.optim.SGD(lin.parameters(), lr=0.5)
for _ in range(2):
    lin(torch.ones(1, 2)).sum().backward()
    optimizer.step()
"""


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
@pytest.mark.parametrize("run", [trace, partial(run_recorded, "normed")], ids=["playground", "record"])
def test_the_first_weight_of_a_normed_layer_has_its_name_and_changes_with_its_direction(run: Run) -> None:
    document = run(NORMED)
    first = next(node for node in document["nodes"] if node["kind"] == "leaf")
    assert first["names"] == ["lin.weight"]
    changes: dict[str, list[Any]] = {}
    for event in document["events"]:
        if event["kind"] == "update":
            told = [document["values"][event[side]]["data"] for side in ("before", "after")]
            changes.setdefault(document["nodes"][event["node"]]["label"], []).append(told)
    assert len(changes["lin.weight"]) == 2
    assert changes["lin.weight"] == changes["lin.weight_v"]


NORMED_INSIDE = """import torch
from torch import nn
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.utils.weight_norm(nn.Linear(2, 1, bias=False))
        self.b = nn.utils.parametrizations.weight_norm(nn.Linear(2, 1, bias=False))
    def forward(self, x):
        return self.a(x) + self.b(x)
model = nn.Sequential(Model())
model(torch.ones(1, 2)).sum().backward()
"""


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
@pytest.mark.parametrize("run", [trace, partial(run_recorded, "inside")], ids=["playground", "record"])
def test_it_has_its_name_also_where_the_layer_gets_one_only_then(run: Run) -> None:
    leaves = [leaf["name"] for leaf in run(NORMED_INSIDE)["leaves"]]
    assert leaves[::3] == ["model.0.a.weight", "model.0.b.weight"]


FROZEN = """import torch
from torch import nn
w = torch.ones(2, requires_grad=True)
frozen = nn.Parameter(w.detach().clone(), requires_grad=False)
(w * frozen).sum().backward()
"""
COPIED = """import copy
import torch
from torch import nn
net = nn.Linear(2, 1, bias=False)
target = copy.deepcopy(net)
for p in target.parameters():
    p.requires_grad_(False)
(net(torch.ones(2)) - target(torch.ones(2))).backward()
"""


@pytest.mark.parametrize("run", [trace, partial(run_recorded, "frozen")], ids=["playground", "record"])
def test_a_frozen_copy_is_one_node_with_what_made_it(run: Run) -> None:
    document = run(FROZEN)
    (frozen,) = [node for node in document["nodes"] if "frozen" in node["names"]]
    assert (frozen["line"], frozen["column"]) == (4, 22)
    assert [node["label"] for node in document["nodes"]] == ["w", "detach", "clone", "mul", "sum"]


def test_a_frozen_copy_of_a_module_stands_where_it_was_made() -> None:
    document = run_recorded("copied", COPIED)
    (frozen,) = [node for node in document["nodes"] if "target.weight" in node["names"]]
    assert frozen["line"] == 5
    assert [node["line"] for node in document["nodes"] if node["label"] == "tensor"] == [5]
