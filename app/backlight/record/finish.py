"""Finish: the tape becomes a Trace, when the program is over.

In: a Tape. Out: a Trace, with no tensor in it. It reads the log once, and keeps for each tensor what made it last.
"""

from __future__ import annotations

import warnings
from typing import Any

import torch

from backlight.model.drawn import drawn_calls
from backlight.model.trace import CallOutput, Flow, Trace, TraceLeaf
from backlight.record.draft import Draft, Role
from backlight.record.encode import dtype_of, encode_values, shape_of
from backlight.record.entries import (
    LoggedCall,
    LoggedChange,
    LoggedExit,
    LoggedLeaf,
    LoggedMessage,
    LoggedNames,
    LoggedOrigin,
    LoggedRetain,
    LoggedStatistics,
    LoggedStep,
    LoggedView,
)
from backlight.record.execute import Execution
from backlight.record.found import TAKING, FoundMemory
from backlight.record.given_names import GivenNames, add_names
from backlight.record.happenings import Happenings
from backlight.record.in_place import InPlace
from backlight.record.kept import KeptTensors
from backlight.record.nesting import Nesting
from backlight.record.nodes import walk_nodes
from backlight.record.operators import (
    CONVERSION,
    LIFT,
    constants_of,
    is_copy,
    is_detach,
    is_unpacking,
    is_unseen_copy,
    is_whole_copy,
    looks_at_shapes_only,
    operator_name,
    overwrites,
)
from backlight.record.origins import stands_for_base
from backlight.record.places import Resolve
from backlight.record.steps import trace_pass
from backlight.record.store import UNKNOWN, grad_of, is_leaf, storage_of
from backlight.record.tape import Tape
from backlight.record.torch_private import AccumulateGrad, aside
from backlight.settings import Settings


def finish(tape: Tape, execution: Execution, resolve: Resolve, settings: Settings) -> Trace:
    """The Trace of a recording that has ended. ``resolve`` turns instructions into places."""
    with aside(), warnings.catch_warnings(action="ignore"):  # what torch says now is about our looking
        return _Finisher(tape, resolve).trace(execution, settings)


class _Finisher:
    def __init__(self, tape: Tape, resolve: Resolve) -> None:
        self._tape = tape
        self._places = tape.places.resolve(resolve)
        self._nesting = Nesting(tape, resolve, self._places)
        self._scope: int | None = None  # that of the entry which is being read
        self._drafts: list[Draft] = []
        self._made_by: dict[int, tuple[Draft, int]] = {}  # tensor -> the call that made what it holds, and which output
        self._value_ids: dict[int, int] = {}  # the tape's value id -> the Trace's
        self._given = GivenNames()
        self._kept = KeptTensors(tape, self._value, self._made_by.get)
        self._happenings = Happenings(self._places)
        self._array_of: dict[int, Draft] = {}  # tensor -> the exit that handed out its memory
        self._in_place = InPlace(tape.store)
        self._found = FoundMemory(tape.store)
        self._within: set[int] = set()  # views that were written through: what they hold is within what the call made
        self._aside: set[int] = set()  # tensors whose memory was last written to as another's
        self._gradients: set[int] = set()  # tensors that were told of as what is a leaf's `.grad` now
        self._unseen: set[int] = set()  # copies made below autograd, which stand for what they are copies of

    def trace(self, execution: Execution, settings: Settings) -> Trace:
        """Read the log, then put everything together."""
        handlers: dict[type, Any] = {
            LoggedCall: self._call,
            LoggedView: self._view,
            LoggedExit: self._exit,
            LoggedStatistics: self._statistics,
            LoggedOrigin: self._origin,
            LoggedLeaf: self._leaf,
            LoggedNames: self._names,
            LoggedStep: self._step,
            LoggedRetain: self._retain,
            **self._kept.handlers,
            LoggedChange: self._change,
            LoggedMessage: self._message,
        }
        for entry in self._tape.log:
            self._scope = self._nesting.scope_of(entry)
            handlers[type(entry)](entry)
        return self._together(execution, settings)

    def _together(self, execution: Execution, settings: Settings) -> Trace:
        nodes = walk_nodes(self._tape, self._drafts, self._leaf_of)
        all_leaves = self._all_leaves()
        owners = self._nesting.owners(self._tape.store.find)
        drawn = drawn_calls(self._drafts)
        made = [(each, self._places[each.place], self._outputs(each, each.index in drawn)) for each in self._drafts]
        calls = tuple(draft.finished(places, outputs, owners, self._given.called) for draft, places, outputs in made)
        passes = tuple(trace_pass(run, self._places, self._value) for run in self._tape.passes)
        happenings = self._happenings.finished(self._value)
        leaves = tuple(self._end_of(leaf) for leaf in all_leaves)
        nodes = self._kept.told(nodes)
        values, truncated = encode_values([self._tape.store.held[value] for value in self._value_ids], settings)
        self._tape.made = {tensor: (draft.index, output_nr) for tensor, (draft, output_nr) in self._made_by.items()}
        return Trace(
            torch_version=torch.__version__,
            values=tuple(values),
            calls=calls,
            drawn=drawn,
            nodes=nodes,
            passes=passes,
            happenings=happenings,
            leaves=leaves,
            cells=tuple(execution.cells),
            error=execution.error,
            stopped=execution.stopped,
            truncated=tuple(truncated),
            scopes=self._nesting.scopes(),
            unseen=tuple(places[0] for key in self._tape.unseen if (places := self._places[key])),
        )

    # ── the log, entry by entry ───────────────────────────────────────────────────────────────────

    def _call(self, entry: LoggedCall) -> None:
        if self._is_internal(entry):
            self._made_by[entry.outputs[0]] = made = self._maker(entry.inputs[0])
            made[0].is_known |= entry.func is LIFT
            return
        takes_no_data = self._takes_no_data(entry)
        draft = self._draft(operator_name(entry.func), self._role(entry, takes_no_data), entry.place, entry.cell)
        draft.grad_enabled, draft.constants = entry.grad_enabled, constants_of(entry)
        if not takes_no_data:
            self._flows(entry, draft)
        self._kept.call(entry, draft.index)
        self._in_place.note(entry, draft, len(self._happenings))
        draft.output_nrs += entry.output_nrs or ()
        if self._found.known or (draft.op or "").startswith(TAKING):
            draft.hidden = self._found.after(entry)
        nodes = (entry.grad_enabled and entry.nodes) or [UNKNOWN] * len(entry.outputs)  # else from before this write
        for position, (tensor, value, node) in enumerate(zip(entry.outputs, entry.output_values, nodes, strict=True)):
            draft.outputs.append((tensor, value, node if node >= 0 else None))
            if entry.updates_leaf:
                self._initialise(tensor, value, entry.place)
            else:
                self._remake(tensor, draft, position)
        for face in entry.faces or ():
            self._remake(face, draft, 0)
        views, parts = entry.views or (), entry.parts or ()
        self._made_by.update(dict.fromkeys((*views, *parts), (draft, 0)))
        self._within.update(views, parts)
        if not draft.names:  # else what it is a view of has a name
            draft.name_after(name for view in views for name in self._given.of(view))
        self._aside.difference_update(views)
        self._aside.update(entry.faces or (), parts)
        if not entry.updates_leaf:
            self._happenings.add("forward", draft.place, draft.cell, call=draft.index)

    def _flows(self, entry: LoggedCall, draft: Draft) -> None:
        """What went into a call. ``torch.tensor(x)`` is one copy of ``x``, though torch detaches and copies it."""
        before = self._maker(entry.inputs[0])[0] if entry.inputs else draft
        if is_copy(entry.func) and before.is_detach and before.place == draft.place and not before.names:
            draft.op = "torch.tensor"
            draft.inputs += before.inputs
            return
        first_number = len(entry.inputs) - entry.numbers
        for position, (tensor, required) in enumerate(zip(entry.inputs, entry.requires_grad, strict=True)):
            if position == 0 and is_whole_copy(entry) and not draft.grad_enabled:
                continue
            maker, output_nr = self._maker(tensor)
            is_required, is_number = required or tensor in self._unseen, position >= first_number
            draft.inputs.append(Flow(maker.index, output_nr, is_required, is_number, tensor in self._aside))
            draft.is_of_graph |= maker.is_leaf or maker.is_of_graph

    def _view(self, entry: LoggedView) -> None:
        """A view's history, made anew: the node stands for what the view held when it was used again."""
        (base, output_nr), is_aside = self._maker(entry.tensor), entry.tensor in self._aside
        draft = self._draft(None, "forward", entry.place, entry.cell)
        draft.scope = base.scope
        draft.inputs.append(Flow(base.index, output_nr, True, written_aside=is_aside))
        draft.outputs.append((entry.tensor, entry.value, entry.node))
        draft.hidden = [0] if self._found.known and self._found.is_found(entry.tensor, entry.value) else []
        self._remake(entry.tensor, draft, 0)
        self._happenings.add("forward", draft.place, draft.cell, call=draft.index)

    def _statistics(self, entry: LoggedStatistics) -> None:
        """Running mean and variance, made of the second and third output of the call right before."""
        source = self._drafts[-1].index
        for output_nr, (tensor, value) in enumerate(entry.statistics, start=1):
            name, before = ("torch.running_mean", "torch.running_var")[output_nr - 1], self._maker(tensor)
            draft = self._draft(name, "forward", entry.place, entry.cell)
            draft.inputs += [Flow(before[0].index, before[1], False), Flow(source, output_nr, False)]
            draft.outputs.append((tensor, value, None))
            draft.grad_enabled = False
            self._remake(tensor, draft, 0)
            draft.shown = bool(draft.names)
            self._happenings.add("forward", draft.place, draft.cell, call=draft.index)

    def _exit(self, entry: LoggedExit) -> None:
        """The program took a value out of the graph; what it has now is no tensor of the picture's."""
        maker, output_nr = self._maker(entry.tensor)
        draft = self._draft(f"python.{entry.how}", maker.role, entry.place, entry.cell)
        draft.inputs.append(Flow(maker.index, output_nr, entry.requires_grad))
        draft.outputs.append((UNKNOWN, entry.value, None))
        draft.names, draft.shown = entry.names, bool(entry.names)
        draft.hidden = [0] if self._found.known and self._found.is_found(entry.tensor, entry.value) else []
        self._array_of[entry.tensor] = draft
        self._happenings.add("forward", draft.place, draft.cell, call=draft.index)

    def _initialise(self, tensor: int, value: int, place: int) -> None:
        """A write to a parameter that is not in use yet, or a gradient: what its memory held before was nothing."""
        maker = self._made_by.get(tensor)
        if maker is not None and not maker[0].inputs and maker[0].role == "update":
            self._gradient(tensor, value, place, maker[0].cell)
        elif maker is not None and not maker[0].inputs and not maker[0].is_leaf and tensor not in self._gradients:
            maker[0].initialise(tensor, value)

    def _remake(self, tensor: int, draft: Draft, output_nr: int) -> None:
        """From here on this call made what the tensor holds. A tensor written in place keeps its names."""
        before = self._made_by.get(tensor)
        if before is not None:
            add_names(draft.names, self._given.of(tensor))
            draft.shown = draft.shown or before[0].shown
        self._made_by[tensor] = (draft, output_nr)
        self._within.discard(tensor)
        self._aside.discard(tensor)

    def _is_internal(self, entry: LoggedCall) -> bool:
        """Torch's own bookkeeping: a detach at the very place that made its input turns it into a variable."""
        if entry.func is LIFT or is_unpacking(entry):
            return True
        if is_unseen_copy(entry) and not self._maker(entry.inputs[0])[0].is_leaf:
            self._unseen.add(entry.outputs[0])
            return True
        maker = self._maker(entry.inputs[0])[0] if is_detach(entry) else None
        return maker is not None and maker.place == entry.place and not (maker.is_leaf or maker.role == "update")

    def _takes_no_data(self, entry: LoggedCall) -> bool:
        """A call that only looks at shapes (``ones_like``), or the second half of ``torch.tensor(data, dtype=…)``."""
        has_node = entry.grad_enabled and any(node >= 0 for node in entry.nodes or ())
        if looks_at_shapes_only(entry) or (overwrites(entry) and not has_node):
            return True
        maker = self._maker(entry.inputs[0])[0] if entry.inputs and entry.func is CONVERSION else None
        return maker is not None and maker.op is None and not maker.inputs and maker.place == entry.place

    def _maker(self, tensor: int) -> tuple[Draft, int]:
        """The call that made what a tensor holds, and which of its outputs that is; a gradient stands for itself."""
        made = self._made_by.get(tensor)
        return made or self._gradient(tensor, self._tape.store.last(tensor), self._tape.places.nowhere, None)

    def _gradient(self, tensor: int, value: int, place: int, cell: int | None) -> tuple[Draft, int]:
        draft = self._draft(None, "update", self._given.place_of(tensor, place), cell)
        draft.outputs.append((tensor, value, None))
        add_names(draft.names, self._given.of(tensor))
        self._happenings.add("forward", draft.place, draft.cell, call=draft.index)
        made = self._made_by[tensor] = (draft, 0)
        return made

    def _role(self, entry: LoggedCall, takes_no_data: bool) -> Role:
        """Calls on gradients alone, and writes to leaves, are no part of the forward graph; a step from ``x`` is."""
        if entry.updates_leaf:
            return "update"
        if takes_no_data or any(node >= 0 for node in entry.nodes or ()):
            return "forward"
        makers = [self._maker(tensor)[0] for tensor in entry.inputs]
        is_update = any(each.role == "update" for each in makers)
        return "update" if is_update and not any(each.is_leaf or each.is_of_graph for each in makers) else "forward"

    def _origin(self, entry: LoggedOrigin) -> None:
        base = None if entry.base is None else self._made_by.get(entry.base)
        if entry.base in self._array_of:
            base = (self._array_of[entry.base], 0)
        if base is not None and stands_for_base(self._tape, entry, base):
            self._made_by[entry.tensor] = base
            return
        if entry.is_gradient and base is None:
            self._gradient(entry.tensor, entry.value, entry.place, entry.cell)
            return
        draft = self._draft(None, "update" if entry.is_gradient else "forward", entry.place, entry.cell)
        draft.outputs.append((entry.tensor, entry.value, entry.node if entry.node >= 0 else None))
        if base is not None:
            tensor, _, node = base[0].outputs[base[1]]
            draft.inputs.append(Flow(base[0].index, base[1], node is not None or self._tape.is_leaf(tensor)))
        self._made_by[entry.tensor] = (draft, 0)
        if draft.role == "forward":
            self._happenings.add("forward", draft.place, draft.cell, call=draft.index)

    def _leaf(self, entry: LoggedLeaf) -> None:
        maker, output_nr = self._maker(entry.tensor)
        is_itself = maker.makes_only(entry.tensor) and maker.op is None  # on another's memory: `nn.Parameter(x * 2)`
        if (maker.inputs and not is_itself) or maker.is_leaf or maker.role == "update":
            draft = self._draft(None, "forward", maker.place, maker.cell)
            draft.inputs.append(Flow(maker.index, output_nr, False))
            draft.names += maker.names if maker.makes_only(entry.tensor) else self._given.of(entry.tensor)
            draft.scope, draft.is_known = maker.scope, maker.is_known
            maker, _ = self._made_by[entry.tensor] = (draft, 0)
            self._happenings.add("forward", draft.place, draft.cell, call=draft.index)
        maker.become_leaf(entry.tensor, entry.value)

    def _names(self, entry: LoggedNames) -> None:
        is_known = {*entry.names} <= {*self._given.of(entry.tensor)}
        self._given.note(entry)
        maker, _ = self._made_by.get(entry.tensor, (None, 0))
        is_named_again = is_known and maker is not None and maker.names and entry.tensor in self._within  # ``v += 1``
        if maker is not None and not is_named_again:  # else a gradient: it stands for itself once it is used
            maker.name(entry, self._tape.places.nowhere)

    def _step(self, entry: LoggedStep) -> None:
        run = self._tape.passes[entry.pass_index]
        where = {"pass_index": entry.pass_index, "step": entry.step}
        self._happenings.add("backward", run.place, run.cell, **where)
        added = next(iter(run.steps[entry.step].grad_outputs), None)
        if entry.accumulated is not None and added is not None:  # else the engine came to a leaf, and brought nothing
            before, after = entry.accumulated
            self._happenings.add("accumulate", run.place, run.cell, before=before, added=added, after=after, **where)

    def _retain(self, entry: LoggedRetain) -> None:
        run = self._tape.passes[entry.pass_index]
        what = {"before": entry.before, "added": entry.added, "after": entry.after, "pass_index": run.index}
        call, output_nr = self._maker(entry.tensor)[0].index, entry.output_nr
        self._happenings.add("retain", run.place, run.cell, call=call, output_nr=output_nr, **what)

    def _change(self, entry: LoggedChange) -> None:
        draft = self._maker(entry.tensor)[0]
        if entry.kind == "update" and entry.after is not None and draft.note_write(self._drafts[draft.index + 1 :]):
            draft.initialise(entry.tensor, entry.after)
            return
        if entry.kind == "grad-changed" and entry.after is not None:
            self._gradients.add(self._tape.store.owner[entry.after])
        given = {"before": entry.before, "after": entry.after}
        self._happenings.add(entry.kind, entry.place, entry.cell, call=draft.index, **given)

    def _message(self, entry: LoggedMessage) -> None:
        self._happenings.message(entry, self._in_place.told(entry, self._drafts))

    def _draft(self, op: str | None, role: Role, place: int, cell: int | None) -> Draft:
        draft = Draft(len(self._drafts), op, role, place, cell)
        draft.scope = self._scope
        self._drafts.append(draft)
        return draft

    def _value(self, value: int | None) -> int | None:
        return None if value is None or value < 0 else self._value_ids.setdefault(value, len(self._value_ids))

    def _outputs(self, draft: Draft, drawn: bool) -> tuple[CallOutput, ...]:
        return tuple(self._output(draft, drawn, *each) for each in enumerate(draft.numbers))

    def _output(self, draft: Draft, drawn: bool, position: int, output_nr: int) -> CallOutput:
        tensor, value, node = draft.outputs[position]
        held = self._tape.store.held[value]
        is_itself = self._made_by.get(tensor, (draft, 0))[0] is draft  # else another stands for the leaf
        required = node is not None or (is_itself and self._tape.is_leaf(tensor))
        number = self._value(value) if drawn and not draft.is_uninitialised(position) else None
        names = draft.own(self._given.of(tensor)) if draft.names else ()
        return CallOutput(number, shape_of(held), dtype_of(held), required, node, output_nr, names)

    def _leaf_of(self, node: Any) -> int | None:
        if type(node) is not AccumulateGrad:
            return None
        tensor = self._tape.store.know(node.variable)
        if tensor not in self._made_by:
            draft = self._draft(None, "forward", self._tape.places.nowhere, None)
            draft.scope = None
            draft.become_leaf(tensor, self._tape.store.current[tensor])
            self._made_by[tensor] = (draft, 0)
        return self._made_by[tensor][0].index

    def _all_leaves(self) -> list[int]:
        """The tensors that a gradient is accumulated for, those that the program has not used included."""
        tape = self._tape
        leaves = set(tape.leaves)
        for index in dict.fromkeys((*self._made_by, *self._given)):
            tensor = tape.store.tensor(index)
            if tensor is None or index in leaves or not is_leaf(tensor) or not self._maker(index)[0].names:
                continue
            self._leaf(LoggedLeaf(index, tape.store.present(index)))
            leaves.add(index)
        return sorted(leaves, key=lambda index: self._made_by[index][0].index)

    def _end_of(self, leaf: int) -> TraceLeaf:
        tape = self._tape
        tensor = tape.store.keep(leaf)
        replaced = leaf in tape.leaves and storage_of(tensor) != tape.leaves[leaf]
        value = self._value(tape.store.refresh(leaf) if replaced else tape.store.present(leaf))
        assert value is not None
        return TraceLeaf(self._made_by[leaf][0].index, value, self._value(tape.store.value(grad_of(tensor))))
