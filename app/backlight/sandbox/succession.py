"""Who forks the children: the zygote that serves, and behind it those that stand by to take its place at once.

Only where none is left is torch loaded anew. A zygote that keeps dying is replaced ever more slowly.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections import deque
from collections.abc import Callable

from backlight.errors import WorkerDied
from backlight.sandbox.client import Zygote, start_zygote
from backlight.sandbox.lineage import Lineage
from backlight.sandbox.probe import SealReport
from backlight.sandbox.wire import Start
from backlight.settings import Settings

CLOSE_SECONDS = 3.0
"""Time in which zygotes must have ended after the server let go of them."""
PROMPT_SUCCESSIONS = 6
"""So many successions may follow on each other at once; after these, one every `SUCCESSION_SECONDS`."""
SUCCESSION_SECONDS = 5.0
RETRY_SECONDS = 5.0
"""Pause after a zygote that could not be made to stand by, before the next is tried."""
_log = logging.getLogger(__name__)


class Succession:
    """Zygotes, of which one serves. ``seal`` tells how tightly their children are sealed, once that is known.

    ``restarts`` counts how often another took the place of the one that served.
    """

    def __init__(self, start: Start, settings: Settings, on_lost: Callable[[], None]) -> None:
        self._start = start
        self._settings = settings
        self._on_lost = on_lost
        self._lineage: Lineage | None = None
        self._serving: asyncio.Task[Zygote] | None = None
        self._standby: deque[Zygote] = deque()
        self._paid_at = self._room_at = -math.inf
        self.seal: SealReport | None = None
        self.restarts = 0

    @property
    def standing_by(self) -> int:
        """How many zygotes stand by."""
        return sum(not each.lost for each in self._standby)

    async def serving(self) -> Zygote:
        """The zygote that serves; where it is gone, the next. All who wait share one succession.

        Raises WorkerDied where there can be none.
        """
        last = self._last()
        if self._serving is None or (self._serving.done() and (last is None or last.lost)):
            self._serving = asyncio.create_task(self._succeed(last))
        return await asyncio.shield(self._serving)

    async def fill(self, zygote: Zygote) -> None:
        """Have as many stand by as the settings say, or fewer where the system has no room for them."""
        self._forget_lost()
        now = asyncio.get_running_loop().time()
        while len(self._standby) < self._settings.standby_zygotes and not zygote.lost and now >= self._room_at:
            try:
                self._standby.append(await zygote.fork_standby())
            except WorkerDied as error:
                self._room_at = now + RETRY_SECONDS
                _log.warning("No zygote stands by: %s", error.message)

    async def close(self) -> None:
        """End every zygote, and with them every child."""
        if self._serving is not None and not self._serving.done():
            self._serving.cancel()
            with contextlib.suppress(asyncio.CancelledError, WorkerDied):
                await self._serving
        zygotes = [*self._standby, *filter(None, [self._last()])]
        for each in zygotes:
            each.close()
        if self._lineage is not None:
            await self._lineage.close(CLOSE_SECONDS)

    async def _succeed(self, last: Zygote | None) -> Zygote:
        await self._take_time()
        if last is not None:
            self.restarts += 1
        self._forget_lost()
        if self._standby:
            _log.warning("The zygote is gone; the one that stood by takes its place.")
            return self._standby.popleft()
        return await self._begin()

    async def _begin(self) -> Zygote:
        """Load torch anew."""
        if self._lineage is not None:
            await self._lineage.close(CLOSE_SECONDS)
        self._lineage, zygote = await start_zygote(self._start, self._on_lost)
        self.seal = SealReport.of(zygote.openings)
        _log.info("sandbox-ready", extra={"sealed": self.seal.is_tight, "openings": list(self.seal.openings)})
        if self._settings.must_be_sealed and not self.seal.is_tight:
            _log.error("No program is run: %s", self.seal)
            zygote.close()
            await self._lineage.close(CLOSE_SECONDS)
            raise WorkerDied("Programs cannot be sealed off on this machine.")
        return zygote

    async def _take_time(self) -> None:
        """Wait where successions come thick and fast: what kills each zygote would have them die in a hot loop."""
        now = asyncio.get_running_loop().time()
        self._paid_at = max(self._paid_at, now) + SUCCESSION_SECONDS
        await asyncio.sleep(self._paid_at - now - PROMPT_SUCCESSIONS * SUCCESSION_SECONDS)

    def _forget_lost(self) -> None:
        for each in [each for each in self._standby if each.lost]:
            self._standby.remove(each)

    def _last(self) -> Zygote | None:
        task = self._serving
        if task is None or not task.done() or task.cancelled() or task.exception() is not None:
            return None
        return task.result()
