"""Names: what the program calls its tensors.

In: values, from the assignments that `parse` instrumented. Out: name entries on the tape. The
parameters of a module get the module's name and a dot before their own.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple, cast

import torch

from backlight.model.program import UNNAMING, Site
from backlight.record.entries import PASSING, LoggedNames
from backlight.record.faces import is_shared
from backlight.record.modules import buffers_in, is_a, parameters_in
from backlight.record.recorder import Recorder
from backlight.record.store import is_leaf
from backlight.record.tape import Tape
from backlight.record.torch_private import is_transformed, unnoticed

LAYERS = (torch.nn.ModuleDict, torch.nn.ModuleList, torch.nn.ParameterDict, torch.nn.ParameterList)
KEPT = (dict, list, str, *LAYERS)
"""What has items that are names, and names themselves."""
MOST_ITEMS = 16
"""So many items of a list, tuple or dictionary get names by what holds them, and as many of each one within."""
RESULTS: frozenset[Any] = frozenset(
    each for each in cast("Any", torch.return_types).__dict__.values() if type(each) is type and each.__base__ is tuple
)
"""The types of what functions of torch give that has several tensors, each with a name."""
CONTAINERS = frozenset(map(id, (dict, list, tuple, *RESULTS)))
"""What holds others, and asks nothing of the program's for it; by identity, for a class may have a hash of its own."""


class Naming(NamedTuple):
    """Names that something gets: at a place, so many of the user's functions deep; ``shown`` as of `LoggedNames`.

    ``made_at`` is where it was made, as far as is known: what is on its way to a name comes from beside it.
    """

    names: tuple[str, ...]
    place: int
    depth: int = 0
    shown: bool = True
    made_at: int | None = None

    def inside(self, name: str) -> Naming:
        """What a part of it is called."""
        return self._replace(names=tuple([f"{owner}.{name}" for owner in self.names]))


class Names:
    """Notes the names that values get, and which tensors the program showed."""

    def __init__(self, recorder: Recorder, sites: tuple[Site, ...]) -> None:
        self._tape = recorder.tape
        self._exits = recorder.exits
        self._registered = recorder.registered
        self._shared_memory = recorder.shared_memory
        self._sites = sites
        self._kept: dict[int, tuple[Any, ...]] = {}

    def bind(self, value: Any, site: int) -> Any:
        """Note that ``value`` got the names of a site."""
        at = self._sites[site]
        if at.owner is not None:
            (name,) = self._kept.pop(site, (None,))
            if type(name) is not str or name in UNNAMING:
                return value
            at = replace(at, names=(f"{at.owner}.{name}",))
        self._bind(value, at, sys._getframe(1).f_lineno)  # pyright: ignore[reportPrivateUsage]
        return value

    def keep(self, part: Any, site: int, first: bool) -> Any:
        """Keep what the name of a site is made of, until the value is there; no tensor, whose items are no names."""
        if first:
            self._kept[site] = (part,) if issubclass(type(part), KEPT) else ()
        elif self._kept.get(site):
            self._kept[site] = (*self._kept[site], part)
        return part

    def item(self, site: int) -> None:
        """Note the name of what a container has now where the program has just put something."""
        parts = self._kept.pop(site, ())
        if len(parts) != 2:
            return
        at, (container, key) = self._sites[site], parts
        if not at.names:
            at = replace(at, names=(f"{at.owner}[{key_text(key, at.key or '')}]",))
        line = sys._getframe(1).f_lineno  # pyright: ignore[reportPrivateUsage]
        self._bind(content(container, key), at, line)

    def _bind(self, value: Any, site: Site, line: int) -> None:
        if is_a(value, torch.Tensor):
            self._tensor(value, site)
        elif is_a(value, torch.nn.Module):
            self._module(value, site)
        elif site.starred:
            self._members(value, site)
        elif value is not None:
            self._exits.name(value, site.names, line)
            if is_container(value) and site.names and (items := items_of(value, site.names[0])):
                note_items(self._tape, items, self._naming(site))

    def _members(self, members: list[Any], site: Site) -> None:
        """Name what a starred target got, by its place in it."""
        for index, member in enumerate(members):
            if is_a(member, torch.Tensor):
                self._tensor(member, replace(site, names=tuple(f"{name}[{index}]" for name in site.names)))

    def look(self, site: int) -> None:
        """Look at the end of a statement whether numpy has written to a tensor in it."""
        if not self._tape.is_off():
            self._tape.places.now()
            self._shared_memory.look(self._tape.places.at(self._sites[site].place))

    @unnoticed
    def look_within(self, variables: dict[str, Any]) -> None:
        """Name the leaves that no variable of its own has named by how one holds them: ``ws[0]``, ``m.scale``."""
        tape = self._tape
        self._look_into_modules(variables)
        drop_replaced(tape)
        unnamed = tape.leaves.keys() - known_by_name(tape)
        wanted = map(tape.store.kept, sorted(unnamed))
        for tensor, name in self._registered.look_for(wanted, variables.items()) if unnamed else ():
            note_tensor(tape, tensor, Naming((name,), tape.places.nowhere))

    def _look_into_modules(self, variables: dict[str, Any]) -> None:
        """Name the parameters that modules have under another name than when they got theirs: ``m.weight_orig``."""
        tape = self._tape
        modules = [each for each in variables.items() if is_a(each[1], torch.nn.Module)]
        held = [(tensor, f"{name}.{path}") for name, module in modules for path, tensor in parameters_in(module)]
        given = [each for each in tape.log if type(each) is LoggedNames] if held else []
        known = {(each.tensor, name.rpartition(".")[2]) for each in given for name in each.names}
        for tensor, name in held:
            index = tape.store.find(tensor)
            if index is not None and (index, name.rpartition(".")[2]) not in known:
                note_tensor(tape, tensor, Naming((name,), tape.places.nowhere))

    def shown(self, value: Any) -> None:
        """Note that the program printed a tensor: it is looked at, though it may have no name."""
        if is_a(value, torch.Tensor):
            note_tensor(self._tape, value, Naming((), self._tape.places.now()))

    def _tensor(self, tensor: torch.Tensor, site: Site) -> None:
        note_tensor(self._tape, tensor, self._naming(site))

    def _module(self, module: torch.nn.Module, site: Site) -> None:
        note_module(self._tape, module, self._naming(site))

    def _naming(self, site: Site) -> Naming:
        self._tape.settle()
        places = self._tape.places
        now = places.now()
        return Naming(site.names, places.at(site.place), places.depth(now) + site.passing * PASSING, made_at=now)


def is_known_by(given: LoggedNames | Naming) -> bool:
    """Whether a reader knows something by one of these names: no attribute's of ``self``, and none in passing."""
    return given.depth < PASSING and any(not name.startswith("self.") for name in given.names)


def known_by_name(tape: Tape) -> set[int]:
    """The tensors that a reader knows by a name. ``w -= g`` in a loop over ``w`` gives none that is not in passing."""
    passing: set[tuple[int, str]] = set()
    known: set[int] = set()
    for each in tape.log:
        if type(each) is LoggedNames:
            given = [(each.tensor, name) for name in each.names if not name.startswith("self.")]
            if each.depth >= PASSING:
                passing.update(given)
            elif not passing.issuperset(given):
                known.add(each.tensor)
    return known


def content(container: Any, key: Any) -> Any:
    """What a container holds at ``key``, without a word to a class of the program's; None where that is nothing."""
    if is_a(container, dict):
        return dict[Any, Any].get(cast("dict[Any, Any]", container), key)
    if type(container) in LAYERS:
        return container[key]
    return (
        list[Any].__getitem__(container, key) if type(key) is int and -len(container) <= key < len(container) else None
    )


def is_plain(key: Any) -> bool:
    """Whether a key is a text or a whole number, and nothing of the program's own."""
    return type(key) is str or type(key) is int


def is_container(value: Any) -> bool:
    """Whether this is a list, tuple or dictionary of Python's own, or a result of torch's."""
    return id(cast("Any", type(value))) in CONTAINERS


def items_of(container: Any, name: str, within: bool = True) -> list[tuple[torch.Tensor, str]]:
    """The tensors in a container of Python's or torch's own, and ``within`` those in it, and the ways to them."""
    found: list[tuple[torch.Tensor, str]] = []
    kind = cast("Any", type(container))
    if kind in RESULTS:
        named: Any = zip((f".{field}" for field in kind.__match_args__), container, strict=True)
    elif kind is dict:
        named = ((f"[{key_text(key, '')}]", each) for key, each in container.items() if is_plain(key))
    else:
        named = ((f"[{index}]", each) for index, each in enumerate(container))
    for part, each in [*islice(named, MOST_ITEMS)]:
        if is_a(each, torch.Tensor):
            found.append((each, name + part))
        elif within and is_container(each):
            found += items_of(each, name + part, within=False)
    return found


def key_text(key: Any, written: str) -> str:
    """A key as a reader would write it: a plain one by what it is, any other as the program says it."""
    if type(key) is str:
        return f'"{key}"' if key.isprintable() and not {'"', "\\"} & {*key} else repr(key)
    return str(key) if type(key) is int and key.bit_length() <= 64 else written


def note_module(tape: Tape, module: torch.nn.Module, naming: Naming) -> None:
    """Name a module that has these names, its parameters and its buffers."""
    if "_parameters" not in vars(module):
        return  # still in the middle of its own __init__
    tape.scopes.name(module, naming.names, naming.depth)
    for name, parameter in parameters_in(module):
        note_tensor(tape, parameter, naming.inside(name))
    for name, buffer in buffers_in(module):
        note_tensor(tape, buffer, naming.inside(name)._replace(shown=False))


@unnoticed
def note_tensor(tape: Tape, tensor: torch.Tensor, naming: Naming) -> None:
    """Note that a tensor got names, or (without names) that the program showed it."""
    if is_transformed(tensor):
        return
    inside = tape.running or tape.inside_function
    if inside and not torch.is_grad_enabled():
        return  # a gradient on its way, or what a custom Function is made of
    tape.settle()
    index = tape.origin(tensor, naming.place if naming.made_at is None else naming.made_at)
    tape.may_become_leaf(index, tensor)
    tape.named.update((index,) if naming.names else ())
    tape.log.append(LoggedNames(index, naming.names, naming.place, naming.shown, naming.depth))


@unnoticed
def note_items(tape: Tape, items: list[tuple[torch.Tensor, str]], naming: Naming) -> None:
    """Name the tensors of a container that have no name yet by it: ``out["loss"]``, ``pair[0]``, ``top.values``."""
    for tensor, name in items:
        index = tape.store.find(tensor)
        if index is not None and index not in tape.named:
            note_tensor(tape, tensor, naming._replace(names=(name,), shown=False))


def drop_replaced(tape: Tape) -> None:
    """Take the names from leaves that are gone, unused, and have another in their place: ``head.w = emb.w``."""
    store = tape.store
    owner: dict[str, int] = {}
    names: dict[int, list[str]] = {}
    for each in tape.log:
        if type(each) is LoggedNames:
            owner.update(dict.fromkeys(each.names, each.tensor))
            names.setdefault(each.tensor, []).extend(each.names)
    replaced = [index for index in names if all(owner[name] != index for name in names[index])]
    gone: set[int] = set()
    for index in replaced:
        tensor = None if index in tape.leaves else store.tensor(index)
        if tensor is not None and is_leaf(tensor) and not is_shared(store, index, tensor):
            gone.add(index)
    if gone:
        tape.log = [each for each in tape.log if not (type(each) is LoggedNames and each.tensor in gone)]
