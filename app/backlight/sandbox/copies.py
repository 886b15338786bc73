"""Copies: what keeps ``copy`` from writing into what no program made.

An object says by ``__reduce_ex__`` how it is made again, and with what attributes. A program that gets such a name into
an object would have ``copy.deepcopy`` put attributes into a class, a module or a tensor of torch's.
"""

from __future__ import annotations

import copy
import types
from collections.abc import Callable
from typing import Any, cast

from backlight.messages import message

FIXED = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)
"""What no copy is: nobody makes one of these again."""
_original: Callable[..., Any] = copy._reconstruct  # type: ignore[attr-defined]


def guard_copies(tensor: type) -> None:
    """From now on copies write into new objects alone, in this process."""

    def reconstruct(x: Any, memo: Any, function: Any, args: Any, state: Any = None, *rest: Any, **how: Any) -> Any:
        def make(*given: Any) -> Any:
            made = function(*given)
            kind = cast("type[Any]", type(made))
            if issubclass(kind, FIXED) or (state is not None and issubclass(kind, tensor)):
                raise TypeError(message("not-allowed", "patching", what="What is copied"))
            return made

        parts = cast("tuple[Any, ...]", state) if isinstance(state, tuple) else ()
        slots: Any = parts[1] if len(parts) == 2 else None
        if isinstance(slots, dict) and any(map(is_python_s, cast("dict[Any, Any]", slots))):
            raise TypeError(message("not-allowed", "patching", what="What is copied"))
        return _original(x, memo, make, args, state, *rest, **how)

    copy._reconstruct = reconstruct  # type: ignore[attr-defined]


def is_python_s(name: object) -> bool:
    """Whether a name is one of Python's own, which change how an object behaves."""
    return type(name) is not str or (name.startswith("__") and name.endswith("__"))
