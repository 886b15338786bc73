"""Player: shows one Document in the page, from this process, to this machine.

In: the bytes of a Document. Out: a `Player`, which serves the built page and this one Document on a free port of
127.0.0.1, under an address that nobody can guess, until it is closed or the process ends. It needs the standard
library alone: no torch, and none of the server's packages. Programs are not run here.
"""

from __future__ import annotations

from backlight.player.server import Player, play

__all__ = ["Player", "play"]
