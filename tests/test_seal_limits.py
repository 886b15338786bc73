"""Programs that want too much, in the sandbox as it is for users: each ends as the contract says, and none is felt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from backlight.errors import LimitExceeded, WorkerDied
from backlight.model.request import TraceRequest
from backlight.sandbox.once import Runner
from backlight.sandbox.pool import PIPELINE
from backlight.settings import Settings

OUTPUT_BYTES = 32_768
DEEP = "import torch\nx = torch.ones(1, requires_grad=True)\ny = x\nfor _ in range({count}):\n    y = y * 1\n"
COLLIDING = "class A:\n    def __hash__(self): return 1\n    def __eq__(self, o): return False\n"


PASSES_IN_PASSES = """\
import torch
class Nested(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, depth):
        ctx.depth = depth
        return x.clone()
    @staticmethod
    def backward(ctx, gradient):
        if ctx.depth:
            with torch.enable_grad():
                Nested.apply(gradient.detach().requires_grad_(), ctx.depth - 1).sum().backward()
        return gradient, None
x = torch.ones(1, requires_grad=True)
"""
"""Passes inside of passes; for those deeper than sixty, torch's engine wants threads, which no sealed process gets."""


@pytest.fixture(scope="module")
def strict() -> Iterator[Runner]:
    """The whole pipeline with limits that are quick to reach."""
    settings = Settings(
        idle_workers=1,
        cpu_seconds=1,
        finishing_seconds=4,
        wall_seconds=30,
        memory_bytes=256 * 2**20,
        graph_nodes=2_000,
        steps=5_000,
        output_bytes=OUTPUT_BYTES,
    )
    runner = Runner(settings, PIPELINE)
    yield runner
    runner.close()


def document(sandbox: Runner, source: str) -> dict[str, Any]:
    return json.loads(sandbox.run(TraceRequest(source=source)))


def exceeded(sandbox: Runner, source: str) -> tuple[str, int | None]:
    """The hard limit that the program meets, and the line where that is."""
    with pytest.raises(LimitExceeded) as caught:
        sandbox.run(TraceRequest(source=source))
    return caught.value.details["limit"], caught.value.details.get("line")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("n = 0\nwhile True:\n    n += 1", None),
        ("def f():\n    try:\n        while True: pass\n    finally:\n        print('out')\nf()", 3),
        ("while True:\n    try:\n        while True: abs(1)\n    except Exception:\n        pass", None),
        ("pow(3, 10**9)", 1),
        (f"{COLLIDING}set(A() for _ in range(10**6))", 3),
    ],
    ids=["loop", "finally", "except Exception", "one long call", "hash collisions"],
)
def test_processor_time_is_a_soft_limit(strict: Runner, source: str, line: int | None) -> None:
    stopped = document(strict, f"print('before')\n{source}\n# %%\nprint('after')")
    assert stopped["stopped"]["limit"] == "cpu_seconds"
    assert stopped["stopped"]["value"] == 1
    assert line is None or stopped["stopped"]["line"] == line + 1
    assert stopped["cells"][0]["output"].startswith("before\n")
    assert stopped["cells"][1]["output"] == "", "later cells do not run"


def test_a_program_that_swallows_the_soft_limit_meets_the_hard_one(strict: Runner) -> None:
    limit, line = exceeded(strict, "while True:\n    try:\n        while True: abs(1)\n    except: pass")
    assert limit == "cpu_seconds"
    assert line in {1, 2, 3, 4}


def test_a_program_that_swallows_the_soft_limit_and_ends_is_refused(strict: Runner) -> None:
    spin = "def spin():\n    while True: abs(1)\n"
    with pytest.raises(LimitExceeded) as caught:
        strict.run(TraceRequest(source=f"{spin}try: spin()\nexcept: pass\nprint('done')"))
    assert caught.value.details["limit"] == "cpu_seconds"
    assert caught.value.place is not None
    assert caught.value.place.line == 2


def test_a_finally_that_goes_on_ends_at_one_of_the_two_limits(strict: Runner) -> None:
    source = "def f():\n    try:\n        while True: pass\n    finally:\n        f()\nf()"
    try:
        stopped = document(strict, source)["stopped"]
    except LimitExceeded as refusal:
        stopped = refusal.details
    assert stopped["limit"] == "cpu_seconds"


def test_a_long_call_in_c_meets_the_hard_limit(strict: Runner) -> None:
    assert exceeded(strict, "x = 1\n\nmax(range(10**15))") == ("cpu_seconds", 3)


def test_a_program_that_the_clock_ends_is_told_where_it_was() -> None:
    runner = Runner(Settings(idle_workers=1, cpu_seconds=60, wall_seconds=2), PIPELINE)
    try:
        assert exceeded(runner, "def f():\n    return max(range(10**15))\n\nf()") == ("wall_seconds", 2)
        assert exceeded(runner, "while True:\n    pass")[0] == "wall_seconds"
    finally:
        runner.close()


def test_a_chain_of_a_hundred_thousand_ends_at_the_limit_of_nodes(strict: Runner) -> None:
    stopped = document(strict, DEEP.format(count=100_000) + "y.backward()")
    assert stopped["stopped"]["limit"] in {"graph_nodes", "cpu_seconds"}
    assert 100 < len(stopped["nodes"]) <= 2_001


def test_a_chain_up_to_the_limit_goes_back_and_is_freed(strict: Runner) -> None:
    done = document(strict, DEEP.format(count=500) + "y.backward()\ndel y\nprint(x.grad)")
    assert done["cells"][0]["output"] == "tensor([1.])\n"


@pytest.mark.parametrize(
    ("source", "limit", "line"),
    [
        ("try:\n    print('x' * 10**5)\nexcept:\n    pass", "output_bytes", 2),
        ("try:\n    print('x' * 10**5)\nfinally:\n    raise ValueError()", "output_bytes", 2),
        (f"{DEEP.format(count=1)}try:\n    while True: y = y * 1\nexcept:\n    pass", "graph_nodes", 7),
    ],
    ids=["print", "finally", "graph"],
)
def test_a_limit_that_was_caught_leaves_no_picture_with_a_hole(
    strict: Runner, source: str, limit: str, line: int
) -> None:
    with pytest.raises(LimitExceeded, match="caught that and went on") as caught:
        strict.run(TraceRequest(source=source))
    assert caught.value.details["limit"] == limit
    assert caught.value.place is not None
    assert caught.value.place.line == line


def test_a_limit_met_again_while_it_is_caught_ends_the_program(strict: Runner) -> None:
    stopped = document(strict, "try:\n    print('x' * 10**5)\nexcept:\n    print('still here')")
    assert (stopped["stopped"]["limit"], stopped["stopped"]["line"]) == ("output_bytes", 4)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("while True: print(end='')", 1),
        (f"{DEEP.format(count=1)}while True: y.backward(retain_graph=True)", 6),
        (f"{DEEP.format(count=1)}with torch.no_grad():\n    while True: x += 1", 7),
    ],
    ids=["prints", "backward", "updates"],
)
def test_steps_without_end_are_a_soft_limit(strict: Runner, source: str, line: int) -> None:
    stopped = document(strict, source)
    assert stopped["stopped"]["limit"] in {"steps", "graph_nodes"}
    assert stopped["stopped"]["line"] == line
    assert 1_000 < len(stopped["events"]) <= 5_001


def test_many_prints_are_no_attack(strict: Runner) -> None:
    done = document(strict, "for _ in range(4_000): print()")
    assert done["stopped"] is None
    assert done["cells"][0]["output"] == "\n" * 4_000


def test_warnings_count_as_printed_text(strict: Runner) -> None:
    loop = "n = 1\nwhile True:\n    n += 1\n    torch.nn.functional.mse_loss(torch.ones(n), torch.ones(1))"
    stopped = document(strict, f"import torch\n{loop}")
    assert stopped["stopped"]["limit"] == "output_bytes"


def test_an_error_whose_text_never_comes_is_told_without_it(strict: Runner) -> None:
    source = "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E()"
    done = document(strict, source)
    assert (done["error"]["type"], done["error"]["message"], done["error"]["line"]) == ("E", "", 4)
    assert (done["stopped"]["limit"], done["stopped"]["line"]) == ("cpu_seconds", 3)


def test_a_huge_message_is_cut_and_says_so(strict: Runner) -> None:
    message = document(strict, "raise ValueError('x' * 10**7)")["error"]["message"]
    assert message == "x" * 10_000 + "… (cut after 10,000 of 10,000,000 characters)"


def test_what_is_printed_ends_at_its_limit_with_the_program(strict: Runner) -> None:
    stopped = document(strict, "while True:\n    print('x' * 1000)")
    assert stopped["stopped"]["limit"] == "output_bytes"
    assert len(stopped["cells"][0]["output"].encode()) == OUTPUT_BYTES
    at_once = document(strict, "print('∂' * 10**6)")
    assert at_once["stopped"]["limit"] == "output_bytes"


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("s = 'a' * 10**12", "MemoryError"),
        ("a = [0] * 10**12", "MemoryError"),
        ("import torch\ntorch.zeros(1).expand(10**13).clone()", "RuntimeError"),
        ("import torch\na = []\nwhile True:\n    a.append(torch.ones(2**25))", "RuntimeError"),
        ("def f(): return f()\nf()", "RecursionError"),
        ("class A:\n    def __repr__(self): return repr(self)\nA()", "RecursionError"),
        ("t = int\nfor _ in range(10**5): t = (t,)\nisinstance(1, t)", "RecursionError"),
        (
            f"{PASSES_IN_PASSES}Nested.apply(x, 58).sum().backward()\nNested.apply(x, 80).sum().backward()",
            "RecursionError",
        ),
    ],
    ids=["text", "list", "one tensor", "many tensors", "calls", "repr", "tuples", "passes"],
)
def test_too_much_memory_or_depth_is_the_programs_own_error(strict: Runner, source: str, error: str) -> None:
    assert document(strict, source)["error"]["type"] == error


def test_a_crash_in_native_code_is_a_dead_worker_and_the_next_request_is_served(strict: Runner) -> None:
    crash = (
        "import torch\ntorch.sparse_coo_tensor(torch.tensor([[10**12]]), torch.ones(1), (2,), "
        "check_invariants=False).to_dense()"
    )
    with pytest.raises(WorkerDied):
        strict.run(TraceRequest(source=crash))
    assert document(strict, "print(1)")["cells"][0]["output"] == "1\n"
