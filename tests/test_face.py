"""The Python face: what ``import backlight`` offers."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch

import backlight
from backlight.errors import NotAllowed, RequestError
from backlight.load import load_document
from sample_programs import list_samples, trace_sample


def test_importing_backlight_imports_no_torch() -> None:
    code = "import sys, backlight; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_trace_gives_a_typed_document() -> None:
    document = backlight.trace(expression="sin(x**2)", inputs={"x": 3.0})
    assert [node.op for node in document.nodes] == ["AccumulateGrad", "PowBackward0", "SinBackward0"]
    (leaf,) = document.leaves
    assert leaf.grad is not None
    assert document.values[leaf.grad].data == pytest.approx(-5.466781, abs=1e-6)


def test_without_torch_a_trace_says_so() -> None:
    code = (
        "import sys; sys.modules['torch'] = None; import backlight\n"
        "try: backlight.trace('x = 1')\n"
        "except backlight.errors.NotReady as error: print(error.message)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "PyTorch is not installed here, and runs each program. Install it with `pip install torch`.\n"
    assert done.stderr == ""


def test_trace_raises_a_refusal_with_its_place() -> None:
    with pytest.raises(NotAllowed) as refused:
        backlight.trace("x = 1\nimport os\n")
    assert refused.value.place is not None
    assert refused.value.place.line == 2


@pytest.mark.parametrize("given", [{}, {"source": "1", "expression": "x"}])
def test_trace_wants_exactly_one_thing(given: dict[str, str]) -> None:
    with pytest.raises(RequestError, match="exactly one"):
        backlight.trace(**given)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"source": b"x = 1"}, "`source` must be text, not a bytes."),
        ({"notebook": "run.ipynb"}, "`notebook` must be a dict, as `json.load` gives it, not a str."),
        ({"expression": "x", "inputs": [1.0]}, "`inputs` must be a dict, from name to value, not a list."),
        (
            {"expression": "x", "inputs": {"x": torch.ones(2)}},
            "`inputs['x']` must be a number or nested lists of numbers, not a Tensor.",
        ),
        ({"source": "x = 1", "inputs": {"x": 1.0}}, "Inputs belong to an expression."),
        ({"source": "x = 1", "seed": "1"}, "`seed` must be a whole number of at most 64 bits, not a str."),
        ({"source": "x = 1", "seed": True}, "`seed` must be a whole number of at most 64 bits, not a bool."),
        ({"source": "x = 1", "seed": 2**64}, f"`seed` must be a whole number of at most 64 bits, not {2**64}."),
    ],
)
def test_trace_says_which_argument_is_of_the_wrong_kind(given: dict[str, object], told: str) -> None:
    with pytest.raises(RequestError) as refused:
        backlight.trace(**given)  # pyright: ignore[reportArgumentType]
    assert refused.value.message == told


@pytest.mark.parametrize("sample", list_samples(), ids=lambda sample: sample.name)
def test_a_document_survives_its_own_json(sample) -> None:
    dumped = trace_sample(sample)
    assert load_document(json.dumps(dumped)).model_dump() == dumped


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": "backlight/2"}', '{"schema": "backlight/1"}'])
def test_what_is_no_document_is_told(content: str) -> None:
    with pytest.raises(RequestError, match=r"no JSON|no Document|incomplete|of schema|damaged"):
        load_document(content)
