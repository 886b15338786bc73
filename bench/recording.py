"""What recording costs: plain PyTorch, Backlight and TorchLens on the same deep perceptrons, side by side.

Backlight's time is that of recording alone, forward and backward; making a Document of the tape comes after and is no
part of it. TorchLens records the forward pass only, and is compared with a plain forward pass.
"""

from __future__ import annotations

import time
import warnings

import torch
import torchlens
from torch import Tensor, nn
from torchlens.options import CaptureOptions

from backlight.record.recorder import Recorder
from bench.report import Report, Row
from bench.timing import TimedRun, interleave, ratio, timed

LAYERS = 300
BATCH = 32
ROUNDS = 15
PEER_ROUNDS = 3
TARGETS = {32: 5.0, 128: 3.0, 512: 1.5}
"""Width of the layers, and how many times plain PyTorch recording may take there."""


def perceptron(width: int) -> nn.Sequential:
    """``LAYERS`` times Linear and ReLU, all of one width."""
    return nn.Sequential(*(layer for _ in range(LAYERS) for layer in (nn.Linear(width, width), nn.ReLU())))


def forward_and_backward(model: nn.Module, x: Tensor) -> None:
    """One pass each way; the gradients start from None."""
    model.zero_grad(set_to_none=True)
    model(x).sum().backward()


def plain(model: nn.Module, x: Tensor) -> TimedRun:
    """Forward and backward, without anybody watching."""
    return lambda: timed(lambda: forward_and_backward(model, x), time.process_time)


def recorded(model: nn.Module, x: Tensor) -> TimedRun:
    """Forward and backward under Backlight's recorder, entering and leaving it included."""

    def run() -> float:
        started = time.process_time()
        with Recorder(is_mine=__file__.__eq__) as recorder:
            forward_and_backward(model, x)
        took = time.process_time() - started
        if not recorder.tape.passes:
            raise RuntimeError("the recorder saw no backward pass: the measurement would mean nothing")
        return took

    return run


def plain_forward(model: nn.Module, x: Tensor) -> TimedRun:
    """The forward pass alone, as the yardstick for TorchLens."""
    return lambda: timed(lambda: model(x), time.process_time)


def lens_forward(model: nn.Module, x: Tensor) -> TimedRun:
    """The forward pass under TorchLens, every layer's output saved.

    It is told to leave torch as it found it, which else slows down the plain runs; that is a hundredth of its time.
    """
    options = CaptureOptions(unwrap_when_done=True)

    def run() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            started = time.process_time()
            log = torchlens.trace(model, x, capture=options)
            took = time.process_time() - started
        log.cleanup()
        return took

    return run


def rows_for(width: int) -> list[Row]:
    """The measurements at one width."""
    torch.manual_seed(0)
    model, x = perceptron(width), torch.randn(BATCH, width)
    both_ways = interleave({"plain": plain(model, x), "recorded": recorded(model, x)}, ROUNDS)
    one_way = interleave({"plain": plain_forward(model, x), "lens": lens_forward(model, x)}, PEER_ROUNDS, warm_up=1)
    ours = ratio(both_ways["recorded"], both_ways["plain"])
    theirs = ratio(one_way["lens"], one_way["plain"])
    target = TARGETS[width]
    both, alone = f"width {width}", f"width {width}, forward"
    return [
        Row.of(both, "plain PyTorch", both_ways["plain"]),
        Row.of(both, "Backlight", both_ways["recorded"], ours).against(f"at most {target:g}", ours.median <= target),
        Row.of(alone, "plain PyTorch", one_way["plain"]),
        Row.of(alone, "TorchLens", one_way["lens"], theirs),
    ]


def measure() -> Report:
    """All widths, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        rows = [row for width in TARGETS for row in rows_for(width)]
    finally:
        torch.set_num_threads(threads)
    setting = (
        f"{LAYERS} layers of Linear and ReLU, batch of {BATCH}, float32, one thread. Medians of {ROUNDS} rounds "
        f"({PEER_ROUNDS} for TorchLens), interleaved in one process; ratios of medians, in brackets the quartiles "
        "of the rounds' own ratios. Times are the processor's, which others at work on the machine bend less. "
        "Recording alone: making a Document comes after it."
    )
    return Report("recording", "What does recording cost?", setting, tuple(rows))
