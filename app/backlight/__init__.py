"""Backlight: watch autograd think. ``import backlight`` loads no torch; recording does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backlight.model.document import Document

__all__ = ["__version__", "trace"]
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
    request = TraceRequest(source, expression, notebook, inputs or {}, seed)
    return load_document(run_once(request, Settings.from_environment(os.environ)))
