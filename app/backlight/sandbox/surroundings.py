"""What a script asks of what is around it: ``sys``, ``argparse``, ``logging`` and the like, without a machine.

In: the stream and the clock of a run. Out: by dotted name, what does for ordinary programs what the original does,
and knows no file, environment, process or frame. A run has no arguments, no variables and one thread.
"""

from __future__ import annotations

import argparse
import inspect
import platform
import pprint
import sys
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, NamedTuple, NoReturn

from backlight import messages
from backlight.sandbox.guards import Guards
from backlight.sandbox.logs import LEVELS, Logs
from backlight.sandbox.steady import Steady
from backlight.sandbox.streams import Stream, redirecting

NAME = "program"
"""What a script is called, as ``sys.argv[0]`` and in the help of its arguments."""
ARGUMENTS, SEARCHED = (NAME,), ("",)
"""``sys.argv`` and ``sys.path``."""
PLAIN_DEFAULTS = (bool, int, float, str, type(None))


def build_surroundings(guards: Guards, stream: Stream, steady: Steady, logs: Logs) -> dict[str, Any]:
    """The stand-ins, by dotted name."""
    of_logging = {**LEVELS, **logs.names()}
    made = {f"logging.{name}": value for name, value in of_logging.items()} | _of_sys(stream) | _of_torch()
    made |= {"inspect.signature": signature, "inspect.Parameter": Parameter, "inspect.isclass": is_class}
    made["inspect.isfunction"] = is_function
    made |= {"contextlib.redirect_stdout": redirecting(stream)}
    made |= {"gc.collect": collect, "timeit.default_timer": steady.clocks()["perf_counter"]}
    made |= {"pprint.pprint": _printer(stream), "pprint.pp": _printer(stream)}
    for dotted, value in made.items():
        if isinstance(value, FunctionType | type):  # no program need know where it is really from
            value.__name__ = value.__qualname__ = dotted.rpartition(".")[2]
            value.__module__ = "builtins"
    parser = _argument_parser(guards, stream)
    parser.__module__, parser.__qualname__ = "argparse", parser.__name__
    return made | {"argparse.ArgumentParser": parser}


def restore(made: Mapping[str, Any]) -> None:
    """Undo what a program did to the lists and the environment among the stand-ins."""
    made["sys.argv"][:], made["sys.path"][:] = ARGUMENTS, SEARCHED
    made["os.environ"].clear()


def collect(_generation: int = 2) -> int:
    """Nothing: what is not needed any more goes by itself."""
    return 0


def set_limit(_limit: int) -> None:
    """Nothing: Python's own limit stands."""


def size_of(value: Any, *default: int) -> int:
    """The bytes that a value takes, without what it refers to."""
    return sys.getsizeof(value, *default)


def is_class(value: Any) -> bool:
    """Whether a value is a class."""
    return isinstance(value, type)


def is_function(value: Any) -> bool:
    """Whether a value is a function that Python code defines."""
    return isinstance(value, FunctionType)


def leave(status: Any = None) -> NoReturn:
    """End the cell."""
    raise SystemExit(status)


class VersionInfo(NamedTuple):
    """``sys.version_info``."""

    major: int
    minor: int
    micro: int
    releaselevel: str
    serial: int


class FloatInfo(NamedTuple):
    """``sys.float_info``."""

    max: float
    max_exp: int
    max_10_exp: int
    min: float
    min_exp: int
    min_10_exp: int
    dig: int
    mant_dig: int
    epsilon: float
    radix: int
    rounds: int


for _kind, _name in ((VersionInfo, "version_info"), (FloatInfo, "float_info")):
    _kind.__module__, _kind.__name__, _kind.__qualname__ = "builtins", _name, _name


def _of_sys(stream: Stream) -> dict[str, Any]:
    named: dict[str, Any] = {
        "exit": leave,
        "argv": [*ARGUMENTS],
        "path": [*SEARCHED],
        "stdout": stream,
        "stderr": stream,
    }
    named |= {"getsizeof": size_of}
    named |= {"version": platform.python_version(), "byteorder": "little", "platform": sys.platform}
    limit = sys.getrecursionlimit()
    named |= {"maxsize": sys.maxsize, "getrecursionlimit": lambda: limit, "setrecursionlimit": set_limit}
    named |= {"version_info": VersionInfo(*sys.version_info), "float_info": FloatInfo(*sys.float_info)}
    return {f"sys.{name}": value for name, value in named.items()}


def _of_torch() -> dict[str, Any]:
    def one() -> int:
        """The number of threads."""
        return 1

    def set_num_threads(number: int) -> None:
        """Take one thread. Raises RuntimeError for more."""
        if number != 1:
            raise RuntimeError(messages.message("not-allowed", "processes", what=f"`torch.set_num_threads({number})`"))

    return {"torch.get_num_threads": one, "torch.set_num_threads": set_num_threads}


def _printer(stream: Stream) -> Callable[..., None]:
    def show(value: Any, stream_: Any = None, *given: Any, stream: Any = stream, **options: Any) -> None:
        """Write a value so that it can be read."""
        (stream_ or stream).write(pprint.pformat(value, *given, **options) + "\n")

    return show


def _argument_parser(guards: Guards, stream: Stream) -> type:
    def started(namespace: Any) -> argparse.Namespace:
        """A namespace of its own, with what another has: that may be anything, a class of torch's too."""
        return argparse.Namespace(**(vars(namespace) if type(namespace) is argparse.Namespace else {}))

    class ArgumentParser(argparse.ArgumentParser):
        """Python's own, of a script that was called without arguments."""

        def __init__(self, prog: str | None = None, *given: Any, **options: Any) -> None:
            super().__init__(prog or NAME, *given, **options)

        def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # type: ignore[override]
            self.fromfile_prefix_chars = None  # there are no files to take arguments from
            made, rest = super().parse_known_args([] if args is None else args, started(namespace))
            for name, value in vars(made).items() if namespace is not None else ():
                guards.put(namespace, name, value)
            return made if namespace is None else namespace, rest

        def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
            leave(message or status)

        def error(self, message: str) -> NoReturn:
            leave(f"{self.prog}: error: {message}")

        def _print_message(self, message: str, file: Any = None) -> None:
            stream.write(message)

    return ArgumentParser


class Empty:
    """What stands for a default that there is not."""


class Parameter:
    """A parameter of a callable: its name, kind and default, where that is plain; else an ellipsis."""

    empty = Empty

    def __init__(self, given: inspect.Parameter) -> None:
        self.name, self.kind = given.name, given.kind.description
        self.default: Any = given.default if type(given.default) in PLAIN_DEFAULTS else ...
        if given.default is inspect.Parameter.empty:
            self.default = Empty

    def __repr__(self) -> str:
        return f'<Parameter "{self.name}">'


class Signature:
    """The parameters of a callable, by name."""

    def __init__(self, parameters: dict[str, Parameter]) -> None:
        self.parameters = parameters

    def __repr__(self) -> str:
        return f"<Signature ({', '.join(self.parameters)})>"


def signature(function: Callable[..., Any]) -> Signature:
    """What a callable takes."""
    return Signature({name: Parameter(each) for name, each in inspect.signature(function).parameters.items()})


for _kind in (Empty, Parameter, Signature):
    _kind.__module__ = "builtins"
