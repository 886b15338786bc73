"""What recording takes for granted of torch without torch promising it. A failure here says what an upgrade changed."""

from __future__ import annotations

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from backlight.record.torch_private import (
    AccumulateGrad,
    EngineOptions,
    aside,
    below_autograd,
    current_node,
    engine_options,
    engine_replaced,
    modes_are_off,
    output_shapes,
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
            self.seen.append((str(func), current_node()))
            return func(*args, **(kwargs or {}))

    x = torch.ones(2, requires_grad=True)
    y = x * 2
    left, right = y.sin(), y.cos()
    with Nodes() as nodes:
        torch.autograd.grad((left + right).sum(), x)
    assert current_node() is None
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
        EngineOptions(retain_graph=True, create_graph=True, accumulates=False),
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
