"""Dispatch: ``singledispatch``, and what reads attributes under the names that it is given.

In: the guards. Out: by dotted name, what does as the original does, but that it evaluates no annotation written as
text: it looks its names up, one by one, as the program itself may.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import reduce
from types import FunctionType
from typing import Any

from backlight.sandbox.guards import Guards, is_own


def build_dispatch(guards: Guards) -> dict[str, Any]:
    """The stand-ins, by dotted name."""

    def singledispatch(func: Any) -> Any:
        """Make a function that does otherwise for other types of its first argument."""
        return _dispatching(guards, func)

    class singledispatchmethod:  # noqa: N801 - Python's own name for it
        """The same for methods: it goes by the first argument after ``self``."""

        def __init__(self, func: Any) -> None:
            self.dispatcher, self.func = _dispatching(guards, func), func

        def register(self, cls: Any, method: Any = None) -> Any:
            """What to call for a class."""
            return self.dispatcher.register(cls, method)

        def __get__(self, instance: Any, owner: Any = None) -> Any:
            def method(*args: Any, **kwargs: Any) -> Any:
                found = self.dispatcher.dispatch(type(args[0]))
                return found.__get__(instance, owner)(*args, **kwargs)

            method.register = self.register  # type: ignore[attr-defined]
            return _like(method, self.func)

    return {
        "functools.singledispatch": singledispatch,
        "functools.singledispatchmethod": singledispatchmethod,
        "operator.attrgetter": _attribute_getter(guards),
        "operator.methodcaller": _method_caller(guards),
    }


def _dispatching(guards: Guards, func: Any) -> Any:
    real = functools.singledispatch(func)

    def register(cls: Any, func: Any = None) -> Any:
        """What to call for a class, which the annotation of the first argument may name."""
        if func is not None:
            return real.register(cls, func)  # without one, it would evaluate the annotations of what it is given
        if isinstance(cls, FunctionType):
            return real.register(_annotated(guards, cls), cls)

        def decorate(function: Any) -> Any:
            return register(cls, _callable(function))

        return decorate

    def dispatch(cls: Any) -> Any:
        """What is called for a class."""
        return real.dispatch(cls)

    def dispatching(*args: Any, **kwargs: Any) -> Any:
        if not args:
            raise TypeError(f"{getattr(func, '__name__', 'function')} requires at least 1 positional argument")
        return real.dispatch(type(args[0]))(*args, **kwargs)

    made: Any = _like(dispatching, func)
    made.register, made.dispatch, made.registry = register, dispatch, real.registry
    return made


def _callable(value: Any) -> Any:
    if not callable(value):
        raise TypeError(f"{value!r} is not callable")
    return value


def _like(wrapper: Any, wrapped: Any) -> Any:
    """A function that is called as another is."""
    functools.update_wrapper(wrapper, wrapped, updated=())
    return wrapper


# ── annotations ───────────────────────────────────────────────────────────────────────────────────


def _annotated(guards: Guards, function: Any) -> Any:
    """The class that a function of the program's names first among its annotations. Raises TypeError for none."""
    annotations: Any = getattr(function, "__annotations__", None) if is_own(function) else None
    if not annotations:
        raise TypeError("Invalid first argument to `register()`. Use `@register(some_class)`, or annotate the argument")
    named = next(iter(annotations.values()))
    return _found(guards, named, function.__globals__) if type(named) is str else named


def _found(guards: Guards, text: str, names: dict[str, Any]) -> Any:
    """The classes that a text names, such as ``torch.Tensor`` or ``int | float``, where these names stand."""
    found = [_looked_up(guards, each.strip(), names) for each in text.split("|")]
    return reduce(lambda one, other: one | other, found)


def _looked_up(guards: Guards, dotted: str, names: dict[str, Any]) -> type:
    first, *rest = dotted.split(".")
    is_name = first.isidentifier() and not first.startswith("__")
    found: Any = names.get(first, names["__builtins__"].get(first)) if is_name else None
    if dotted == "None":
        return type(None)
    for name in rest:
        found = guards.get(found, name)
    if not isinstance(found, type):
        raise TypeError(f"{dotted!r} is no class. Use `@register(some_class)`")
    return found


# ── attributes by name ────────────────────────────────────────────────────────────────────────────


def _attribute_getter(guards: Guards) -> Callable[..., Any]:
    def attrgetter(attr: str, /, *more: str) -> Callable[[Any], Any]:
        """What reads these attributes, which may have dots, of an object."""
        if not all(type(each) is str for each in (attr, *more)):
            raise TypeError("attribute name must be a string")
        ways = [each.split(".") for each in (attr, *more)]

        def getter(value: Any, /) -> Any:
            found = tuple(reduce(guards.get, way, value) for way in ways)
            return found if more else found[0]

        return getter

    return attrgetter


def _method_caller(guards: Guards) -> Callable[..., Any]:
    def methodcaller(name: str, /, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        """What calls this method of an object."""
        if type(name) is not str:
            raise TypeError("method name must be a string")

        def caller(value: Any, /) -> Any:
            return guards.get(value, name)(*args, **kwargs)

        return caller

    return methodcaller
