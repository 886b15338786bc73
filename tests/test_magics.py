"""What of a program is no Python: taken where it cannot be Python, noted with its line, and moving nothing."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlight.errors import SyntaxFailure
from backlight.model.document import Place
from backlight.parse.magics import leave_out_magics
from programs import parse, run_parsed

LEFT_OUT = {
    "%matplotlib inline": "magic",
    "%%time": "code below it runs",
    "    %%bash": "magic",
    "!ls -l": "shell",
    "!!ls": "shell",
    "! {cmd} 'it": "shell",
    "?torch.ones": "help",
    "??x": "help",
    "torch.ones?": "help",
    "torch.*ones*??  # all of them": "help",
    "layers[0].weight?": "help",
    "files = !ls": "`files` gets no value",
    "a.b, c['d'] = %sx ls": "`a.b, c['d']` gets no value",
    "!pip install torch": "packages cannot be installed",
    "%pip install torch": "packages cannot be installed",
    "pip install torch": "packages cannot be installed",
    "%conda install -c pytorch torch": "packages cannot be installed",
    "!{sys.executable} -m pip install x": "packages cannot be installed",
    "!apt-get -y install x": "packages cannot be installed",
    "!uv add x": "packages cannot be installed",
    "%timeit f(x)": "magic",
    "%time for i in x: f(i)": "magic",
    "!echo a \\\n  b": "shell",
    "%%html\n<b>it's\n# bold": "all of it was left out",
    "# c\n\n%%writefile x.py\nx = (": "all of it was left out",
}


@pytest.mark.parametrize(("text", "words"), LEFT_OUT.items())
def test_what_is_no_python_is_left_out_and_noted(text: str, words: str) -> None:
    plain = leave_out_magics(text)
    assert plain.text.count("\n") == text.count("\n")
    assert ast.dump(ast.parse(plain.text.lstrip(" "))) == ast.dump(ast.parse("pass"))
    (note,) = plain.notes
    assert words in note.message
    assert note.line == (3 if text.startswith("# c") else 1)


@pytest.mark.parametrize(
    "text",
    [
        "x = (7\n% 3)",
        "x = 7 \\\n% 3",
        "x = '''\n%time\n!ls\nx?\n'''",
        "x = f'''{1}\n!ls\n'''",
        "x = [\n!ls",
        "x = a if b else c  # why?",
        "# %matplotlib inline\n#!ls",
        "f(a, 'x = !ls')",
        "x != 3; y == '%d' % 4",
        "!= 3",
        "% 3",
        "x ?= 3",
        "x = 'why?'",
        'a = "\\\n!ls"',
        "x: int = 3 % 2",
        "lambda: 0 % 2",
        "'' '\\'\\\n%x'",
    ],
)
def test_what_is_python_or_a_mistake_stays(text: str) -> None:
    plain = leave_out_magics(text)
    assert (plain.text, plain.notes) == (text, ())


def test_a_timed_statement_runs_where_it_stands() -> None:
    program = parse("%time x = [1,\n 2]\ny = %time len(x)\nif y:\n    %time z = y / 0\n")
    run = run_parsed(program)
    assert run.names == {"x": [1, 2], "y": 2}
    assert run.error == ("ZeroDivisionError", "division by zero", [(5, 5, 14, 19)])
    assert program.text.startswith("%time x")
    assert [note.line for note in program.cells[0].notes] == [1, 3, 5]


def test_a_timed_last_expression_is_shown() -> None:
    assert run_parsed(parse("%time 6 * 7")).shown == [42]
    assert run_parsed(parse("6 * 7\n!ls")).shown == []


def test_lines_and_columns_are_unmoved() -> None:
    run = run_parsed(parse("!ls \\\n  -l\nif True:\n    %cd x\n    é = 1 / 0"))
    assert run.error == ("ZeroDivisionError", "division by zero", [(5, 5, 9, 14)])


def test_what_a_magic_would_have_bound_has_no_value() -> None:
    error = run_parsed(parse("files = !ls\nlen(files)")).error
    assert error is not None
    assert error[0] == "NameError"


@pytest.mark.parametrize("name", ["capture out", "prun", "time", "timeit -n 3"])
def test_a_cell_that_is_measured_runs(name: str) -> None:
    program = parse(f"# %%\n# first\n\n%%{name}\nx = 1\n# %%\n%%time\n%%capture\ny = 2")
    assert run_parsed(program).names == {"x": 1, "y": 2}
    assert [[note.line for note in cell.notes] for cell in program.cells] == [[4], [7, 8]]
    assert f"`%%{name}`" in program.cells[0].notes[0].message


def test_a_cell_in_another_language_ends_at_the_next_marker() -> None:
    program = parse('x = 1\n# %%\n%%bash\nif [ "it\'s" ]; then (\n# %%\ny = 2')
    assert run_parsed(program).names == {"x": 1, "y": 2}
    assert [(cell.start_line, cell.end_line) for cell in program.cells] == [(1, 1), (2, 4), (5, 6)]
    assert [len(cell.notes) for cell in program.cells] == [0, 1, 0]


def test_a_cell_in_another_language_may_end_the_program() -> None:
    program = parse("x = 1\n# %%\n%%bash\nls\nls")
    assert [(cell.start_line, cell.end_line) for cell in program.cells] == [(1, 1), (2, 5)]


def test_a_cell_magic_after_code_is_a_line() -> None:
    program = parse("x = 1\n%%time\ny = 2")
    assert run_parsed(program).names == {"x": 1, "y": 2}


TEXT_CELLS = [
    "# %% [markdown]\n# It's (text.\n",
    "#%% A title [md]\n\n# It's\n",
    "# %% [raw]\n'''\n# %% no marker\nIt's\n'''\n",
    "# %% [markdown]\nIt's (text.\n",
]


@pytest.mark.parametrize("text", TEXT_CELLS)
def test_a_cell_of_text_belongs_to_the_code_after_it(text: str) -> None:
    lines = text.count("\n")
    program = parse(f"x = 1\n{text}# %%\ny = 2\n{text}")
    assert run_parsed(program).names == {"x": 1, "y": 2}
    assert [(cell.start_line, cell.end_line) for cell in program.cells] == [(1, 1), (2, 3 + 2 * lines)]
    assert [note.line for note in program.cells[1].notes] == [2, 4 + lines]
    assert all("not run" in note.message for note in program.cells[1].notes)


def test_a_marker_of_text_inside_a_block_is_a_comment() -> None:
    program = parse("if 1:\n    x = 1\n# %% [markdown]\n# text\n    y = 2\n")
    assert run_parsed(program).names == {"x": 1, "y": 2}
    assert program.cells[0].notes == ()


HOSTILE = [
    "!" + "pip " * 16_000,
    "# %% [markdown]\n" + '\\"""' * 16_000,
    "# %% [raw]\n" * 6_000,
    "a," * 32_000 + "=!",
    "%time" + " " * 65_000 + "#",
    "%\\\n" * 16_000,
    "a" + "[0]" * 20_000 + "?x",
    "%a\n" * 20_000,
    " " * 32_000 + "=%" + " =%" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    assert leave_out_magics(text).text.count("\n") == text.count("\n")


def test_a_mistake_beside_a_magic_keeps_its_place() -> None:
    with pytest.raises(SyntaxFailure) as caught:
        parse("%time\nx = = 1")
    assert caught.value.place == Place(2, 4, 2, 5)


@given(st.text(alphabet="%!?=#\\'\"()[]{} \n\tab1.,;", max_size=60))
def test_the_rest_is_left_as_it_was(text: str) -> None:
    plain = leave_out_magics(text)
    before, after = text.split("\n"), plain.text.split("\n")
    assert len(before) == len(after)
    changed = [old for old, new in zip(before, after, strict=True) if old != new]
    assert bool(changed) <= bool(plain.notes)
    assert all(1 <= note.line <= len(before) for note in plain.notes)


@given(
    st.lists(st.sampled_from(["a = b % c\n", "f(\n", ")\n", "'''", '"', "\\\n", "% d\n", "#", "\n", "if x:\n    y\n"]))
)
def test_python_stays_python(parts: list[str]) -> None:
    text = "".join(parts)
    try:
        ast.parse(text)
    except SyntaxError:
        return
    assert leave_out_magics(text).text == text
