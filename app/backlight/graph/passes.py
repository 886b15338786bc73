"""Passes: each run of the engine, step by step, with the gradient that went along each edge."""

from __future__ import annotations

from backlight.graph.edges import Edges
from backlight.graph.nodes import Chosen, place_fields
from backlight.model.document import Captured, Contribution, Hooked, Pass, PastGradient, PastPass, Step
from backlight.model.trace import Trace, TraceHooked, TracePass, TraceStep


def build_passes(trace: Trace, chosen: Chosen, edges: Edges) -> list[Pass]:
    """The passes of a Trace in terms of nodes and edges."""
    return [_pass(run, chosen, edges) for run in trace.passes]


def build_past(trace: Trace, chosen: Chosen) -> list[PastPass]:
    """What is left of the passes that the recording forgot."""
    return [
        PastPass(
            **place_fields(past.place),
            roots=list(past.roots),
            gradients=[
                PastGradient(node, each.norm)
                for each in past.gradients
                if (node := chosen.of_call.get(each.call)) is not None
            ],
        )
        for past in trace.past
    ]


def _pass(run: TracePass, chosen: Chosen, edges: Edges) -> Pass:
    return Pass(
        index=run.index,
        parent=run.parent,
        **place_fields(run.places[0] if run.places else None),
        roots=[chosen.of_autograd[root] for root in run.roots],
        create_graph=run.create_graph,
        retain_graph=run.retain_graph,
        steps=[_step(step, chosen, edges) for step in run.steps],
        captured=[
            Captured(chosen.of_autograd[each.node], each.output_nr, each.value, [*map(_hooked, each.hooked)])
            for each in run.captured
        ],
    )


def _step(step: TraceStep, chosen: Chosen, edges: Edges) -> Step:
    contributions = [
        Contribution(edge, value)
        for input_nr, value in enumerate(step.grad_inputs)
        if value is not None and (edge := edges.of_slot.get((step.node, input_nr))) is not None
    ]
    node = chosen.of_autograd[step.node]
    return Step(node, list(step.grad_outputs), list(step.grad_inputs), contributions, [*map(_hooked, step.hooked)])


def _hooked(hooked: TraceHooked) -> Hooked:
    return Hooked(
        before=hooked.before,
        after=hooked.after,
        kind=hooked.kind,
        where=hooked.where,
        slot=hooked.slot,
        **place_fields(hooked.place),
    )
