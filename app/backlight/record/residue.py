"""Residue: what a program that has ended left in its process, as far as another one there could notice it.

Out: a value that is equal before and after a program that left nothing. Random generators are no part of it, for each
run seeds them, nor is what a run's namespace undoes at its end.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator
from functools import cache, reduce
from typing import Any

Residue = tuple[object, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ASKED = _words(
    """
    torch.is_grad_enabled torch.is_inference_mode_enabled torch._C._is_fwd_grad_enabled
    torch._C._is_multithreading_enabled torch._C._is_view_replay_enabled torch._C._len_torch_function_stack
    torch._C._len_torch_dispatch_stack torch._C._is_torch_function_enabled
    torch._C._autograd._saved_tensors_hooks_is_enabled torch._C._functorch.maybe_current_level
    torch.is_anomaly_enabled torch.is_anomaly_check_nan_enabled torch.is_autocast_cache_enabled
    torch.get_default_dtype torch.get_default_device torch.get_deterministic_debug_mode torch.is_warn_always_enabled
    torch.get_float32_matmul_precision torch.get_num_threads torch.backends.cuda.flash_sdp_enabled
    torch.backends.cuda.math_sdp_enabled torch.backends.cuda.mem_efficient_sdp_enabled
    sys.getrecursionlimit abc.get_cache_token decimal.getcontext numpy.geterr numpy.get_printoptions
    """
)
"""Functions without arguments that tell a mode, which ``with`` may have left on, or a setting."""

ASKED_BY_DEVICE = _words("torch.is_autocast_enabled torch.get_autocast_dtype")
DEVICES = ("cpu", "cuda")

READ = _words(
    """
    torch.autograd.forward_ad._current_level torch.nn.utils.parametrize._cache_enabled
    torch.utils.checkpoint._enable_checkpoint_early_stop torch.utils.deterministic.fill_uninitialized_memory
    torch._tensor_str.PRINT_OPTS torch.distributions.Distribution._validate_args torch.backends.mkldnn.enabled
    torch.backends.cudnn.enabled torch.backends.cuda.matmul.allow_tf32
    """
)
"""Values of such modes and settings; they are told apart by how they are written."""

ADDED_TO = _words(
    """
    torch.nn.modules.module._global_forward_hooks torch.nn.modules.module._global_forward_pre_hooks
    torch.nn.modules.module._global_backward_hooks torch.nn.modules.module._global_backward_pre_hooks
    torch.nn.modules.module._global_parameter_registration_hooks
    torch.nn.modules.module._global_module_registration_hooks torch.nn.modules.module._global_buffer_registration_hooks
    torch.distributions.kl._KL_REGISTRY torch.distributions.biject_to._registry
    torch.distributions.transform_to._registry
    """
)
"""Tables that functions and decorators add to, or write over."""

SAVED_TENSOR_HOOKS = "torch._C._autograd._top_saved_tensors_default_hooks"

_executors = weakref.WeakSet[Any]()


def follow(executor: object) -> None:
    """Take note of what runs a program: it lasts as long as any function or class of that program does."""
    _executors.add(executor)


def find_residue() -> Residue:
    """How many programs are not gone, then the modes and settings that each run finds as the one before left them.

    Garbage must have been collected: a program that is in it counts as there. What this torch or this Python does
    not have is left out.
    """
    return (len(_executors), *_found())


def _found() -> Iterator[object]:
    yield from (repr(ask()) for ask in _resolved(ASKED))
    yield from (repr(ask(device)) for ask in _resolved(ASKED_BY_DEVICE) for device in DEVICES)
    yield from (repr(_find(name)) for name in READ if is_there(name))
    yield from (tuple(map(id, (*each, *each.values()))) for each in _resolved(ADDED_TO))
    yield from (ask(True) for ask in _resolved((SAVED_TENSOR_HOOKS,)))


@cache
def _resolved(names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(_find(name) for name in names if is_there(name))


@cache
def is_there(name: str) -> bool:
    """Whether this torch, or this Python, has what a dotted name says."""
    try:
        _find(name)
    except (AttributeError, KeyError):
        return False
    return True


def _find(dotted: str) -> Any:
    """What a dotted name stands for, by the longest module of that name that is loaded."""
    parts = dotted.split(".")
    for end in range(len(parts) - 1, 0, -1):
        module = sys.modules.get(".".join(parts[:end]))
        if module is not None:
            return reduce(getattr, parts[end:], module)
    raise KeyError(dotted)
