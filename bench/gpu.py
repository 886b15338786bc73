"""What recording costs on a GPU, by the clock: plain PyTorch and Backlight, each until the GPU is done.

It is not among the benchmarks that run by themselves, since it needs such a machine: ``python -m bench.gpu``.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from backlight.record.recorder import Recorder
from bench.timing import TimedRun, interleave, ratio
from bench.workloads import WORKLOADS, Workload

ROUNDS = 9
MEASURED = ("mlp-30", "mlp-300", "gpt2-2", "gpt2-12", "gpt2-48", "lstm-1000")


def on_gpu(work: Workload) -> Workload:
    """The same workload there."""
    inputs = tuple(each.cuda() for each in work.inputs)
    return Workload(work.name, work.model.cuda(), inputs)


def until_done(action: Callable[[], object]) -> TimedRun:
    """A run that ends when the GPU has done all of it."""

    def run() -> float:
        torch.cuda.synchronize()
        started = time.perf_counter()
        action()
        torch.cuda.synchronize()
        return time.perf_counter() - started

    return run


def recorded(work: Workload) -> None:
    """Forward and backward under the recorder, every value and gradient, which stay on the GPU."""
    with Recorder(is_mine=__file__.__eq__) as recorder:
        work.both_ways()
    if not recorder.tape.passes:
        raise RuntimeError("the recorder saw no backward pass: the measurement would mean nothing")
    recorder.tape.release()


def main() -> None:
    """Print a table of all workloads."""
    print(
        f"{torch.cuda.get_device_name()}, torch {torch.__version__}, medians of {ROUNDS} rounds in turn, by the clock"
    )
    print("| case | plain ms | recorded ms | ratio |\n|---|---:|---:|---:|")
    for name in MEASURED:
        work = on_gpu(WORKLOADS[name]())
        both = {"plain": until_done(work.both_ways), "recorded": until_done(lambda work=work: recorded(work))}
        found = interleave(both, ROUNDS)
        plain, ours = found["plain"], found["recorded"]
        print(f"| {work.name} | {plain.median * 1e3:.1f} | {ours.median * 1e3:.1f} | {ratio(ours, plain)} |")


if __name__ == "__main__":
    main()
