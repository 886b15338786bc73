"""Recording: what ``with backlight.record() as tape:`` gives, and what one asks of it afterwards."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from backlight.errors import NotRecorded, RequestError
from backlight.live.files import UserFiles
from backlight.live.showing import Opener, show_document
from backlight.messages import message
from backlight.model.document import Document, Node
from backlight.pipeline import Told, tell
from backlight.record import Keep, LiveRecorder, LiveTrace, UserCode, parse_keep
from backlight.settings import Settings

if TYPE_CHECKING:
    import torch

    from backlight.player import Player

WRITERS: dict[str, Callable[[Document], bytes]] = {".json": Document.to_json}
"""What a recording can be saved as, by the ending of the file's name."""


class Recording:
    """A recording of the block that it is used for, once: open while the block runs, then done.

    ``keep`` and ``include`` are as `backlight.record` describes them.
    """

    def __init__(self, keep: str | None, include: tuple[str, ...], settings: Settings) -> None:
        self._keep: Keep = parse_keep(keep)
        self._kept = keep
        self._include = include
        self._settings = settings
        self._files = UserFiles("", include)
        self._recorder: LiveRecorder | None = None
        self._done: tuple[LiveTrace, Told] | None = None
        self._began = 0.0

    def __enter__(self) -> Recording:
        if self._recorder is not None:
            raise RequestError(message("invalid-request", "recording-used"))
        self._files = UserFiles(self._entry(sys._getframe(1)), self._include)  # pyright: ignore[reportPrivateUsage]
        code = UserCode(self._files.is_mine, self._files.bound, self._files.resolve, self._files.passing)
        recorder = LiveRecorder(code, self._keep, self._settings)
        self._began = perf_counter()
        recorder.start()  # where it is refused, it can be tried again
        self._recorder = recorder
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._recorder is not None
        done = self._recorder.end(None if isinstance(error, GeneratorExit) else error)
        recorded = perf_counter() - self._began
        sources = self._files.sources()
        lines = max(1, len(sources[0].text.splitlines()))
        cells = tuple(replace(cell, end_line=lines) for cell in done.trace.cells)
        self._done = done, tell(replace(done.trace, cells=cells), sources, done.seed, (0.0, recorded))

    @property
    def document(self) -> Document:
        """Everything that was recorded. Raises RequestError while the block still runs."""
        return self._finished("the document")[1].document

    def node(self, tensor: torch.Tensor) -> Node:
        """The node that made what ``tensor`` holds; for a leaf, the leaf. Raises NotRecorded where there is none."""
        done, told = self._finished("a node")
        if not hasattr(tensor, "grad_fn"):
            raise NotRecorded(message("not-recorded", "type", kind=type(tensor).__name__))
        alive, made = done.made.get(id(tensor), (None, None))
        if alive is None or alive() is not tensor:
            topic = "never" if self._kept is None else "forgotten"
            raise NotRecorded(message("not-recorded", topic, keep=repr(self._kept)))
        number = None if made is None else told.node_of(*made)
        if number is None:
            raise NotRecorded(message("not-recorded", "undrawn"))
        return told.document.nodes[number]

    def save(self, path: str | Path) -> None:
        """Write the recording to a file, in the form that the ending of its name says: ``.json``."""
        document = self.document
        target = Path(path)
        write = WRITERS.get(target.suffix.lower())
        if write is None:
            raise RequestError(message("invalid-request", "save", name=target.name, endings=", ".join(WRITERS)))
        target.write_bytes(write(document))

    def show(self, *, block: bool = False, opener: Opener = webbrowser.open) -> Player:
        """Play the recording in the page: in a browser, or inline in a notebook.

        This process serves it, on loopback, until it ends; ``block`` waits here for Ctrl-C. A script that ends waits
        until its page is loaded. ``opener`` is what opens the address.
        """
        document = self.document
        name = document.sources[0].name if document.sources else "recording"
        return show_document(document.to_json(), name, block, opener)

    def _entry(self, frame: FrameType) -> str:
        """The file in which the block stands: the innermost of the user's own."""
        caller: FrameType | None = frame
        while caller is not None and self._files.is_foreign(caller.f_code.co_filename):
            caller = caller.f_back
        return (caller or frame).f_code.co_filename

    def _finished(self, what: str) -> Any:
        if self._done is None:
            topic = "recording-empty" if self._recorder is None else "recording-open"
            raise RequestError(message("invalid-request", topic, what=what))
        return self._done
