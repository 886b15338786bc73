"""What recording keeps in memory: each contender in a process of its own, by the peak of its resident memory.

Then a thousand training steps recorded with a bounded tape, which is to stay flat.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import torch
from torch import nn

import backlight
from bench.contenders import CONTENDERS
from bench.report import Report, Row
from bench.workloads import BATCH, WIDTH, WORKLOADS, perceptron

MEASURED = ("mlp-30", "mlp-300", "gpt2-2", "gpt2-12", "lstm-1000")
STEPS = (100, 500, 1_000)
KEPT = ("last 10 passes", "statistics", "until non-finite")
FLAT = 10.0
"""Megabytes that the steps from the first mark to the last may add, under a bounded tape."""
PATIENCE = 600
"""Seconds that one contender may take."""


def resident_megabytes() -> float:
    """The memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def one_contender(workload: str, contender: str) -> list[float]:
    """Megabytes that one run adds, at its peak, to a process that has built the model and used it once."""
    work = WORKLOADS[workload]()
    work.both_ways()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    CONTENDERS[contender](work)
    return [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before]


def training(keep: str) -> list[float]:
    """Megabytes at each of ``STEPS``, of a training loop with Adam that is recorded as a whole."""
    work = perceptron(3)
    optimizer = torch.optim.Adam(work.model.parameters())
    marks: list[float] = []

    def train() -> None:
        for step in range(1, STEPS[-1] + 1):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(work.model(torch.randn(BATCH, WIDTH)), torch.zeros(()))
            loss.backward()
            optimizer.step()
            if step in STEPS:
                marks.append(resident_megabytes())

    if keep == "plain PyTorch":
        train()
    else:
        with backlight.record(keep=keep):
            train()
    return marks


def apart(*arguments: str) -> list[float]:
    """What a process of its own measures. Raises RuntimeError, named after what it raised, where it fails."""
    command = [sys.executable, "-m", "bench.memory", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["ended without a word"])[-1])
    return json.loads(done.stdout.splitlines()[-1])


def peaks(workloads: tuple[str, ...]) -> list[Row]:
    """The peak of each contender on each workload."""
    rows: list[Row] = []
    for workload in workloads:
        plain = apart("peak", workload, "plain PyTorch")[0]
        for contender in CONTENDERS:
            try:
                peak = apart("peak", workload, contender)[0]
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                rows.append(Row.failed(workload, contender, error))
            else:
                rows.append(Row(workload, contender, peak, peak, f"{peak - plain:+.0f} MB"))
    return rows


def trainings() -> list[Row]:
    """A thousand training steps, plain and under each way to keep little."""
    rows: list[Row] = []
    for keep in ("plain PyTorch", *KEPT):
        marks = apart("training", keep)
        grown = marks[-1] - marks[0]
        row = Row(f"{STEPS[-1]:,} training steps", keep, marks[0], marks[-1], f"{grown:+.1f} MB")
        rows.append(row.against(f"at most {FLAT:g} MB more", grown <= FLAT) if keep in KEPT else row)
    return rows


def measure(only: str | None = None) -> Report:
    """Peaks of single runs, then the training loops; or ``only`` one workload, or ``training``."""
    rows = peaks(MEASURED if only is None else tuple(each for each in MEASURED if each == only))
    rows += trainings() if only in (None, "training") else []
    setting = (
        "Each figure from a process of its own, one thread. Single runs: megabytes that the run adds at its peak to a "
        "process that has run the model before (both columns the same; the ratio column compares with plain PyTorch). "
        f"Training steps: megabytes after step {STEPS[0]} and after step {STEPS[-1]:,}, and by how much they differ."
    )
    return Report("memory", "What does recording keep in memory?", setting, tuple(rows), "MB")


if __name__ == "__main__":
    torch.set_num_threads(1)
    what, *names = sys.argv[1:]
    print(json.dumps(one_contender(*names) if what == "peak" else training(*names)))
