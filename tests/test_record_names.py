"""Names under ``backlight.record()``, where nothing is instrumented: what frames, modules and containers hold."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import backlight
from backlight.record import frames, registered
from recorded import run_recorded, text_at
from sample_programs import trace


def layer(x: torch.Tensor, *, gain: torch.Tensor) -> torch.Tensor:
    return (x * gain).tanh()


class Gate(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        return self.weight * signal.sigmoid()


class Training:
    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.criterion = nn.MSELoss()

    def step(self, x: torch.Tensor) -> None:
        self.criterion(self.model(x), x).backward()


@dataclass
class Affine:
    scale: torch.Tensor
    shift: torch.Tensor


def labels(tape: Any, kind: str = "leaf") -> list[str]:
    return [node.label for node in tape.document.nodes if node.kind == kind]


def test_what_a_function_is_given_has_its_parameters_names() -> None:
    with backlight.record() as tape:
        layer(torch.ones(2), gain=torch.ones(2, requires_grad=True)).sum().backward()
        Gate()(torch.ones(2)).sum().backward()
    named = {name for node in tape.document.nodes for name in node.names}
    assert {"x", "gain", "signal"} <= named
    assert labels(tape, "input") == ["x", "ones_like", "signal", "ones_like"][::2]


def test_the_result_of_each_turn_of_a_loop_has_its_name() -> None:
    def act(kind: str, value: torch.Tensor) -> torch.Tensor:
        if kind == "tanh":
            return value.tanh()
        return value.relu()

    with backlight.record() as tape:
        y = torch.ones(2, requires_grad=True)
        for kind in ("relu", "tanh", "relu"):
            y = act(kind, y)
        y.sum().backward()
    names = {node.label: node.names for node in tape.document.nodes}
    assert all("y" in names[label] for label in ("relu", "tanh"))


def test_parameters_that_are_never_used_are_leaves_at_their_place() -> None:
    with backlight.record() as tape:
        first = nn.Linear(2, 1)
        second = copy.deepcopy(first)
    assert [leaf.name for leaf in tape.document.leaves] == [
        *("first.weight", "first.bias", "second.weight", "second.bias")
    ]
    nodes = [tape.node(each) for each in (first.bias, second.bias)]
    assert [text_at(tape.document, node) for node in nodes] == ["nn.Linear(2, 1)", "copy.deepcopy(first)"]


def test_a_frozen_module_has_its_name() -> None:
    target = nn.Linear(2, 1).requires_grad_(False)
    with backlight.record() as tape:
        head = nn.Linear(1, 1)
        head(target(torch.ones(1, 2))).sum().backward()
    assert {"target.weight", "target.bias"} <= {name for node in tape.document.nodes for name in node.names}


def test_the_parameters_of_a_trainers_model_are_known_by_the_trainer() -> None:
    with backlight.record() as tape:
        training = Training(nn.Sequential(nn.Linear(1, 1)))
        training.step(torch.ones(1, 1))
    assert labels(tape) == ["training.model.0.weight", "training.model.0.bias"]


def test_modules_without_parameters_and_those_of_a_trainer_have_their_names() -> None:
    criterion = nn.MSELoss()
    training = Training(nn.Sequential(nn.Linear(1, 1)))
    with backlight.record() as tape:
        training.step(torch.ones(1, 1))
        criterion(torch.ones(1, requires_grad=True), torch.zeros(1)).backward()
    groups = [group.name for group in tape.document.groups if group.kind == "module"]
    assert groups == ["model", "0", "criterion", "criterion"]


def test_leaves_that_no_variable_holds_have_the_way_to_them_as_their_name() -> None:
    with backlight.record() as tape:
        ws = [torch.ones(1, requires_grad=True) for _ in range(2)]
        params: dict[Any, Any] = {"w": torch.ones(1, requires_grad=True), 3: (torch.ones(1, requires_grad=True),)}
        affine = Affine(torch.ones(1, requires_grad=True), torch.ones(1))
        heads = [nn.Linear(1, 1, bias=False)]
        total = ws[0] + ws[1] * params["w"] + params[3][0] * affine.scale + heads[0](torch.ones(1))
        total.sum().backward()
    wanted = ["ws[0]", "ws[1]", 'params["w"]', "params[3][0]", "affine.scale", "heads[0].weight"]
    assert sorted(labels(tape)) == sorted(wanted)


INITIALISED = """\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(1, 1, bias=False)
        self.apply(self.initialise)
    def initialise(self, module):
        if isinstance(module, nn.Linear):
            nn.init.ones_(module.weight)
    def forward(self, x):
        return self.fc(x)
def main():
    net = Net()
    net(torch.ones(1)).sum().backward()
    return net
net = main()
Net()(torch.ones(1)).sum().backward()
"""


@pytest.mark.parametrize("by", [trace, partial(run_recorded, "initialised")], ids=["playground", "record"])
def test_a_parameter_is_known_by_what_the_outermost_function_calls_it(by: Callable[[str], dict[str, Any]]) -> None:
    document = by(INITIALISED)
    assert document["error"] is None
    names = [node["names"] for node in document["nodes"] if node["kind"] == "leaf"]
    assert [each[:2] for each in names] == [["self.fc.weight", "module.weight"]] * 2
    assert [leaf["name"] for leaf in document["leaves"]] == ["net.fc.weight", "self.fc.weight"]
    groups = [group["name"] for group in document["groups"] if group["kind"] == "module"]
    assert groups[:2] == ["net", "fc"]


def test_a_name_that_is_given_along_a_chain_is_noted_at_once() -> None:
    with backlight.record() as tape:
        weight = torch.ones(2).view(1, 2).requires_grad_()
        layer(weight, gain=torch.ones(1)).sum().backward()
    assert labels(tape) == ["weight"]


def test_a_leaf_that_nothing_names_is_not_called_by_the_memory_it_was_given() -> None:
    with backlight.record() as tape:
        nn.Linear(1, 1)(torch.ones(1)).sum().backward()
    assert labels(tape) == ["leaf", "leaf"]


HELD_BY_AN_OBJECT = """\
import torch
class Neuron:
    def __init__(self):
        self.w = torch.ones(2, requires_grad=True)
    def __call__(self, x):
        return (self.w * x).sum()
one, two = Neuron(), Neuron()
(one(torch.ones(2)) * two(torch.ones(2))).backward()
"""


@pytest.mark.parametrize("by", [trace, partial(run_recorded, "held")], ids=["playground", "record"])
def test_what_an_object_calls_its_own_is_known_by_that_object(by: Callable[[str], dict[str, Any]]) -> None:
    document = by(HELD_BY_AN_OBJECT)
    assert [leaf["name"] for leaf in document["leaves"]] == ["one.w", "two.w"]
    assert document["nodes"][0]["names"] == ["self.w", "one.w"]


BY_HAND = """\
import torch
ws = [torch.ones(1, requires_grad=True) for _ in range(2)]
class Neuron:
    def __init__(self):
        self.w = torch.ones(1)
neuron = Neuron()
for p in [neuron.w]:
    p.requires_grad = True
def scaled(weight):
    return weight * 2
sum([scaled(w) for w in ws], neuron.w).sum().backward()
"""


@pytest.mark.parametrize("by", [trace, partial(run_recorded, "by-hand")], ids=["playground", "record"])
def test_a_name_in_passing_is_nobodys_own(by: Callable[[str], dict[str, Any]]) -> None:
    document = by(BY_HAND)
    assert sorted(leaf["name"] for leaf in document["leaves"]) == ["neuron.w", "ws[0]", "ws[1]"]


STEPPED = """\
import torch
ws = [torch.full((2,), float(i), requires_grad=True) for i in range(2)]
sum((w**2).sum() for w in ws).backward()
with torch.no_grad():
    for w in ws:
        w -= 0.1 * w.grad
"""


@pytest.mark.parametrize("by", [trace, partial(run_recorded, "stepped")], ids=["playground", "record"])
def test_a_write_in_a_loop_gives_no_name_beyond_the_loops(by: Callable[[str], dict[str, Any]]) -> None:
    assert [leaf["name"] for leaf in by(STEPPED)["leaves"]] == ["ws[0]", "ws[1]"]


def test_so_they_have_in_the_playground() -> None:
    document = trace(
        "import torch\nfrom torch import nn\npair = (torch.ones(1, requires_grad=True), nn.Linear(1, 1, bias=False))\n"
        "(pair[0] * pair[1](torch.ones(1))).sum().backward()\n"
    )
    assert document["error"] is None
    assert [leaf["name"] for leaf in document["leaves"]] == ["pair[0]", "pair[1].weight"]


def test_a_loop_that_makes_leaves_does_not_look_for_them_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[set[int]] = []

    def find(wanted: set[int], _variables: object) -> list[tuple[torch.Tensor, str]]:
        looked.append(wanted)
        return []

    monkeypatch.setattr(registered, "find_within", find)
    with backlight.record():
        for _ in range(frames.SEARCHES + 10):
            (torch.ones(1, requires_grad=True) * 2).sum().backward()
    assert len(looked) == frames.SEARCHES


def test_a_batch_stands_at_what_its_loop_runs_over() -> None:
    with backlight.record() as tape:
        loader = DataLoader(TensorDataset(torch.ones(2, 1)), batch_size=2)
        w = torch.ones(1, requires_grad=True)
        for (batch,) in loader:
            (batch * w).sum().backward()
    (stacked,) = [node for node in tape.document.nodes if node.label == "stack"]
    assert text_at(tape.document, stacked) == "loader"
    assert stacked.names == ["batch"]


def test_the_recording_itself_is_nobodys_container() -> None:
    with backlight.record() as tape:
        (torch.ones(1, requires_grad=True) * 2).sum().backward()
    assert labels(tape) == ["ones"]


TURNS = {
    "a loop's variable": ("for each in [u, v]:\n    each.sin()", ["u each", "v each"]),
    "one of a comprehension": ("[each.sin() for each in [u, v]]", ["u each", "v each"]),
    "one of a generator": ("sum(a * b for a, b in [(u, v)])", ["u a", "v b"]),
    "one beside a count": ("for i, (a, b) in enumerate([(u, v)]):\n    a * b", ["u a", "v b"]),
    "one that a function gets": ("def f(w):\n    return w.sin()\nfor each in [u, v]:\n    f(each)", ["u each w"]),
    "the rest, in a loop": ("for a, *b in [(u, v)]:\n    a * b[0]", ["u a", "v b[0]"]),
    "the rest": ("a, *b = u, v * 1, v * 2\nc = u * b[1]", ["u a", "b[0]", "b[1]"]),
    "a module": (
        "m = nn.Linear(1, 1)\nfor layer in [m]:\n    layer(u)",
        ["m.weight layer.weight", "m.bias layer.bias"],
    ),
    "an item": ("d = {}\nd['a'] = u * 2\nl = [0, 0]\nl[1] = u * 3", ["d['a']", "l[1]"]),
    "what is no item": ("d = torch.zeros(2)\nd[0] = u[0] * 2", ["d"]),
    "what a layer does not have yet": ("m = nn.ModuleDict()\nm['a'] = nn.Linear(1, 1)\nm['a'](u)", ["m.a.bias"]),
    "setattr": ("m = nn.Module()\nsetattr(m, 'w', u * 2)", ["m.w"]),
    "what the turn writes to": ("for each in [u.data]:\n    each.mul_(2)", ["each"]),
}
"""By what has the name: a program, and what some of its nodes are called."""


@pytest.mark.parametrize("what", TURNS)
def test_what_a_turn_of_a_loop_is_about_has_its_variables_names(what: str) -> None:
    program, expected = TURNS[what]
    head = "import torch\nfrom torch import nn\nu, v = torch.ones(1).requires_grad_(), torch.ones(1).requires_grad_()\n"
    document = run_recorded("turns", f"{head}{program}\nk = (u * v).backward()\n")
    assert document["error"] is None
    assert {*expected} <= {" ".join(node["names"]) for node in document["nodes"]}


@pytest.mark.parametrize("held", ["recursive", "many"])
def test_whatever_a_variable_holds_is_looked_through_once(held: str) -> None:
    ring: list[Any] = [[number] for number in range(100_000)] if held == "many" else []
    ring.append(ring)
    with backlight.record() as tape:
        (torch.ones(1, requires_grad=True) * 2).sum().backward()
    assert labels(tape) == ["ones"]


class Lazy:
    """Stands in for what is made only when it is asked what it is, as settings and requests of web frameworks do."""

    def __init__(self) -> None:
        self.asked = 0

    @property
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.asked += 1
        raise RuntimeError("there is nothing to be made here")


def test_what_stands_in_for_another_is_never_asked_what_it_is() -> None:
    lazy = Lazy()
    with backlight.record() as tape:
        settings = lazy
        w = torch.ones(1, requires_grad=True)
        held: list[Any] = [settings, w]
        (held[1] * 2).sum().backward()
    assert lazy.asked == 0
    assert labels(tape) == ["w"]
