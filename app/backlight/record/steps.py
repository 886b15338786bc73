"""Steps: a pass of the tape becomes a pass of the Trace."""

from __future__ import annotations

from collections.abc import Callable

from backlight.model.document import Place
from backlight.model.trace import TraceCaptured, TraceHooked, TracePass, TraceStep
from backlight.record.entries import RawHooked, RawPass

Places = list[tuple[Place, ...]]
Value = Callable[[int | None], int | None]


def trace_pass(run: RawPass, places: Places, value: Value) -> TracePass:
    """The pass with its places, and with the value ids that ``value`` gives for the tape's."""
    steps = tuple(
        TraceStep(
            step.node,
            tuple(map(value, step.grad_outputs)),
            tuple(map(value, step.grad_inputs)),
            _hooked(step.hooked, places, value),
        )
        for step in run.steps
    )
    captured = tuple(
        TraceCaptured(each.node, each.output_nr, value(each.value), _hooked(each.hooked, places, value))
        for each in run.captured
    )
    flags = (run.create_graph, run.retain_graph)
    return TracePass(run.index, run.parent, places[run.place], tuple(run.roots), *flags, steps, captured)


def _hooked(hooked: list[RawHooked], places: Places, value: Value) -> tuple[TraceHooked, ...]:
    return tuple(
        TraceHooked(each.kind, each.where, each.slot, value(each.before), value(each.after), _first(places[each.place]))
        for each in hooked
    )


def _first(places: tuple[Place, ...]) -> Place | None:
    return places[0] if places else None
