"""Unseen: what a recording of the user's own process cannot look into, said in plain words.

In: threads and processes as they start, passes of other threads, the autograd nodes of a Trace. Out: entries
for `Trace.out_of_sight`. What can be seen stays right: a gradient that another thread brings is noted on its leaf.
"""

from __future__ import annotations

import functools
import multiprocessing.process
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import partial
from typing import Any

from backlight.messages import message
from backlight.model.document import Place, UnseenKind
from backlight.model.trace import AutogradNode, Trace, TraceUnseen
from backlight.record.frames import FramePlaces
from backlight.record.replaced import replaced
from backlight.record.tape import Tape
from backlight.record.torch_private import aside, sequence_number, tracing_replaced, unrecorded

COMPILED = "CompiledFunctionBackward"
SCRIPTED = "DifferentiableGraphBackward"
KINDS: dict[str, UnseenKind] = {"process": "process", "thread": "thread", "pass": "thread", "traced": "scripted"}
"""What kind of thing each note is of."""


class Unseen:
    """Notes what starts beside the recorded thread; a note is a kind and a place key."""

    def __init__(self, tape: Tape, places: FramePlaces, first_number: int) -> None:
        self._tape = tape
        self._places = places
        self._first_number = first_number  # autograd's count of nodes when the recording began
        self._notes: dict[tuple[str, int], None] = {}

    @contextmanager
    def letting_trace(self) -> Generator[None]:
        """Let torch.jit trace functions until the context ends: it cannot where a dispatch mode sees the calls."""

        def around(original: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(original)
            def trace(*args: Any, **kwargs: Any) -> Any:
                if self._tape.is_off():
                    return original(*args, **kwargs)
                self._notes["traced", self._places.of(sys._getframe(1))] = None  # pyright: ignore[reportPrivateUsage]
                with unrecorded():
                    return original(*args, **kwargs)

            return trace

        with tracing_replaced(around):
            yield

    @contextmanager
    def noticing_starts(self) -> Generator[None]:
        """Notice threads and processes that start, until the context ends."""
        of_threads = replaced(threading.Thread, {"start": partial(self._telling, "thread")})
        of_processes = replaced(multiprocessing.process.BaseProcess, {"start": partial(self._telling, "process")})
        with of_threads, of_processes:
            yield

    def _telling(self, kind: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def start(*args: Any, **kwargs: Any) -> Any:
            if not self._tape.is_off():
                self._notes[kind, self._places.of(sys._getframe(1))] = None  # pyright: ignore[reportPrivateUsage]
            return original(*args, **kwargs)

        return start

    def pass_elsewhere(self) -> None:
        """Another thread is about to run the engine: note it, and copy the gradients that it may add to."""
        self._notes["pass", self._places.nowhere] = None
        tape = self._tape
        with aside():
            for leaf in list(tape.leaves):
                tensor = tape.store.tensor(leaf)
                if tensor is not None and tensor.grad is not None:
                    tape.store.unlogged |= tape.store.all_on(tensor.grad)
                    tape.store.before_write(tensor.grad)

    def told(self, trace: Trace, places: list[tuple[Place, ...]]) -> tuple[TraceUnseen, ...]:
        """Everything that was noted, and what the autograd nodes tell."""
        found: list[TraceUnseen] = []
        for topic, number in self._notes:
            found.append(TraceUnseen(KINDS[topic], message("unseen", topic), first_of(places[number]), None))
        inside = sorted(self._places.compiled.items())
        compiled = dict.fromkeys(first_of(places[number][depth:]) for number, depth in inside)
        found += [TraceUnseen("compiled", message("unseen", "compiled-run"), place, None) for place in compiled]
        nodes = trace.nodes
        found += _about(trace, "compiled", "compiled", (node for node in nodes if node.name == COMPILED))
        found += _about(trace, "scripted", "scripted", (node for node in nodes if node.name == SCRIPTED))
        found += _about(trace, "earlier", "earlier", (node for node in nodes if self._is_earlier(node)))
        steps = [step for run in trace.passes for step in run.steps]
        changed = [each.node for each in steps if any(hook.place is None for hook in each.hooked)]
        found += _about(trace, "earlier", "vanished", (nodes[number] for number in dict.fromkeys(changed)))
        return tuple(found)

    def _is_earlier(self, node: AutogradNode) -> bool:
        """Whether a node was there before the recording began, or was made by another thread, and is no leaf's."""
        if node.calls or node.leaf is not None or node.name in {COMPILED, SCRIPTED}:
            return False
        return sequence_number(self._tape.nodes[node.index]) < self._first_number


def _about(trace: Trace, kind: UnseenKind, topic: str, nodes: Iterable[AutogradNode]) -> Iterable[TraceUnseen]:
    """One entry for all of these nodes, at the first of them."""
    numbers = [node.index for node in nodes]
    if numbers:
        calls = trace.nodes[numbers[0]].calls
        place = first_of(trace.calls[calls[-1]].places) if calls else None
        yield TraceUnseen(kind, message("unseen", topic, count=count_of(len(numbers))), place, numbers[0])


def count_of(number: int) -> str:
    """``1 node``, ``2 nodes``."""
    return "1 node" if number == 1 else f"{number} nodes"


def first_of(places: tuple[Place, ...]) -> Place | None:
    """The innermost place, if there is one."""
    return places[0] if places else None
