"""Events: the timeline, in the order in which it happened, in terms of nodes."""

from __future__ import annotations

from typing import Any

from backlight.graph.nodes import Chosen, place_fields, turn_of
from backlight.model.document import (
    AccumulateEvent,
    AnyEvent,
    BackwardEvent,
    ErrorEvent,
    ForwardEvent,
    GradChangedEvent,
    GradClearedEvent,
    PrintEvent,
    RetainEvent,
    UpdateEvent,
    WarningEvent,
    Write,
)
from backlight.model.trace import CallWrite, Happening, Trace

CHANGES = {"update": UpdateEvent, "grad-cleared": GradClearedEvent, "grad-changed": GradChangedEvent}


def build_events(trace: Trace, chosen: Chosen) -> list[AnyEvent]:
    """The events of a Trace. What concerns a call that is not drawn is left out."""
    events: list[AnyEvent] = []
    seen: set[int] = set()
    before: list[int] = []  # how many events came before each happening
    for happening in trace.happenings:
        before.append(len(events))
        shared = {"index": len(events), **place_fields(happening.place), "cell": happening.cell}
        if happening.writes:
            shared["writes"] = [_write(each, trace, chosen, before) for each in happening.writes]
        event = _told(happening, trace, chosen, shared, seen)
        if event is not None:
            events.append(event)
    return events


def _told(
    happening: Happening, trace: Trace, chosen: Chosen, shared: dict[str, Any], seen: set[int]
) -> AnyEvent | None:
    match happening.kind:
        case "print":
            return PrintEvent(**shared, text=happening.text)
        case "warning":
            return WarningEvent(**shared, message=happening.text)
        case "error":
            return ErrorEvent(**shared, type=happening.type, message=happening.text)
        case "backward" | "accumulate":
            return _of_engine(happening, trace, chosen, shared)
        case "retain":
            return _of_kept(happening, chosen, shared)
        case "forward" | "update" | "grad-cleared" | "grad-changed":
            return _of_call(happening, chosen, shared, seen)


def _write(write: CallWrite, trace: Trace, chosen: Chosen, before: list[int]) -> Write:
    call = trace.calls[write.call]
    nodes = dict.fromkeys(node for each in write.on if (node := chosen.of_call.get(each)) is not None)
    return Write(
        op=write.op,
        **place_fields(call.places[0] if call.places else None),
        version=write.version,
        node=chosen.of_call.get(write.call),
        nodes=list(nodes),
        event=before[write.moment],
    )


def _of_engine(
    happening: Happening, trace: Trace, chosen: Chosen, shared: dict[str, Any]
) -> BackwardEvent | AccumulateEvent:
    run, step = happening.pass_index or 0, happening.step or 0
    node = chosen.of_autograd[turn_of(trace, happening)]
    if happening.kind == "backward":
        return BackwardEvent(**shared, node=node, pass_index=run, step=step)
    return AccumulateEvent(
        **shared, node=node, pass_index=run, before=happening.before, added=happening.added, after=happening.after
    )


def _of_kept(happening: Happening, chosen: Chosen, shared: dict[str, Any]) -> RetainEvent | None:
    node = chosen.of_call.get(-1 if happening.call is None else happening.call)
    if node is None:
        return None
    return RetainEvent(
        **shared,
        node=node,
        output_nr=happening.output_nr or 0,
        pass_index=happening.pass_index or 0,
        before=happening.before,
        added=happening.added,
        after=happening.after,
    )


def _of_call(happening: Happening, chosen: Chosen, shared: dict[str, Any], seen: set[int]) -> AnyEvent | None:
    node = chosen.of_call.get(-1 if happening.call is None else happening.call)
    if node is None:
        return None
    change = CHANGES.get(happening.kind)
    if change is not None:
        return change(**shared, node=node, before=happening.before, after=happening.after)
    if node in seen:
        return None
    seen.add(node)
    return ForwardEvent(**shared, node=node, values=[output.value for output in chosen.nodes[node].outputs])
