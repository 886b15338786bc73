"""Puts hostile programs on trial: runs them through one pool, beside what they are after, and tells how each ended.

In: an entry point and programs. Out: a `Verdict` for each, once it is asked for.
"""

from __future__ import annotations

import json
import os
import re
import socket
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backlight.errors import BacklightError, LimitExceeded, RequestError
from backlight.model.request import TraceRequest
from backlight.sandbox.once import Runner
from backlight.sandbox.pool import PIPELINE
from backlight.settings import Settings
from hostile_programs import Hostile

WITH_LANGUAGE, WITHOUT_LANGUAGE = PIPELINE, "unguarded:run"
SETTINGS = Settings(
    idle_workers=3,
    cpu_seconds=0.25,
    finishing_seconds=0.75,
    wall_seconds=20.0,
    memory_bytes=160 * 2**20,
    graph_nodes=1_000,
)
"""Limits that are quick to reach, so that the whole corpus takes minutes; the wall clock alone is not to be met."""

ORDINARY = "import torch\nx = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\nprint(x.grad.item())"
SECRET = "the secret of the file 5d41402a"
VARIABLE = "BACKLIGHT_TEST_TOKEN"
TOKEN = "the secret of the environment 7d793037"
OUT_OF_MEMORY = re.compile(r"MemoryError|bad_alloc|can't allocate memory|not enough memory|[Uu]nable to allocate")
FORBIDDEN = re.compile(
    r"PermissionError|Operation not permitted|Too many open files|can't start new thread"
    r"|AssertionError: refused|unable to open database file|not allowed to raise maximum limit"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a program ended, what anyone was told, and whether the next one was served.

    ``fate``: ``language`` (refused before it ran), ``limit`` (soft, hard, or memory that it was denied), ``seal`` (the
    kernel refused a call, or ended the process for it), ``error`` (its own), ``died`` (the process crashed), ``ran``.
    ``told`` is everything that left the sandbox but the program's own text; ``messages`` what is told of failures.
    """

    fate: str
    told: str
    messages: str
    next_answer: str | None


class Ground:
    """A folder that anyone may write to, with a file to steal, and a listener to call."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="backlight-")
        self.folder = Path(self._folder.name)
        self.folder.chmod(0o777)
        self.secret = self.folder / "secret"
        self.secret.write_text(SECRET)
        self.secret.chmod(0o666)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self._beside = self._seen()

    def baited(self, code: str) -> str:
        """The program with what it names filled in."""
        bait = {"CANARY": self.folder / "canary", "SECRET": self.secret, "SERVER": os.getpid()}
        bait["PORT"] = self.listener.getsockname()[1]
        return re.sub(r"\b(CANARY|SECRET|SERVER|PORT)\b", lambda found: str(bait[found[0]]), code)

    def losses(self) -> list[str]:
        """What somebody did here: files made, changed or gone, and calls to the listener."""
        found = [f"{path} came or went" for path in self._seen() ^ self._beside]
        if self.secret.exists() and self.secret.read_text() != SECRET:
            found.append("the secret was overwritten")
        try:
            self.listener.accept()[0].close()
            found.append("the listener was called")
        except BlockingIOError:
            pass
        return found

    def close(self) -> None:
        self.listener.close()
        self._folder.cleanup()

    def _seen(self) -> set[Path]:
        return {*self.folder.iterdir(), *Path.cwd().glob("backlight-*"), *Path("/").glob("backlight-*")}


class Trial:
    """All programs in one pool, three at a time, in order: some sleep until the clock ends them."""

    def __init__(self, entry: str, programs: Iterable[Hostile]) -> None:
        self.ground = Ground()
        os.environ[VARIABLE] = TOKEN
        self.sandbox = Runner(SETTINGS, entry)
        self._threads = ThreadPoolExecutor(SETTINGS.idle_workers)
        self._verdicts: dict[str, Future[Verdict]] = {
            each.name: self._threads.submit(self._try, each) for each in programs
        }

    def verdict(self, program: Hostile) -> Verdict:
        return self._verdicts[program.name].result()

    def fates(self) -> Counter[str]:
        """How many of the programs ended in which way."""
        return Counter(each.result().fate for each in self._verdicts.values())

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self.sandbox.close()
        self.ground.close()
        del os.environ[VARIABLE]

    def _try(self, program: Hostile) -> Verdict:
        code = self.ground.baited(program.code)
        try:
            fate, told, messages = judge(json.loads(self.sandbox.run(TraceRequest(source=code))))
        except BacklightError as error:
            fate, told = fate_of(error), json.dumps([error.message, error.details], default=str)
            messages = told
        except (ValueError, KeyError, TypeError) as error:  # no Document: the program wrote the answer itself
            fate, told, messages = "died", repr(error), ""
        return Verdict(fate, told, messages, self._ordinary() if fate in {"limit", "seal", "died"} else None)

    def _ordinary(self) -> str:
        try:
            document = json.loads(self.sandbox.run(TraceRequest(source=ORDINARY)))
        except BacklightError as error:
            return repr(error)
        return document["cells"][0]["output"]


def judge(document: dict[str, Any]) -> tuple[str, str, str]:
    """The fate of a program that has a Document, what the Document tells, and what its errors and warnings tell."""
    error, cells = document["error"], document["cells"]
    failures = [error, document["stopped"], [[each["error"], each["warnings"]] for each in cells]]
    messages = json.dumps(failures, ensure_ascii=False)
    told = json.dumps({name: document[name] for name in document if name not in {"source", "sources", "timing"}})
    if document["stopped"]:
        return "limit", told, messages
    if error is None:
        return "ran", told, messages
    text = f"{error['type']}: {error['message']}"
    fate = "limit" if OUT_OF_MEMORY.search(text) else "seal" if FORBIDDEN.search(text) else "error"
    return fate, told, messages


def fate_of(error: BacklightError) -> str:
    """The fate of a program that has no Document."""
    if isinstance(error, LimitExceeded):
        return "limit"
    if isinstance(error, RequestError):
        return "language"
    return "seal" if "SIGSYS" in "".join(getattr(error, "__notes__", ())) else "died"
