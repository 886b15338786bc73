"""Expressions and their inputs become programs; what is wrong with them has a place in them."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from backlight import pipeline
from backlight.errors import BacklightError, LimitExceeded, NotAllowed, RequestError, SyntaxFailure
from backlight.model.document import Place
from backlight.model.program import Program
from backlight.model.request import TraceRequest
from backlight.parse import functions, parse_program
from backlight.settings import Settings
from programs import run_parsed
from sample_programs import NAMESPACE


def write(expression: str, inputs: dict[str, Any] | None = None, **limits: Any) -> Program:
    return parse_program(TraceRequest(expression=expression, inputs=inputs or {}), Settings(**limits))


def failure(expression: str, inputs: dict[str, Any] | None = None) -> BacklightError:
    with pytest.raises(BacklightError) as caught:
        write(expression, inputs)
    return caught.value


def text_at(expression: str, place: Place | None) -> str:
    assert place is not None
    assert place.line == place.end_line
    return expression.split("\n")[place.line - 1][place.column : place.end_column]


def test_the_program_reads_as_one_would_write_it() -> None:
    program = write("sin(x**2)", {"x": 3.0})
    assert program.text == (
        "import torch\n"
        "from torch import sin\n"
        "\n"
        "x = torch.tensor(3.0, requires_grad=True)\n"
        "y = sin(x**2)\n"
        "y.backward()\n"
    )
    assert program.hint is None
    assert len(program.cells) == 1


def test_every_import_that_an_expression_needs() -> None:
    program = write("F.mse_loss(x, relu(W)) + pi * np.exp(e) + cross_entropy(y, z)", {"W": [[1, -2]], "e": 1})
    assert program.text == (
        "import torch\n"
        "import torch.nn.functional as F\n"
        "import numpy as np\n"
        "from torch import relu\n"
        "from torch.nn.functional import cross_entropy\n"
        "from math import pi\n"
        "\n"
        "x = torch.tensor(1.0, requires_grad=True)\n"
        "W = torch.tensor([[1.0, -2.0]], requires_grad=True)\n"
        "e = torch.tensor(1.0, requires_grad=True)\n"
        "y = torch.tensor(1.0, requires_grad=True)\n"
        "z = torch.tensor(1.0, requires_grad=True)\n"
        "out = F.mse_loss(x, relu(W)) + pi * np.exp(e) + cross_entropy(y, z)\n"
        "out.backward(torch.ones_like(out))\n"
    )


@pytest.mark.parametrize(
    ("expression", "inputs", "gradients"),
    [
        ("sin(x**2)", {"x": 3.0}, {"x": 6.0 * torch.cos(torch.tensor(9.0)).item()}),
        ("relu(x @ W + b).sum()", {"x": [1, 2], "W": [[1, 0], [0, -1]], "b": [0.5, 0]}, {"b": [1.0, 0.0]}),
        ("x * y", {}, {"x": 1.0, "y": 1.0}),
        ("x * x", {"x": [1, 2]}, {"x": [2.0, 4.0]}),
        ("torch.stack([x, y]).prod(dim=0)", {"x": 2, "y": 3}, {"x": 3.0, "y": 2.0}),
        ("F.softplus(x) + nn.ReLU()(x)", {"x": 0.0}, {"x": 0.5}),
        ("max(a, b)", {"a": 1, "b": 2}, {"a": 0.0, "b": 1.0}),
        ("sum([t * x for t in range(3)], x) if 0 else x", {"x": 1}, {"x": 1.0}),
        ("(lambda q: q * w)(v)", {"v": 5}, {"w": 5.0}),
        ("x\n  + 2 * y  # twice\n", {}, {"y": 2.0}),
        ("(z := x * 2) * z", {"x": 3}, {"x": 24.0}),
        ("math.pi * r ** 2", {"r": 0.5}, {"r": 3.1415927410125732}),
        ("tau * r", {"tau": 2, "r": 1}, {"tau": 1.0, "r": 2.0}),
        ("e ** x", {"x": 0}, {"x": 1.0}),
        ("(x for x in [w]).send(None)", {"w": 2}, {"w": 1.0}),
        ("linspace(0, 1, 3) * x", {"x": 2}, {"x": 1.5}),
        ("ﬁ * 2", {"ﬁ": 1.0}, {"fi": 2.0}),
        ("input * format", {"input": 1}, {"input": 1.0}),
    ],
)
def test_gradients_are_torchs_own(expression: str, inputs: dict[str, Any], gradients: dict[str, Any]) -> None:
    run = run_parsed(write(expression, inputs))
    assert run.error is None
    for name, expected in gradients.items():
        assert run.names[name].grad.tolist() == pytest.approx(expected)


def test_infinite_inputs_are_written_so_that_python_reads_them() -> None:
    program = write("x * y * z", {"x": float("nan"), "y": float("inf"), "z": [-float("inf")]})
    assert 'x = torch.tensor(float("nan"), requires_grad=True)' in program.text
    run = run_parsed(program)
    assert run.names["z"].tolist() == [-float("inf")]


@pytest.mark.parametrize(
    ("expression", "scalar"),
    [
        ("sin(x) + 2 * -x", True),
        ("(x @ w).sum()", True),
        ("mean(x * [1])", True),
        ("x.sum(dim=0)", False),
        ("linspace(0, x, 3)", False),
        ("torch.ones(3) * x", False),
        ("x if x else w", False),
    ],
)
def test_backward_is_written_plainly_only_where_the_result_is_surely_one_number(expression: str, scalar: bool) -> None:
    assert write(expression).text.endswith("y.backward()\n" if scalar else "y.backward(torch.ones_like(y))\n")


def test_the_result_takes_a_name_that_is_free() -> None:
    names = ["y", "z", "out", "result", "y_2"]
    assert "\ny_3 = " in write(" + ".join(names)).text
    assert "\nz = (lambda y: y)(x)" in write("(lambda y: y)(x)").text


def test_missing_inputs_are_named_with_an_example_that_works() -> None:
    expression = "relu(x @ W + b).sum()"
    hint = write(expression, {"b": 2.0}).hint
    assert hint is not None
    assert hint.startswith("No input was given for `x` and `W`:")
    example = json.loads(hint[hint.index("{") : hint.rindex("}") + 1])
    assert example == {"x": [[1.0, 2.0], [3.0, 4.0]], "W": [[1.0, 2.0], [3.0, 4.0]]}
    assert run_parsed(write(expression)).error is not None
    assert run_parsed(write(expression, example)).error is None


@pytest.mark.parametrize("expression", ["x @ x", "softmax(x, 1)", "matmul(x, x).sum()"])
def test_where_numbers_will_not_do_the_example_is_of_tensors(expression: str) -> None:
    error = traced(expression, {"x": 0.5})["error"]["message"]
    assert "Only numbers were given, for `x`. Give tensors, for example" in error
    example = json.loads(error[error.index("{") : error.rindex("}") + 1])
    assert traced(expression, example)["error"] is None


def test_where_the_numbers_will_do_no_example_is_sought() -> None:
    assert write("sin(x**2)", {"x": 3.0}).hint is None
    assert write("x @ w", {"x": [1.0], "w": 2.0}).hint is None


def traced(expression: str, inputs: dict[str, Any] | None = None) -> dict[str, Any]:
    request = TraceRequest(expression=expression, inputs=inputs or {})
    return json.loads(pipeline.run(request, Settings(), NAMESPACE))


@pytest.mark.parametrize(
    "expression",
    [
        *("dot(u, v)", "det(A)", "inverse(A)", "x[0]", "x.mean(1)", "softmax(x, 1)", "bmm(a, b)", "conv1d(x, w)"),
        *(
            "conv2d(x, w)",
            'einsum("ij,jk->ik", A, B)',
            "cat([a, b])",
            "outer(a, b)",
            "layer_norm(x, [2])",
            "len(x) * x",
        ),
        *("softmax(x, 2)", "x.sum(dim=-3)", "x.permute(2, 0, 1)", "x.transpose(0, 2)", "cumsum(x, dim=1)"),
        *("x.view(2, 3)", "reshape(x, (2, -1))", "layer_norm(x, (3,))", "rms_norm(x, [4])", "x.std((0, 1))"),
        *("x.view(2, 2)", "x.T @ y", "mm(a, b)", "cross_entropy(x, y)", "max_pool2d(x, 2)"),
    ],
)
def test_the_example_works_where_no_scalar_does(expression: str) -> None:
    error = traced(expression)["error"]
    _, found, example = error["message"].partition("for example ")
    assert found
    assert traced(expression, json.loads(example.removesuffix(".")))["error"] is None


@pytest.mark.parametrize(
    "expression", ["x[100_000_000]", "x.view(100_000, 100_000)", "softmax(x, 40)", "x.sum(1_000_000_000)"]
)
def test_an_example_is_short(expression: str) -> None:
    assert len(traced(expression)["error"]["message"]) < 500


@pytest.mark.parametrize(
    "expression", ["x // 2", "np.sin(x)", "x + 1j", "x.foo", "x > 2", "x.item() * 2", "x.dim() + 1", "x.detach()"]
)
def test_inputs_are_not_asked_for_where_they_are_not_the_trouble(expression: str) -> None:
    error = traced(expression)["error"]
    assert error is not None
    assert "No input" not in error["message"]


@pytest.mark.parametrize(
    ("expression", "error", "token", "says"),
    [
        ("sin(x", SyntaxFailure, "(", "never closed"),
        ("x) + (y", SyntaxFailure, ")", "Nothing opens"),
        ("x + é = 3", SyntaxFailure, None, ""),
        ("x\n+ 2 3", SyntaxFailure, None, ""),
        ("x; import os", SyntaxFailure, ";", ""),
        ("yield x", SyntaxFailure, "yield x", "outside function"),
        ("é + __import__('os')", NotAllowed, "__import__", ""),
        ("x +\n eval('1')", NotAllowed, "eval", "text is not turned into code"),
        ("x.__globals__", NotAllowed, "__globals__", ""),
        ("torch.os.getcwd() + x", NotAllowed, "os", ""),
        ("F.torch.os + x", NotAllowed, "torch", ""),
        ("x.numpy().ctypes", NotAllowed, "ctypes", ""),
        ("x + sine(x)", RequestError, "sine", "Did you mean `sin`"),
        ("Relu(x)", RequestError, "Relu", "`relu`"),
        ("qqqqq(x)", RequestError, "qqqqq", "There is no function `qqqqq` here. An"),
        ("1 + 1", RequestError, "1 + 1", "no free name"),
        ("sin(pi)", RequestError, "sin(pi)", "no free name"),
        ("x + torch", RequestError, "torch", "means the module"),
        ("x * __name__", RequestError, "__name__", "is a name of Python's own. Give"),
        ("[x, 2 * x]", RequestError, "[x, 2 * x]", "is a list, and only a tensor has a gradient. Put tensors"),
        ("x, 2", RequestError, "x, 2", "is a tuple"),
        ("lambda: x", RequestError, "lambda: x", "is a function"),
        ("2 * x.grad", RequestError, "x.grad", "empty until the backward pass"),
        ("exp(-x) / sqrt(2*pi)", RequestError, "sqrt(2*pi)", "Write `math.sqrt(2*pi)`"),
        ("x * abs(-3)", RequestError, "abs(-3)", "Write `math.fabs(-3)`"),
        ("1 + max(x, 0)", RequestError, "max(x, 0)", "Write `clamp(x, min=0)`"),
        ("min(pi, 2*x)", RequestError, "min(pi, 2*x)", "Write `clamp(2*x, max=pi)`"),
        ("log(x, 2)", RequestError, "log(x, 2)", "Write `log2(x)`"),
        ("log(x, 3)", RequestError, "log(x, 3)", "Write `log(x) / math.log(3)`"),
        ("log(x, y)", RequestError, "log(x, y)", "Write `log(x) / log(y)`"),
        ("mean([x, y])", RequestError, "mean([x, y])", "Write `mean(torch.stack([x, y]))`"),
        ("x * sum([1, 2])", RequestError, "sum([1, 2])", "Write `sum(torch.tensor([1, 2]))`"),
        (
            "x + sum(i*x for i in range(3))",
            RequestError,
            "sum(i*x for i in range(3))",
            "stack([i*x for i in range(3)])",
        ),
        ("max([x**i for i in (1, 2)])", RequestError, "max([x**i for i in (1, 2)])", "stack([x**i for i in (1, 2)])"),
        ("x.shape", RequestError, "x.shape", "`x.shape` is a list of sizes, and only a tensor has a gradient"),
        ("(2 * x).item()", RequestError, "(2 * x).item()", "is a plain number"),
        ("(x**2).backward()", RequestError, "(x**2).backward()", "follows by itself. Leave"),
        ("math.sin(x)", RequestError, "math.sin(x)", "Write `sin` without `math.`"),
        ("lambda y: y", RequestError, "lambda y: y", "is a function"),
        ("x + 'a", SyntaxFailure, None, "(detected at line 1)"),
        ("x * exp(-1.0)", RequestError, "exp(-1.0)", "Write `math.exp(-1.0)`"),
    ],
)
def test_errors_have_a_place_in_the_expression_as_typed(
    expression: str, error: type[BacklightError], token: str | None, says: str
) -> None:
    found = failure(expression)
    assert type(found) is error
    assert says in found.message
    if token is not None:
        assert text_at(expression, found.place) == token
    else:
        assert found.place is not None


@pytest.mark.parametrize(
    "expression", ["max(x, 0).values", "max(x, 0)[0]", "max(x, y)", "max(x)", "abs(x - 3)", "log(x)", "x * math.sin(2)"]
)
def test_what_torch_takes_as_it_is_meant_is_left_alone(expression: str) -> None:
    assert traced(expression, {"x": [1.0, 2.0]})["error"] is None


@pytest.mark.parametrize("expression", ["", "  \n "])
def test_an_empty_expression_is_an_error(expression: str) -> None:
    assert "empty" in failure(expression).message


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"x": True}, "`x` must be a number or nested lists of numbers, not true or false"),
        ({"x": "3"}, "not text"),
        ({"x": None}, "not null"),
        ({"x": {"a": 1}}, "not an object"),
        ({"x": [1, "a"]}, "not text"),
        ({"x": [[1], [1, 2]]}, "`x` is ragged"),
        ({"x": [1, [1]]}, "`x` is ragged"),
        ({"x": 10**400}, "too large"),
        ({"z": 1}, "The input `z` does not occur in the expression. Leave it out, or use one of its names: `x`, `y`."),
        ({"sin": 1, "x": 1}, ""),
        ({"a b": 1}, "`a b` cannot be the name"),
        ({"lambda": 1}, "`lambda` cannot be the name"),
        ({"__x": 1}, "`__x` cannot be the name"),
        ({"torch": 1}, "`torch` means the module"),
    ],
)
def test_inputs_are_checked(inputs: dict[str, Any], says: str) -> None:
    if says:
        assert says in failure("sin(x) + y", inputs).message
    else:
        assert run_parsed(write("sin(x) + y", inputs)).error is not None


def test_inputs_may_be_as_deep_as_the_limit_and_no_deeper() -> None:
    deep: Any = 1.0
    for _ in range(1000):
        deep = [deep]
    with pytest.raises(RequestError, match="nested too deeply"):
        write("x * 2", {"x": deep})
    with pytest.raises(LimitExceeded, match="longer than 500 bytes"):
        write("x * 2", {"x": [1.0] * 200}, source_bytes=500)


def test_listed_functions_are_torchs_and_callable() -> None:
    assert not functions.TORCH & functions.FUNCTIONAL
    assert (functions.TORCH | functions.FUNCTIONAL) >= functions.ELEMENTWISE
    for names, module in ((functions.TORCH, torch), (functions.FUNCTIONAL, torch.nn.functional)):
        missing = [name for name in sorted(names) if not callable(getattr(module, name, None))]
        assert missing == []


@pytest.mark.parametrize("name", sorted(functions.ELEMENTWISE))
def test_elementwise_functions_make_one_number_of_numbers(name: str) -> None:
    function = getattr(torch, name) if name in functions.TORCH else getattr(torch.nn.functional, name)
    number = torch.tensor(0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            assert function(number).shape == ()
        except TypeError:
            assert function(number, number).shape == ()


def test_no_listed_function_is_refused_by_the_policy() -> None:
    for name in sorted(functions.TORCH | functions.FUNCTIONAL):
        assert write(f"{name}(x)").sites


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "x",
                "y",
                "torch",
                "F",
                ".",
                "sin",
                "(",
                ")",
                "[",
                "]",
                ",",
                "+",
                "**",
                ":=",
                "for",
                "in",
                "lambda",
                ":",
                "yield",
                "*",
                "\n",
                "#",
                "'",
                "é",
                "1",
                "if",
                "else",
            ]
        ),
        max_size=12,
    ),
    st.dictionaries(st.text(max_size=3), st.floats() | st.integers() | st.none() | st.lists(st.integers()), max_size=2),
)
def test_any_expression_gives_a_program_or_an_answer(parts: list[str], inputs: dict[str, Any]) -> None:
    expression = " ".join(parts)
    try:
        assert write(expression, inputs).text.startswith("import torch\n")
    except BacklightError as error:
        check_answer(error, expression)


def check_answer(answer: BacklightError, expression: str) -> None:
    assert answer.message
    if answer.place is not None:
        lines = expression.split("\n")
        assert 1 <= answer.place.line <= answer.place.end_line <= len(lines)
        assert answer.place.column <= len(lines[answer.place.line - 1])
