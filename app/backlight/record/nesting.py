"""Nesting: the scopes of what was logged, numbered and named, when the program is over.

In: entries of the tape in their order. Out: the Trace's scopes, parents first. Where the program carried no marks,
`Inference` adds functions and loops from the stacks of the entries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import torch

from backlight.model import trace
from backlight.model.document import Place
from backlight.record.entries import LoggedCall, LoggedExit, LoggedOrigin
from backlight.record.inference import Inference
from backlight.record.modules import modules_in
from backlight.record.places import Resolve
from backlight.record.repetition import Repeated
from backlight.record.scopes import Scope, forward_of, without_iterations
from backlight.record.tape import Tape

Module = torch.nn.Module


class Nesting:
    """Asked for the scope of each entry, in the order of the log; then for all scopes and for owners of tensors."""

    def __init__(self, tape: Tape, resolve: Resolve, places: Sequence[Sequence[Place]]) -> None:
        self._places = places
        self._last: int | None = None
        self._scopes = tape.scopes
        self._resolve = resolve
        self._infer = None if tape.scopes.is_marked else Inference(tape.scopes, tape.places)
        self._numbers: dict[Scope, int] = {}
        self._modules: dict[int, tuple[int, Module]] = {}  # id() of a module -> its number
        self._calls: dict[Scope, int] = {}  # call of a module -> which of its calls it is
        self._count: Counter[int] = Counter()  # module -> how many of its calls are known
        self._paths: dict[Scope, str] = {}
        self._names: dict[int, dict[int, str]] = {}  # id() of a module -> id() of one inside it -> its path

    def scope_of(self, entry: object) -> int | None:
        """The number of the innermost scope that an entry was logged in; that of the one before, where it has none."""
        if not isinstance(entry, (LoggedCall, LoggedOrigin, LoggedExit)):
            return self._last
        if self._infer is not None:
            scope = self._infer.scope_of(entry)
        else:
            places = self._places[entry.place]
            inside = self._scopes.loops.at_place(places[0] if places else None)
            scope = without_iterations(entry.scope, inside)
        self._last = self._number(scope)
        return self._last

    def scopes(self) -> tuple[trace.Scope, ...]:
        """All scopes, as the Trace has them."""
        return tuple(self._told(scope) for scope in self._numbers)

    def owners(self, index_of: Callable[[torch.Tensor], int | None]) -> dict[int, tuple[int, ...]]:
        """For the parameters and buffers of modules that were called, by tensor: the innermost such modules."""
        called = {key: number for key, (number, _) in self._modules.items()}
        found: dict[int, dict[int, None]] = {}
        for number, module in self._modules.values():
            for tensor in own_tensors(module, called):
                index = index_of(tensor)
                if index is not None:
                    found.setdefault(index, {})[number] = None
        return {index: tuple(modules) for index, modules in found.items()}

    # ── inside ────────────────────────────────────────────────────────────────────────────────────

    def _number(self, scope: Scope | None) -> int | None:
        """The number of a scope; those around it get theirs first."""
        unknown: list[Scope] = []
        around = scope
        while around is not None and around not in self._numbers:
            unknown.append(around)
            around = around.parent
        for each in reversed(unknown):
            self._numbers[each] = len(self._numbers)
            if each.kind == "module":
                number, _ = self._modules.setdefault(id(each.subject), (len(self._modules), each.subject))
                self._calls[each] = self._count[number]
                self._count[number] += 1
        return None if scope is None else self._numbers[scope]

    def _told(self, scope: Scope) -> trace.Scope:
        name, kind_of, subject, number = "", None, None, None
        match scope.kind:
            case "module":
                kind_of = type(scope.subject).__name__
                name = self._path(scope) or self._scopes.name_of(scope.subject) or kind_of
                subject, number = self._modules[id(scope.subject)][0], self._calls[scope]
            case "function":
                name = scope.subject.co_qualname.rpartition("<locals>.")[2]
            case "loop":
                name = self._loop(scope)[0]
            case "iteration":
                name, number = f"iteration {scope.number}", scope.number
        parent = None if scope.parent is None else self._numbers[scope.parent]
        return trace.Scope(
            scope.kind, name, kind_of, parent, subject, number, self._place(scope), is_own_forward(scope)
        )

    def _loop(self, scope: Scope) -> tuple[str, Place | None]:
        if isinstance(scope.subject, Repeated):
            loop = scope.subject
            place = self._resolve(loop.code, loop.start)
            if place is not None and loop.header is not None:
                (line, column), (end_line, end_column) = loop.header
                place = Place(line, column, end_line, end_column, place.source)
            return loop.name, place
        return self._scopes.loops[scope.subject].name, self._scopes.loops[scope.subject].place

    def _place(self, scope: Scope) -> Place | None:
        """Where a loop is headed, or where the user's code called a module or function, or what that is in."""
        if scope.kind in ("loop", "iteration"):
            return self._loop(scope)[1]
        around: Scope | None = scope
        while around is not None:
            if around.caller is not None:
                return self._resolve(*around.caller)
            around = around.parent if around.parent is not None and around.parent.kind == "module" else None
        return None

    def _path(self, scope: Scope) -> str:
        """The path of a module from the outermost one called, by the names under which each holds the next."""
        known = self._paths.get(scope)
        if known is None:
            around = scope.parent.module if scope.parent is not None else None
            if around is None:
                known = ""  # paths begin below the outermost module
            else:
                outer, own = self._path(around), self._inside(around.subject).get(id(scope.subject))
                known = ".".join(filter(None, (outer, type(scope.subject).__name__ if own is None else own)))
            self._paths[scope] = known
        return known

    def _inside(self, module: Module) -> dict[int, str]:
        known = self._names.get(id(module))
        if known is None:
            known = self._names[id(module)] = {id(child): name for name, child in modules_in(module)}
        return known


def is_own_forward(scope: Scope) -> bool:
    """Whether a function is the ``forward`` of the module whose call it is right inside of."""
    if scope.kind != "function" or scope.parent is None or scope.parent.kind != "module":
        return False
    return forward_of(scope.parent.subject) is scope.subject


def own_tensors(module: Module, called: dict[int, int]) -> Iterator[torch.Tensor]:
    """The parameters and buffers of a module, those of modules inside it included that were not called themselves."""
    waiting = [module]
    seen = {id(module)}
    while waiting:
        each = waiting.pop()
        yield from each.parameters(recurse=False)
        yield from each.buffers(recurse=False)
        for child in each.children():
            if id(child) not in called and id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)
