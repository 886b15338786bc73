"""Notebooks in: what they become, what is left out of them, and what is refused, with its place."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest
import torch
from hypothesis import given
from hypothesis import settings as run_settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import backlight
from backlight.commands import app
from backlight.errors import BacklightError, LimitExceeded, NotAllowed, RequestError, SyntaxFailure
from backlight.model.program import Program
from backlight.model.request import TraceRequest
from backlight.parse import parse_program
from backlight.parse.twin import program_to_text
from backlight.settings import Settings

FOLDER = Path(__file__).parent / "notebooks"
SAMPLES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.ipynb"))}
LINE = SAMPLES["linear-regression"]


def code(source: Any, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source} | more


def text(source: Any, kind: str = "markdown") -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source}


def notebook(*cells: Any, **more: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": list(cells)} | more


def parse(content: Any, **limits: Any) -> Program:
    return parse_program(TraceRequest(notebook=content), Settings(**limits))


def refusal(content: Any, **limits: Any) -> BacklightError:
    before = deepcopy(content)
    with pytest.raises(BacklightError) as caught:
        parse(content, **limits)
    assert content == before
    return caught.value


@pytest.mark.parametrize("name", SAMPLES)
def test_the_program_reads_as_expected(name: str) -> None:
    expected = FOLDER / f"{name}.txt"
    assert program_to_text(parse(SAMPLES[name])) == expected.read_text(), (
        "scripts/rewrite_samples.py accepts the new text"
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_notebooks(name: str) -> None:
    nbformat.validate(SAMPLES[name])


def test_a_notebook_runs_cell_by_cell_and_goes_on_after_an_error() -> None:
    document = backlight.trace(notebook=LINE)
    assert len(document.cells) == sum(cell["cell_type"] == "code" for cell in LINE["cells"])
    assert [cell.index for cell in document.cells] == list(range(7))
    x = torch.arange(4.0)
    w, b = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    loss = ((w * x + b - (2 * x + 1)) ** 2).mean()
    loss.backward()
    assert document.cells[2].output == f"{loss.item()}\n"
    assert document.cells[4].output == f"{(w.grad, b.grad)!r}\n"
    failed = [cell for cell in document.cells if cell.error]
    assert [(cell.index, cell.error and cell.error.type) for cell in failed] == [(3, "RuntimeError")]
    assert document.error == failed[0].error
    notes = [note for cell in document.cells for note in cell.notes]
    lines = document.source.split("\n")
    noted = [lines[note.line - 1].split()[:2] for note in notes]
    markdown, raw = ["#", "%%"], ["#", "%%"]
    assert noted == [markdown, ["%matplotlib", "inline"], ["!pip", "install"], markdown, ["%%time"], raw, markdown]
    assert "packages cannot be installed" in notes[2].message


def test_nbformats_own_object_is_a_notebook() -> None:
    own = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# T"), nbformat.v4.new_code_cell("6 * 7")])
    document = backlight.trace(notebook=own)
    assert [(cell.output, cell.start_line, cell.end_line) for cell in document.cells] == [("42\n", 1, 5)]


@pytest.mark.parametrize("minor", range(8))
def test_every_minor_version_is_read(minor: int) -> None:
    later = {"invention": {"of": "later"}} if minor > 5 else {}
    named = {"id": "a"} if minor > 4 else {}
    program = parse(notebook(text("T"), code("x = 1\n", **named, **later), nbformat_minor=minor))
    assert program.text == "# %% [markdown]\n# T\n\n# %%\nx = 1\n"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", []),
        ([], []),
        ("\n\n", []),
        ("x = 1", ["x = 1"]),
        (["x = 1\n", "y = 2\n"], ["x = 1", "y = 2"]),
        (["x = ", "1\r\n", "y = 2\rz = 3"], ["x = 1", "y = 2", "z = 3"]),
        ("\n  x = 1\n  if x:\n    y = 2\nz = 3", ["", "x = 1", "if x:", "  y = 2", "z = 3"]),
    ],
)
def test_the_source_of_a_cell_is_text_or_its_lines(source: Any, lines: list[str]) -> None:
    assert parse(notebook(code(source))).text == "\n".join(["# %%", *lines, ""])


def test_each_code_cell_is_a_cell_whatever_it_holds() -> None:
    program = parse(
        notebook(code("# %%\nx = 1\n# %% [markdown]\ny = 2"), code(""), text("a\n\nb", "raw"), code("z = 3"))
    )
    assert [(cell.start_line, cell.end_line) for cell in program.cells] == [(1, 6), (7, 8), (9, 15)]


@pytest.mark.parametrize(
    ("cells", "cell", "cell_line", "line"),
    [
        ((text("T"), code("x = 1"), code("x = 2\ny = = 3")), 1, 2, 9),
        ((code("x = (1,"), code("2)")), 0, 1, 2),
        ((code("s = '''"), code("t = '''a'''")), 0, 1, 2),
        ((code("if x:\n    y"), text("T"), code("else:\n    z")), 1, 1, 9),
        ((code("x = 1"), code("return 1")), 1, 1, 5),
        ((code("x = 1"), code("%time\nx = 'a\0'")), 1, 2, 6),
    ],
)
def test_a_mistake_names_cell_and_line(cells: tuple[Any, ...], cell: int, cell_line: int, line: int) -> None:
    error = refusal(notebook(*cells))
    assert isinstance(error, SyntaxFailure)
    assert error.place is not None
    assert (error.details, error.place.line) == ({"cell": cell, "cell_line": cell_line}, line)


def test_what_is_not_allowed_names_its_cell() -> None:
    error = refusal(notebook(code("x = 1"), code("\nimport os")))
    assert isinstance(error, NotAllowed)
    assert (error.details["cell"], error.details["cell_line"]) == (1, 2)


REFUSED = {
    "nothing": ({}, "no notebook"),
    "no notebook": ({"source": "x"}, "no notebook"),
    "no cells": ({"nbformat": 4, "nbformat_minor": 5, "metadata": {}}, "no notebook"),
    "a format that is no number": (notebook(nbformat="4"), "no notebook"),
    "a minor that is no number": (notebook(nbformat_minor=[]), "no notebook"),
    "nbformat 3": ({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}, "nbformat 3.*convert"),
    "nbformat 5": (notebook(nbformat=5), "nbformat 5"),
    "cells that are no list": (notebook(cells={}), "`cells` .* must be a list"),
    "no cell at all": (notebook(), "no code cell"),
    "text alone": (notebook(text("T")), "no code cell"),
    "a cell that is no object": (notebook(code("x"), 5), "Cell 2 .*5 is not an object"),
    "a cell without type": (notebook({"source": "x"}), "Cell 1 .*type None"),
    "a cell of an unknown type": (notebook(code("x"), code("x", cell_type=["code"])), r"Cell 2 .*type \['code'\]"),
    "a cell without source": (notebook(code("x"), {"cell_type": "code", "metadata": {}}), "Cell 2 .*needs a `source`"),
    "a source that is a number": (notebook(code(5)), "Cell 1 .*needs a `source`"),
    "a source with a number in it": (notebook(code(["x", 5])), "Cell 1 .*needs a `source`"),
    "a cell with too much": (notebook(code("x", sauce="y")), "Cell 1 .*'sauce' was unexpected"),
    "a cell's metadata that is a list": (notebook(code("x", metadata=[])), "Cell 1 .*metadata: .*not of type"),
    "an id that is a number": (notebook(code("x", id=5), nbformat_minor=5), "Cell 1 .*id: 5 is not of type"),
    "an id twice": (notebook(code("x", id="a"), code("y", id="a"), nbformat_minor=5), "1 and 2 .*same id `a`"),
    "metadata that is a list": (notebook(code("x"), metadata=[]), "metadata of the notebook .*not of type"),
    "metadata that is null": (notebook(code("x"), metadata=None), "metadata of the notebook .*not of type"),
    "a kernel without name": (notebook(code("x"), metadata={"kernelspec": {}}), "kernelspec: .*required"),
    "R": (notebook(code("x"), metadata={"language_info": {"name": "R"}}), "written in R"),
    "Julia": (
        notebook(code("x"), metadata={"kernelspec": {"name": "j", "display_name": "J", "language": "julia"}}),
        "written in julia. Only Python",
    ),
}


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_notebook_is_refused_clearly(content: dict[str, Any], words: str) -> None:
    error = refusal(content)
    assert type(error) is RequestError
    assert re.search(words, error.message)
    assert len(error.message) < 400


def test_outputs_are_not_read() -> None:
    wild = [{"output_type": "display_data", "data": {"image/png": "x" * 10**6}, "sauce": 1}, 5]
    assert parse(notebook(code("x = 1", outputs=wild, execution_count="many"))).text == "# %%\nx = 1\n"
    assert parse(notebook({"cell_type": "code", "source": "x = 1"})).text == "# %%\nx = 1\n"


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (notebook(*[text("")] * 20, code("x")), "source_bytes"),
        (notebook(text("é" * 60), code("x")), "source_bytes"),
        (notebook(code("x"), code("[" * 61)), "nesting"),
        (notebook(code("x + y"), code("x + y + z")), "syntax_nodes"),
    ],
)
def test_limits_hold_for_the_text(content: dict[str, Any], limit: str) -> None:
    error = refusal(content, source_bytes=100, syntax_nodes=10)
    assert isinstance(error, LimitExceeded)
    assert error.details["limit"] == limit


def test_what_is_quoted_is_short() -> None:
    assert len(refusal(notebook(code("x", id="é" * 10**5), nbformat_minor=5)).message) < 400
    assert len(refusal(notebook(["x" * 10**5])).message) < 400


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


def test_bottomless_nesting_is_refused() -> None:
    for content in (notebook(code("x", attachments=nested(3000))), notebook(code("x", metadata=nested(3000)))):
        with pytest.raises(RequestError):
            parse(content)
        with pytest.raises(RequestError, match=r"nested too deeply|as nbformat 4 wants"):  # newer Pythons go deeper
            backlight.trace(notebook=content)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(RequestError, match="written as JSON"):
        backlight.trace(notebook=notebook(code({"x"})))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 6) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
SOURCE = (
    st.text(alphabet="%!?#x=1( '\"\n\\", max_size=20)
    | st.lists(st.text(alphabet="x\n%", max_size=5), max_size=3)
    | JSON
)
CELL = JSON | st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw"]) | JSON, "source": SOURCE},
    optional={"metadata": JSON, "id": JSON, "outputs": JSON, "attachments": JSON, "extra": JSON},
)
NOTEBOOK = st.dictionaries(st.text(max_size=5), JSON, max_size=3) | st.fixed_dictionaries(
    {"nbformat": st.just(4) | JSON, "cells": st.lists(CELL, max_size=4) | JSON},
    optional={"nbformat_minor": st.integers(-1, 7) | JSON, "metadata": JSON},
)


@run_settings(max_examples=300, deadline=None)
@given(NOTEBOOK)
def test_any_json_gives_a_program_or_a_refusal(content: dict[str, Any]) -> None:
    try:
        program = parse(content)
    except (RequestError, LimitExceeded) as error:
        assert error.message
    else:
        kinds = [cell["cell_type"] for cell in content["cells"]]
        assert len(program.cells) == kinds.count("code")


def test_the_api_takes_a_notebook(playground: httpx.Client) -> None:
    answer = playground.post("/api/v1/trace", json={"notebook": LINE})
    assert answer.status_code == 200
    document = answer.json()
    leaves = {leaf["name"]: document["values"][leaf["grad"]]["data"] for leaf in document["leaves"]}
    assert leaves == {"w": [-17.0], "b": [-8.0]}
    assert [len(cell["notes"]) for cell in document["cells"]] == [3, 0, 2, 0, 1, 0, 1]


@pytest.mark.parametrize("content", [content for content, _ in REFUSED.values()], ids=REFUSED.keys())
def test_the_api_refuses_with_422(playground: httpx.Client, content: dict[str, Any]) -> None:
    answer = playground.post("/api/v1/trace", json={"notebook": content})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


def test_the_api_names_the_cell_of_a_mistake(playground: httpx.Client) -> None:
    answer = playground.post("/api/v1/trace", json={"notebook": notebook(text("T"), code("x = 1"), code("y = ("))})
    body = answer.json()
    assert (body["code"], body["line"], body["cell"], body["cell_line"]) == ("syntax-error", 8, 1, 1)


def trace(*arguments: str) -> Any:
    return CliRunner(env={"TERM": "dumb", "COLUMNS": "200"}).invoke(app, ["trace", *arguments])


def test_the_command_takes_a_notebook_and_tells_what_was_left_out() -> None:
    done = trace(str(FOLDER / "linear-regression.ipynb"))
    assert done.exit_code == 1
    assert "RuntimeError, line 28: mat1 and mat2" in done.stdout
    assert "Note, line 8: `!pip install torch numpy` was left out" in done.stdout
    assert re.search(r"w\s.*\[1\]\s.*-17", done.stdout)


def test_the_command_names_the_cell_of_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "wrong.ipynb"
    file.write_text(json.dumps(notebook(text("T"), code("x = 1"), code("\ny = = 2"))))
    done = trace(str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("backlight: code cell 2, line 2, column 5: ")


@pytest.mark.parametrize(("content", "words"), [("{", "not JSON"), ("[]", "not a JSON object"), ("[" * 10**5, "JSON")])
def test_the_command_refuses_a_file_that_is_no_json(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "wrong.ipynb"
    file.write_text(content)
    done = trace(str(file))
    assert done.exit_code == 2
    assert words in re.sub(r"[│\s]+", " ", done.stderr)


def test_without_nbformat_a_notebook_is_refused_and_all_else_works() -> None:
    program = (
        "import sys; sys.modules['nbformat'] = None\n"
        "from backlight.errors import RequestError\n"
        "from backlight.model.request import TraceRequest\n"
        "from backlight.parse import parse_program\n"
        "from backlight.settings import Settings\n"
        "parse_program(TraceRequest(source='%time\\nx = 1'), Settings())\n"
        "try: parse_program(TraceRequest(notebook={'nbformat': 4, 'cells': []}), Settings())\n"
        "except RequestError as error: print(error.message)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'backlight[serve]'" in done.stdout
