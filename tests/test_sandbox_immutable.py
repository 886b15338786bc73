"""What Python takes to be unchangeable stays as it is, whatever a program writes to a tensor of it."""

from __future__ import annotations

import json
import logging

import pytest

from backlight.model.request import TraceRequest
from backlight.sandbox.once import Runner
from plain_torch import run_plain

HEAD = "import numpy as np, torch, warnings\nfrom torch.utils.data import DataLoader\nwarnings.simplefilter('ignore')\n"
KEPT = {
    "bytes": ("t = torch.asarray(b'ab', dtype=torch.uint8)\nt.fill_(120)\nprint(b'ab', t)", "b'ab' tensor([120, 120]"),
    "a letter": ("torch.asarray(b',', dtype=torch.uint8).fill_(120)\nprint(bytes([44]))", "b','"),
    "an array of bytes": ("torch.from_numpy(np.ndarray((2,), np.uint8, b'cd')).fill_(120)\nprint(b'cd')", "b'cd'"),
    "a view of it": ("torch.as_tensor(data=np.ndarray((2,), np.uint8, b'ef')[1:]).fill_(120)\nprint(b'ef')", "b'ef'"),
    "what is true": ("torch.from_numpy(np.ndarray((1,), np.uint8, np.True_)).fill_(0)\nprint(np.True_)", "True"),
    "in a loader": (
        "d = [np.ndarray((1,), np.uint8, np.True_)]\nnext(iter(DataLoader(d, None))).fill_(0)\nprint(d)",
        "[array([1], dtype=uint8)]",
    ),
}
SHARED = (
    "a = np.zeros(3, dtype=np.float32)\n"
    "for make in (torch.from_numpy, torch.as_tensor, torch.asarray):\n    make(a[1:]).add_(1)\n"
    "a.setflags(write=False)\ntorch.from_numpy(a).add_(1)\nprint(a, torch.asarray(bytearray(b'ab'), dtype=torch.uint8))"
)


@pytest.mark.parametrize("name", KEPT)
def test_what_cannot_be_changed_is_copied(product: Runner, name: str) -> None:
    program, printed = KEPT[name]
    document = json.loads(product.run(TraceRequest(source=HEAD + program)))
    assert document["error"] is None
    assert document["cells"][0]["output"].startswith(printed)


def test_memory_of_numpy_is_shared_as_ever(product: Runner, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    document = json.loads(product.run(TraceRequest(source=HEAD + SHARED)))
    assert document["error"] is None
    assert document["cells"][0]["output"] == run_plain(HEAD + SHARED).output
