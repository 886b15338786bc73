"""From a Document to its picture, step by step: read, folded to a few faces, laid out, drawn."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import backlight
from bench.report import Report, Row
from bench.timing import Samples
from bench.workloads import WORKLOADS

MODELS = ("gpt2-12", "gpt2-48")
ROUNDS = 10
SECONDS = 300
FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
PROMISED = "gpt2-12"
PROMISE_MS = 500.0


def record(name: str, path: Path) -> None:
    """Writes the Document of one forward and backward pass."""
    work = WORKLOADS[name]()
    with backlight.record() as tape:
        work.both_ways()
    path.write_bytes(tape.document.to_json())


def measure() -> Report:
    """In Node and in headless Chromium; the sum of the steps is the time to the picture."""
    with TemporaryDirectory() as folder:
        documents, answer = Path(folder, "documents"), Path(folder, "times.json")
        documents.mkdir()
        for name in MODELS:
            record(name, documents / f"{name}.json")
        command = ["node", "bench/picture.mjs", str(documents), str(ROUNDS), str(answer)]
        subprocess.run(command, cwd=FRONTEND, stdin=subprocess.DEVNULL, check=True, timeout=SECONDS)
        measured: dict[str, dict[str, dict[str, list[float]]]] = json.loads(answer.read_text(encoding="utf-8"))
    rows = [
        row
        for model, places in measured.items()
        for place, steps in places.items()
        for row in rows_of(model, place, steps)
    ]
    setting = (
        f"Each {ROUNDS} times, on one thread; the page lays out in a worker. The picture is the one that a reader sees "
        "first: most groups closed. The first round, before anything is compiled, is among the times."
    )
    return Report("picture", "How long from a large model's Document to its picture?", setting, tuple(rows))


def rows_of(model: str, place: str, steps: dict[str, list[float]]) -> list[Row]:
    """A row for each step, and one for all of them together."""
    case = f"{model}, {place}"
    rows = [Row.of(case, step, in_seconds(times)) for step, times in steps.items()]
    whole = in_seconds([sum(each) for each in zip(*steps.values(), strict=True)])
    total = Row.of(case, "Document to picture", whole)
    if model == PROMISED:
        total = total.against(f"within {PROMISE_MS:.0f} ms", whole.percentile(95) * 1e3 <= PROMISE_MS)
    return [*rows, total]


def in_seconds(times: list[float]) -> Samples:
    """Samples from milliseconds."""
    return Samples(tuple(ms / 1e3 for ms in times))
