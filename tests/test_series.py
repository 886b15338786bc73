"""Series: requests that one process may serve one after the other, while no program left anything there."""

from __future__ import annotations

import gc
import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import wait
from typing import Any

import httpx
import pytest
import torch

from backlight.errors import LimitExceeded, WorkerDied
from backlight.gallery import list_examples
from backlight.model.request import TraceRequest
from backlight.pipeline import find_residue
from backlight.pipeline import run as run_pipeline
from backlight.record import residue
from backlight.sandbox.facade import build_namespace
from backlight.sandbox.kept import KEPT_SECONDS
from backlight.sandbox.once import Runner
from backlight.sandbox.stay import CPU_SECONDS
from backlight.settings import Settings
from conftest import OBEY
from processes import eventually, is_running
from test_ordinary import PROGRAMS

ONE, TWO = "one" * 8, "two" * 8
SPEND = f"import time\nwhile time.process_time() < {CPU_SECONDS + 0.1}: pass"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Runner]:
    """A sandbox that obeys the source, with room for two series."""
    runner = Runner(Settings(idle_workers=2, cpu_seconds=2, finishing_seconds=1, wall_seconds=30), OBEY)
    yield runner
    runner.close()


def process_of(sandbox: Runner, series: str | None, source: str = "where") -> int:
    answer: dict[str, int] = json.loads(sandbox.run(TraceRequest(source=source), series))
    return answer["process"]


def told(document: bytes) -> Any:
    """A Document without what differs from run to run."""
    return json.loads(document) | {"timing": None}


# ── which process ─────────────────────────────────────────────────────────────────────────────────


def test_one_process_serves_a_series_and_nothing_else(sandbox: Runner) -> None:
    first = process_of(sandbox, ONE)
    assert process_of(sandbox, None) != first
    assert process_of(sandbox, TWO) != first
    assert process_of(sandbox, ONE) == first


def test_a_request_without_a_series_has_a_process_of_its_own(sandbox: Runner) -> None:
    assert len({process_of(sandbox, None) for _ in range(3)}) == 3


@pytest.mark.parametrize(
    "before",
    ["leave something", "exec while True: pass", "exec hog = bytearray(64 * 2**20)", f"exec {SPEND}"],
    ids=["a program left something", "a limit", "much memory", "much time"],
)
def test_a_process_is_used_no_further_after(sandbox: Runner, before: str) -> None:
    first = process_of(sandbox, ONE)
    sandbox.run(TraceRequest(source=before), ONE)
    assert process_of(sandbox, ONE) != first
    assert eventually(lambda: not is_running(first))


@pytest.mark.parametrize("refused", ["refuse", "soften", "fail"])
def test_a_process_that_gave_no_document_is_used_no_further(sandbox: Runner, refused: str) -> None:
    first = process_of(sandbox, ONE)
    with pytest.raises((Exception,)):
        sandbox.run(TraceRequest(source=refused), ONE)
    assert process_of(sandbox, ONE) != first


def test_a_process_waits_only_a_moment_for_the_next_request(sandbox: Runner) -> None:
    first = process_of(sandbox, ONE)
    assert eventually(lambda: not is_running(first), KEPT_SECONDS + 5)


def test_only_so_many_processes_wait(sandbox: Runner) -> None:
    first, *others = [process_of(sandbox, f"series-{number}".ljust(24, "-")) for number in range(3)]
    assert eventually(lambda: not is_running(first), KEPT_SECONDS / 2)
    assert all(is_running(each) for each in others)


def test_while_a_series_goes_on_half_of_the_processes_wait_and_all_of_them_again_afterwards() -> None:
    runner = Runner(Settings(idle_workers=4), OBEY)
    try:
        assert eventually(lambda: runner._pool.idle == 4)
        for _ in range(5):
            process_of(runner, ONE)
            process_of(runner, None)
            time.sleep(0.25)  # longer than the pool waits for a lull
        assert runner._pool.idle == 2
        assert eventually(lambda: runner._pool.idle == 4, KEPT_SECONDS + 5)
    finally:
        runner.close()


def test_where_the_process_of_a_series_was_killed_another_takes_its_place(sandbox: Runner) -> None:
    first = process_of(sandbox, ONE)
    os.kill(first, signal.SIGKILL)
    assert process_of(sandbox, ONE) != first


def test_two_requests_of_a_series_at_once_are_both_served(sandbox: Runner) -> None:
    both = [sandbox.submit(TraceRequest(source="sleep 0.2"), ONE) for _ in range(2)]
    wait(both, 20)
    assert [each.result() for each in both] == [b"{}", b"{}"]


def test_a_program_that_ends_its_process_is_told_of_as_elsewhere(sandbox: Runner) -> None:
    process_of(sandbox, ONE)
    with pytest.raises(WorkerDied):
        sandbox.run(TraceRequest(source="exit"), ONE)


def test_each_program_of_a_series_has_all_of_its_time(sandbox: Runner) -> None:
    process_of(sandbox, ONE, "where")
    sandbox.run(TraceRequest(source="exec import time\nwhile time.process_time() < 0.8: pass"), ONE)
    spin = (
        "exec import time\ndef spin():\n    while True: abs(1)\n"  # the jump of a loop in `try` itself is not covered
    )
    spent = f"{spin}began = time.process_time()\ntry: spin()\n"
    told_of = "except BaseException as error:\n    result = time.process_time() - began"
    answer = json.loads(sandbox.run(TraceRequest(source=spent + told_of), ONE))
    assert answer["result"] == pytest.approx(2, abs=0.3)


def test_a_program_that_does_not_stop_meets_its_limit(sandbox: Runner) -> None:
    process_of(sandbox, ONE)
    spin = "exec def spin():\n    while True: abs(1)\nwhile True:\n    try: spin()\n    except BaseException: pass"
    with pytest.raises(LimitExceeded) as caught:
        sandbox.run(TraceRequest(source=spin), ONE)
    assert caught.value.details["limit"] in {"cpu_seconds", "wall_seconds"}


def test_a_client_that_leaves_takes_the_process_along(sandbox: Runner) -> None:
    first = process_of(sandbox, ONE)
    answer = sandbox.submit(TraceRequest(source="sleep 20"), ONE)
    time.sleep(0.2)
    answer.cancel()
    assert eventually(lambda: not is_running(first))


# ── what it answers ───────────────────────────────────────────────────────────────────────────────

GALLERY = {each.name: each.source for each in list_examples()}
DISTRIBUTIONS = "import torch\nfrom torch.distributions import *\n"
TRAIN = "import torch\ntry: torch.nn.Module.train"
LEAVING = {
    "dtype": "import torch\ntorch.set_default_dtype(torch.float64)",
    "grad mode": "import torch\ntorch.set_grad_enabled(False)",
    "mode that nobody leaves": "import torch\nmode = torch.no_grad()\nmode.__enter__()",
    "print options": "import torch\ntorch.set_printoptions(precision=1)",
    "numpy's print options": "import numpy as np\nnp.set_printoptions(precision=1)",
    "numpy's errors": "import numpy as np\nnp.seterr(all='raise')",
    "anomaly": "import torch\ntorch.autograd.set_detect_anomaly(True)",
    "decimal": "import decimal\ndecimal.getcontext().prec = 3",
    "deterministic": "import torch\ntorch.use_deterministic_algorithms(True)",
    "divergence": "from torch.distributions import *\nclass A(Normal): pass\n@register_kl(A, A)\ndef kl(p, q): pass",
    "another divergence": f"{DISTRIBUTIONS}register_kl(Normal, Normal)(torch.add)",
    "bijection": f"{DISTRIBUTIONS}biject_to.register(constraints.real, ExpTransform)",
    "transform": f"{DISTRIBUTIONS}transform_to.register(constraints.positive, SigmoidTransform)",
    "parts of a transform": f"{DISTRIBUTIONS}identity_transform.parts.append(ExpTransform())",
    "kind of sequence": "import torch, collections.abc\ncollections.abc.Sequence.register(torch.Tensor)",
    "attribute of a function": f"{TRAIN}(torch.nn.functional.relu)\nexcept AttributeError: pass",
    "attribute of a constant": f"{TRAIN}(torch.distributions.constraints.real)\nexcept AttributeError: pass",
    "attribute of a class of torch's": f"{TRAIN}(type(torch.ones(1).requires_grad_().register_hook(abs)))\n"
    "except (AttributeError, TypeError): pass",
    "arguments": "import sys\nsys.argv.append('--more')",
    "logging": "import logging\nlogging.basicConfig(level='DEBUG', format='%(message)s')\nlogging.disable('ERROR')",
    "switches": "import torch\ntorch.backends.cudnn.enabled = False",
    "seeds": "import torch, random\ntorch.manual_seed(7)\nrandom.seed(7)\ntorch.rand(3)",
    "warnings": "import warnings\nwarnings.simplefilter('ignore')",
    "generator": "def f():\n    try: yield 1\n    finally: print('late')\ng = f()\nnext(g)",
    "subclass": "import torch\nclass T(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\nT()",
    "hooks": "import torch\nx = torch.ones(2, requires_grad=True)\nx.register_hook(lambda g: -g)\nx.sum().backward()",
}
PROBE = """\
import collections.abc, decimal, logging, random, sys, warnings
import numpy as np, torch
from torch.distributions import Normal, biject_to, constraints, identity_transform, kl_divergence, transform_to
print(biject_to(constraints.real), transform_to(constraints.positive), identity_transform.parts)
print(kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0)), isinstance(torch.ones(1), collections.abc.Sequence))
handle = torch.ones(1).requires_grad_().register_hook(abs)
print([hasattr(each, "training") for each in (torch.nn.functional.relu, constraints.real, type(handle))])
print(sys.argv, torch.get_default_dtype(), torch.is_grad_enabled(), decimal.Decimal(1) / 3, np.geterr())
print(torch.tensor([1.23456789, 1e-9]), np.array([1.123456789]), torch.backends.cudnn.enabled)
logging.warning("a warning")
logging.info("nothing")
warnings.warn("a second warning")
x = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (torch.nn.Linear(2, 2)(x) * torch.rand(2)).sum() + torch.distributions.Normal(0.0, 1.0).log_prob(x).sum()
loss.backward()
print(loss, x.grad, id(x), random.random(), np.random.rand())
"""


SOME = GALLERY | dict(list(PROGRAMS.items())[::6])


@pytest.mark.parametrize("source", SOME.values(), ids=SOME.keys())
def test_the_second_answer_of_a_series_is_that_of_a_new_process(product: Runner, source: str) -> None:
    request = TraceRequest(source=source)
    alone = told(product.run(request))
    assert [told(product.run(request, ONE)) for _ in range(2)] == [alone, alone]


@pytest.mark.parametrize("source", LEAVING.values(), ids=LEAVING.keys())
def test_the_next_program_of_a_series_finds_nothing_of_the_one_before(product: Runner, source: str) -> None:
    alone = told(product.run(TraceRequest(source=PROBE)))
    assert alone["error"] is None
    product.run(TraceRequest(source=source), TWO)
    assert told(product.run(TraceRequest(source=PROBE), TWO)) == alone


def test_memory_that_was_let_go_is_not_taken_for_that_of_later_tensors(product: Runner) -> None:
    """``deepcopy`` of a state gives each tensor its memory by ``set_``; where it was before, another may lie soon."""
    copies = "m = torch.nn.Linear(2, 2)\nstate = copy.deepcopy(m.state_dict())\nclone = copy.deepcopy(m)\n"
    source = f"import copy\nimport torch\n{copies}m(torch.ones(2)).sum().backward()"
    nodes = told(product.run(TraceRequest(source=source)))["nodes"]
    assert [(node["label"], node["line"]) for node in nodes if node["kind"] == "op" and node["line"] in (4, 5)] == [
        ("tensor", 5)
    ] * 2


def test_pulled_numbers_are_served_by_one_process() -> None:
    """All of the gallery leaves nothing behind, so that numbers in it can be pulled fast."""
    namespace = build_namespace()
    for source in GALLERY.values():
        run_pipeline(TraceRequest(source=source), Settings(), namespace)
    gc.collect()
    gc.freeze()  # as in a zygote: what is looked for is younger, and all else need not be looked through
    try:
        before = find_residue()
        for source in GALLERY.values():
            run_pipeline(TraceRequest(source=source), Settings(), namespace)
            gc.collect()
            assert find_residue() == before
    finally:
        gc.unfreeze()


def test_a_program_whose_code_is_still_held_counts_as_residue() -> None:
    namespace = build_namespace()
    gc.collect()
    before = find_residue()
    held: list[Any] = []
    namespace.modules["torch"].__dict__["held"] = held
    run_pipeline(TraceRequest(source="import torch\ntorch.held.append(lambda: 1)"), Settings(), namespace)
    gc.collect()
    assert find_residue() != before
    held.clear()
    gc.collect()
    assert find_residue() == before


def test_this_torch_has_all_that_is_looked_at() -> None:
    torch.zeros(1)
    names = (*residue.ASKED, *residue.ASKED_BY_DEVICE, *residue.READ, *residue.ADDED_TO, residue.SAVED_TENSOR_HOOKS)
    build_namespace()
    assert [name for name in names if not residue.is_there(name)] == []


# ── over HTTP ─────────────────────────────────────────────────────────────────────────────────────


def test_a_series_is_named_in_a_header(obedient: httpx.Client) -> None:
    def process(headers: dict[str, str]) -> int:
        return obedient.post("/api/v1/trace", json={"source": "where"}, headers=headers).json()["process"]

    assert process({"Backlight-Series": ONE}) == process({"Backlight-Series": ONE})
    assert process({}) != process({})
    assert "backlight_kept_workers 1.0" in obedient.get("/metrics").text


@pytest.mark.parametrize("name", ["short", "a" * 65, "with spaces and more than 22"])
def test_a_name_that_could_be_guessed_or_is_none_is_refused(obedient: httpx.Client, name: str) -> None:
    answer = obedient.post("/api/v1/trace", json={"source": "where"}, headers={"Backlight-Series": name})
    assert answer.status_code == 422
    assert "Backlight-Series" in answer.json()["detail"]
