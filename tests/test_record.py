"""``backlight.record()``: the user's own code becomes the same Document that the sandbox makes of it."""

from __future__ import annotations

import json
import linecache
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import backlight
from backlight.errors import NotRecorded, RequestError
from backlight.load import load_document
from backlight.model.text import document_to_text
from recorded import mlp, run_recorded, text_at
from sample_programs import Sample, list_samples, trace_sample

PLAIN = (*("raising-cells", "many-cells", "seeded-random", "unseeded-random", "gallery-error", "in-place-error"),)


def autograd_part(document: dict[str, Any]) -> list[Any]:
    """Autograd's nodes and passes, told in values: what names and places have no part in."""
    values = [each["data"] if each["data"] is not None else each["stats"] for each in document["values"]]
    held = lambda ids: [None if each is None else values[each] for each in ids]  # noqa: E731
    nodes = document["nodes"]
    told: list[Any] = [
        (node["op"], node["kind"], held(output["value"] for output in node["outputs"])) for node in nodes if node["op"]
    ]
    for run in document["passes"]:
        told.append(([nodes[root]["op"] for root in run["roots"]], run["create_graph"], run["retain_graph"]))
        told += [
            (nodes[step["node"]]["op"], held(step["grad_outputs"]), held(step["grad_inputs"])) for step in run["steps"]
        ]
    told += [(held([leaf["value"], leaf["grad"]])) for leaf in document["leaves"]]
    return told


SAME = [each for each in list_samples() if each.name not in PLAIN and "# %%" not in each.source]


@pytest.mark.parametrize("sample", SAME, ids=lambda sample: sample.name)
def test_the_document_is_that_of_the_sandbox(sample: Sample, capsys, recwarn) -> None:
    expected = trace_sample(sample)
    try:
        document = run_recorded(sample.name, sample.source)
    except Exception:
        assert expected["error"]
        return
    assert autograd_part(document) == autograd_part(expected)


# ── places and names ──────────────────────────────────────────────────────────────────────────────


def test_places_point_into_this_file() -> None:
    with backlight.record() as tape:
        x = torch.tensor(3.0, requires_grad=True)
        y = torch.sin(x**2)
        y.backward()
    document = tape.document
    assert document.sources[0].text == Path(__file__).read_text()
    assert not Path(document.sources[0].name).is_absolute()
    assert [text_at(document, node) for node in document.nodes] == [
        "torch.tensor(3.0, requires_grad=True)",
        "x**2",
        "torch.sin(x**2)",
    ]
    assert text_at(document, document.passes[0]) == "y.backward()"
    assert [node.names for node in document.nodes] == [["x"], [], ["y"]]
    assert load_document(json.dumps(document.model_dump())) == document


def test_a_chain_over_several_lines_is_one_place() -> None:
    with backlight.record() as tape:
        x = torch.ones(2, requires_grad=True)
        y = (
            x.sin()
            .mul(2)
            .sum()
        )  # fmt: skip
    node = tape.node(y)
    assert node.names == ["y"]
    assert (node.end_line or 0) - (node.line or 0) == 2


def halves(x: torch.Tensor) -> torch.Tensor:
    first = x * 0.5
    second = first.sum()
    return second


class Holder:
    def step(self, x: torch.Tensor) -> torch.Tensor:
        self.kept = x.exp()
        return self.kept


def test_names_come_from_frames_that_are_gone_too() -> None:
    model = mlp()
    with backlight.record() as tape:
        data = torch.ones(2, 3)
        for _ in range(2):
            hidden = model(data)
            hidden = hidden * 2
            hidden += 1
            total = halves(hidden)
        held = Holder().step(total)
        low, high = hidden.aminmax()
    names = [node.names for node in tape.document.nodes if node.names]
    for wanted in ("data", "model.0.weight", "model.2.bias", "first", "total", "self.kept", "held", "low"):
        assert any(wanted in each for each in names), wanted
    assert sum("first" in each for each in names) == 2
    assert sum("hidden" in each for each in names) == 6
    assert "high" in tape.node(high).names
    assert "held" in tape.node(held).names
    assert low is not None


def test_calls_hold_the_places_of_the_callers() -> None:
    with backlight.record() as tape:
        y = halves(torch.ones(2, requires_grad=True))
    node = tape.node(y)
    assert text_at(tape.document, node) == "first.sum()"
    assert text_at(tape.document, node.calls[0]) == "halves(torch.ones(2, requires_grad=True))"


@pytest.mark.parametrize(
    ("filename", "name"), [("<ipython-input-3-ab>", "cell"), (f"{tempfile.gettempdir()}/ipykernel_7/12.py", "cell")]
)
def test_a_notebook_cell_is_a_source(filename: str, name: str) -> None:
    text = "with backlight.record() as tape:\n    y = torch.ones(2, requires_grad=True) * 2\n"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    scope: dict[str, Any] = {"backlight": backlight, "torch": torch}
    exec(compile(text, filename, "exec"), scope)
    document = scope["tape"].document
    assert (document.sources[0].name, document.sources[0].text) == ("cell", text)
    assert scope["tape"].node(scope["y"]).names == ["y"]


def test_what_is_typed_in_has_lines_without_text() -> None:
    text = "\n\nwith backlight.record() as tape:\n    y = torch.ones(2, requires_grad=True) * 2\n"
    scope: dict[str, Any] = {"backlight": backlight, "torch": torch}
    exec(compile(text, "<stdin>", "exec"), scope)
    document = scope["tape"].document
    assert (document.sources[0].name, document.sources[0].text) == ("<stdin>", "\n\n\n")
    assert (document.nodes[-1].line, document.nodes[-1].column) == (4, 0)


def test_a_package_counts_as_mine_where_it_is_included() -> None:
    x = torch.ones(2, 3, requires_grad=True)
    layer = nn.Linear(3, 1)
    with backlight.record(include=("torch.nn.modules.linear",)) as tape:
        y = layer(x)
    assert tape.document.sources[1].name == "linear.py"
    assert text_at(tape.document, tape.node(y)) == "F.linear(input, self.weight, self.bias)"
    with pytest.raises(RequestError, match="no_such_package"):
        backlight.record(include=("no_such_package",))


@pytest.mark.parametrize("include", [3, (3,), None, {"torch": 1}])
def test_what_names_no_packages_is_refused(include: Any) -> None:
    with pytest.raises(RequestError, match="`include` cannot be"):
        backlight.record(include=include)


def test_one_package_is_included_by_its_name_alone() -> None:
    with backlight.record(include="torch.nn.modules.linear") as tape:
        torch.nn.Linear(1, 1)(torch.ones(1))
    assert any(source.name.endswith("linear.py") for source in tape.document.sources)
    with pytest.raises(RequestError, match="no_such_package"):
        backlight.record(include="no_such_package")


# ── what one asks ─────────────────────────────────────────────────────────────────────────────────


def test_nodes_of_tensors() -> None:
    other = torch.ones(2)
    w = torch.ones(2, 2, requires_grad=True)
    with backlight.record() as tape:
        x = w * 2
        view = x[0]
        twice = x.clone()
        twice.add_(1)
        loss = (view.sum() + twice.sum()).backward
        scratch = torch.zeros(3).abs() + 1
        mean, spread = torch.var_mean(w)
    assert loss is not None
    assert (tape.node(w).kind, tape.node(x).op, tape.node(view).op) == ("leaf", "MulBackward0", "SelectBackward0")
    assert tape.node(twice).op == "AddBackward0"
    assert tape.node(mean) == tape.node(spread)
    assert tape.node(scratch).label == "add"
    with pytest.raises(NotRecorded, match="never saw"):
        tape.node(other)
    with pytest.raises(KeyError, match="Only a tensor"):
        tape.node(3)  # pyright: ignore[reportArgumentType]


def test_asking_too_early_and_twice() -> None:
    tape = backlight.record()
    with pytest.raises(RequestError, match="Nothing was recorded"):
        _ = tape.document
    with tape:
        x = torch.ones(1, requires_grad=True) * 2
        with pytest.raises(RequestError, match="still running"):
            _ = tape.document
        with pytest.raises(RequestError, match="still running"):
            tape.node(x)
    assert tape.document is tape.document
    with pytest.raises(RequestError, match="made once"), tape:
        pass


def test_it_is_saved(tmp_path: Path) -> None:
    with backlight.record() as tape:
        (torch.ones(2, requires_grad=True) * 2).sum().backward()
    tape.save(tmp_path / "run.json")
    assert load_document((tmp_path / "run.json").read_bytes()) == tape.document
    with pytest.raises(RequestError, match=r"run\.txt.*\.json"):
        tape.save(tmp_path / "run.txt")
    assert "MulBackward0" in document_to_text(tape.document.model_dump())


def test_the_function_is_not_hidden_by_the_package() -> None:
    import backlight.record.tape

    assert callable(backlight.record)


@dataclass(slots=True)
class Slotted:
    """An object without a dict of its own."""

    model: torch.nn.Module
    scale: torch.Tensor

    def train(self) -> None:
        (self.model(torch.ones(2, 3)).sum() * self.scale).backward()


def test_names_come_from_slots_too() -> None:
    with backlight.record() as tape:
        Slotted(mlp(), torch.ones((), requires_grad=True)).train()
    names = [leaf.name for leaf in tape.document.leaves]
    assert "self.model.0.weight" in names
    assert "self.scale" in names
