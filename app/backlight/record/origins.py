"""Origins: whether a tensor that no logged call made is another face of what a call made on the same memory.

In: the first sight of such a tensor, and the call. Out: an answer.
"""

from __future__ import annotations

from backlight.record.draft import Draft
from backlight.record.encode import shape_of
from backlight.record.entries import LoggedOrigin
from backlight.record.saved import is_unpacked
from backlight.record.tape import Tape


def stands_for_base(tape: Tape, entry: LoggedOrigin, base: tuple[Draft, int]) -> bool:
    """Whether a tensor on the memory of another is that one again: its second face, or unpacked by autograd."""
    draft, position = base
    made = draft.outputs[position]
    is_data = not (draft.inputs or draft.is_leaf or tape.is_leaf(made[0]))
    if entry.node < 0 and (is_data or is_taken_over(tape, entry, base)):
        return True
    return is_unpacked(tape, entry.tensor, made)


def is_taken_over(tape: Tape, entry: LoggedOrigin, base: tuple[Draft, int]) -> bool:
    """Whether it is all that is left of a result without a name: a frozen parameter, which was made of a copy."""
    draft, position = base
    _, value, node = draft.outputs[position]
    is_of_graph = node is not None or entry.tensor in tape.leaves or tape.is_leaf(entry.tensor)
    if is_of_graph or draft.names or draft.is_leaf or draft.op is None or draft.op.startswith("python."):
        return False
    held, own = tape.store.held[value], tape.store.held[entry.value]
    return shape_of(held) == shape_of(own) and held.dtype == own.dtype
