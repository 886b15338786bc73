"""Nodes: which calls and autograd nodes of a Trace are drawn, and what each is called.

Every autograd node is drawn. A call that made none is drawn where the program named or printed its
result, or where something drawn was made from it; arithmetic on gradients only in the latter case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from backlight.model.document import Node, Output, Place
from backlight.model.trace import AutogradNode, Call, CallOutput, Flow, Happening, Trace

MADE_BY = {
    "lift_fresh": "tensor",
    "_to_copy": "to",
    "scalar_tensor": "tensor",
    "_sparse_coo_tensor_with_dims_and_tensors": "sparse_coo_tensor",
    "_reshape_alias": "reshape",
}
"""What people call the operators that have another name inside torch."""

KEEPS_GRADIENT = {"accumulate", "retain", "grad-changed"}
"""What leaves a gradient in ``.grad``."""


@dataclass(slots=True)
class Chosen:
    """The nodes, and which node stands for which call and which autograd node."""

    nodes: list[Node] = field(default_factory=list[Node])
    of_call: dict[int, int] = field(default_factory=dict[int, int])
    of_autograd: dict[int, int] = field(default_factory=dict[int, int])
    of_output: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict[tuple[int, int], tuple[int, int]])
    """Call and position among its outputs -> node and which of its outputs, where it is an autograd node's."""

    def source(self, flow: Flow) -> tuple[int, int] | None:
        """The node that stands for where a flow comes from, and which of the node's outputs that is."""
        node = self.of_call.get(flow.call)
        return None if node is None else self.of_output.get((flow.call, flow.output_nr), (node, flow.output_nr))


def choose_nodes(trace: Trace) -> Chosen:
    """The nodes of the graph, in the order in which their values were computed."""
    chosen = Chosen()
    gradients = names_of_gradients(trace)
    accumulators: dict[int | None, list[AutogradNode]] = {}  # another where its leaf got other memory or another dtype
    for node in trace.nodes:
        accumulators.setdefault(node.leaf, []).append(node)
    for call in trace.calls:
        autograd = list(dict.fromkeys(output.node for output in call.outputs if output.node is not None))
        for number in autograd:
            chosen.of_call.setdefault(call.index, _add_op(chosen, trace, trace.nodes[number]))
        if not autograd and call.index in trace.drawn:
            chosen.of_call[call.index] = len(chosen.nodes)
            own = accumulators.get(call.index, [])
            chosen.of_autograd.update(dict.fromkeys((each.index for each in own), len(chosen.nodes)))
            unnamed = gradients.get(call.outputs[0].value if call.outputs else None, "tensor")
            chosen.nodes.append(
                node_of(len(chosen.nodes), call, call.outputs, own[-1] if own else None, unnamed=unnamed)
            )
    for node in trace.nodes:  # also that of a leaf which was since made to hold what an operation gave
        _add_op(chosen, trace, node)
    return chosen


def names_of_gradients(trace: Trace) -> dict[int | None, str]:
    """By its value, each gradient that a tensor had in ``.grad``: ``w.grad``."""
    found: dict[int | None, str] = {}
    for each in trace.happenings:
        owner = trace.nodes[turn_of(trace, each)].leaf if each.kind == "accumulate" else each.call
        if each.kind in KEEPS_GRADIENT and owner is not None and each.after is not None:
            found.setdefault(each.after, f"{name_of(trace.calls[owner])}.grad")
    return found


def turn_of(trace: Trace, happening: Happening) -> int:
    """The autograd node whose turn in the engine is told."""
    return trace.passes[happening.pass_index or 0].steps[happening.step or 0].node


def _add_op(chosen: Chosen, trace: Trace, autograd: AutogradNode) -> int:
    """The node that stands for an autograd node, after those that no call made and that its data comes from."""
    if autograd.index not in chosen.of_autograd:
        for each in unmade_before(chosen, trace, autograd):
            _add_one(chosen, trace, each)
    return chosen.of_autograd[autograd.index]


def unmade_before(chosen: Chosen, trace: Trace, last: AutogradNode) -> list[AutogradNode]:
    """A node, and before it those that no call made and that are not among the nodes yet, each after its sources."""
    found: dict[int, AutogradNode] = {}
    waiting = [(last, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if is_ready:
            found.setdefault(node.index, node)
        elif node.index not in found:
            waiting.append((node, True))
            linked = (trace.nodes[link.node] for link in reversed(node.links))
            unmade = (each for each in linked if not each.calls and each.leaf is None)
            waiting += [(each, False) for each in unmade if each.index not in chosen.of_autograd]
    return list(found.values())


def _add_one(chosen: Chosen, trace: Trace, autograd: AutogradNode) -> None:
    """The node that stands for an autograd node, made from the last call that gave it."""
    number = chosen.of_autograd[autograd.index] = len(chosen.nodes)
    if autograd.calls:
        call = trace.calls[autograd.calls[-1]]
        slots = slots_of(call, autograd)
        for slot, position in enumerate(slots):
            if position is not None:
                chosen.of_output[call.index, position] = number, slot
        gaps = [CallOutput(None, *each, requires_grad=False, node=None) for each in autograd.outputs]
        outputs = tuple(gaps[slot] if each is None else call.outputs[each] for slot, each in enumerate(slots))
        chosen.nodes.append(node_of(number, call, outputs, autograd))
    else:
        chosen.nodes.append(bare_node(number, autograd, moment_of(trace, autograd)))


def slots_of(call: Call, autograd: AutogradNode) -> list[int | None]:
    """For each output of an autograd node, which of the call's outputs it is.

    Autograd counts the outputs that a gradient can come back to, and now and then others; the rest follow.
    """
    own = {each.output_nr: position for position, each in enumerate(call.outputs) if each.node == autograd.index}
    alone = all(each.node in (None, autograd.index) for each in call.outputs)
    rest = [position for position, each in enumerate(call.outputs) if each.node is None and alone]
    slots = [own[nr] if nr in own else rest.pop(0) if rest else None for nr in range(len(autograd.outputs))]
    return [*slots, *rest]


def node_of(
    number: int,
    call: Call,
    outputs: tuple[CallOutput, ...],
    autograd: AutogradNode | None,
    unnamed: str = "tensor",
) -> Node:
    """The node of a call, with the place, names and values of that call; ``unnamed`` is as of `label_of`."""
    given = [Output(list(output.shape), output.dtype, output.value, list(output.names)) for output in outputs]
    first = given[0] if given else None
    place = call.places[0] if call.places else None
    return Node(
        id=number,
        kind="op" if autograd is not None and not call.is_leaf else kind_of(call),
        op=autograd.name if autograd is not None else None,
        label=label_of(call, autograd, unnamed),
        names=list(call.names),
        **place_fields(place),
        calls=list(call.places[1:]),
        groups=[],
        requires_grad=any(output.requires_grad for output in outputs),
        outputs=given,
        shape=first.shape if first else None,
        dtype=first.dtype if first else None,
        value=first.value if first else None,
        saved=[],
        arguments=dict(call.constants),
        made_in=autograd.made_in if autograd is not None else None,
        backward_of=None,
    )


def moment_of(trace: Trace, autograd: AutogradNode) -> tuple[Place, ...]:
    """Where a node that no call gave was made: in the call that made what it takes, and began a pass from it.

    So `gradcheck` makes an ``UndefinedGradBackward``. Nothing where that did not all happen in one call.
    """
    taken = [trace.nodes[link.node].calls for link in autograd.links]
    for run in trace.passes if taken and all(taken) else ():
        within = all(run.places[:1] and run.places[0] in trace.calls[calls[-1]].places for calls in taken)
        if autograd.index in run.roots and within:
            return run.places
    return ()


def bare_node(number: int, autograd: AutogradNode, places: tuple[Place, ...] = ()) -> Node:
    """A node that autograd made without a call of its own, such as a view's new history after a write to its base."""
    outputs = [Output(list(shape), dtype, None, []) for shape, dtype in autograd.outputs]
    return Node(
        id=number,
        kind="op",
        op=autograd.name,
        label=autograd.name,
        names=[],
        **place_fields(places[0] if places else None),
        calls=list(places[1:]),
        groups=[],
        requires_grad=True,
        outputs=outputs,
        shape=outputs[0].shape if outputs else None,
        dtype=outputs[0].dtype if outputs else None,
        value=None,
        saved=[],
        arguments={},
        made_in=autograd.made_in,
        backward_of=None,
    )


def kind_of(call: Call) -> Literal["leaf", "input", "op"]:
    """A leaf gathers a gradient; an input was made from no other tensor; all else is an operation."""
    if call.is_leaf:
        return "leaf"
    return "op" if call.inputs or call.has_node else "input"


def label_of(call: Call, autograd: AutogradNode | None, unnamed: str = "tensor") -> str:
    """A leaf or an input by its name in the program, an operation by its name in torch; else ``unnamed``."""
    if kind_of(call) != "op" and (autograd is None or call.is_leaf) and call.names:
        return name_of(call)
    if call.op is not None and not (call.is_leaf and call.op.startswith("aten.empty")):  # it was filled since
        short = call.op.split(".")[1]
        return MADE_BY.get(short, short.lstrip("_"))
    return "leaf" if call.is_leaf else label_of_history(autograd) if autograd else unnamed


def name_of(call: Call) -> str:
    """What a reader knows the result of a call by; its operator's name where the program has none for it."""
    outside = [name for name in call.names if not name.startswith("self.")]
    return call.called or next(iter(outside or call.names), None) or label_of(call, None)


def label_of_history(autograd: AutogradNode) -> str:
    """``as_strided`` of ``AsStridedBackward0``: a node that no call of its own made."""
    plain = re.sub(r"Backward\d*$", "", autograd.name)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", plain).lower()


def place_fields(place: Place | None) -> dict[str, Any]:
    """A place as the fields that nodes, passes, events and diagnostics carry."""
    if place is None:
        return {"line": None, "column": None, "end_line": None, "end_column": None, "source": 0}
    return {
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "source": place.source,
    }
