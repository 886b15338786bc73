"""Ordinary programs do under the seal what they do without it: every sample, and the whole gallery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backlight import pipeline
from backlight.errors import BacklightError, RequestError
from backlight.model.request import TraceRequest
from backlight.sandbox.facade import build_namespace
from backlight.sandbox.once import Runner
from backlight.settings import Settings
from plain_torch import run_plain
from sample_programs import Sample, list_samples

NOTEBOOKS = sorted((Path(__file__).parent / "notebooks").glob("*.ipynb"))
SETTINGS = Settings(idle_workers=2)


def untimed(document: bytes) -> dict[str, Any]:
    return json.loads(document) | {"timing": None}


@pytest.mark.parametrize("sample", list_samples(), ids=lambda sample: sample.name)
def test_a_sample_is_the_same_document_inside(product: Runner, sample: Sample) -> None:
    request = TraceRequest(source=sample.source)
    try:
        outside = untimed(pipeline.run(request, SETTINGS, build_namespace()))
    except BacklightError as refusal:
        with pytest.raises(type(refusal)):
            product.run(request)
    else:
        assert untimed(product.run(request)) == outside


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_the_same_document_inside(product: Runner, path: Path) -> None:
    request = TraceRequest(notebook=json.loads(path.read_text()))
    assert untimed(product.run(request)) == untimed(pipeline.run(request, SETTINGS, build_namespace()))


def test_a_notebook_is_checked_against_its_format_inside(product: Runner) -> None:
    cell = {"cell_type": "code", "metadata": {"tags": [1]}, "source": "1"}
    with pytest.raises(RequestError, match="tags"):
        product.run(TraceRequest(notebook={"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))


USES = {
    "einsum": "print(torch.einsum('ij,jk->ik', torch.ones(2, 3), torch.ones(3, 2)))",
    "lstm": "print(nn.LSTM(3, 4)(torch.ones(2, 1, 3))[0].sum().backward())",
    "transformer": "print(nn.TransformerEncoderLayer(8, 2)(torch.ones(2, 1, 8)).sum().backward())",
    "convolution": "print(nn.Conv2d(1, 2, 3)(torch.ones(1, 1, 8, 8)).sum().backward())",
    "linalg": "print(torch.linalg.svd(torch.eye(3))[1], torch.linalg.solve(torch.eye(3), torch.ones(3)))",
    "fft": "print(torch.fft.fft(torch.ones(8)).abs())",
    "checkpoint": "from torch.utils.checkpoint import checkpoint\n"
    "x = torch.ones(3, requires_grad=True)\ncheckpoint(torch.sin, x, use_reentrant=False).sum().backward()\n"
    "print(x.grad)",
    "reentrant": "from torch.utils.checkpoint import checkpoint\n"
    "x = torch.ones(3, requires_grad=True)\ncheckpoint(torch.sin, x, use_reentrant=True).sum().backward()\n"
    "print(x.grad)",
    "func": "print(torch.func.vmap(torch.func.grad(torch.sin))(torch.ones(3)))",
    "jacobian": "print(torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), torch.ones(2)))",
    "gradcheck": "print(torch.autograd.gradcheck(torch.sin, torch.ones(2, dtype=torch.double, requires_grad=True)))",
    "anomaly": "with torch.autograd.detect_anomaly(check_nan=False):\n"
    "    torch.ones(1, requires_grad=True).exp().backward()\nprint('ok')",
    "distributions": "print(torch.distributions.Normal(0.0, 1.0).log_prob(torch.tensor(0.5)))",
    "bfloat16": "print((torch.ones(4, 4, dtype=torch.bfloat16) @ torch.ones(4, 4, dtype=torch.bfloat16)).sum())",
    "int8": "print(torch.ones(2, 2, dtype=torch.int8) @ torch.ones(2, 2, dtype=torch.int8))",
    "sparse": "print(torch.eye(3).to_sparse() @ torch.ones(3, 1))",
    "large": "print((torch.ones(600, 600) @ torch.ones(600, 600)).sum())",
    "sort": "print(torch.rand(10000).sort()[0].shape, torch.randperm(1000).sum())",
    "numpy": "import numpy as np\nprint(np.random.default_rng(0).normal(size=3).shape, np.linalg.inv(np.eye(2)))",
    "numpy and back": "import numpy as np\nprint(torch.from_numpy(np.ones(3)).numpy())",
    "optimizers": "w = nn.Parameter(torch.ones(2))\n"
    "for kind in (torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop, torch.optim.LBFGS, torch.optim.Adagrad):\n"
    "    optimizer = kind([w])\n    w.sum().backward()\n    optimizer.step(lambda: w.sum())\nprint('ok')",
    "scheduler": "optimizer = torch.optim.SGD([nn.Parameter(torch.ones(2))], lr=1.0)\n"
    "scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 5)\n"
    "optimizer.step()\nscheduler.step()\nprint(scheduler.get_last_lr())",
    "decimal": "from decimal import Decimal\nfrom fractions import Fraction\nprint(Decimal(1) / 3, Fraction(1, 3))",
    "statistics": "import statistics\nprint(statistics.median([1, 2, 3]), statistics.stdev([1.0, 2.0]))",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\nprint(A())",
    "enum": "from enum import Enum\nclass A(Enum):\n    x = 1\nprint(A.x)",
    "warning": "torch.ones(2, requires_grad=True).sum().grad\nprint('ok')",
    "clip": "w = nn.Parameter(torch.ones(2))\nw.sum().backward()\nprint(nn.utils.clip_grad_norm_([w], 1.0))",
}
"""What torch and Python may import, open or ask of the kernel only when it is first used."""


@pytest.mark.parametrize("use", USES)
def test_nothing_that_is_used_late_needs_what_the_seal_forbids(product: Runner, use: str) -> None:
    document = untimed(product.run(TraceRequest(source=f"import torch\nimport torch.nn as nn\n{USES[use]}")))
    assert document["error"] is None
    assert document["stopped"] is None
    assert document["cells"][0]["output"]


WRITES_CODE = {
    "integer products": (
        "a = torch.arange(6).reshape(2, 3)\nb = torch.arange(12).reshape(3, 4)\n"
        "print(a @ b, a @ b[:, 0], torch.addmm(a[:, :1], a, b), torch.linalg.multi_dot([a, b, b.T]))\n"
        "print(torch.tensordot(a, b, 1), torch.bmm(a[None], b[None]), F.linear(a, b.T))\n"
        "print(torch.ones(70, 90).long() @ torch.ones(90, 110).long())"
    ),
    "integer convolutions": (
        "x, w = torch.arange(10).reshape(1, 2, 5), torch.ones(3, 2, 2, dtype=torch.int64)\n"
        "print(F.conv1d(x, w), F.conv_transpose1d(x, w.transpose(0, 1)), F.conv2d(x[..., None], w[..., None]))"
    ),
    **{
        f"bags of {dtype}": (
            f"bags = nn.EmbeddingBag(9, 16, mode='{mode}').to(torch.{dtype})\n"
            "y = bags(torch.tensor([[1, 2], [3, 3]]))\ny.sum().backward()\nprint(y.shape, bags.weight.grad.sum())"
        )
        for mode, dtype in (("sum", "float32"), ("mean", "float32"), ("sum", "float16"), ("mean", "bfloat16"))
    },
    "jagged tensors": (
        "t = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged, requires_grad=True)\n"
        "(t * 2).values().sum().backward()\nprint([each.tolist() for each in t.grad.unbind()])"
    ),
}
"""What torch computes by code that it writes for the occasion, or imports something for, where nothing forbids that."""


@pytest.mark.parametrize("name", WRITES_CODE)
def test_what_needs_more_elsewhere_gives_the_same_inside(product: Runner, name: str) -> None:
    source = (
        "import torch\nimport torch.nn.functional as F\nfrom torch import nn\ntorch.manual_seed(0)\n"
        + WRITES_CODE[name]
    )
    plain = run_plain(source)
    document = untimed(product.run(TraceRequest(source=source)))
    assert plain.errors == []
    assert (document["error"], document["cells"][0]["output"]) == (None, plain.output)


def test_memory_that_nobody_has_written_to_is_the_same_each_time(product: Runner) -> None:
    source = (
        "import torch\nimport numpy as np\nkept = [torch.randn(n) for n in range(200)]\ndel kept\n"
        "print(torch.empty(4), torch.Tensor(2, 3), torch.empty(5_000).abs().sum(), np.empty(5), np.empty(500).sum())\n"
        "class A: pass\nprint(hash(A()), hash(object()), hash(torch.ones(1)), hash('x'))\n"
    )
    one, other = (untimed(product.run(TraceRequest(source=source))) for _ in range(2))
    assert one == other
    assert one["cells"][0]["output"].startswith(
        "tensor([0., 0., 0., 0.]) tensor([[0., 0., 0.],\n        [0., 0., 0.]]) tensor(0.) [0. 0. 0. 0. 0.] 0.0\n"
    )


def test_hashes_and_generators_asked_by_way_of_their_classes_are_the_same_each_time(product: Runner) -> None:
    source = (
        "import random, torch\n"
        "class A:\n    def __hash__(self): return super().__hash__()\n"
        "x, a, r = torch.ones(1), A(), random.Random(3)\n"
        "print(x.__hash__() == torch.Tensor.__hash__(x) == hash(x), (1, 2).__hash__() == hash((1, 2)))\n"
        "print(x.__hash__(), object.__hash__(x), hash(a))\n"
        "super(random.Random, r).seed()\nprint(r.random())\n"
    )
    one, other = (untimed(product.run(TraceRequest(source=source))) for _ in range(2))
    assert one["cells"][0]["output"].startswith("True True\n256 256 257\n")
    assert one == other
