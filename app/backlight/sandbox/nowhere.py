"""Nowhere: ``os``, ``platform`` and ``threading`` of a program that is on no machine and has one thread.

In: the chance of a run. Out: by dotted name, what puts names of files together, an environment that is empty until the
program writes to it, and locks that nobody else holds. What would touch a file is an error that says so.
"""

from __future__ import annotations

import platform
import posixpath
from collections.abc import Callable
from types import FunctionType, SimpleNamespace
from typing import Any, NoReturn

from backlight.messages import message
from backlight.sandbox.slots import call_methods
from backlight.sandbox.steady import Steady

PATHS: Any = posixpath
"""What puts paths together, on any machine."""
WORKING = "/"
"""What a program is told of where it is."""
OF_PATHS = ("basename", "commonpath", "commonprefix", "dirname", "isabs", "join", "normpath", "split", "splitext")
NOT_THERE = ("exists", "isdir", "isfile", "islink", "lexists")
TOUCHING = ("listdir", "mkdir", "remove", "rename", "replace", "rmdir", "scandir", "stat", "unlink", "walk")
SIGNS = {"curdir": ".", "extsep": ".", "linesep": "\n", "name": "posix", "pardir": "..", "pathsep": ":", "sep": "/"}
ANSWERS = {"machine": "", "node": "", "platform": "Linux", "processor": "", "release": "", "system": "Linux"}
"""What ``platform`` tells: nothing that is of this machine."""


def build_nowhere(steady: Steady) -> dict[str, Any]:
    """The stand-ins, by dotted name."""
    made = _of_os(steady) | {f"os.path.{name}": value for name, value in _of_paths().items()}
    made |= {f"platform.{name}": _answering(answer) for name, answer in ANSWERS.items()}
    made |= {"platform.python_version": _answering(platform.python_version())}
    made |= {f"threading.{name}": value for name, value in _of_threads().items()}
    for dotted, value in made.items():
        if isinstance(value, FunctionType):  # no program need know where it is really from
            value.__name__ = value.__qualname__ = dotted.rpartition(".")[2]
            value.__module__ = "builtins"
    return made


def _of_os(steady: Steady) -> dict[str, Any]:
    environment: dict[str, str] = {}

    def getenv(key: str, default: Any = None) -> Any:
        """A variable of the environment."""
        return environment.get(key, default)

    def urandom(size: int, /) -> bytes:
        """Bytes that nobody had yet in this run."""
        return b"".join(steady.entropy().to_bytes(4, "little") for _ in range((size + 3) // 4))[:size]

    named: dict[str, Any] = {"environ": environment, "getenv": getenv, "urandom": urandom, **SIGNS}
    named |= {"cpu_count": _answering(1), "getcwd": _answering(WORKING), "getpid": _answering(1)}
    named |= {name: _touching(f"os.{name}") for name in TOUCHING} | {"makedirs": _make_folders}
    return {f"os.{name}": value for name, value in named.items()}


def _of_paths() -> dict[str, Any]:
    def abspath(path: Any) -> Any:
        """A path from the root on."""
        return PATHS.normpath(PATHS.join(WORKING, path))

    def relpath(path: Any, start: Any = None) -> Any:
        """The way from one path to another."""
        return PATHS.relpath(abspath(path), abspath(start or WORKING))

    def as_it_is(path: Any) -> Any:
        """The same path."""
        return PATHS.join(path)

    named: dict[str, Any] = {"abspath": abspath, "realpath": abspath, "relpath": relpath, "sep": "/"}
    named |= {"expanduser": as_it_is, "expandvars": as_it_is, "getsize": _touching("os.path.getsize")}
    named |= {name: _putting_together(name) for name in OF_PATHS}
    return named | {name: _denying() for name in NOT_THERE}


def _putting_together(name: str) -> Callable[..., Any]:
    function = getattr(PATHS, name)

    def asking(*given: Any) -> Any:
        return function(*given)

    return asking


def _denying() -> Callable[..., bool]:
    def deny(_path: Any) -> bool:
        return False

    return deny


def _answering(answer: Any) -> Callable[[], Any]:
    def give() -> Any:
        return answer

    return give


def _make_folders(_name: Any, _mode: int = 0o777, exist_ok: bool = False) -> None:
    """Nothing, where a folder that is there already would do. Raises OSError where it is to be new."""
    if not exist_ok:
        raise OSError(message("not-allowed", "files", what="`os.makedirs`"))


def _touching(what: str) -> Callable[..., NoReturn]:
    def touch(*_given: Any, **_options: Any) -> NoReturn:
        raise OSError(message("not-allowed", "files", what=f"`{what}`"))

    return touch


# ── threads ───────────────────────────────────────────────────────────────────────────────────────


class Lock:
    """A lock, which nobody but the program itself may hold."""

    again = False

    def __init__(self) -> None:
        self._held = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take it. Raises RuntimeError where the program would wait for itself."""
        if self._held and not self.again:
            if blocking and timeout < 0:
                raise RuntimeError("this lock is held already, and there is no other thread to release it")
            return False
        self._held += 1
        return True

    def release(self) -> None:
        """Give it back."""
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held -= 1

    def locked(self) -> bool:
        """Whether it is held."""
        return self._held > 0

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class RLock(Lock):
    """A lock that who holds it may take again."""

    again = True


class local:  # noqa: N801 - Python's own name for it
    """Attributes of the one thread that there is."""


def _of_threads() -> dict[str, Any]:
    def current_thread() -> Any:
        """The one thread that there is."""
        return SimpleNamespace(name="MainThread", ident=1, daemon=False)

    for kind in (Lock, RLock, local):
        call_methods(kind, kind.__name__)
    named = {"current_thread": current_thread, "main_thread": current_thread, "get_ident": _answering(1)}
    return {"Lock": Lock, "RLock": RLock, "local": local, "active_count": _answering(1), **named}
