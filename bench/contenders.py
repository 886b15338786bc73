"""The ways to look at one step of a model: Backlight's recorder and its peers, each as a run that can be timed.

The peers see less: TorchLens and torchview the forward pass alone, torchviz the finished graph without any value.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import torchlens
import torchview
import torchviz  # pyright: ignore[reportMissingTypeStubs] - it has none
from torchlens.options import CaptureOptions

from backlight.record.recorder import Recorder
from bench.workloads import Workload

Run = Callable[[Workload], float]
"""Does one run on a workload and gives the seconds of processor time that count."""


def plain(work: Workload) -> float:
    """Forward and backward, without anybody watching."""
    started = time.process_time()
    work.both_ways()
    return time.process_time() - started


def plain_forward(work: Workload) -> float:
    """The forward pass alone, as the yardstick for those who see no more."""
    started = time.process_time()
    work.forward()
    return time.process_time() - started


def backlight(work: Workload) -> float:
    """Forward and backward under Backlight's recorder, every value and gradient; entering and leaving it included."""
    started = time.process_time()
    with Recorder(is_mine=__file__.__eq__) as recorder:
        work.both_ways()
    took = time.process_time() - started
    if not recorder.tape.passes:
        raise RuntimeError("the recorder saw no backward pass: the measurement would mean nothing")
    recorder.tape.release()
    return took


def backlight_forward(work: Workload) -> float:
    """The forward pass alone under Backlight's recorder, every value, beside those who see no more."""
    started = time.process_time()
    with Recorder(is_mine=__file__.__eq__) as recorder:
        loss = work.forward()
    took = time.process_time() - started
    if not recorder.tape.log:
        raise RuntimeError("the recorder saw no call: the measurement would mean nothing")
    del loss
    recorder.tape.release()
    return took


def torchlens_forward(work: Workload) -> float:
    """The forward pass under TorchLens, every layer's output saved.

    It is told to leave torch as it found it, which else slows down the plain runs; that is a hundredth of its time.
    """
    options = CaptureOptions(unwrap_when_done=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = time.process_time()
        log = torchlens.trace(work.model, list(work.inputs), capture=options)
        took = time.process_time() - started
    log.cleanup()
    return took


def torchview_forward(work: Workload) -> float:
    """The forward pass under torchview: shapes and modules, no values; its picture is not drawn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = time.process_time()
        torchview.draw_graph(work.model, input_data=work.inputs, depth=10, save_graph=False)
        return time.process_time() - started


def torchviz_graph(work: Workload) -> float:
    """The forward pass, then torchviz's walk over the graph: nodes and edges, no values; its picture is not drawn."""
    started = time.process_time()
    torchviz.make_dot(work.forward(), params=dict(work.model.named_parameters()))
    return time.process_time() - started


CONTENDERS: dict[str, Run] = {
    "plain PyTorch": plain,
    "Backlight": backlight,
    "plain PyTorch, forward": plain_forward,
    "Backlight, forward": backlight_forward,
    "TorchLens, forward": torchlens_forward,
    "torchview, forward": torchview_forward,
    "torchviz, forward": torchviz_graph,
}
