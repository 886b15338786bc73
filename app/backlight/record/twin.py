"""The text twin of a Trace: what torch did, a line for each call, autograd node and engine step."""

from __future__ import annotations

from collections.abc import Iterator

from backlight.model.trace import AutogradNode, Call, Trace, TracePass


def trace_to_text(trace: Trace) -> str:
    """Calls, autograd nodes and passes, in the order in which they were recorded; values by their ids."""
    lines = [*map(_call, trace.calls), *map(_node, trace.nodes)]
    for run in trace.passes:
        lines += _pass(run)
    return "\n".join(lines) + "\n"


def _call(call: Call) -> str:
    inputs = ", ".join(f"c{flow.call}.{flow.output_nr}{'*' if flow.requires_grad else ''}" for flow in call.inputs)
    outputs = ", ".join(f"{_values((output.value,))}:{output.dtype}{list(output.shape)}" for output in call.outputs)
    marks = [call.role if call.role != "forward" else "", "leaf" if call.is_leaf else "", *call.names]
    place = f" line {call.places[0].line}" if call.places else ""
    return f"c{call.index} {call.op or 'origin'}({inputs}) -> {outputs}{place} {' '.join(filter(None, marks))}".rstrip()


def _node(node: AutogradNode) -> str:
    links = ", ".join(f"{link.input_nr}: a{link.node}.{link.output_nr}" for link in node.links)
    made = f" leaf c{node.leaf}" if node.leaf is not None else "".join(f" c{call}" for call in node.calls)
    return f"a{node.index} {node.name}({links}){made}"


def _pass(run: TracePass) -> Iterator[str]:
    yield f"pass {run.index} from {', '.join(f'a{root}' for root in run.roots)}"
    for step in run.steps:
        arrived, left = map(_values, (step.grad_outputs, step.grad_inputs))
        yield f"  a{step.node}: {arrived} -> {left}".rstrip()


def _values(values: tuple[int | None, ...]) -> str:
    return " ".join("-" if value is None else f"v{value}" for value in values)
