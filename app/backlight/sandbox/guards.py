"""Guards: what stands between a program and attributes, classes and format strings.

In: what the program wants to read, write or make. Out: the same, or the error that says why not. A program owns the
classes and functions that it makes itself; to what torch and Python own it may only do what the recording sees.
"""

from __future__ import annotations

import abc
import argparse
import builtins
import collections
import enum
import re
import string
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast
from weakref import WeakKeyDictionary

from backlight.language import HIDDEN, is_readable
from backlight.messages import message
from backlight.model.program import FILENAME, known_as

PROGRAM = "__main__"
"""The module that a program's classes say they are from."""
PLAIN_METHODS = frozenset({"__init__", "__new__", "__repr__", "__str__", "__format__"})
"""Special methods that a class of tensors may have of its own: nothing of the recording asks for them."""
CLASS_MATTERS = frozenset(
    f"__{name}__"
    for name in (
        *("module", "doc", "qualname", "dict", "weakref", "annotations"),
        *("firstlineno", "static_attributes", "annotate_func", "annotations_cache"),  # from Python 3.13 and 3.14 on
    )
)
"""What every class has."""

OPTIONS = (types.SimpleNamespace, argparse.Namespace)
"""Classes of Python's whose objects have what the program gave them, and nothing else without an underscore."""
FORMATS = frozenset({"format", "format_map"})
"""Methods of strings that read the attributes which the string names."""
CHECKED = FORMATS | {"load_state_dict"}
"""These, and the one by which schedulers take any attributes: what they are asked of is looked at."""
_STEPS = re.compile(r"\.([^.\[]*)|\[[^\]]*\]")
"""The attributes that a field of a format string asks for; its items are left out."""

_module_of: Callable[[type], object] = vars(type)["__module__"].__get__


def _type(value: Any) -> type[Any]:
    return cast("type[Any]", type(value))


def is_own_class(kind: type) -> bool:
    """Whether a class was made by the program."""
    return _module_of(kind) == PROGRAM


def is_own(value: Any) -> bool:
    """Whether a value is a class or function that the program made, or an instance of such a class."""
    kind = _type(value)
    if issubclass(kind, type):
        return is_own_class(value)
    if isinstance(value, types.FunctionType):
        return value.__code__.co_filename == FILENAME
    if issubclass(kind, super):
        return is_own_class(value.__thisclass__)
    return is_own_class(kind)


def public(name: object) -> str:
    """A name under which anything may be reached. Raises AttributeError for any other."""
    if type(name) is not str:
        raise TypeError("attribute name must be string")
    if name.startswith("_"):
        raise AttributeError(f"attribute {name!r} is not available here")
    if name in HIDDEN:
        raise AttributeError(message("not-allowed", HIDDEN[name], what=f"`.{name}`", modules="`torch`"))
    return name


class AbstractClasses:
    """``abc.ABCMeta``, for the head of a class alone: there it makes the class abstract, as ``abc.ABC`` does."""

    def __new__(cls, *_: Any, **__: Any) -> Any:
        """Nobody calls it."""
        raise TypeError(message("not-allowed", "class-keyword", what="`ABCMeta`"))


class Guards:
    """The guards of one namespace. ``tensor`` is torch's class; what is ``open`` may be written to nevertheless."""

    def __init__(self, tensor: type, open_modules: tuple[types.ModuleType, ...] = ()) -> None:
        self._tensor = tensor
        self._open = frozenset(map(id, open_modules))
        self._kept_open = open_modules
        self._of_tensors = frozenset(dir(tensor))
        named = {name: _static(tensor, name) for name in self._of_tensors}
        self._settable = {name for name, value in named.items() if hasattr(type(value), "__set__")}
        self._free = WeakKeyDictionary[type, bool]()  # class -> whether any attribute of its instances may be written
        self._lent: dict[int, object] = {}  # what all programs of a process are lent, by address

    def lend(self, values: Iterable[object]) -> None:
        """Have nobody write to attributes of these, which are there for the next program too."""
        self._lent |= {id(value): value for value in values}

    # ── attributes ────────────────────────────────────────────────────────────────────────────────

    def own(self, value: Any, name: str) -> Any:
        """``value``, whose attribute ``name`` is only the program's where it is an object of its own."""
        if is_own(value) and not (name in self._of_tensors and self.is_of_tensors(value)):
            return value
        if isinstance(value, types.ModuleType) and name in vars(value):
            return value  # a facade, which has what was listed: `torch.cuda`
        if _type(value) in OPTIONS and not name.startswith("_"):
            return value
        if name in HIDDEN:
            return public(name)
        raise AttributeError(message("not-allowed", "private-attribute", what=f"`.{name}`", public=name.strip("_")))

    def writable(self, value: Any, name: str) -> Any:
        """``value``, whose attribute ``name`` is about to be written or deleted."""
        kind = _type(value)
        free = self._free.get(kind)
        if free is None:
            fixed = (type, types.ModuleType, types.FunctionType, self._tensor)
            is_foreign = _module_of(kind) == "typing" or (issubclass(kind, enum.Enum) and not is_own_class(kind))
            free = self._free[kind] = not (is_foreign or issubclass(kind, fixed))
        if (free and id(value) not in self._lent) or self._is_writable(value, kind, name):
            return value
        owner = getattr(value, "__name__", "a tensor")
        what = f"`{owner}.{name}`" if owner != "a tensor" else f"`.{name}`"
        raise TypeError(message("not-allowed", "patching", what=what))

    def _is_writable(self, value: Any, kind: type, name: str) -> bool:
        if issubclass(kind, types.ModuleType):
            return id(value) in self._open
        if issubclass(kind, self._tensor):
            return name in self._settable or name not in self._of_tensors
        return is_own(value) and not (name in self._of_tensors and self.is_of_tensors(value))

    def is_of_tensors(self, value: Any) -> bool:
        """Whether a value is a tensor, a class of tensors, or the ``super()`` of one."""
        kind = _type(value)
        if issubclass(kind, super):
            return issubclass(value.__thisclass__, self._tensor)
        return issubclass(value if issubclass(kind, type) else kind, self._tensor)

    def get(self, value: object, name: str, *default: object) -> Any:
        """``getattr`` for what a program may read."""
        if type(name) is str and is_readable(name):
            return getattr(value, name, *default)
        owner, name = self._readable(value, name)
        if name not in CHECKED:
            return getattr(owner, name, *default)
        try:
            return getattr(formatting(owner, name), name)
        except AttributeError:
            if default:
                return default[0]
            raise

    def put(self, value: object, name: str, content: object) -> None:
        """``setattr`` for what a program may write."""
        setattr(*self._readable(self.writable(value, name), name), content)

    def has(self, value: object, name: str) -> bool:
        """``hasattr`` for what a program may read; there is nothing else."""
        try:
            self.get(value, name)
        except AttributeError:
            return False
        return True

    def drop(self, value: object, name: str) -> None:
        """``delattr`` for what a program may write."""
        delattr(*self._readable(self.writable(value, name), name))

    def setter(self, value: object, _name: str) -> Setter:
        """What stands for ``value`` where its ``__setattr__`` or ``__delattr__`` is called."""
        return Setter(self, value)

    def subject(self, value: Any, given: tuple[Any, ...]) -> Any:
        """What ``value.__setattr__(*given)`` would write to.

        Raises TypeError where that is no object of a class of the program's, AttributeError for a name of Python's own.
        """
        kind = _type(value)
        target, *rest = given if issubclass(kind, type) else (value, *given)
        if issubclass(_type(target), super):
            target = target.__self__
        name = rest[0] if rest else None
        fixed = isinstance(target, (type, types.ModuleType, types.FunctionType))
        if fixed or not is_own(target) or self.is_of_tensors(target):
            raise TypeError(message("not-allowed", "patching", what=f"`.{name}`"))
        self._readable(target, cast("str", name))
        return target

    def _readable(self, value: object, name: str) -> tuple[object, str]:
        if type(name) is str and ((name[:1] == "_" and name[:2] != "__") or name in HIDDEN):
            return self.own(value, name), name
        return value, public(name)

    # ── classes ───────────────────────────────────────────────────────────────────────────────────

    def build_class(self, body: Any, name: str, *bases: Any, **keywords: Any) -> Any:
        """``__build_class__``, which a ``class`` statement calls."""
        if "metaclass" in keywords:
            if keywords.pop("metaclass") is not AbstractClasses:
                raise TypeError(message("not-allowed", "class-keyword", what="`metaclass=`"))
            bases = bases if any(isinstance(base, abc.ABCMeta) for base in bases) else (*bases, abc.ABC)
        if any(isinstance(base, type) and issubclass(base, self._tensor) for base in bases):
            return self.checked(self._class_of_tensors(body, name, bases, keywords))
        return self.checked(builtins.__build_class__(body, name, *bases, **keywords))

    def _class_of_tensors(self, body: Any, name: str, bases: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """The same, where nobody gets hold of the class before its names were looked at."""
        names: dict[str, Any] = {}
        exec(body.__code__, body.__globals__, names, closure=body.__closure__)  # noqa: S102 - as Python itself does
        self._check_names(names)
        return types.new_class(name, bases, keywords, lambda namespace: namespace.update(names))

    def checked(self, kind: Any) -> Any:
        """A class that the program made. Raises TypeError where its names would open or hide something."""
        for name in getattr(kind, "__match_args__", ()) if isinstance(kind, type) else ():
            public("" if name in CHECKED else name)  # a pattern reads these by position
        if isinstance(kind, type) and issubclass(kind, self._tensor):
            self._check_names(vars(kind))
        return kind

    def _check_names(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._of_tensors and name not in PLAIN_METHODS | CLASS_MATTERS:
                raise TypeError(message("not-allowed", "patching", what=f"`torch.Tensor.{name}`"))

    def builtins(self) -> Mapping[str, Any]:
        """The builtins that these guards stand in for."""
        return {
            "getattr": known_as("getattr", self.get),
            "setattr": known_as("setattr", self.put),
            "hasattr": known_as("hasattr", self.has),
            "delattr": known_as("delattr", self.drop),
            "type": TypeOf,
            "__build_class__": self.build_class,
        }


for _name, _guard in {
    "getattr": Guards.get,
    "setattr": Guards.put,
    "hasattr": Guards.has,
    "delattr": Guards.drop,
}.items():
    _guard.__module__, _guard.__name__, _guard.__qualname__ = "builtins", _name, _name  # as errors call them


def _static(kind: type, name: str) -> object:
    return next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)


# ── what writes attributes ────────────────────────────────────────────────────────────────────────


class Setter:
    """What stands for an object, a class or a ``super()`` where it is asked to write or delete an attribute."""

    __slots__ = ("_guards", "_value")

    def __init__(self, guards: Guards, value: Any) -> None:
        object.__setattr__(self, "_guards", guards)
        object.__setattr__(self, "_value", value)

    def __setattr__(self, *given: Any) -> None:
        self._guards.subject(self._value, given)
        self._value.__setattr__(*given)

    def __delattr__(self, *given: Any) -> None:
        self._guards.subject(self._value, given)
        self._value.__delattr__(*given)


# ── format strings ────────────────────────────────────────────────────────────────────────────────


class Template:
    """What stands for a string, or for a class of strings, where its ``format`` is asked for."""

    __slots__ = ("_text",)

    def __init__(self, text: Any) -> None:
        self._text = text

    def __repr__(self) -> str:
        return repr(self._text)

    def format(self, *args: Any, **kwargs: Any) -> str:
        """``str.format``, in which fields reach what a program may read."""
        text, args = (self._text, args) if isinstance(self._text, str) else (args[0], args[1:])
        return str.format(checked_template(text), *args, **kwargs)

    def format_map(self, *args: Any) -> str:
        """``str.format_map``, alike."""
        text, (mapping,) = (self._text, args) if isinstance(self._text, str) else (args[0], args[1:])
        return str.format_map(checked_template(text), mapping)


for _method in (Template.format, Template.format_map):
    _method.__qualname__, _method.__module__ = f"str.{_method.__name__}", "builtins"


def formatting(value: Any, name: str, hashing: Callable[[Any], Any] = lambda found: found) -> Any:
    """What gives the method ``name`` of a value: of strings a `Template`, of others what was found, looked at.

    ``hashing`` gives what stands for a ``__hash__``.
    """
    kind = _type(value)
    owner = value if issubclass(kind, type) else None
    if name in FORMATS and issubclass(kind if owner is None else owner, str):
        return Template(value)
    found = _looked_at(getattr(value, name), owner)
    return types.SimpleNamespace(**{name: hashing(found) if name == "__hash__" else found})


def _looked_at(found: Any, owner: type | None) -> Any:
    """A method as the program may call it, however it came by it: through ``super()``, or a name for a type."""
    if isinstance(found, types.BuiltinMethodType) and isinstance(found.__self__, str):
        return getattr(Template(found.__self__), found.__name__) if found.__name__ in FORMATS else found
    if isinstance(found, types.MethodDescriptorType) and issubclass(found.__objclass__, str):
        return getattr(Template(str), found.__name__) if found.__name__ in FORMATS else found
    if not isinstance(found, types.FunctionType) or is_own(found):
        return found

    def method(*given: Any, **named: Any) -> Any:
        if not given or owner is None or owner not in _type(given[0]).__mro__:
            raise TypeError(message("not-allowed", "patching", what=f"What `{found.__name__}` writes to"))
        return found(*given, **named)

    return method


def guard_user_strings() -> None:
    """From now on `collections.UserString` formats as strings do for programs, in this process."""

    def format(self: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: A001 - Python's own name for it
        return formatting(self.data, "format").format(*args, **kwargs)

    def format_map(self: Any, mapping: Any) -> Any:
        return formatting(self.data, "format_map").format_map(mapping)

    for method in (format, format_map):
        method.__module__, method.__qualname__ = "collections", f"UserString.{method.__name__}"
        setattr(collections.UserString, method.__name__, method)


def checked_template(text: str) -> str:
    """A format string as it is. Raises AttributeError where a field of it asks for what a program may not read."""
    text = str.__str__(text)
    pending = [text]
    while pending:
        for _, field, spec, _ in string.Formatter().parse(pending.pop()):
            for name in _STEPS.findall(field or ""):
                public(name or "name")
            if spec and "{" in spec:
                pending.append(spec)
    return text


# ── type ──────────────────────────────────────────────────────────────────────────────────────────


class _AnyType(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, type)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, type)

    def __repr__(cls) -> str:
        return "<class 'type'>"


class TypeOf(metaclass=_AnyType):
    """``type`` with one argument, which asks; the form with three, which makes a class, is not available.

    Of a class it gives itself: what makes classes is nobody's to call.
    """

    def __new__(cls, *given: object, **named: object) -> Any:
        """The type of the one value that is given."""
        if len(given) != 1 or named:
            raise TypeError(message("not-allowed", "type"))
        kind = _type(given[0])
        return cls if issubclass(kind, type) else kind


TypeOf.__name__ = TypeOf.__qualname__ = "type"
