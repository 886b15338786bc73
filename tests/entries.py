"""Entry points for the sandbox's tests: each does to its process what a program could do. The source says which."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import time
from pathlib import Path
from types import CodeType

from backlight.errors import NotAllowed, SoftLimit
from backlight.model.document import Place
from backlight.model.program import FILENAME, Namespace
from backlight.model.request import TraceRequest
from backlight.sandbox import kernel
from backlight.sandbox.child import WAKING_EXPRESSION, WARM_UP, WARM_UP_EXPRESSION
from backlight.settings import Settings

MAPPED: list[str] = []
"""The zygote's memory map, from before it was closed to looks."""

LEFT: list[str] = []
"""What programs left in this process."""

WOKEN: list[str] = []
"""One for each time that this process was told that a request comes."""


def program(text: str) -> CodeType:
    """Code that counts as the user's program."""
    return compile(text, FILENAME, "exec")


def find_residue() -> int:
    """How much of that there is."""
    return len(LEFT)


def echo(request: TraceRequest, settings: Settings, namespace: Namespace) -> bytes:
    """Answer with the request itself."""
    return json.dumps({"source": request.source, "seed": request.seed, "inputs": request.inputs}).encode()


def obey(request: TraceRequest, settings: Settings, namespace: Namespace) -> bytes:
    """Do what the first word of the source says."""
    if request.source is None:  # a warm-up, of which only the program counts here
        WOKEN.extend([""] * (request.expression == WAKING_EXPRESSION))
        if request.expression == WARM_UP_EXPRESSION:  # the end of a warm-up, in which it was woken, too
            WOKEN.clear()
        return b"{}"
    if request.source == WARM_UP:
        with contextlib.suppress(OSError):  # in a child it cannot be read any more
            MAPPED.append(Path("/proc/self/maps").read_text())
        return _exec(WARM_UP, settings, namespace)
    word, _, rest = (request.source or "").partition(" ")
    return DEEDS[word](rest, settings, namespace)


def _sleep(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    time.sleep(float(rest))
    return b"{}"


def _finish(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    """Run for so many seconds, and make the Document for so many others."""
    running, finishing = rest.split()
    time.sleep(float(running))
    namespace.over()
    time.sleep(float(finishing))
    return b"{}"


def _crash(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    time.sleep(float(rest))
    return ctypes.string_at(0)


def _exec(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    space = {"__builtins__": __builtins__}
    try:
        exec(program(rest), space)
    except SoftLimit as limit:
        return json.dumps({"stopped": limit.limit, "value": limit.value}).encode()
    return json.dumps({"result": space.get("result")}, default=repr).encode()


def _see(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    space = {"__builtins__": dict(namespace.builtins), "__name__": "__main__", **namespace.modules}
    exec(program(rest), space)
    return json.dumps(space.get("result")).encode()


def _refuse(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    raise NotAllowed("Not here.", Place(2, 3, 2, 7), instead="something else")


def _soften(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    raise SoftLimit("graph_nodes", 5, "Too many nodes.")


def _fail(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    raise RuntimeError("a fault of ours in /some/path")


def _exit(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    os._exit(3)


def _trace(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    kernel.call("ptrace", 0, 0, 0, 0)
    return b"{}"


def _mapped(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    return json.dumps(MAPPED[-1].splitlines()).encode()


def _write(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    """Write raw bytes (in hexadecimal) where the reply's frame belongs."""
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, bytes.fromhex(rest))
        except OSError:
            continue
    os._exit(0)


def _large(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    return b"1" * int(rest)


def _where(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    return json.dumps({"process": os.getpid(), "environment": dict(os.environ)}).encode()


def _leave(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    LEFT.append(rest)
    return _where(rest, settings, namespace)


def _woken(rest: str, settings: Settings, namespace: Namespace) -> bytes:
    return json.dumps(len(WOKEN)).encode()


DEEDS = {
    "sleep": _sleep,
    "finish": _finish,
    "crash": _crash,
    "exec": _exec,
    "see": _see,
    "refuse": _refuse,
    "soften": _soften,
    "fail": _fail,
    "exit": _exit,
    "trace": _trace,
    "mapped": _mapped,
    "write": _write,
    "large": _large,
    "where": _where,
    "leave": _leave,
    "woken": _woken,
}
