"""How the cost of recording grows with the graph: it is to be linear, also for a chain of a hundred thousand nodes."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor

from backlight.record.recorder import Recorder
from bench.report import Report, Row
from bench.timing import TimedRun, interleave, ratio

Build = Callable[[int], Tensor]
SIZES = (1_000, 10_000, 100_000)
ROUNDS = 2
TARGET = 1.5
"""A node of the largest graph may cost this many times a node of the smallest."""


def deep(nodes: int) -> Tensor:
    """A chain: every node hangs on the one before."""
    x = torch.ones((), requires_grad=True)
    y = x
    for _ in range(nodes):
        y = y * 1.0001
    return y


def wide(nodes: int) -> Tensor:
    """A comb: products of one leaf, gathered at once."""
    x = torch.ones((), requires_grad=True)
    return torch.stack([x * 1.0001 for _ in range(nodes)]).sum()


def per_node(build: Build, nodes: int) -> TimedRun:
    """Recording forward and backward, in seconds for each thousand nodes."""

    def run() -> float:
        started = time.process_time()
        with Recorder(is_mine=__file__.__eq__) as recorder:
            loss = build(nodes)
            loss.backward()
        took = time.process_time() - started
        del loss
        if len(recorder.tape.nodes) < nodes:
            raise RuntimeError("the recorder missed nodes: the measurement would mean nothing")
        recorder.tape.release()
        return took / nodes * 1_000

    return run


def rows_for(shape: str, build: Build) -> list[Row]:
    """One shape of graph in all sizes."""
    samples = interleave({f"{nodes:,} nodes": per_node(build, nodes) for nodes in SIZES}, ROUNDS, warm_up=0)
    first, *others = samples
    rows = [Row.of(shape, first, samples[first])]
    for name in others:
        found = ratio(samples[name], samples[first])
        row = Row.of(shape, name, samples[name], found)
        rows.append(row.against(f"at most {TARGET:g}", found.median <= TARGET) if name == [*others][-1] else row)
    return rows


SHAPES: dict[str, Build] = {"chain": deep, "comb": wide}


def measure(only: str | None = None) -> Report:
    """Both shapes, or one, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        rows = [row for shape, build in SHAPES.items() if only in (None, shape) for row in rows_for(shape, build)]
    finally:
        torch.set_num_threads(threads)
    setting = (
        "Scalars, forward and backward, one thread. Milliseconds of processor time for each thousand nodes; medians of "
        f"{ROUNDS} rounds, interleaved. Ratios to the smallest graph: 1 means linear."
    )
    return Report("growth", "How does recording grow with the graph?", setting, tuple(rows))
