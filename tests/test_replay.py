"""Replay: the calls of a recording made again. The oracle is the program itself, run plainly with the same leaves."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import Any

import numpy
import pytest
import torch

from backlight.errors import ReplayFailed
from backlight.model.document import Place
from backlight.record import Recorder
from backlight.record.forward import ForwardMode
from backlight.record.replay import Replayed, replay
from backlight.record.replay_program import ReplayCall, ReplayProgram, program_to_text
from backlight.record.store import TensorStore
from replay_programs import CASES, Case

Tensor = torch.Tensor


@dataclass
class Recording:
    """A replayable recording of a program, and the tensors that it gave."""

    recorder: Recorder
    leaves: list[Tensor]
    results: list[Tensor]
    program: ReplayProgram

    def given(self, leaves: list[Tensor]) -> dict[int, Tensor]:
        """Values for the leaves, by the tape's indices."""
        tape = self.recorder.tape
        known = [tape.store.find(leaf) for leaf in self.leaves]
        pairs = zip(known, leaves, strict=True)
        return {index: leaf.detach().clone() for index, leaf in pairs if index in tape.leaves}

    def replay(self, leaves: list[Tensor]) -> Replayed:
        return replay(self.program, self.given(leaves))

    def results_of(self, replayed: Replayed) -> list[Tensor]:
        value = self.recorder.tape.store.value
        return [replayed.values[value(result)] for result in self.results]

    def gradients_of(self, replayed: Replayed) -> list[Tensor | None]:
        return [replayed.gradients.get(self.recorder.tape.store.find(leaf)) for leaf in self.leaves]


def resolve(code: Any, instruction: int) -> Place:
    """The line of an instruction, counted from the first one of its function."""
    line = next(line for start, end, line in code.co_lines() if start <= instruction < end) - code.co_firstlineno
    return Place(line, 0, line, 0)


def run(program: Case, leaves: list[Tensor]) -> list[Tensor]:
    torch.manual_seed(0)
    results = program(*leaves)
    return list(results) if isinstance(results, tuple) else [results]


def record(program: Case, leaves: list[Tensor]) -> Recording:
    with Recorder(__file__.__eq__, replayable=True) as recorder:
        results = run(program, leaves)
    value = recorder.tape.store.value
    for result in results:
        value(result)
    return Recording(recorder, leaves, results, recorder.program(resolve))


def leaves_at(shift: float) -> list[Tensor]:
    x = torch.tensor([0.5, -1.0, 2.0]) + shift
    w = torch.tensor([[0.3, -0.2, 0.7], [1.1, 0.4, -0.6], [-0.9, 0.8, 0.1]]) - 2 * shift
    return [x.requires_grad_(), w.requires_grad_()]


def assert_same(ours: list[Tensor | None], wanted: list[Tensor | None]) -> None:
    assert [each is None for each in ours] == [each is None for each in wanted]
    for one, other in zip(ours, wanted, strict=True):
        if one is not None and other is not None:
            assert one.shape == other.shape
            assert one.dtype == other.dtype
            assert torch.equal(dense(one), dense(other)), f"{one} is not {other}"


def dense(tensor: Tensor) -> Tensor:
    return tensor.detach() if tensor.layout is torch.strided else tensor.detach().to_dense()


each_case = pytest.mark.parametrize("name", CASES)


@each_case
def test_the_same_leaves_give_the_same_values_and_gradients(name: str) -> None:
    plain, leaves = leaves_at(0), leaves_at(0)
    wanted = run(CASES[name], plain)
    recording = record(CASES[name], leaves)
    assert_same([each.detach() for each in recording.results], wanted)
    replayed = recording.replay(leaves_at(0))
    assert_same(recording.results_of(replayed), wanted)
    assert_same(recording.gradients_of(replayed), [leaf.grad for leaf in plain])
    assert replayed.changed == ()


@each_case
def test_other_leaves_give_what_the_program_gives_for_them(name: str) -> None:
    recording, plain = record(CASES[name], leaves_at(0)), leaves_at(0.25)
    wanted = run(CASES[name], plain)
    replayed = recording.replay(leaves_at(0.25))
    assert_same(recording.results_of(replayed), wanted)
    assert_same(recording.gradients_of(replayed), [leaf.grad for leaf in plain])


@each_case
def test_a_replay_without_leaves_repeats_every_value(name: str) -> None:
    recording = record(CASES[name], leaves_at(0))
    replayed, again = replay(recording.program), replay(recording.program)
    assert_same(recording.results_of(replayed), [each.detach() for each in recording.results])
    assert_same(recording.gradients_of(again), recording.gradients_of(replayed))
    held = recording.recorder.tape.store.held
    flowed = {
        value
        for each in recording.recorder.tape.passes
        for step in each.steps
        for value in (*step.grad_outputs, *step.grad_inputs)
        if value is not None
    }
    seen = flowed & set(again.values)
    assert seen == flowed or name == "transforms"  # what flows inside of a transform has no elements to show
    assert_same([again.values[value] for value in seen], [held[value] for value in seen])


def test_a_leaf_made_inside_takes_the_value_at_its_first_use() -> None:
    def program(x: Tensor, w: Tensor) -> Any:
        inner = torch.nn.Linear(3, 1)
        loss = inner(w @ x).sum()
        loss.backward()
        made.append(inner)
        return loss

    made: list[torch.nn.Linear] = []
    recording = record(program, leaves_at(0))
    store = recording.recorder.tape.store
    weight = torch.tensor([[1.0, 2.0, 3.0]])
    replayed = replay(recording.program, {store.find(made[0].weight): weight})
    x, w = leaves_at(0)
    loss = weight @ (w @ x) + made[0].bias
    assert torch.allclose(recording.results_of(replayed)[0], loss)
    assert torch.allclose(replayed.gradients[recording.recorder.tape.store.find(recording.leaves[0])], weight[0] @ w)


def test_what_cannot_be_followed_is_listed_with_its_place() -> None:
    def program(x: Tensor, w: Tensor) -> Any:
        y = x * x.max().item()
        if y.sum() > 0:
            y = y + torch.tensor(w.tolist())[0]
        y = y * torch.from_numpy(numpy.exp(w.detach().numpy()[0]))
        y.sum().backward()
        return y[y > 0].sum()

    recording = record(program, leaves_at(0))
    found = [(each.reason, each.place.line) for each in recording.program.constants]
    assert found == [("item", 1), ("item", 2), ("tolist", 3), ("data", 3), ("numpy", 4), ("data", 4), ("shape", 6)]
    assert recording.replay(leaves_at(0)).changed == ()
    changed = recording.replay(leaves_at(0.25)).changed
    assert [(each.reason, each.place.line) for each in changed] == [("item", 1), ("tolist", 3), ("numpy", 4)]


def test_printing_reads_nothing_that_a_replay_would_miss() -> None:
    def program(x: Tensor, w: Tensor) -> Any:
        str(x)
        return repr(w @ x) and w @ x

    assert record(program, leaves_at(0)).program.constants == ()


def test_only_a_mask_makes_a_shape_that_depends_on_elements() -> None:
    def program(x: Tensor, w: Tensor) -> Any:
        return x[torch.arange(2)], x[torch.arange(3) > 1]

    assert [each.reason for each in record(program, leaves_at(0)).program.constants] == ["shape"]


def test_generators_stand_where_they_stood() -> None:
    recording = record(CASES["dropout_and_noise"], leaves_at(0))
    torch.manual_seed(11)
    before = torch.get_rng_state()
    recording.replay(leaves_at(0))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_leaf_that_does_not_fit_is_refused() -> None:
    recording = record(CASES["chain"], leaves_at(0))
    x, w = leaves_at(0)
    with pytest.raises(ReplayFailed, match=r"Leaf 0 has shape \[3, 3\] .* a value of shape \[3\]"):
        recording.replay([w, x])
    with pytest.raises(ReplayFailed, match="no leaf number 999"):
        replay(recording.program, {999: x})


def test_a_call_that_is_no_longer_possible_says_where() -> None:
    def program(x: Tensor, w: Tensor) -> Any:
        picked = x[x > 0]
        return picked.view(2) * 2

    recording = record(program, leaves_at(0))
    with pytest.raises(ReplayFailed, match=r"aten.view.default cannot be made again .*record anew") as failed:
        recording.replay([torch.ones(3), leaves_at(0)[1]])
    assert failed.value.place is not None
    assert failed.value.place.line == 2


def test_calls_inside_the_engine_know_their_pass_and_node() -> None:
    recording = record(CASES["several_passes_accumulate"], leaves_at(0))
    tape = recording.recorder.tape
    ran = [call for call in recording.program.entries if isinstance(call, ReplayCall) and call.pass_index is not None]
    names = [(call.pass_index, tape.nodes[call.node].name()) for call in ran if call.node is not None]
    assert (0, "MvBackward0") in names
    assert (1, "torch::autograd::AccumulateGrad") in names
    assert [index for index, _ in names] == sorted(index for index, _ in names)


def test_what_the_engine_sums_up_belongs_to_no_node() -> None:
    def program(x: Tensor, w: Tensor) -> Any:
        y = x * 2
        (y.sin() * y.cos()).sum().backward()
        return y

    calls = [each for each in record(program, leaves_at(0)).program.entries if isinstance(each, ReplayCall)]
    ran = [each for each in calls if each.pass_index == 0]
    assert [str(each.op) for each in ran if each.node is None] == ["aten.add.Tensor"]


def test_a_program_has_a_text_twin() -> None:
    def program(x: Tensor, w: Tensor) -> Any:
        y = x * torch.rand(3)
        y.add_(x.sum().item())
        torch.autograd.grad(y, x, torch.ones(3))
        x.numpy(force=True)
        return y

    assert program_to_text(record(program, leaves_at(0)).program) == dedent("""\
        t0 = aten.rand.default([3], device=device(type='cpu'), pin_memory=False)  line 1
        v0 = t0
        t1 = aten.detach.default(t0)  line 1
        v1 = t1
        t2 = constant [3]  line 1
        v2 = t2
        v3 = t2 leaf
        t3 = aten.mul.Tensor(t2, t1)  line 1
        v4 = t3
        t4 = aten.sum.default(t2)  line 2
        v5 = t4
        (1.5,) = aten._local_scalar_dense.default(t4)  line 2
        t3 = aten.add_.Tensor(t3, 1.5)  line 2
        v6 = t3
        t5 = aten.ones.default([3], device=device(type='cpu'), pin_memory=False)  line 3
        v7 = t5
        t6 = aten.detach.default(t5)  line 3
        v8 = t6
        t7 = aten.mul.Tensor(t6, t1)  pass 0 a0  line 3
        v9 = t7
        numpy(t2)  line 4
        v10 = t2
        t8 = aten.detach.default(t2)  line 4
        v11 = t8
        """)


def test_a_recording_that_need_not_be_replayed_does_without() -> None:
    with Recorder(__file__.__eq__) as recorder:
        assert type(recorder.tape.store) is TensorStore
        assert type(torch.utils._python_dispatch._get_current_dispatch_mode()) is ForwardMode
    with pytest.raises(ReplayFailed, match="did not keep its calls"):
        recorder.program(resolve)
    with Recorder(__file__.__eq__, replayable=True):
        pass
    assert "tolist" not in vars(Tensor)
