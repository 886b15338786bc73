"""Earlier: what a pass meets that was there before the recording began, or that another thread has made.

In: the nodes of a pass. Out: the tensors on which hooks wait for it, what its nodes keep, and after it the gradients
that are not what was sent: a hook that cannot be found any more has changed them.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterable
from typing import Any

import torch

from backlight.record import asked
from backlight.record.entries import LoggedHeld
from backlight.record.saved import saved_by
from backlight.record.tape import Tape
from backlight.record.torch_private import aside, is_transformed, next_sequence_number, sequence_number

Tensor = torch.Tensor


class Earlier:
    """Tells the nodes of before the recording from its own; each is looked at when a pass first meets it."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._first = next_sequence_number()
        self._met: set[int] = set()  # sequence numbers: a node is not held for this
        self._with_hooks: list[weakref.ref[Tensor]] | None = None

    def is_earlier(self, node: Any) -> bool:
        """Whether a node was there before; one that is a leaf's does not say.

        A thread of the engine's numbers the nodes that are made on it by itself, however late that is.
        """
        return sequence_number(node) < self._first and self._tape.node_index.get(node) not in self._tape.made_inside

    def among(self, nodes: Iterable[Any]) -> list[Any]:
        """Those of these nodes that were there before."""
        return list(filter(self.is_earlier, nodes))

    def meet(self, nodes: Iterable[Any]) -> list[Any]:
        """Those of these nodes of before that no pass has met until now."""
        new = [node for node in nodes if sequence_number(node) not in self._met]
        self._met.update(map(sequence_number, new))
        return new

    def tensors_on(self, nodes: Iterable[Any]) -> list[Tensor]:
        """The tensors alive that these nodes made and that have hooks or keep their gradients.

        Autograd does not tell of them: once, they are looked for among all the objects that Python has.
        """
        wanted = set(nodes)
        if not wanted:
            return []
        if self._with_hooks is None:
            self._with_hooks = [weakref.ref(each) for each in with_hooks(gc.get_objects())]
        living = [each() for each in self._with_hooks]
        return [each for each in living if each is not None and asked.maker(each) in wanted]

    def note_held(self, nodes: Iterable[Any]) -> None:
        """Note what nodes keep, right before a pass may free it."""
        tape = self._tape
        with aside():
            for node in nodes:
                for each in saved_by(node):
                    index = None if each.tensor is None else tape.store.find(each.tensor)
                    value = None if each.tensor is None else tape.store.snapshot(each.tensor)
                    tape.log.append(LoggedHeld(tape.node(node), each.name, index, value, each.is_packed))


def with_hooks(objects: Iterable[Any]) -> Iterable[Tensor]:
    """The tensors among these that have hooks; no view that was written to, for asking for its node would make one."""
    for each in objects:
        if not issubclass(type(each), Tensor) or is_transformed(each):
            continue
        if (each._backward_hooks or each.retains_grad) and not (each._is_view() and each._version):
            yield each
