"""The samples: every directory under ``samples/`` with a ``program.py``, and every program of the gallery.

In: files. Out: Samples, and the Document that the pipeline makes of each, run in this process, once.
"""

from __future__ import annotations

import builtins
import json
import math
import random
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from backlight import pipeline
from backlight.gallery import list_examples
from backlight.model.program import FORMAT, OWN, WRITE, Namespace
from backlight.model.request import TraceRequest
from backlight.settings import Settings

FOLDER = Path(__file__).parent / "samples"
STORED = "document.json"
"""Some samples keep their whole Document beside its text, for the front end's tests."""


def as_it_is(value: Any, _name: str) -> Any:
    """A guard that lets everything pass."""
    return value


NAMESPACE = Namespace(
    modules={
        "torch": torch,
        "torch.autograd": torch.autograd,
        "torch.linalg": torch.linalg,
        "torch.nn": torch.nn,
        "torch.nn.functional": torch.nn.functional,
        "torch.optim": torch.optim,
        "math": math,
        "numpy": np,
        "random": random,
    },
    builtins=vars(builtins),
    guards=dict.fromkeys((OWN, WRITE, FORMAT), as_it_is),
    start=lambda _seed: None,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A program, and the folder of the texts that are expected of it."""

    name: str
    source: str
    expected: Path


@cache
def list_samples() -> tuple[Sample, ...]:
    """All samples by name, then the gallery's programs as ``gallery-NAME``, in its order."""
    programs = sorted(FOLDER.glob("*/program.py"))
    samples = [Sample(path.parent.name, path.read_text(), path.parent / "expected") for path in programs]
    gallery = [(f"gallery-{example.name}", example.source) for example in list_examples()]
    return (*samples, *(Sample(name, source, FOLDER / name / "expected") for name, source in gallery))


def trace(source: str, seed: int = 0) -> dict[str, Any]:
    """The Document of a program, as the dict that its JSON holds."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        return json.loads(pipeline.run(TraceRequest(source=source, seed=seed), Settings(), NAMESPACE))


@cache
def trace_sample(sample: Sample) -> dict[str, Any]:
    """The Document of a sample, made once for all tests."""
    return trace(sample.source)


def stored_document(sample: Sample) -> str:
    """The Document as it is kept: without its timing, one line for each entry of a list."""
    untimed = trace_sample(sample) | {"timing": {"parse": 0, "record": 0, "graph": 0, "total": 0}}
    parts = [f'"{name}": {_by_line(part)}' for name, part in untimed.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _by_line(part: Any) -> str:
    if not isinstance(part, list) or not part:
        return json.dumps(part, ensure_ascii=False)
    return "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in part) + "\n]"
