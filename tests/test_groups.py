"""Groups: modules, functions, loops and cells around the nodes; what marks tell, and what is inferred without them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from backlight.graph import build_graph, graph_to_text
from backlight.model.document import Group, Place
from backlight.model.graph import Graph
from backlight.record import Recorder
from backlight.record.execute import Execution
from backlight.record.finish import finish
from backlight.settings import Settings
from sample_programs import Sample, list_samples, trace, trace_sample


def recorded(run: Callable[[], object]) -> Graph:
    """The graph of what ``run`` does, recorded as it stands: this file's frames are the user's."""
    with Recorder(__file__.__eq__) as recorder:
        run()

    def resolve(code: Any, lasti: int) -> Place | None:
        line, end_line, column, end_column = list(code.co_positions())[lasti // 2]
        return None if None in (line, end_line, column, end_column) else Place(line, column, end_line, end_column)

    return build_graph(finish(recorder.tape, Execution(), resolve, Settings()))


def told(graph: Graph) -> list[str]:
    """The groups of a graph, indented, each with the labels of the operations right in it."""
    lines: list[str] = []
    for group in graph.groups:
        depth, outer = 0, group.parent
        while outer is not None:
            depth, outer = depth + 1, graph.groups[outer].parent
        ops = [node.label for node in graph.nodes if node.groups[-1:] == [group.id] and node.kind == "op"]
        lines.append(" ".join(["  " * depth + group.name, *ops]))
    return lines


def groups_of(program: str) -> list[str]:
    """The same of a program in the playground."""
    document = trace(program)
    assert document["error"] is None
    lines: list[str] = []
    for group in document["groups"]:
        members = [node for node in document["nodes"] if node["groups"][-1:] == [group["id"]]]
        depth = next(node["groups"] for node in document["nodes"] if group["id"] in node["groups"]).index(group["id"])
        lines.append(
            " ".join(["  " * depth + group["name"], *(node["label"] for node in members if node["kind"] == "op")])
        )
    return lines


@pytest.mark.parametrize("sample", list_samples(), ids=lambda sample: sample.name)
def test_every_node_stands_in_one_chain_of_groups(sample: Sample) -> None:
    document = trace_sample(sample)
    groups = document["groups"]
    assert [group["id"] for group in groups] == list(range(len(groups)))
    assert all(group["parent"] is None or group["parent"] < group["id"] for group in groups)
    for node in document["nodes"]:
        parents = [groups[each]["parent"] for each in node["groups"]]
        assert parents == [None, *node["groups"]][: len(parents)]
    assert {each for node in document["nodes"] for each in node["groups"]} == set(range(len(groups)))


def gpt2(layers: int) -> tuple[nn.Module, torch.Tensor]:
    transformers = pytest.importorskip("transformers")
    config = transformers.GPT2Config(
        n_layer=layers, n_embd=16, n_head=2, vocab_size=50, n_positions=16, bos_token_id=0, eos_token_id=0
    )
    torch.manual_seed(0)
    return transformers.GPT2LMHeadModel(config), torch.arange(8)[None]


def test_gpt2_is_a_tree_of_its_modules() -> None:
    model, tokens = gpt2(12)

    def run() -> None:
        model(tokens, labels=tokens).loss.backward()

    graph = recorded(run)
    names = [group.name for group in graph.groups if group.kind == "module"]
    assert names[0] == "GPT2LMHeadModel"
    assert [name for name in names if name.count(".") == 2] == [f"transformer.h.{layer}" for layer in range(12)]
    assert {"transformer.wte", "transformer.h.3.attn", "transformer.h.11.mlp.c_fc", "lm_head"} <= set(names)
    by_name = {group.name: group for group in graph.groups}
    attention = by_name["transformer.h.3.attn"]
    assert attention.type == "GPT2Attention"
    assert attention.parent == by_name["transformer.h.3"].id
    paths = dict(model.named_modules())
    for node in graph.nodes:
        parents = [graph.groups[each].parent for each in node.groups]
        assert parents == [None, *node.groups][: len(parents)]
        if node.kind == "op":
            modules = [graph.groups[each] for each in node.groups if graph.groups[each].kind == "module"]
            assert modules, node
            assert all(type(paths[group.name]).__name__ == group.type for group in modules[1:])
    assert max(len(node.groups) for node in graph.nodes) <= 6
    leaves = {leaf.node for leaf in graph.leaves}
    homes = {graph.groups[graph.nodes[leaf].groups[-1]].name for leaf in leaves}
    assert {"transformer.h.0.ln_1", "transformer.h.11.mlp.c_proj", "transformer.wpe"} <= homes
    assert "lm_head" not in homes  # its weight is that of transformer.wte, and belongs to what is around both


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(1, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(self.inner(x)) * 2


def modules_of(graph: Graph) -> list[tuple[str, str | None, int | None, int | None]]:
    return [(each.name, each.type, each.module, each.number) for each in graph.groups if each.kind == "module"]


def test_calls_of_one_module_are_groups_of_their_own() -> None:
    model = Twice()
    graph = recorded(lambda: model(torch.ones(1, 1)).backward())
    assert modules_of(graph) == [
        ("Twice", "Twice", 0, 0),
        ("inner", "Linear", 1, 0),
        ("inner", "Linear", 1, 1),
    ]
    (weight,) = [node for node in graph.nodes if node.kind == "leaf"]
    assert [graph.groups[each].name for each in weight.groups[-1:]] == ["Twice"]


def test_a_module_that_raises_is_left() -> None:
    class Raises(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            raise ValueError(x.sin())

    def run() -> None:
        with pytest.raises(ValueError, match="tensor"):
            nn.Sequential(Raises())(torch.ones(1, requires_grad=True))
        nn.Tanh()(torch.ones(1, requires_grad=True)).cos()

    graph = recorded(run)
    homes = {node.label: [graph.groups[each].name for each in node.groups] for node in graph.nodes}
    assert homes["tanh"] == ["run", "Tanh"]
    assert homes["cos"] == ["run"]


def test_other_ways_to_call_a_module() -> None:
    x = torch.ones(1, 1)
    with pytest.warns(DeprecationWarning, match="script"):
        scripted = torch.jit.script(nn.Linear(1, 1))
    assert [kind for _, kind, *_ in modules_of(recorded(lambda: scripted(x)))] == ["RecursiveScriptModule"]
    model = Twice()
    weights = {"inner.weight": torch.ones(1, 1, requires_grad=True)}
    graph = recorded(lambda: torch.func.functional_call(model, weights, (x,)))
    assert [name for name, *_ in modules_of(graph)] == ["Twice", "inner", "inner"]
    model.register_forward_hook(lambda module, args, output: output.sin())
    graph = recorded(lambda: model(x))
    (sine,) = [node for node in graph.nodes if node.label == "sin"]
    assert "Twice" in [graph.groups[each].name for each in sine.groups]


def test_a_forward_that_is_a_generator_runs_outside_of_the_call() -> None:
    class Steps(nn.Module):
        def forward(self, x: torch.Tensor) -> Any:
            for _ in range(2):
                x = 2 * x
                yield nn.functional.relu(x)

    graph = recorded(lambda: [each.exp() for each in Steps()(torch.ones(1, requires_grad=True))])
    assert not modules_of(graph)
    assert sum(node.label == "exp" for node in graph.nodes) == 2


def test_modules_called_in_another_thread_are_no_groups() -> None:
    model, other = Twice(), nn.Linear(1, 1)

    def run() -> None:
        thread = threading.Thread(target=lambda: [other(torch.ones(1, 1)) for _ in range(20)])
        thread.start()
        model(torch.ones(1, 1))
        thread.join()

    assert [name for name, *_ in modules_of(recorded(run))] == ["Twice", "inner", "inner"]


@pytest.mark.parametrize("reentrant", [False, True])
def test_a_checkpointed_module_is_a_group_each_time_it_runs(reentrant: bool) -> None:
    """Its call, and that in the backward pass; the forward of a reentrant checkpoint leaves a node, but no group."""
    from torch.utils.checkpoint import checkpoint

    model = Twice()
    x = torch.ones(1, 1, requires_grad=True)
    graph = recorded(lambda: checkpoint(model, x, use_reentrant=reentrant).sum().backward())
    assert [name for name, *_ in modules_of(graph)] == ["Twice", "inner", "inner"] * (1 if reentrant else 2)
    (outer,) = [node for node in graph.nodes if node.label == "CheckpointFunction"] if reentrant else [None]
    assert outer is None or [graph.groups[each].name for each in outer.groups] == ["<lambda>"]


# ── without marks ─────────────────────────────────────────────────────────────────────────────────


def double(x: torch.Tensor) -> torch.Tensor:
    return x * 2


def test_functions_and_loops_are_inferred_from_frames() -> None:
    x = torch.ones(1, requires_grad=True)
    with Recorder(__file__.__eq__) as recorder:
        y = x
        for _ in range(2):
            y = double(y)
            for _ in range(2):
                y = y.sin()
                y = y.cos()
        y = double(double(y))
    graph = build_graph(finish(recorder.tape, Execution(), lambda code, lasti: None, Settings()))
    assert told(graph) == [
        "for _ in range(2)",
        "  iteration 0",
        "    double mul",
        "    for _ in range(2)",
        "      iteration 0 sin cos",
        "      iteration 1 sin cos",
        "  iteration 1",
        "    double mul",
        "    for _ in range(2)",
        "      iteration 0 sin cos",
        "      iteration 1 sin cos",
        "double mul",
        "double mul",
    ]


def test_modules_and_operations_at_one_instruction_tell_iterations() -> None:
    layers = [nn.Tanh(), nn.Sigmoid()]
    with Recorder(__file__.__eq__) as recorder:
        y = torch.ones(1, requires_grad=True)
        for layer in layers:
            y = layer(y)
        while y.numel() == 1:
            y = y * 2
            if y.item() > 2:
                break
        for _ in range(3):
            y = y.exp()
    graph = build_graph(finish(recorder.tape, Execution(), lambda code, lasti: None, Settings()))
    assert told(graph) == [
        "for layer in layers",
        "  iteration 0",
        "    Tanh tanh",
        "  iteration 1",
        "    Sigmoid sigmoid",
        "while y.numel() == 1",
        "  iteration 0 mul item",
        "  iteration 1 mul item",
        "for _ in range(3)",
        "  iteration 0 exp",
        "  iteration 1 exp",
        "  iteration 2 exp",
    ]


# ── with marks ────────────────────────────────────────────────────────────────────────────────────

X = "import torch\nfrom torch import nn\nx = torch.tensor(1.0, requires_grad=True)\n"


def test_what_comes_after_a_call_is_outside_of_it_however_deep() -> None:
    program = X + "def f(x, n):\n    return x if n == 0 else x * f(x, n - 1)\ny = f(x, 60).exp()\n"
    lines = groups_of(program)
    assert lines == [f"{'  ' * depth}f mul" for depth in range(60)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "for i in range(3):\n    if i != 1: x = x.sin()",
            ["for i in range(3)", "  iteration 0 sin", "  iteration 2 sin"],
        ),
        ("for i in range(1):\n    x = x.sin()\nelse:\n    x = x.cos()", ["for i in range(1)", "  iteration 0 sin"]),
        (
            "n = 0\nwhile (x := x.sin()).item() > 0 and n < 1:\n    n += 1\n    x = x.cos()",
            ["while (x := x.sin()).item() > 0 and n < 1", "  iteration 0 sin item cos", "  iteration 1 sin item"],
        ),
        (
            "y = [[a * b for b in (x, 2)] for a in (x, x)]",
            [
                *("for a in (x, x)", "  iteration 0", "    for b in (x, 2)", "      iteration 0 mul"),
                *("      iteration 1 mul", "  iteration 1", "    for b in (x, 2)"),
                *("      iteration 0 mul", "      iteration 1 mul"),
            ],
        ),
        (
            "y = {a: b for a in (1, 2) if x.sin() > 0 for b in (x.cos(), x)}",
            ["for a in (1, 2)", "  iteration 0 sin gt cos", "  iteration 1 sin gt cos"],
        ),
        ("f = lambda a, b=2: a * b\ny = f(f(x))", ["<lambda> mul", "<lambda> mul"]),
        ("y = sum(map(lambda a: a.exp(), [x, x]), 1).sin()", ["<lambda> exp", "<lambda> exp"]),
        ("class A:\n    a = x.exp()\n    def f(self): return x.sin()\ny = A().f().cos()", ["A.f sin"]),
        (
            "def g():\n    for i in range(2):\n        yield x * i\nfor y in g():\n    y = y.sin()",
            [
                *("g", "  for i in range(2)", "    iteration 0 mul", "for y in g()", "  iteration 0 sin"),
                *("    iteration 1 mul", "  iteration 1 sin"),
            ],
        ),
        (
            "net = nn.Sequential(nn.Tanh(), nn.Sequential(nn.Sigmoid()))\nnet(x).sin()",
            ["net", "  0 tanh", "  1", "    1.0 sigmoid"],
        ),
    ],
)
def test_marks_tell_what_frames_do_not(body: str, expected: list[str]) -> None:
    if "a = x.exp()" in body:
        body += "\nb = A.a"
    if "y = {a" in body:
        body += "\nprint(y)"
    assert groups_of(X + body + "\n") == expected


def test_a_long_loop_without_torch_leaves_nothing() -> None:
    document = trace("def f(i):\n    return [j for j in range(3)]\nfor i in range(20000):\n    f(i)\n")
    assert (document["groups"], document["error"]) == ([], None)


def test_cells_are_groups_where_there_are_several() -> None:
    one = trace(X + "y = x * 2\n")
    two = trace("# %%\n" + X + "# %%\ny = x * 2\n")
    assert one["groups"] == []
    assert [(each["kind"], each["name"], each["number"]) for each in two["groups"]] == [
        ("cell", "cell 0", 0),
        ("cell", "cell 1", 1),
    ]


def test_the_text_twin_of_a_graph_shows_its_groups() -> None:
    model = Twice()
    text = graph_to_text(recorded(lambda: model(torch.ones(1, 1))))
    assert "module Twice: " in text
    assert "  module inner (Linear): " in text


def test_a_group_says_where_it_was_called() -> None:
    document = trace(X + "def f(x):\n    return nn.Tanh()(x)\ny = f(x)\n")
    function, module = [Group(**each) for each in document["groups"]]
    assert (function.name, function.line, function.column, function.end_column) == ("f", 6, 4, 8)
    assert (module.name, module.line, module.column, module.end_column) == ("Tanh", 5, 11, 23)
