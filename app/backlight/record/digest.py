"""Digest: what is left of passes that a recording forgets: what they began at, and the norms of their gradients.

In: a tape, about to be cut. Out: a few numbers for each pass, a hundred bytes and eight for each leaf.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch

from backlight.model.document import Place
from backlight.model.trace import TracePast, TracePastGradient
from backlight.record.encode import Summary, finite_or_name, large_stats, plain
from backlight.record.entries import LoggedCall, LoggedStep
from backlight.record.tape import Tape


@dataclass(frozen=True, slots=True)
class Past:
    """One forgotten pass. ``columns`` say of which leaf each norm is; passes of the same leaves share them."""

    place: int
    roots: tuple[float | None, ...]
    columns: tuple[int, ...]
    norms: array[float]


class Digest:
    """The passes that were forgotten, from the first, and which leaves they gave gradients to."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._passes: list[Past] = []
        self._column_of: dict[int, int] = {}  # leaf -> its column
        self._count = 0  # columns so far
        self._shared: dict[tuple[int, ...], tuple[int, ...]] = {}

    def take(self, first: int) -> None:
        """Note the outermost passes before the one with this index. Called where no mode and no autograd sees it."""
        tape = self._tape
        began, added = self._roots(first), self._added(first)
        for run in tape.passes[:first]:
            if run.parent is None:
                norms = {column: norm for column, norm in added.get(run.index, {}).items() if norm is not None}
                columns = self._shared.setdefault(tuple(norms), tuple(norms))
                roots = tuple(began.get(root) for root in run.roots)
                self._passes.append(Past(run.place, roots, columns, array("d", norms.values())))

    def renumber(self, at: dict[int, int]) -> None:
        """The tensors that are left have new numbers; of those that are gone nothing is told."""
        self._column_of = {at[leaf]: column for leaf, column in self._column_of.items() if leaf in at}

    def told(
        self, place_of: Callable[[int], Place | None], call_of: Callable[[int], int | None]
    ) -> tuple[TracePast, ...]:
        """All of them, once the recording is over; ``call_of`` gives a leaf's call."""
        calls = {column: call for leaf, column in self._column_of.items() if (call := call_of(leaf)) is not None}
        return tuple(
            TracePast(
                place_of(past.place),
                tuple(None if root is None else finite_or_name(root) for root in past.roots),
                tuple(
                    TracePastGradient(calls[column], finite_or_name(norm))
                    for column, norm in zip(past.columns, past.norms, strict=True)
                    if column in calls
                ),
            )
            for past in self._passes
        )

    def _roots(self, first: int) -> dict[int, float]:
        """What the nodes that passes begin at gave, where that is one number."""
        tape = self._tape
        wanted = {root for run in tape.passes[:first] for root in run.roots}
        made = ((node, value) for entry in tape.log if isinstance(entry, LoggedCall) for node, value in made_by(entry))
        numbers = ((node, number_of(tape.store.held[value])) for node, value in made if node in wanted)
        return {node: number for node, number in numbers if number is not None}

    def _added(self, first: int) -> dict[int, dict[int, float | None]]:
        """The norms by outermost pass and column, those of passes inside included; None for what came in parts."""
        tape = self._tape
        leaf_of = {id(tape.store.kept(leaf)): leaf for leaf in tape.leaves}
        added: dict[int, dict[int, float | None]] = {}
        for entry in tape.log:
            if isinstance(entry, LoggedStep) and entry.accumulated is not None and entry.pass_index < first:
                step = tape.passes[entry.pass_index].steps[entry.step]
                leaf, value = leaf_of.get(id(tape.nodes[step.node].variable)), step.grad_outputs[0]
                if leaf is not None and value is not None:
                    norms, column = added.setdefault(self._outermost(entry.pass_index), {}), self._column(leaf)
                    norms[column] = None if column in norms else norm_of(tape.store.held[value])
        return added

    def _outermost(self, index: int) -> int:
        while (parent := self._tape.passes[index].parent) is not None:
            index = parent
        return index

    def _column(self, leaf: int) -> int:
        if leaf not in self._column_of:
            self._column_of[leaf] = self._count
            self._count += 1
        return self._column_of[leaf]


def made_by(call: LoggedCall) -> Iterable[tuple[int, int]]:
    """The autograd nodes that a call has made, each with the value that it gave."""
    return zip(call.nodes or (), call.output_values, strict=False)


def norm_of(holder: torch.Tensor | Summary) -> float:
    """The 2-norm, over all elements: not finite where one of them is not."""
    if isinstance(holder, Summary):
        stats = holder.stats
    else:
        dense = plain(holder)
        stats = None if dense is None or not dense.numel() else large_stats(dense)
    if stats is None:
        return 0.0
    if stats.nan:
        return math.nan
    return math.inf if stats.inf or not isinstance(stats.norm, float) else stats.norm


def number_of(holder: torch.Tensor | Summary) -> float | None:
    """The one real number that a tensor holds; None where it holds no such, or an infinity whose sign is not known."""
    if holder.numel() != 1 or holder.dtype.is_complex:
        return None
    if not isinstance(holder, Summary):
        dense = plain(holder)
        return None if dense is None else float(dense)
    if holder.stats is not None and holder.stats.nan:
        return math.nan
    return holder.stats.mean if holder.stats is not None and isinstance(holder.stats.mean, float) else None
