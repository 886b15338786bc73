"""Whatever is sent to the whole service, sandbox and pipeline included: a Document or a problem, and never a fault."""

from __future__ import annotations

import json
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backlight.parse.text import unify_line_breaks
from sample_programs import list_samples

CALLS = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
"""Few enough to take seconds, and the same ones each time."""
CODES = {"invalid-request", "syntax-error", "not-allowed", "limit-exceeded"}
PIECES = (
    *("x", "y", "torch", "F", "1", "-2.5", "1e400", "1j", "'a'", "None", "True", "[", "]", "(", ")", "{", "}"),
    *("+", "*", "**", "@", "//", "%", "<<", "<", "==", ":=", "=", ",", ".", ":", "->", "|", "~", "not", "in", "is"),
    *("sin", "sum", "matmul", "backward", "grad", "requires_grad", "item", "print", "lambda", "for", "if", "else"),
    *("\n", "\n    ", "\n# %%\n", "def f", "class A", "return", "yield", "import torch", "with", "try", "except"),
)
ANY_TEXT = st.text(st.characters(), max_size=60)
"""Of any characters that there are, lone surrogates too."""
ROUGH_TEXT = st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=30).map(" ".join)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    NUMBERS | st.booleans() | st.none() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=20,
)
GRIDS = st.integers(0, 3).flatmap(lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), max_size=3))
CELLS = st.fixed_dictionaries(
    {
        "cell_type": st.sampled_from(["code", "markdown", "raw"]),
        "metadata": st.dictionaries(st.text(max_size=5), VALUES, max_size=2),
        "source": ROUGH_TEXT | ANY_TEXT | st.lists(ROUGH_TEXT, max_size=3),
    }
)


def checked(client: httpx.Client, **body: Any) -> dict[str, Any]:
    """The answer to a request, which is a Document or a problem, in JSON as the standard has it."""
    content = json.dumps(body).encode()
    answer = client.post("/api/v1/trace", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in {200, 422}, answer.text
    told = json.loads(answer.content.decode("utf-8"), parse_constant=lambda name: 1 / 0)
    if answer.status_code == 422:
        assert answer.headers["content-type"] == "application/problem+json"
        assert told["code"] in CODES
        assert told["detail"]
    else:
        assert told["schema"] == "backlight/1"
    return told


def check_place(told: dict[str, Any], text: str) -> None:
    """A problem's place is one in the text."""
    if "line" in told and "end_column" in told:
        lines = unify_line_breaks(text.removeprefix("\ufeff")).split("\n")
        assert 1 <= told["line"] <= told["end_line"] <= len(lines)
        assert 0 <= told["column"] <= len(lines[told["line"] - 1])
        assert 0 <= told["end_column"] <= len(lines[told["end_line"] - 1])


@CALLS
@given(source=ANY_TEXT | ROUGH_TEXT)
def test_any_program(playground: httpx.Client, source: str) -> None:
    check_place(checked(playground, source=source), source)


@CALLS
@given(
    source=st.sampled_from([sample.source for sample in list_samples()]),
    start=st.integers(0, 2_000),
    length=st.integers(0, 40),
    put=ROUGH_TEXT,
)
def test_any_damage_to_a_program(playground: httpx.Client, source: str, start: int, length: int, put: str) -> None:
    start %= len(source) + 1
    damaged = source[:start] + put + source[start + length :]
    check_place(checked(playground, source=damaged), damaged)


@CALLS
@given(
    expression=st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)
    | st.sampled_from(["x", "x @ y", "sin(x) * y", "x.sum()", "x ** 2 + y", "(x, y)", "[x]"]),
    inputs=st.dictionaries(st.sampled_from(["x", "y", "", "1", "torch", "for", "é"]), GRIDS | VALUES, max_size=3),
)
def test_any_expression_of_any_inputs(playground: httpx.Client, expression: str, inputs: dict[str, Any]) -> None:
    checked(playground, expression=expression, inputs=inputs)


@CALLS
@given(cells=st.lists(CELLS, max_size=4), metadata=st.dictionaries(st.text(max_size=5), VALUES, max_size=2))
def test_any_notebook(playground: httpx.Client, cells: list[Any], metadata: dict[str, Any]) -> None:
    code = {"outputs": [], "execution_count": None}
    whole = [cell | code if cell["cell_type"] == "code" else cell for cell in cells]
    checked(playground, notebook={"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": whole})


@CALLS
@given(seed=VALUES)
def test_any_seed(playground: httpx.Client, seed: Any) -> None:
    checked(playground, source="import torch\ntorch.rand(1)", seed=seed)
