"""What recording takes for granted of torch without torch promising it. A failure here says what an upgrade changed."""

from __future__ import annotations

import sys

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from backlight.record.torch_private import (
    COMPILED_CALL,
    AccumulateGrad,
    EngineOptions,
    aside,
    below_autograd,
    current_mode,
    engine_options,
    engine_replaced,
    hooks_after_accumulation,
    is_packing,
    modes_are_off,
    next_sequence_number,
    node_at_work,
    noticing_node_hooks,
    output_shapes,
    saved_slots,
    sequence_number,
    skip_dynamo,
    unrecorded,
)


class Log(TorchDispatchMode):
    """The names of the calls that it sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.seen.append(str(func))
        return func(*args, **(kwargs or {}))


def test_every_backward_pass_goes_through_the_engines_door() -> None:
    starts: list[int] = []

    def wrap(run):
        def counted(*args, **kwargs):
            starts.append(1)
            return run(*args, **kwargs)

        return counted

    x = torch.ones(2, requires_grad=True)
    with engine_replaced(wrap):
        (x * x).sum().backward()
        torch.autograd.backward([(x * x).sum()])
        torch.autograd.grad((x * x).sum(), x)
        torch.autograd.functional.jacobian(lambda v: (v * v).sum(), x)
        torch.func.grad(lambda v: (v * v).sum())(x)
    (x * x).sum().backward()
    assert len(starts) == 5


def test_a_dispatch_mode_can_be_left_for_a_while() -> None:
    x = torch.ones(2, requires_grad=True)
    with Log() as log:
        with unrecorded():
            y = x * 2
        with aside():
            z = x * 2
        x + 1
    assert log.seen == ["aten.add.Tensor"]
    assert y.requires_grad
    assert not z.requires_grad


def test_whether_a_mode_sees_the_calls_can_be_asked() -> None:
    assert modes_are_off()
    with Log():
        assert not modes_are_off()
        with aside():
            assert modes_are_off()


def test_below_autograd_a_leaf_may_be_written_to_and_no_graph_is_built() -> None:
    x = torch.ones(2, requires_grad=True)
    with below_autograd():
        y = x.mul_(3)
        z = x * 2
    assert (y is x, x.is_leaf, x.tolist()) == (True, True, [3.0, 3.0])
    assert not z.requires_grad


def test_the_engine_tells_which_node_it_runs_also_while_it_sums_contributions_up() -> None:
    class Nodes(Log):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            self.seen.append((str(func), node_at_work()))
            return func(*args, **(kwargs or {}))

    x = torch.ones(2, requires_grad=True)
    y = x * 2
    left, right = y.sin(), y.cos()
    with Nodes() as nodes:
        torch.autograd.grad((left + right).sum(), x)
    assert node_at_work() is None
    ran = [(name, node) for name, node in nodes.seen if name in {"aten.cos.default", "aten.add.Tensor"}]
    assert ran[0] == ("aten.add.Tensor", None)  # the forward's own
    assert ("aten.cos.default", left.grad_fn) in ran
    assert ran[-1][0] == "aten.add.Tensor"


def test_the_node_of_a_leaf_is_an_accumulate_grad_that_knows_its_variable() -> None:
    x = torch.ones(2, requires_grad=True)
    ((node, _), *_) = (x + 1).grad_fn.next_functions
    assert type(node) is AccumulateGrad
    assert node.variable is x


def test_a_node_knows_the_shapes_of_its_outputs() -> None:
    x = torch.ones(2, 3, requires_grad=True)
    assert output_shapes(x.sum(0).grad_fn) == (((3,), "float32"),)


def test_printing_a_tensor_makes_no_calls_that_a_mode_sees() -> None:
    x = torch.ones(2)
    with Log() as log:
        repr(x)
    assert log.seen == []


def test_a_dispatch_handler_sees_the_very_object_that_the_program_gets() -> None:
    made: list[int] = []

    class Keep(Log):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            result = func(*args, **(kwargs or {}))
            self.kept = result
            made.append(id(result))
            return result

    x = torch.ones(2, requires_grad=True)
    with Keep() as keep:
        y = x * 2
    assert keep.kept is y
    assert made == [id(y)]


def test_the_options_of_a_run_stand_where_the_recorder_reads_them() -> None:
    taken: list[EngineOptions] = []

    def wrap(run):
        def look(outputs, *args, **kwargs):
            taken.append(engine_options(args, kwargs))
            return run(outputs, *args, **kwargs)

        return look

    x = torch.ones((), requires_grad=True)
    with engine_replaced(wrap):
        (x * 2).backward(retain_graph=True)
        torch.autograd.grad(x * 2, x, create_graph=True)
        (x * 2).backward(inputs=[x])
    assert taken == [
        EngineOptions(retain_graph=True, create_graph=False, accumulates=True),
        EngineOptions(retain_graph=True, create_graph=True, accumulates=False, wanted=(x,)),
        EngineOptions(retain_graph=False, create_graph=False, accumulates=False),
    ]


def test_a_view_keeps_its_node_until_its_base_is_written_to_and_has_a_new_one_then() -> None:
    base = torch.ones(2, requires_grad=True) * 2
    view = base[:1]
    first = view.grad_fn
    assert view._is_view()
    assert view.grad_fn is first
    base.mul_(3)
    assert view._version == 1
    assert view.grad_fn is not first


def test_foreach_operators_leave_versions_as_they_are_below_autograd() -> None:
    """The one case in which the recorder counts a version up itself; it need not where torch does."""
    tensor = torch.ones(2)
    with Log(), torch.no_grad():
        torch._foreach_add_([tensor], 1.0)
    assert tensor._version == 0


def test_a_number_that_torch_takes_out_for_itself_is_seen_as_a_call_before_the_one_that_uses_it() -> None:
    x, index = torch.ones(3), torch.tensor(1)
    with Log() as watch:
        _ = x[index]
    assert watch.seen == ["aten._local_scalar_dense.default", "aten.select.int"]


def test_sequence_numbers_tell_what_was_made_earlier() -> None:
    x = torch.ones(2, requires_grad=True)
    before = (x * 2).grad_fn
    number = next_sequence_number()
    after = (x * 2).grad_fn
    assert sequence_number(before) < number <= sequence_number(after)


def test_the_innermost_mode_is_known() -> None:
    assert current_mode() is None
    with Log() as log:
        assert current_mode() is log


def test_the_compiler_leaves_out_what_it_is_told_to() -> None:
    seen: list[list[str]] = []

    def inner() -> None:
        frame, names = sys._getframe(1), []
        while frame is not None:
            names.append(frame.f_code.co_name)
            if (frame.f_code.co_filename.endswith(COMPILED_CALL[0])) and frame.f_code.co_name == COMPILED_CALL[1]:
                seen.append(names)
            frame = frame.f_back

    class Looking(TorchDispatchMode):
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            inner()
            return func(*args, **(kwargs or {}))

    skip_dynamo(Looking.__torch_dispatch__)
    compiled = torch.compile(lambda x: x.cos() * 2, backend="aot_eager")
    with Looking():
        compiled(torch.ones(2))
    assert len(seen) == 2
    assert seen[0][0] == "__torch_dispatch__"


def test_hooks_on_nodes_are_registered_through_a_function_that_can_be_replaced() -> None:
    x = torch.ones((), requires_grad=True)
    y = x * 2
    first = y.grad_fn.register_hook(lambda *_: None)
    seen: list[tuple[list[int], int, bool]] = []
    with noticing_node_hooks(lambda hooks, handle, is_first: seen.append((list(hooks), handle.id, is_first))):
        second = y.grad_fn.register_hook(lambda *_: None)
        before = y.grad_fn.register_prehook(lambda *_: None)
    y.grad_fn.register_hook(lambda *_: None)
    assert seen == [([first.id, second.id], second.id, False), ([before.id], before.id, True)]


def test_hooks_on_tensors_lie_in_dicts_that_autograd_reads_when_it_runs() -> None:
    x = torch.ones((), requires_grad=True)
    h = x * 2
    calls: list[str] = []
    for tensor in (x, h):
        handle = tensor.register_hook(lambda _: calls.append("its own"))
        tensor._backward_hooks[handle.id] = lambda _: calls.append("another")
    handle = x.register_post_accumulate_grad_hook(lambda _: calls.append("its own"))
    hooks_after_accumulation(x)[handle.id] = lambda _: calls.append("another")
    h.backward()
    assert calls == ["another"] * 3


def test_what_a_node_keeps_can_be_looked_at_without_running_a_hook() -> None:
    x = torch.ones((), requires_grad=True)
    y = torch.ones((), requires_grad=True)
    z = x * y
    first = saved_slots(z.grad_fn)[0]
    assert (first.name, first.tensor is y, first.is_packed) == ("other", True, False)
    calls: list[str] = []
    assert not is_packing()
    hooks = (lambda tensor: calls.append("pack") or tensor, lambda _: calls.append("unpack"))
    with torch.autograd.graph.saved_tensors_hooks(*hooks):
        assert is_packing()
        packed = x.exp()
    (slot,) = saved_slots(packed.grad_fn)
    assert (slot.name, slot.tensor, slot.is_packed) == ("result", None, True)
    assert calls == ["pack"]
    z.backward()
    assert [each.tensor for each in saved_slots(z.grad_fn)] == [None, None]


def test_looking_at_what_a_node_keeps_leaves_the_error_of_a_later_write() -> None:
    x = torch.ones((), requires_grad=True)
    y = x.exp()
    assert saved_slots(y.grad_fn)[0].tensor is not None
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_the_node_whose_backward_runs_is_known() -> None:
    x = torch.ones((), requires_grad=True)
    found: list[object] = []

    class Look(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            found.append(node_at_work())
            return gradient

    y = Look.apply(x)
    y.backward()
    assert found[0] is y.grad_fn
    assert node_at_work() is None
