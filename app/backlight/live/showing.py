"""Showing: a recording in the page: in a browser of this machine, or inline in a notebook.

In: a Document, as bytes. Out: a `Player`. The process serves the page itself, and for as long as it lives.
"""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable
from typing import Any

from backlight.player import Player, play

NO_BROWSER = (
    "No browser was opened here. `tape.show(block=True)` serves the page until Ctrl-C; "
    '`tape.save("run.json")` keeps the recording, for `backlight open run.json`.\n'
)
LINGER_SECONDS = 20.0
"""So long the end of a script waits for its page to be loaded."""
FRAME_HEIGHT = 640

Opener = Callable[[str], Any]
"""Opens an address, and says (False) where it could not; `webbrowser.open` is one."""


def show_document(content: bytes, name: str, block: bool, opener: Opener) -> Player:
    """Play a Document: inline where this is a notebook, in a browser elsewhere; ``block`` serves until Ctrl-C."""
    display = notebook_display()
    player = play(content, name, is_framed=display is not None)
    if display is not None:
        display(player.address, FRAME_HEIGHT)
        return player
    sys.stdout.write(f"Backlight plays this recording on {player.address}\n")
    sys.stdout.flush()
    is_open = opener(player.address) is not False
    if block:
        player.wait()
    elif is_open:
        atexit.register(player.linger, LINGER_SECONDS)
    else:
        sys.stdout.write(NO_BROWSER)
    return player


def notebook_display() -> Callable[[str, int], None] | None:
    """What shows an address inline, where this process is the kernel of a notebook."""
    ipython: Any = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return None

    def display(address: str, height: int) -> None:
        shown: Any = sys.modules["IPython.display"]
        shown.display(shown.IFrame(address, width="100%", height=height))

    return display
