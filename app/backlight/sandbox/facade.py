"""The namespace that a program sees: facades for the modules that it may import, safe builtins, and guards.

A facade is a fresh module object with the listed names of a real one, and no more. It is built in the zygote, once,
and holds no reference to the real module. The names are those of `backlight.language`.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import partial, reduce
from types import MappingProxyType, ModuleType
from typing import Any, NoReturn, cast

from backlight.language import MODULES, STOOD_IN, UNDERSCORED, WITHHELD
from backlight.messages import message
from backlight.model.program import FORMAT, OWN, SETTER, VIEW, WRITE, Namespace, known_as

SWITCHES = "torch.backends."
"""Modules below this hold switches, which a program may turn: without a GPU they do nothing."""


def _words(text: str) -> list[str]:
    return text.split()


BUILTIN_NAMES = frozenset(
    _words(
        """
    abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod enumerate filter float
    format frozenset hash hex int isinstance issubclass iter len list map max min next object oct ord pow property
    range repr reversed round set slice sorted staticmethod str sum super tuple zip NotImplemented Ellipsis __import__
    """
    )
)
"""Builtins as they are. ``__import__`` must be the real one: torch's C code imports through the caller's builtins."""


class Facade(ModuleType):
    """A module that nobody writes to, by a method of a library that is called with it as its ``self`` either."""

    def __setattr__(self, name: str, _value: object) -> NoReturn:
        raise TypeError(message("not-allowed", "patching", what=f"`{self.__name__}.{name}`"))

    def __delattr__(self, name: str) -> NoReturn:
        raise TypeError(message("not-allowed", "patching", what=f"`{self.__name__}.{name}`"))


Facade.__name__, Facade.__qualname__, Facade.__module__ = "module", "module", "builtins"


def build_namespace(for_good: bool = False) -> Namespace:
    """What a program can see: of the modules, those that are installed. ``print`` is left to the recorder.

    ``for_good``: this process does nothing else than run programs, so that libraries are fixed as far as may be.
    """
    from backlight.sandbox.copies import guard_copies
    from backlight.sandbox.fixed import Fixed
    from backlight.sandbox.guards import Guards, formatting
    from backlight.sandbox.logs import Logs
    from backlight.sandbox.stand_ins import build_stand_ins
    from backlight.sandbox.steady import Steady
    from backlight.sandbox.streams import Stream, connect
    from backlight.sandbox.surroundings import restore
    from backlight.sandbox.views import Views

    fixed = Fixed(for_good)
    modules = {name: new_facade(name) for name in MODULES if is_offered(name)}
    switches = tuple(module for name, module in modules.items() if name.startswith(SWITCHES))
    steady, guards, stream = Steady(), Guards(find("torch").Tensor, switches), Stream()
    logs, method = Logs(stream, steady.read), partial(formatting, hashing=steady.hashing)
    stand_ins, views = build_stand_ins(guards, steady, stream, logs), Views(guards)
    by_address = {"id": known_as("id", steady.identity), "hash": known_as("hash", steady.hash_of)}
    guard_copies(find("torch").Tensor)
    fill_facades(modules, stand_ins)
    known = build_builtins() | by_address | dict(guards.builtins()) | {"vars": known_as("vars", views.attributes)}
    lasting = fixed.survey([*modules.values(), *known.values()])
    guards.lend([*lasting.objects, *(value for module in modules.values() for value in vars(module).values())])
    endings = [steady.end, logs.start_anew, turn_back(switches), lambda: connect(stream, None)]
    return Namespace(
        modules=modules,
        builtins=known,
        guards={OWN: guards.own, WRITE: guards.writable, FORMAT: method, VIEW: views.view, SETTER: guards.setter},
        start=steady.start,
        end=partial(_end, [*endings, partial(restore, stand_ins)]),
        opened=fixed.opened,
        fixed=fixed.closed,
        left=lasting.state,
        stream=stream,
        connect=partial(connect, stream),
    )


def is_offered(module: str) -> bool:
    """Whether programs can import a listed module here: it is installed, or something stands for it."""
    return is_stood_in(module) or importlib.util.find_spec(module.partition(".")[0]) is not None


def _end(parts: Iterable[Callable[[], None]]) -> None:
    """A run is over: all that programs were lent is as it was."""
    for end in parts:
        end()


def turn_back(switches: Iterable[ModuleType]) -> Callable[[], None]:
    """What gives these modules the contents back that they have now."""
    kept = [(module, dict(vars(module))) for module in switches]

    def turn() -> None:
        for module, content in kept:
            vars(module).clear()
            vars(module).update(content)

    return turn


def find(dotted: str) -> Any:
    """The real module, or what stands for one, under a dotted name."""
    top, *rest = dotted.split(".")
    try:
        return importlib.import_module(dotted)
    except ModuleNotFoundError:
        return reduce(getattr, rest, importlib.import_module(top))


def is_stood_in(dotted: str) -> bool:
    """Whether nothing of a module is the real one's."""
    return dotted.partition(".")[0] in STOOD_IN


def real_of(dotted: str) -> Any:
    """The real module of a facade; None where there is none."""
    return None if is_stood_in(dotted) else find(dotted)


def new_facade(module: str) -> ModuleType:
    """A facade without names: one of switches can be written to."""
    kind = ModuleType if module.startswith(SWITCHES) else Facade
    return kind(module, getattr(real_of(module), "__doc__", None))


def fill_facades(modules: Mapping[str, ModuleType], stand_ins: Mapping[str, Any]) -> None:
    """Give each facade its names, and those below it."""
    for name, module in modules.items():
        fill_facade(module, stand_ins)
        parent, _, last = name.rpartition(".")
        if parent:
            vars(modules[parent])[last] = module


def fill_facade(facade: ModuleType, stand_ins: Mapping[str, Any]) -> None:
    """Give a facade its names: stand-ins where there are any, and what the real module has."""
    module = facade.__name__
    real = real_of(module)
    for name in (*MODULES[module], *UNDERSCORED.get(module, ())):
        dotted = f"{module}.{name}"
        if dotted in stand_ins:
            vars(facade)[name] = stand_ins[dotted]
        elif hasattr(real, name):  # some came with later versions of Python
            vars(facade)[name] = frozen(getattr(real, name))
    declared = getattr(real, "__all__", MODULES[module])
    facade.__dict__["__all__"] = [name for name in MODULES[module] if name in vars(facade) and name in declared]
    if hasattr(real, "__version__"):
        facade.__dict__["__version__"] = str(real.__version__)
    facade.__dict__["__getattr__"] = _explain_missing(module)


def frozen(value: Any) -> Any:
    """A value as the next program is lent it, too: a table can be read."""
    return MappingProxyType(cast("dict[Any, Any]", value)) if type(value) is dict else value


def build_builtins() -> dict[str, Any]:
    """The builtins of a program that need no guard: the harmless ones, and every exception."""
    harmless = {name: getattr(builtins, name) for name in BUILTIN_NAMES}
    return harmless | {
        name: value
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    }


def _explain_missing(module: str) -> Callable[[str], Any]:
    def explain(name: str) -> Any:
        withheld = WITHHELD.get(module, {})
        topic = withheld.get(name) or withheld.get("*") or ("gpu" if module.startswith("torch.cuda") else None)
        if topic is not None:
            known = "what the documentation of PyTorch names"
            raise AttributeError(message("not-allowed", topic, what=f"`{module}.{name}`", modules=known))
        near = get_close_matches(name, MODULES[module]) if not name.startswith("_") else []
        hint = f". Did you mean: {' or '.join(map(repr, near))}?" if near else ""
        raise AttributeError(f"module {module!r} has no attribute {name!r}{hint}")

    return explain
