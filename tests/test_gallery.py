"""Every program of the gallery, run by plain PyTorch, against numbers worked out by hand."""

from __future__ import annotations

import math
import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from backlight.gallery import Example, list_examples
from plain_torch import PlainRun, run_plain

EXAMPLES = {example.name: example for example in list_examples()}


def run_example(name: str) -> PlainRun:
    return run_plain(EXAMPLES[name].source)


def gradient(run: PlainRun, name: str) -> list[float] | float:
    return run.names[name].grad.tolist()


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.\d+", text)]


def test_the_first_example_is_a_small_graph_that_splits_and_meets() -> None:
    first = list_examples()[0]
    assert first.name == "swing"
    assert first.title == "A swing that comes to rest"
    assert first.lesson.startswith(
        "Time t reaches the height by two paths, through the fading and through the swinging."
    )
    assert first.source.startswith("# A swing that comes to rest\n")
    assert first.source.count(".backward()") == 1


def test_there_are_at_least_twelve_examples_with_names_fit_for_an_address() -> None:
    assert len(EXAMPLES) == len(list_examples()) >= 12
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in EXAMPLES)


@pytest.mark.parametrize("example", list_examples(), ids=lambda example: example.name)
def test_each_example_says_what_it_teaches_and_stays_readable(example: Example) -> None:
    lines = example.source.splitlines()
    assert example.title and not example.title.endswith(".")
    assert example.lesson.endswith(".")
    assert len(lines) <= 45 and max(map(len, lines)) <= 100
    assert example.source.endswith("\n") and not example.source.endswith("\n\n")


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - {"error"}))
def test_only_the_error_example_raises(name: str) -> None:
    assert run_example(name).errors == []


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - {"non-leaf"}))
def test_only_the_non_leaf_example_warns(name: str) -> None:
    assert [cell.warnings for cell in run_example(name).cells if cell.warnings] == []


def test_listing_examples_loads_no_torch() -> None:
    code = "import sys; from backlight.gallery import list_examples; list_examples(); print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_swing() -> None:
    run = run_example("swing")
    t, k, w = 2.0, 0.5, 3.0
    fade, swing = math.exp(-k * t), math.cos(w * t)
    outer = 2 * (fade * swing - 1)
    assert gradient(run, "t") == pytest.approx(outer * (-k * fade * swing - w * fade * math.sin(w * t)), rel=1e-5)
    assert gradient(run, "k") == pytest.approx(outer * -t * fade * swing, rel=1e-5)
    assert gradient(run, "w") == pytest.approx(outer * -t * fade * math.sin(w * t), rel=1e-5)
    assert run.output == "height 0.3532, loss 0.4183\ndloss/dt = -0.1704\n"


def test_same_number_twice() -> None:
    x = 3.0
    first, power, both = (numbers(line)[-1] for line in run_example("same-number-twice").output.splitlines())
    assert (first, power, both) == (2 * x, 2 * x, 2 * x**3 + 1.5 * x**2)


def test_vector_mean() -> None:
    run = run_example("vector-mean")
    assert run.names["m"].item() == (1 + 4 + 9 + 16) / 4
    assert gradient(run, "v") == [0.5, 1.0, 1.5, 2.0]


def test_accumulate() -> None:
    assert re.findall(r"tensor\((.*)\)", run_example("accumulate").output) == ["6.", "12.", "0.", "6."]


def test_cut() -> None:
    run = run_example("cut")
    x, w = 2.0, 5.0
    assert [numbers(cell.output)[0] for cell in run.cells[1:]] == [3 * x**2, x**2, x**2, 2 * w * x]
    assert run.cells[-1].output.endswith("w.grad is None\n")


def test_broadcast() -> None:
    run = run_example("broadcast")
    assert gradient(run, "bias") == [3.0, 3.0]
    assert gradient(run, "scale") == sum(range(1, 7))


def test_matrix_polynomial() -> None:
    run = run_example("matrix-polynomial")
    A = np.array([[1.0, 2.0], [3.0, 4.0]])
    ones = np.ones((2, 2))
    assert run.names["P"].tolist() == (A @ A - 3 * A + 2 * np.eye(2)).tolist()
    assert gradient(run, "A") == (ones @ A.T + A.T @ ones - 3 * ones).tolist()


def test_perceptron() -> None:
    run = run_example("perceptron")
    x = np.array([0.5, -1.0, 2.0])
    z = np.array([0.2, 0.4, -0.1]) @ x + 0.1
    error = 1 / (1 + math.exp(-z)) - 1
    assert run.names["loss"].item() == pytest.approx(math.log(1 + math.exp(-z)), rel=1e-5)
    assert gradient(run, "w") == pytest.approx(error * x, rel=1e-5)
    assert gradient(run, "b") == pytest.approx(error, rel=1e-5)
    by_autograd, by_hand = run.output.splitlines()[1:]
    assert numbers(by_autograd) == numbers(by_hand)


def test_two_layers() -> None:
    run = run_example("two-layers")
    p = 1 / (1 + math.exp(-1))  # each score is +1 or -1, on the right side
    at_score = 2 / 4 * (1 - p) * p * (1 - p)  # the size of the gradient at each score, minus for the label 1
    assert "predictions: [0, 1, 1, 0]" in run.output
    assert run.names["loss"].item() == pytest.approx((1 - p) ** 2, rel=1e-5)
    assert gradient(run, "b1") == pytest.approx([2 * (-2 + 1) * at_score, -4 * at_score], rel=1e-5)


def test_descent_by_hand() -> None:
    run = run_example("descent-by-hand")
    shrink = 1 - 0.01 * 2 * (1 + 4 + 9)
    expected = [(2 - 2 * shrink**step, 14 * (2 * shrink**step) ** 2) for step in range(8)]
    printed = [tuple(numbers(line)) for line in run.output.splitlines()[:8]]
    assert printed == [pytest.approx(each, abs=1e-4) for each in expected]
    assert run.names["w"].item() == pytest.approx(2 - 2 * shrink**8, rel=1e-5)
    assert run.output.endswith("requires_grad=True)\n")


def test_linear_regression() -> None:
    run = run_example("linear-regression")
    torch.manual_seed(0)
    start = torch.nn.Linear(1, 1)
    slope, intercept = start.weight.item(), start.bias.item()
    x = np.array([0.0, 1.0, 2.0, 3.0])
    losses = []
    for _ in range(10):
        miss = slope * x + intercept - (2 * x + 1)
        losses.append((miss**2).mean())
        slope, intercept = slope - 0.1 * (2 * miss * x).mean(), intercept - 0.1 * (2 * miss).mean()
    assert [numbers(line)[0] for line in run.cells[1].output.splitlines()] == pytest.approx(losses, abs=1e-4)
    assert losses == sorted(losses, reverse=True)
    assert run.names["model"].weight.item() == pytest.approx(slope, abs=1e-4)
    assert "Parameter containing:" in run.cells[2].output


def test_residual() -> None:
    run = run_example("residual")
    inner = math.tanh(0.01 * (1.0 - 2.0 + 0.5) + 0.01)
    at_inner = 3 * 0.01 * (1 - inner**2)
    assert gradient(run, "x") == pytest.approx([1 + 3 * 0.01 * at_inner] * 3, rel=1e-5)
    assert run.names["block"].inner.bias.grad.tolist() == pytest.approx([at_inner] * 3, rel=1e-5)


def test_attention() -> None:
    run = run_example("attention")
    weights = run.names["weights"]
    assert weights.sum(-1).tolist() == pytest.approx([1, 1, 1])
    assert weights.triu(diagonal=1).count_nonzero() == 0
    of_first, *of_others = run.names["tokens"].grad
    assert torch.allclose(of_first, run.names["Wv"].sum(1))
    assert all(each.tolist() == [0, 0, 0, 0] for each in of_others)


def test_non_leaf() -> None:
    before, forgotten, remembered = run_example("non-leaf").cells
    assert before.warnings == () and remembered.warnings == ()
    (warning,) = forgotten.warnings
    assert warning.startswith("The .grad attribute of a Tensor that is not a leaf Tensor is being accessed.")
    assert forgotten.output == "x.grad: tensor(54.)\nh.grad: None\n"
    assert remembered.output == "x.grad: tensor(54.)\nh.grad: tensor(18.)\n"


def test_nan() -> None:
    run = run_example("nan")
    assert "gradient: tensor([   nan, 0.2500])" in run.cells[1].output
    assert gradient(run, "x") == [0.0, 0.25]


def test_error() -> None:
    opening, refused, repaired = run_example("error").cells
    assert opening.error is None and repaired.error is None
    assert isinstance(refused.error, RuntimeError)
    assert str(refused.error) == "element 0 of tensors does not require grad and does not have a grad_fn"
    assert refused.output == "requires_grad: False  grad_fn: None\n"
    assert repaired.output.endswith("x.grad: tensor(6.)\n")
