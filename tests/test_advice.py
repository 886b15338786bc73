"""What is said under the error of a program that forgot an import: it can be done as it stands."""

from __future__ import annotations

import pytest

import backlight
from backlight.model.document import CellError
from backlight.record.advice import USUAL_IMPORTS


def error_of(source: str) -> CellError | None:
    return backlight.trace(source=source).error


@pytest.mark.parametrize("name", USUAL_IMPORTS)
def test_a_name_that_everybody_imports_is_told_with_its_import(name: str) -> None:
    error = error_of(f"x = 1\nprint({name})\n")
    assert error is not None
    told, advice = error.message.splitlines()
    assert (error.type, told) == ("NameError", f"name '{name}' is not defined")
    assert (error.line, error.column, error.end_column) == (2, 6, 6 + len(name))
    statement = advice.split("`")[3]
    assert error_of(f"{statement}\nx = 1\nprint({name} is not None)\n") is None


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("print(foo)", "name 'foo' is not defined"),
        ("raise NameError('nn')", "nn"),
        ("def f():\n    print(nn)\n    nn = 1\nf()", None),
    ],
    ids=["unknown", "raised", "unbound"],
)
def test_nothing_is_added_to_other_errors(source: str, message: str | None) -> None:
    error = error_of(source)
    assert error is not None
    assert "\n" not in error.message
    assert message is None or error.message == message


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import torch\nx = torch.ones(2, requires_grad=True)\nx.max(0).backward()", "torch.return_types.max"),
        ("loss = 0.5\nloss.backward()", "float"),
    ],
)
def test_a_backward_pass_of_what_is_no_tensor_is_told_its_type(source: str, kind: str) -> None:
    error = error_of(source)
    assert error is not None
    told, advice = error.message.splitlines()
    assert told == f"'{kind}' object has no attribute 'backward'"
    assert advice == f"A backward pass begins at a tensor, and this is of the type `{kind}`."


def test_a_program_that_calls_its_own_error_so_is_told_in_its_own_words() -> None:
    error = error_of("class Mine(NameError): pass\nraise Mine(\"name 'nn' is not defined\")")
    assert error is not None
    assert (error.type, error.message) == ("Mine", "name 'nn' is not defined")
