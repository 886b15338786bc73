"""Backlight: watch autograd think. ``import backlight`` loads no torch; recording does."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from backlight.live import Recording
    from backlight.model.document import Document

__all__ = ["__version__", "record", "trace"]
__version__ = "0.1.0"


def trace(
    source: str | None = None,
    *,
    expression: str | None = None,
    notebook: dict[str, Any] | None = None,
    inputs: dict[str, Any] | None = None,
    seed: int = 0,
) -> Document:
    """The Document of a program, an expression or a notebook (exactly one of them), run in the sandbox.

    ``inputs`` belong to an expression: name to number, or to nested lists of numbers. What the program
    raises is in the Document; what Backlight refuses is raised, as a `backlight.errors.BacklightError`.
    """
    import os

    from backlight.errors import RequestError
    from backlight.load import load_document
    from backlight.model.request import TraceRequest
    from backlight.sandbox import run_once
    from backlight.settings import Settings

    if sum(each is not None for each in (source, expression, notebook)) != 1:
        raise RequestError("Give exactly one of source, expression and notebook.")
    if inputs and expression is None:
        raise RequestError("Inputs belong to an expression.")
    request = TraceRequest(source, expression, notebook, inputs or {}, seed)
    return load_document(run_once(request, Settings.from_environment(os.environ)))


def record(keep: str | None = None, *, include: str | tuple[str, ...] = ()) -> Recording:
    """Record your own code: ``with backlight.record() as tape:``, then ask ``tape.document`` and ``tape.node(tensor)``.

    Any device, any model, no sandbox. ``keep`` holds memory flat in long runs: ``"last 10 passes"``, ``"statistics"``
    or ``"until non-finite"``. Places point into your own files; ``include`` names installed packages whose files count
    as yours, ``"transformers"`` or several of them. Raises RequestError where one of them makes no sense.
    """
    import os

    from backlight.errors import RequestError
    from backlight.live import Recording
    from backlight.messages import message
    from backlight.settings import Settings

    included: Any = (include,) if isinstance(include, str) else include
    if not (isinstance(included, list | tuple) and all(isinstance(name, str) for name in cast("list[Any]", included))):
        raise RequestError(message("invalid-request", "include-form", given=repr(include)))
    return Recording(keep, tuple(cast("list[str]", included)), Settings.from_environment(os.environ))


class _Face(ModuleType):
    """This module. Importing the package `backlight.record` must not hide the function `record`."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "record" or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face
