"""What recording costs on real models: plain PyTorch, Backlight, TorchLens, torchview, torchviz, side by side."""

from __future__ import annotations

import gc

import torch

from bench.contenders import CONTENDERS, Run
from bench.report import Report, Row
from bench.timing import Samples, TimedRun, interleave, ratio
from bench.workloads import WORKLOADS, Workload

ROUNDS = 5
PEER_ROUNDS = 3
SLOW = 5.0
"""Seconds from which a peer's run counts as slow: then one round of it has to do."""
GPT2_TARGET = 3.0
LEAD_TARGET = 10.0
"""How many times faster than TorchLens the forward pass is to be recorded."""
FORWARD = ("plain PyTorch, forward", "Backlight, forward")
PEERS = ("TorchLens, forward", "torchview, forward", "torchviz, forward")


def rows_for(work: Workload) -> list[Row]:
    """All contenders on one workload."""
    both = {name: _on(CONTENDERS[name], work) for name in ("plain PyTorch", "Backlight")}
    ours = interleave(both, ROUNDS)
    cost = ratio(ours["Backlight"], ours["plain PyTorch"])
    row = Row.of(work.name, "Backlight", ours["Backlight"], cost)
    if "GPT-2" in work.name:
        row = row.against(f"at most {GPT2_TARGET:g} times plain", cost.median <= GPT2_TARGET)
    rows = [Row.of(work.name, "plain PyTorch", ours["plain PyTorch"]), row]
    one_way = interleave({name: _on(CONTENDERS[name], work) for name in FORWARD}, ROUNDS)
    yardstick, forward = (one_way[name] for name in FORWARD)
    rows.append(Row.of(work.name, FORWARD[0], yardstick))
    rows.append(Row.of(work.name, FORWARD[1], forward, ratio(forward, yardstick)))
    return rows + [_peer(work, name, yardstick) for name in PEERS]


def _on(run: Run, work: Workload) -> TimedRun:
    return lambda: run(work)


def _peer(work: Workload, name: str, yardstick: Samples) -> Row:
    beside = {each: _on(CONTENDERS[each], work) for each in (FORWARD[1], name)}
    try:
        found = interleave(beside, 1, warm_up=0)
        if found[name].median < SLOW:
            found = interleave(beside, PEER_ROUNDS, warm_up=0)
    except (RecursionError, KeyError, RuntimeError, TypeError, AttributeError, ValueError) as error:
        return Row.failed(work.name, name, error)
    samples = found[name]
    times = samples.median / yardstick.median
    row = Row(work.name, name, samples.median * 1e3, samples.percentile(95) * 1e3, f"{times:.2f}")
    if name.startswith("TorchLens"):
        lead = samples.median / found[FORWARD[1]].median
        row = row.against(f"Backlight at least {LEAD_TARGET:g} times faster: {lead:.0f}", lead >= LEAD_TARGET)
    return row


def measure(only: str | None = None) -> Report:
    """All workloads, or one, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    rows: list[Row] = []
    try:
        for name, build in WORKLOADS.items():
            if only in (None, name):
                rows += rows_for(build())
                gc.collect()
    finally:
        torch.set_num_threads(threads)
    setting = (
        "Perceptrons of width 128 with a batch of 32, GPT-2 of width 256 with one sequence of 64 tokens, an LSTM cell "
        f"of width 32; float32, one thread. Medians of {ROUNDS} rounds ({PEER_ROUNDS} for the peers, one where it "
        f"takes more than {SLOW:g} s, each beside Backlight once more), in processor time, which others on the "
        "machine bend less. Backlight records every value and gradient; the peers see the forward pass alone, so that "
        "they are compared with a "
        "plain forward and with a recorded forward. Making a Document comes after recording."
    )
    return Report("overhead", "What does recording cost on real models?", setting, tuple(rows))
