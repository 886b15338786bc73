"""The door of the parser: text in, Program out; limits, syntax errors, cells, warnings."""

from __future__ import annotations

import sys
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backlight.errors import BacklightError, LimitExceeded, SyntaxFailure
from backlight.model.document import Place
from backlight.model.program import FILENAME, Program
from backlight.parse.twin import program_to_text
from programs import parse, run_parsed


def ranges(source: str) -> list[tuple[int, int]]:
    return [(cell.start_line, cell.end_line) for cell in parse(source).cells]


def place_of_failure(source: str) -> Place | None:
    with pytest.raises(SyntaxFailure) as caught:
        parse(source)
    return caught.value.place


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", [(1, 1)]),
        ("\n\n", [(1, 2)]),
        ("x = 1", [(1, 1)]),
        ("x = 1\n# %%\ny = 2\n", [(1, 1), (2, 3)]),
        ("# %% first\nx = 1\n#%% second\ny = 2", [(1, 2), (3, 4)]),
        ("# a comment\n\n# %%\nx = 1", [(1, 4)]),
        ("# %%\n# %% [markdown]\n# text\n# %%\nx = 1", [(1, 1), (2, 5)]),
        ("# %% [markdown]\n# text\n# %%\nx = 1\n# %%\ny = 2", [(1, 4), (5, 6)]),
        ("x = 1\n# %% [markdown]\n# text\n# %% [raw]\n# more", [(1, 5)]),
        ("x = 1\n# %%", [(1, 1), (2, 2)]),
        ("x = '''\n# %%\n'''\n", [(1, 3)]),
        ("x = (1,\n# %%\n2)", [(1, 3)]),
        ("a, b = (\n# %%\n1, 2)", [(1, 3)]),
        ("(\n# %%\n1)", [(1, 3)]),
        ("if 1:\n    x = 1\n# %%\n    y = 2\n# %%\nz = 3", [(1, 4), (5, 6)]),
        ("@staticmethod\n# %%\ndef f():\n    pass", [(1, 4)]),
        ("x = 1\n #  %%\n# %", [(1, 3)]),
        ("x = 1; y = 2\n# %%\nz = 3; w = 4", [(1, 1), (2, 3)]),
    ],
)
def test_cells_split_at_markers_between_statements(source: str, expected: list[tuple[int, int]]) -> None:
    assert ranges(source) == expected


def test_each_cell_has_its_own_code_with_the_programs_lines() -> None:
    program = parse("x = 1\n# %%\ny = x + 1\n# %%\nz = y / 0\n")
    assert [cell.index for cell in program.cells] == [0, 1, 2]
    assert {cell.code.co_filename for cell in program.cells} == {FILENAME}
    run = run_parsed(program)
    assert run.names["y"] == 2
    assert run.error == ("ZeroDivisionError", "division by zero", [(5, 5, 4, 9)])


def test_line_breaks_and_byte_order_mark_are_normalised() -> None:
    program = parse("\ufeffx = 1\r\ny = 2\rz = 3\n")
    assert program.text == "x = 1\ny = 2\nz = 3\n"
    assert run_parsed(program).names == {"x": 1, "y": 2, "z": 3}


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("x = = 1", Place(1, 4, 1, 5)),
        ("x = (1,\n", Place(1, 4, 1, 5)),
        ("é = ]", Place(1, 4, 1, 5)),
        ("x = 1 \x00\n", Place(1, 6, 1, 7)),
        ("é = 1\nx = '\ud800'", Place(2, 5, 2, 6)),
        ("def f():\nreturn 1", Place(2, 0, 2, 6)),
        ("return 1", Place(1, 0, 1, 8)),
        ("def f():\n    nonlocal x", Place(2, 4, 2, 14)),
        ("x = '''abc", Place(1, 4, 1, 5)),
        ("for x in y", Place(1, 9, 1, 10)),
        ("break", Place(1, 0, 1, 5)),
        ("x = 1\n# %%\nyield 3", Place(3, 0, 3, 7)),
    ],
)
def test_syntax_errors_have_a_place_inside_the_text(source: str, place: Place) -> None:
    assert place_of_failure(source) == place


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('x = f"é{1 2}"', "1 2"),
        ('x = "é" f"{a:{b c}}" "c"', "b c"),
        ('f"{a b}" # f"{c d}"', "a b"),
        ('y = f"{a}" + f"😀 { b c } "', "b c"),
        ('x = """\na b {a b}"""\ny = f"""\n😀 {a b}"""', "a b"),
        ('x = f"{é b!r:>4}"', "é b"),
        ('x = """without an end to it\n😀 é"""; é + + é = (a b)', "a b"),
        (r'x = "é" + "\N{nope}" + "b"', r'"\N{nope}"'),
        ('y = "é"\nx = ' + "1" * 5000, "1" * 5000),
    ],
)
def test_what_is_wrong_in_a_literal_has_its_place(source: str, wrong: str) -> None:
    place = place_of_failure(source)
    assert place is not None
    assert place.line == place.end_line == source.count("\n") + 1
    assert source.rsplit("\n", maxsplit=1)[-1][place.column : place.end_column] == wrong


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="f-strings have places of their own from Python 3.12 on")
@pytest.mark.parametrize("literal", ['f"{}"', 'f"}"', 'f"{a!z}"', 'f"{a#}"', 'f"{a[1}"'])
def test_what_is_wrong_with_a_whole_literal_is_the_literal(literal: str) -> None:
    source = f"x = 'é', {literal}, 3"
    assert place_of_failure(source) == Place(1, 9, 1, 9 + len(literal))


def test_a_bare_star_is_an_error_of_syntax() -> None:
    assert place_of_failure("a = [1, 2]\n*a") == Place(2, 0, 2, 2)


def test_a_question_of_pythons_ends_as_a_question() -> None:
    with pytest.raises(SyntaxFailure, match=r"Perhaps you forgot a comma\?$"):
        parse("x = (1 2)")


def test_a_syntax_error_says_what_python_says() -> None:
    with pytest.raises(SyntaxFailure, match=r"^'\(' was never closed\.$"):
        parse("f(1")
    with pytest.raises(SyntaxFailure, match="too many digits"):
        parse("x = " + "9" * 5000)


@pytest.mark.parametrize("source", [r"x = '\d'", "x = 1 is 1", "assert (1, 'yes')", "x = 0xfor 1"])
def test_warnings_of_the_compiler_do_not_disturb(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse(source).text == source


@pytest.mark.parametrize(
    ("source", "limit", "value"),
    [
        ("x = 1\n" * 20, "source_bytes", 100),
        ("é" * 51, "source_bytes", 100),
        ("x = " + "(" * 7 + ")" * 7, "nesting", 6),
        ("x = " + "-" * 80 + "1", "nesting", 6),
        ("x = " + "[" * 7, "nesting", 6),
        ("[1, 2, 3, 4]\n" * 3, "syntax_nodes", 10),
    ],
)
def test_limits(source: str, limit: str, value: int) -> None:
    with pytest.raises(LimitExceeded) as caught:
        parse(source, **{limit: value})
    assert caught.value.details == {"limit": limit, "value": value}
    assert str(value) in caught.value.message


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 40000 + "1",
        "x = " + "not " * 15000 + "1",
        "x = " + "+".join("1" * 20000),
        "x = " + "a." * 20000 + "b",
        "x" + "[0]" * 20000,
        "x" + "()" * 20000,
        "lambda: " * 7000 + "1",
        "if 1: pass\n" + "elif 1: pass\n" * 5000,
        "x = " + "f'{" * 3000,
        "x = " + "{1:" * 3000,
        "'\\'" * 21000,
    ],
)
def test_parser_bombs_end_in_an_answer(source: str) -> None:
    with pytest.raises((LimitExceeded, SyntaxFailure)):
        parse(source)


@pytest.mark.parametrize(
    "source",
    ["\n".join(" " * i + "if 1:" for i in range(99)) + "\n" + " " * 99 + "pass", "# %%\nx\n" * 6000],
)
def test_large_programs_within_the_limits_parse(source: str) -> None:
    assert parse(source).text == source


def test_brackets_in_strings_and_comments_do_not_nest() -> None:
    brackets = "(" * 70
    program = parse(f"x = '{brackets}'  # {brackets}\ny = '''\n{brackets}'''\nz = \"\\\"{brackets}\"")
    assert len(program.cells) == 1


def test_a_long_sum_is_not_nested() -> None:
    run = run_parsed(parse("x = " + " + ".join(["1"] * 200)))
    assert run.names["x"] == 200


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("1 + 1", [2]),
        ("1 + 1;", []),
        ("1 + 1 ;  # quiet", []),
        ("1 + 1  # loud;", [2]),
        ("(1 +\n 1) # c\n", [2]),
        ("(1 +\n 1) \\\n ;", []),
        ("1; 2", [2]),
        ("1\nx = 2", []),
        ("1\n# %%\nx = 2\nx\n# %%\nNone", [1, 2, None]),
        ("'text'", ["text"]),
        ("(x := 3)", [3]),
        ("if 1:\n    2", []),
        ("é = 1; é", [1]),
    ],
)
def test_the_last_expression_of_a_cell_is_shown(source: str, shown: list[object]) -> None:
    assert run_parsed(parse(source)).shown == shown


def test_future_annotations_are_kept_for_the_whole_program() -> None:
    source = "from __future__ import annotations\n# %%\nclass A:\n    def f(self, other: B) -> A: ...\nx: Nowhere = 1\n"
    run = run_parsed(parse(source))
    assert run.error is None
    assert run.imported == []
    assert run.names["A"].f.__annotations__ == {"other": "B", "return": "A"}


def test_text_twin() -> None:
    program = parse("import torch\n# %%\nx = (torch\n  .ones(2))\nx.grad = None\n")
    assert program_to_text(program) == (
        "   1 import torch\n"
        "   2 # %%\n"
        "   3 x = (torch\n"
        "   4   .ones(2))\n"
        "   5 x.grad = None\n"
        "   6\n"
        "cell 0: lines 1-1\n"
        "cell 1: lines 2-5\n"
        "site 0: x at 3:0-3:1\n"
        "site 1: x.grad at 5:0-5:6\n"
        "whole 4:3-4:7 (bytes) is 3:5-4:10\n"
        "whole 4:3-4:10 (bytes) is 3:5-4:10\n"
    )


def test_the_same_text_gives_the_same_program() -> None:
    source = "import math\nfor i in range(3):\n    a, b = i, math.pi\na\n"
    assert program_to_text(parse(source)) == program_to_text(parse(source))


FRAGMENTS = st.sampled_from(
    [
        "x",
        "y",
        "é",
        "𝐱",
        "_",
        "__a",
        "self",
        "torch",
        ".",
        ",",
        ":",
        ";",
        "=",
        ":=",
        "==",
        "+",
        "-",
        "**",
        "@",
        "->",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "'''",
        "f'",
        "\\",
        "\n",
        "\t",
        "#",
        "%%",
        "\r",
        "\x0c",
        "1",
        "1e9",
        "0x",
        "1_0",
        "def",
        "class",
        "lambda",
        "for",
        "while",
        "if",
        "else",
        "try",
        "except",
        "with",
        "as",
        "import",
        "from",
        "match",
        "case",
        "async",
        "await",
        "yield",
        "return",
        "del",
        "global",
        "nonlocal",
        "not",
        "in",
        "is",
        "None",
        "print",
        "\n#",
        "%%\n",
        "(",
        "(",
        "\x00",
        "�",
        "\ufeff",
        "\n",
        "",
        "",
        "",
        "",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(FRAGMENTS, max_size=25).map(" ".join)))
def test_any_text_gives_a_program_or_an_answer(text: str) -> None:
    try:
        check_program(parse(text))
    except BacklightError as error:
        check_answer(error, text)


def check_answer(answer: BacklightError, text: str) -> None:
    assert answer.message
    if answer.place is not None:
        check_place(answer.place, text)


def check_place(place: Place, text: str) -> None:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert 1 <= place.line <= place.end_line <= len(lines)
    assert 0 <= place.column <= len(lines[place.line - 1])
    assert 0 <= place.end_column <= len(lines[place.end_line - 1])
    assert (place.line, place.column) <= (place.end_line, place.end_column)


def check_program(program: Program) -> None:
    assert program.cells[0].start_line == 1
    for one, following in zip(program.cells, program.cells[1:], strict=False):
        assert following.start_line == one.end_line + 1
    assert program.cells[-1].end_line >= len(program.text.split("\n")) - 1
    for site in program.sites:
        check_place(site.place, program.text)
