"""The names of torch that are not public and that recording rests on: here, and nowhere else.

``tests/test_torch_private.py`` says what broke when an upgrade of torch changes one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar, cast

import torch
import torch._C._dynamo.eval_frame as _compiler_frames
import torch.autograd
import torch.jit._trace as _tracing
from torch._ops import (
    _len_torch_dispatch_stack_pre_dispatch,  # pyright: ignore[reportPrivateUsage, reportUnknownVariableType]
    _pop_mode_from_pre_dispatch,  # pyright: ignore[reportPrivateUsage, reportUnknownVariableType]
)
from torch.autograd.function import _HookMixin  # pyright: ignore[reportPrivateUsage]
from torch.utils._python_dispatch import (
    _get_current_dispatch_mode,  # pyright: ignore[reportPrivateUsage]
    _get_current_dispatch_mode_stack,  # pyright: ignore[reportPrivateUsage]
    _push_mode,  # pyright: ignore[reportPrivateUsage]
)

_frames = cast("Any", _compiler_frames)


_no_torch_function: Any = cast("Any", torch._C).DisableTorchFunction  # pyright: ignore[reportPrivateUsage]
_pop_mode: Callable[[None], Any] = cast("Any", torch._C)._pop_torch_dispatch_stack  # pyright: ignore[reportPrivateUsage]
_modes_on: Callable[[], int] = cast("Any", torch._C)._len_torch_dispatch_stack  # pyright: ignore[reportPrivateUsage]
_pop_early_mode: Callable[[], Any] = _pop_mode_from_pre_dispatch
_early_modes_on = cast("Callable[[], int]", _len_torch_dispatch_stack_pre_dispatch)
_set_grad_enabled: Callable[[bool], None] = cast("Any", torch._C)._set_grad_enabled  # pyright: ignore[reportPrivateUsage]


class unrecorded:  # noqa: N801  # reads as what it is, a context, like `torch.no_grad`
    """A context in which no dispatch mode sees the calls; autograd is as it was."""

    __slots__ = ("_modes",)

    def __enter__(self) -> None:
        self._modes = [_pop_early_mode() for _ in range(_early_modes_on())]
        self._modes += [_pop_mode(None) for _ in range(_modes_on())]

    def __exit__(self, *exception: object) -> None:
        for mode in reversed(self._modes):
            _push_mode(mode)


class aside(unrecorded):  # noqa: N801  # the same
    """A context for what the recorder itself computes: no mode and no subclass sees it, autograd builds no graph."""

    __slots__ = ("_grad", "_quiet")

    def __enter__(self) -> None:
        super().__enter__()
        self._quiet = _no_torch_function()
        self._quiet.__enter__()
        self._grad = torch.is_grad_enabled()
        _set_grad_enabled(False)

    def __exit__(self, *exception: object) -> None:
        _set_grad_enabled(self._grad)
        self._quiet.__exit__(*exception)
        super().__exit__(*exception)


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def unnoticed(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A function of the recorder's that looks at tensors, made so that no ``__torch_function__`` is told of it.

    Dispatch handlers need none of it: torch calls them so.
    """

    @wraps(function)
    def quiet(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with _no_torch_function():
            return function(*args, **kwargs)

    return quiet


def current_mode() -> Any:
    """The dispatch mode that sees the next call first, or None."""
    return _get_current_dispatch_mode()


def other_modes(own: type) -> bool:
    """Whether a dispatch mode of another type sees the calls, too."""
    return any(not isinstance(mode, own) for mode in _get_current_dispatch_mode_stack())


def take_back(library: torch.library.Library) -> None:
    """Undo what a library has registered with torch's dispatcher."""
    cast("Any", library)._destroy()


def skip_dynamo(function: Callable[..., Any]) -> None:
    """Keep ``torch.compile`` from compiling a function, and what it calls; without importing the compiler for that."""
    skip = _frames._FrameAction.SKIP
    _frames.set_code_exec_strategy(function.__code__, _frames._FrameExecStrategy(skip, skip))


COMPILED_CALL = ("/torch/_dynamo/eval_frame.py", "compile_wrapper")
"""End of the file, and name, of the function whose frame stands between a call of a compiled function and its code."""


@contextmanager
def below_autograd() -> Generator[None]:
    """A context in which calls go straight to the kernels, as they do below a dispatch mode; also those that write."""
    with cast("Any", torch._C)._AutoDispatchBelowAutograd():  # pyright: ignore[reportPrivateUsage]
        yield


def modes_are_off() -> bool:
    """Whether no dispatch mode sees the calls now: torch prints a tensor, or the recorder looks at one."""
    return _get_current_dispatch_mode() is None


AccumulateGrad: Any = cast("Any", torch._C)._functions.AccumulateGrad  # pyright: ignore[reportPrivateUsage]
"""The type of the nodes that add a gradient to a leaf's ``.grad``."""

is_transformed: Callable[[torch.Tensor], bool] = cast("Any", torch._C)._functorch.is_functorch_wrapped_tensor  # pyright: ignore[reportPrivateUsage]
"""Whether a tensor exists only inside of a function transform (``vmap``, ``torch.func.grad``)."""


def next_sequence_number() -> int:
    """The number that autograd will give to the next node that this thread makes; nodes count upwards."""
    return cast("Any", torch._C)._autograd._get_sequence_nr()  # pyright: ignore[reportPrivateUsage]


def sequence_number(node: Any) -> int:
    """The number that a node got when it was made."""
    return node._sequence_nr()


def name_of(node: Any) -> str:
    """What autograd calls a node. A ``ctx`` is one, on which a program may have put a ``name`` of its own."""
    return _kind_of(node).name(node).rpartition("::")[2]


def hook_after(node: Any, hook: Callable[..., Any]) -> Any:
    """``register_hook`` of a node, whatever it has under that name."""
    return _kind_of(node).register_hook(node, hook)


def hook_before(node: Any, hook: Callable[..., Any]) -> Any:
    """``register_prehook``, alike."""
    return _kind_of(node).register_prehook(node, hook)


def _kind_of(node: Any) -> Any:
    return cast("Any", type(node))


def output_shapes(node: Any) -> tuple[tuple[tuple[int, ...], str], ...]:
    """Shape and dtype of each output of the forward call that an autograd node belongs to."""
    metadata = [(of, ()) if of.is_nested_tensor else (of, tuple(of.shape)) for of in node._input_metadata]
    return tuple((shape, str(of.dtype).removeprefix("torch.")) for of, shape in metadata)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How a run of the engine was asked for.

    ``accumulates`` where it adds to every leaf's ``.grad``; ``wanted`` are those whose gradients it returns instead.
    """

    retain_graph: bool
    create_graph: bool
    accumulates: bool
    wanted: tuple[Any, ...] = ()


def engine_options(args: tuple[Any, ...], kwargs: dict[str, Any]) -> EngineOptions:
    """The options among the arguments of the engine's door, after the outputs that the run starts from."""
    names = ("grad_tensors", "retain_graph", "create_graph", "inputs", "allow_unreachable", "accumulate_grad")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    everywhere = bool(given["accumulate_grad"]) and not given["inputs"]
    wanted = () if given["accumulate_grad"] else tuple(given["inputs"] or ())
    return EngineOptions(bool(given["retain_graph"]), bool(given["create_graph"]), everywhere, wanted)


@dataclass(frozen=True, slots=True)
class HeldTensor:
    """What an autograd node holds under a name: a tensor, or what a saved-tensor hook made of it; neither if freed."""

    name: str
    tensor: torch.Tensor | None
    is_packed: bool


def saved_slots(node: Any) -> list[HeldTensor]:
    """What a node keeps for its backward, as it lies there: no hook runs, no version is checked."""
    return [
        _held(name if position is None else f"{name}[{position}]", slot)
        for name in slot_names(node.__class__)
        for position, slot in _slots(getattr(node, _SLOT + name))
    ]


_SLOT = "_raw_saved_"


@cache
def slot_names(kind: type) -> tuple[str, ...]:
    """The names under which nodes of this type can keep tensors."""
    return tuple(name.removeprefix(_SLOT) for name in dir(kind) if name.startswith(_SLOT))


def _slots(found: Any) -> list[tuple[int | None, Any]]:
    return [*enumerate(cast("tuple[Any, ...]", found))] if isinstance(found, tuple) else [(None, found)]


def _held(name: str, slot: Any) -> HeldTensor:
    packed = slot.unpack_hook is not None
    return HeldTensor(name, None if packed else slot.data, packed)


def is_packing() -> bool:
    """Whether saved-tensor hooks take in what autograd saves now."""
    return cast("Any", torch._C)._autograd._top_saved_tensors_default_hooks(True) is not None  # pyright: ignore[reportPrivateUsage]


def node_at_work() -> Any:
    """The autograd node whose backward runs in this thread; None outside of the engine."""
    return cast("Any", torch._C)._current_autograd_node()  # pyright: ignore[reportPrivateUsage]


NODE_HOOKS: type = _HookMixin
"""Where the hooks of autograd nodes are registered."""


@contextmanager
def noticing_node_hooks(registered: Callable[[dict[int, Any], Any, bool], None]) -> Generator[None]:
    """Call ``registered(hooks, handle, is_first)`` for each hook put on an autograd node.

    ``hooks`` are all those beside it, itself included; a first one's are the node's only after that.
    """
    original = vars(_HookMixin)["_register_hook"]

    def register(hooks: Any, hook: Any) -> Any:
        is_first = hooks is None
        hooks, handle = original.__func__(hooks, hook)
        registered(hooks, handle, is_first)
        return hooks, handle

    cast("Any", _HookMixin)._register_hook = staticmethod(register)
    try:
        yield
    finally:
        cast("Any", _HookMixin)._register_hook = original


def hooks_after_accumulation(leaf: torch.Tensor) -> dict[int, Any]:
    """The hooks that run when a gradient has been added to a leaf's ``.grad``: the dict where torch finds them."""
    return cast("Any", leaf)._post_accumulate_grad_hooks or {}


@contextmanager
def tracing_replaced(wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Generator[None]:
    """Put ``wrap(original)`` in the place of what ``torch.jit`` traces functions and modules with, for a while."""
    places = ((_tracing, "_trace_impl"), (_tracing, "trace_module"), (torch.jit, "trace_module"))
    originals = [getattr(module, name) for module, name in places]
    try:
        for (module, name), original in zip(places, originals, strict=True):
            setattr(module, name, wrap(original))
        yield
    finally:
        for (module, name), original in zip(places, originals, strict=True):
            setattr(module, name, original)


_ENGINE = "_engine_run_backward"


@contextmanager
def engine_replaced(wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Generator[None]:
    """Put ``wrap(original)`` in the place of the function that every backward pass goes through, for a while."""
    modules = (torch.autograd, torch.autograd.graph)
    originals = [getattr(module, _ENGINE) for module in modules]
    try:
        for module, original in zip(modules, originals, strict=True):
            setattr(module, _ENGINE, wrap(original))
        yield
    finally:
        for module, original in zip(modules, originals, strict=True):
            setattr(module, _ENGINE, original)


def is_being_captured(tensor: torch.Tensor) -> bool:
    """Whether this is computed only when a CUDA graph is replayed: to look at it now would break the capture."""
    return tensor.is_cuda and torch.cuda.is_current_stream_capturing()
