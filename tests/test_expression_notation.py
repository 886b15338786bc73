"""Mathematics as people type it in an expression, and the examples that its errors give."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backlight.parse import functions
from backlight.parse.notation import FUNCTIONS
from test_expression import failure, text_at, traced, write


@pytest.mark.parametrize(
    ("expression", "wrong", "told"),
    [
        ("y + x^2", "^", "as in `x**2`"),
        ("exp(-x^2/2)", "^", "as in `x**2`"),
        ("sin(x)^2", "^", "as in `x**2`"),
        ("1 + 2x", "2x", "write `2*x`"),
        ("2.5e3x", "2.5e3x", "write `2.5e3*x`"),
        ("x y", "x y", "write `x*y`"),
        ("sin(x)cos(x)", "cos", "write `*cos`"),
        ("2(x+1)", "2(x+1)", "as in `2*(x + 1)`"),
        ("(x+1)(x-1)", "(x+1)(x-1)", "as in `2*(x + 1)`"),
        ("x(2)", "x", "write `*` behind it"),
        ("1 + sin x", "sin x", "`sin(x)`"),
        ("x·y", "·", "Write `*`."),
        ("√x", "√", "Write `sqrt(x)`."),
        ("x² + 1", "²", "Write `**2`."),
        ("|x|", "|", "write `abs(x)`"),
        ("x!", "!", "Write `exp(lgamma(x + 1))`."),
        ("y = x**2", "=", "`x**2`"),
        ("f(x) = x**2", "=", "`x**2`"),
        ("d/dx x**2", "d/dx", "Write `x**2` alone."),
        ("∂/∂x sin(x*y)", "∂/∂x", "Write `sin(x*y)` alone."),
        ("ln(x)", "ln", "Write `log(x)`."),
    ],
)
def test_mathematics_as_people_type_it_is_told_what_to_write(expression: str, wrong: str, told: str) -> None:
    error = failure(expression)
    assert told in error.message
    assert text_at(expression, error.place) == wrong


@pytest.mark.parametrize(
    "expression",
    ["where((x > 0) ^ (y > 0), x, y)", "x != y", "x if y > 0 else -x", "sum(x, dim=0)", '{"2x·": x}["2x·"]'],
)
def test_what_python_means_is_left_alone(expression: str) -> None:
    assert f"= {expression}\n" in write(expression).text


def test_a_sign_may_be_in_the_name_of_an_input() -> None:
    assert "x·y = torch.tensor(2.0" in write("x·y", {"x·y": 2.0}).text


def test_every_function_by_another_name_is_one_that_there_is() -> None:
    for name, instead in FUNCTIONS.items():
        assert name not in functions.TORCH | functions.FUNCTIONAL
        write(instead)


def test_pi_is_a_number_by_its_letter_too() -> None:
    assert "from math import pi as π\n" in write("sin(π*x)").text
    assert "π = torch.tensor(3.0, requires_grad=True)" in write("sin(π*x)", {"π": 3.0}).text


@pytest.mark.parametrize(
    ("expression", "inputs"),
    [
        *[(each, {}) for each in ("mv(W, x)", "cross(x, y)", "conv3d(x, w)", "conv2d(x, w, b)", "bilinear(x, y, W)")],
        *[(each, {}) for each in ('einsum("i,i->", x, y)', 'einsum("bij,bjk->bik", x, y)', "x[2]", "x[0, 1, 0]")],
        *[(each, {}) for each in ("addr(a, x, y)", "x.mv(y)", "F.conv1d(x, w, b)")],
        ("W @ x", {"W": [[1.0, 2.0, 3.0]]}),
        ("W @ x + b", {"x": [1.0, 2.0, 3.0]}),
        ("matmul(W, x)", {"W": [[1.0, 2.0, 3.0]]}),
        ("linear(x, W, b)", {"x": [1.0, 2.0, 3.0]}),
        ("linear(x, W, b)", {"W": [[1.0, 2.0, 3.0]]}),
        ("cat([x, y])", {"x": [1.0, 2.0]}),
        ("pixel_shuffle(x, 2)", {}),
        ("x @ A @ x", {"A": [[1.0, 2.0], [3.0, 4.0]]}),
        ("linalg.solve(A, b)", {}),
    ],
)
def test_the_example_of_an_error_works(expression: str, inputs: dict[str, Any]) -> None:
    error = traced(expression, inputs)["error"]
    _, found, example = error["message"].partition("for example ")
    assert found
    assert traced(expression, inputs | json.loads(example.removesuffix(".")))["error"] is None
