"""Stand-ins: what a program gets in the place of a function or class that would lead past the guards.

In: the guards and what is steady. Out: by dotted name, what does the same as the original for ordinary programs, and
evaluates no text, names no hidden attribute, starts no process and draws nothing from the machine.
"""

from __future__ import annotations

import abc
import dataclasses
import functools
import random
import warnings
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

import torch
import torch.utils.data

from backlight.language import HIDDEN
from backlight.messages import message
from backlight.sandbox.buffers import BUFFERS
from backlight.sandbox.caching import build_caching
from backlight.sandbox.digests import build_digests
from backlight.sandbox.dispatch import build_dispatch
from backlight.sandbox.drawings import build_drawings
from backlight.sandbox.guards import AbstractClasses, Guards, guard_user_strings, is_own
from backlight.sandbox.immutable import guard_immutable
from backlight.sandbox.logs import Logs
from backlight.sandbox.moments import build_moments
from backlight.sandbox.nowhere import build_nowhere
from backlight.sandbox.pure_paths import PATHS
from backlight.sandbox.reports import build_reports
from backlight.sandbox.steady import Steady
from backlight.sandbox.streams import Stream
from backlight.sandbox.surroundings import build_surroundings

ASSIGNED = frozenset(functools.WRAPPER_ASSIGNMENTS)


def build_stand_ins(guards: Guards, steady: Steady, stream: Stream, logs: Logs) -> dict[str, Any]:
    """The stand-ins, by dotted name."""
    guard_user_strings()
    guard_immutable()
    made = _of_python(guards) | _schedulers() | _of_chance(steady) | build_moments(steady) | build_dispatch(guards)
    made |= {f"time.{name}": function for name, function in steady.clocks().items()}
    made["warnings.catch_warnings"] = catch_warnings
    made["abc.ABCMeta"] = AbstractClasses
    made["torch.utils.data.DataLoader"] = made["torch.utils.data.dataloader.DataLoader"] = DataLoader
    made |= _of_torch() | build_caching(guards) | build_reports(stream)
    for dotted, value in made.items():
        module, _, name = dotted.rpartition(".")
        if isinstance(value, FunctionType | type):
            value.__module__, value.__name__, value.__qualname__ = module, name, name
        for method in vars(value).values() if isinstance(value, type) else ():
            if isinstance(method, FunctionType) and "<locals>" in method.__qualname__:
                method.__qualname__ = f"{name}.{method.__name__}"  # as errors call it
    around = build_surroundings(guards, stream, steady, logs) | BUFFERS | PATHS
    return made | around | build_drawings(stream) | build_nowhere(steady) | build_digests(steady)


# ── Python's library ──────────────────────────────────────────────────────────────────────────────


def _of_python(guards: Guards) -> dict[str, Any]:
    def update_wrapper(wrapper: Any, wrapped: Any, assigned: Iterable[str] = ASSIGNED, _updated: Any = ()) -> Any:
        """Make a wrapper look like what it wraps."""
        if not ASSIGNED.issuperset(assigned):
            raise TypeError(message("not-allowed", "patching", what="What `functools.wraps` would take over"))
        object.__getattribute__(guards.writable(wrapper, "__wrapped__"), "__dict__")
        return functools.update_wrapper(wrapper, wrapped, [*assigned])

    def wraps(wrapped: Any, assigned: Iterable[str] = ASSIGNED, _updated: Any = ()) -> Callable[[Any], Any]:
        """A decorator that makes a wrapper look like what it wraps."""
        return lambda wrapper: update_wrapper(wrapper, wrapped, assigned)

    def total_ordering(cls: type) -> type:
        """Fill in the comparisons that a class lacks."""
        return functools.total_ordering(guards.writable(cls, "__lt__"))

    def abstractmethod(funcobj: Any) -> Any:
        """Mark a function as one that subclasses define."""
        return abc.abstractmethod(guards.writable(funcobj, "__isabstractmethod__"))

    def dataclass(cls: Any = None, /, **options: Any) -> Any:
        """Make a class a dataclass."""

        def decorate(kind: Any) -> Any:
            names = check_fields(guards.writable(kind, "__init__"))
            matched = {} if not any(name.startswith("_") for name in names) else {"match_args": False}
            return guards.checked(dataclasses.dataclass(kind, **options | matched))

        return decorate if cls is None else decorate(cls)

    return {
        "functools.update_wrapper": update_wrapper,
        "functools.wraps": wraps,
        "abc.abstractmethod": abstractmethod,
        "functools.total_ordering": total_ordering,
        "dataclasses.dataclass": dataclass,
    }


def _schedulers() -> dict[str, Any]:
    """Schedulers that keep the attributes of the callables that they were given, and put them back."""

    def guarded(kind: Any) -> type:
        class Guarded(kind):
            __doc__ = kind.__doc__

            def state_dict(self) -> dict[str, Any]:
                self._check()
                own: Any = super()
                return own.state_dict()

            def load_state_dict(self, state_dict: dict[str, Any]) -> None:
                self._check()
                super().load_state_dict(state_dict)

            def _check(self) -> None:
                for function in self.lr_lambdas:
                    if not is_own(function):
                        raise TypeError(message("not-allowed", "patching", what="`lr_lambda`"))

        return Guarded

    schedulers = torch.optim.lr_scheduler
    made = {"LambdaLR": guarded(schedulers.LambdaLR), "MultiplicativeLR": guarded(schedulers.MultiplicativeLR)}
    return {f"torch.optim.lr_scheduler.{name}": kind for name, kind in made.items()}


def check_fields(kind: type) -> list[str]:
    """The names of its fields. Raises where one is no plain word: dataclasses are made of text with them in it."""
    names: list[Any] = list(vars(kind).get("__annotations__", {}))
    for base in kind.__mro__:
        names += [field.name for field in vars(base).get("__dataclass_fields__", {}).values()]
    for name in names:
        if type(name) is not str or not name.isidentifier() or name in HIDDEN or name.startswith("__"):
            raise TypeError(f"{name!r} cannot be a field's name here")
    return names


class catch_warnings:  # noqa: N801 - Python's own name for it
    """``warnings.catch_warnings``, whose record names no file of the machine."""

    def __init__(self, *, record: bool = False, module: None = None, **filtering: Any) -> None:
        self._real: Any = warnings.catch_warnings(**filtering)
        self._record = record

    def __enter__(self) -> list[Any] | None:
        self._real.__enter__()
        if not self._record:
            return None
        log: list[CaughtWarning] = []

        def note(text: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any) -> None:
            log.append(CaughtWarning(text, category, filename.rpartition("/")[2], lineno))

        warnings.showwarning = note
        return log

    def __exit__(self, *exception: object) -> None:
        self._real.__exit__(*exception)


@dataclasses.dataclass
class CaughtWarning:
    """What `catch_warnings` records."""

    message: Warning | str
    category: type[Warning]
    filename: str
    lineno: int


# ── chance ────────────────────────────────────────────────────────────────────────────────────────


def _of_chance(steady: Steady) -> dict[str, Any]:
    class Seeded(random.Random):
        """Takes its seed from the run where it is given none."""

        def __init__(self, x: Any = None) -> None:
            super().__init__(steady.entropy() if x is None else x)

        def seed(self, a: Any = None, version: int = 2) -> None:
            super().seed(steady.entropy() if a is None else a, version)

    Seeded.__init__.__qualname__, Seeded.seed.__qualname__ = "Random.__init__", "Random.seed"  # as errors call them

    class Random(Seeded):
        """``random.Random``: what a program finds above it, by ``super``, is none that asks the machine."""

    def seed(a: Any = None, version: int = 2) -> None:
        """Seed Python's generator."""
        random.seed(steady.entropy() if a is None else a, version)

    def torch_seed() -> int:
        """Seed torch's generators with a number that is new in this run, and give it."""
        number = steady.entropy()
        torch.manual_seed(number)
        return number

    made = {"random.Random": Random, "random.seed": seed, "torch.seed": torch_seed, "torch.random.seed": torch_seed}
    try:
        return made | _of_numpy(steady)
    except ModuleNotFoundError:
        return made


def _of_numpy(steady: Steady) -> dict[str, Any]:
    import numpy as np

    def seeded(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def make(seed: Any = None) -> Any:
            return original(steady.entropy() if seed is None else seed)

        return make

    names = ("default_rng", "seed", "SeedSequence", "RandomState", "PCG64")
    return {f"numpy.random.{name}": seeded(getattr(np.random, name)) for name in names}


# ── torch ─────────────────────────────────────────────────────────────────────────────────────────


def _of_torch() -> dict[str, Any]:
    """What chooses a device, a compiler or a process: here there is one of each, the plain one."""

    def set_default_device(device: Any) -> None:
        """Take the CPU. Raises RuntimeError for any other device."""
        if device is not None and torch.device(device).type != "cpu":
            raise RuntimeError(message("not-allowed", "gpu", what=f"`torch.set_default_device({str(device)!r})`"))

    def compile(model: Any = None, **_options: Any) -> Any:  # noqa: A001 - PyTorch's own name for it
        """The function or module as it is."""
        return as_it_is if model is None else model

    def as_it_is(value: Any = None, *_given: Any, **_options: Any) -> Any:
        """What is given."""
        return as_it_is if value is None or isinstance(value, bool) else value

    def no() -> bool:
        """No."""
        return False

    compiled = {f"torch.jit.{name}": as_it_is for name in ("script", "ignore", "unused", "export")}
    alone = {f"torch.distributed.{name}": no for name in ("is_available", "is_initialized")}
    return {"torch.set_default_device": set_default_device, "torch.compile": compile} | compiled | alone


class DataLoader(torch.utils.data.DataLoader[Any]):
    """Torch's own, without worker processes."""

    def __init__(self, dataset: Any, *args: Any, **options: Any) -> None:
        names = ("batch_size", "shuffle", "sampler", "batch_sampler", "num_workers")
        options |= dict(zip(names, args, strict=False))
        if options.get("num_workers"):
            raise ValueError(message("note", "workers", number=options["num_workers"]))
        super().__init__(dataset, *args[len(names) :], **options)  # type: ignore[misc]
