"""Rewrites a program so that it tells what it binds, and changes nothing else that can be seen.

Imports become calls of `IMPORT`. A value on its way to a name passes through `BIND`; where no expression gives it alone
(unpacking, loops, parameters) a `BIND` statement, or in an expression a true condition, reads the name. Of ``a[k] = …``
`KEEP` notes ``a`` and ``k`` in passing, and `ITEM` after it what is there. Positions stay as written.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from backlight.language import MODULES
from backlight.model.program import BIND, IMPORT, ITEM, KEEP, LOOK, SHOW, UNNAMING, Site
from backlight.parse.made import alone, called, constant, put, read
from backlight.parse.syntax import Syntax

_BLOCKS: Mapping[type[ast.AST], tuple[str, ...]] = {
    kind: tuple(field for field in ("body", "orelse", "finalbody") if field in kind._fields)
    for kind in (*ast.stmt.__subclasses__(), ast.Module, ast.ExceptHandler, ast.match_case)
    if "body" in kind._fields
}
"""The fields that hold statements, by kind of node."""
_NOTHING: Mapping[ast.alias, str] = {}
_LONGEST_NAME = 60
"""Characters of the text before an item or attribute that still makes a name."""


def instrument(syntax: Syntax, missing: Mapping[ast.alias, str] = _NOTHING) -> tuple[Site, ...]:
    """Rewrites ``syntax.tree`` in place, a module's. Gives the sites that its `BIND` calls refer to, in source order.

    ``missing`` is what it imports that is not there, and why: the import raises as it runs. Attribute targets of
    ``+=`` and of unpacking are read once more, which a property would notice.
    """
    rewriting = _Rewriting(syntax, missing)
    for node in syntax.nodes:
        rewrite = _REWRITES.get(type(node))
        if rewrite is not None:
            rewrite(rewriting, node)
    if _shares_memory(syntax):
        rewriting.look_after_statements()
    rewriting.splice()
    return tuple(rewriting.sites)


def show(statement: ast.Expr) -> None:
    """Rewrites a statement so that `SHOW` gets the value of its expression."""
    statement.value = called(SHOW, [statement.value], statement.value)


def _shares_memory(syntax: Syntax) -> bool:
    """Whether a program may have memory that numpy and a tensor share: it speaks of numpy."""
    if syntax.text.isascii() and "numpy" not in syntax.text:  # else other letters may stand for these
        return False
    return any("numpy" in word for word in map(_word, syntax.nodes))


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a text that stands for itself: a docstring."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _word(node: ast.AST) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.alias(name=name) | ast.ImportFrom(module=str() as name):
            return name
        case _:
            return ""


def _targets(target: ast.expr) -> Iterator[ast.expr]:
    """The single targets inside ``target``, starred ones with their star, in the order in which Python binds them."""
    pending = [target]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Tuple | ast.List):
            pending.extend(reversed(node.elts))
        else:
            yield node


def _name(node: ast.expr) -> str | None:
    """The name that a value has as ``a``, ``a.b`` or ``a[0].b``; None where it is bound to anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(f".{node.attr}")
        node = node.value
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            parts.append(f"[{node.slice.value!r}]")
            node = node.value
    return "".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def _is_chain(node: ast.expr) -> bool:
    """Whether an expression is a name, or attributes and items of one that the program names outright."""
    while isinstance(node, ast.Attribute) or (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)):
        node = node.value
    return isinstance(node, ast.Name)


def _read_again(node: ast.expr) -> ast.expr | None:
    """A copy of ``node`` that reads its value: names, dotted names and their items by names or constants; else None."""
    match node:
        case ast.Name():
            return read(node.id, node)
        case ast.Attribute():
            value = _read_again(node.value)
            return value and put(ast.Attribute(value, node.attr, ast.Load()), node)
        case ast.Subscript(slice=ast.Name() | ast.Constant()):
            value, item = _read_again(node.value), _read_again(node.slice)
            return value and item and put(ast.Subscript(value, item, ast.Load()), node)
        case ast.Constant():
            return put(ast.Constant(node.value), node)
        case _:
            return None


def _parameters(given: ast.arguments) -> Iterable[ast.arg]:
    """The parameters of a function, in order."""
    every = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
    return filter(None, every)


def _imported(module: str, name: str | None, node: ast.stmt, missing: str | None = None) -> ast.Call:
    given = [module, name] if missing is None else [module, name, missing]
    return called(IMPORT, [constant(each, node) for each in given], node)


def _import_to(name: str, value: ast.expr, alias: ast.alias) -> ast.stmt:
    target = put(ast.Name(name, ast.Store()), alias)
    return put(ast.Assign([target], value), value)


class _Rewriting:
    """The sites so far, and the statements to put in: after and instead of others, and at the start of bodies."""

    def __init__(self, syntax: Syntax, missing: Mapping[ast.alias, str]) -> None:
        self.syntax = syntax
        self.missing = missing
        self.sites: list[Site] = []
        self.after: defaultdict[ast.AST, list[ast.stmt]] = defaultdict(list)
        self.instead: dict[ast.AST, list[ast.stmt]] = {}
        self.starts: defaultdict[ast.AST, list[ast.stmt]] = defaultdict(list)

    def bound(self, value: ast.expr, names: Iterable[str], target: ast.AST, at: ast.AST) -> ast.Call:
        """``BIND(value, site)`` for a new site, whose place is that of ``target``."""
        self.sites.append(Site(tuple(names), self.syntax.place(target), isinstance(target, ast.Starred)))
        return called(BIND, [value, constant(len(self.sites) - 1, at)], at)

    def statement(self, value: ast.expr, names: Iterable[str], target: ast.AST) -> ast.stmt:
        return alone(self.bound(value, names, target, target))

    def afterwards(self, target: ast.expr) -> Iterator[ast.stmt]:
        """The statements that note what the single ``target`` holds once it is bound."""
        value = target.value if isinstance(target, ast.Starred) else target
        name, again = _name(value), _read_again(value)
        if isinstance(value, ast.Attribute) and value.attr in UNNAMING:
            return  # to read ``w.data`` once more after ``w.data -= 1`` would be another alias in the picture
        if name is not None and again is not None:
            yield self.statement(again, [name], target)

    def in_passing(self, names: Iterable[ast.expr | ast.arg]) -> list[ast.expr]:
        """Expressions that are true and note what names hold: ``BIND(x, site) is x``."""
        noted: list[ast.expr] = []
        first = len(self.sites)
        for node in names:
            held = node.value if isinstance(node, ast.Starred) else node
            name = held.arg if isinstance(held, ast.arg) else getattr(held, "id", None)
            if name is not None:
                call = self.bound(read(name, node), [name], node, node)
                noted.append(put(ast.Compare(call, [ast.Is()], [read(name, node)]), node))
        self.pass_by(first)
        return noted

    def pass_by(self, first: int) -> None:
        """The sites from this one on are of variables that only pass."""
        self.sites[first:] = [replace(site, passing=True) for site in self.sites[first:]]

    def function_expression(self, node: ast.Lambda) -> None:
        noted = self.in_passing(_parameters(node.args))
        if noted:
            node.body = put(ast.BoolOp(ast.And(), [*noted, node.body]), node.body)

    def comprehension(self, node: ast.comprehension) -> None:
        node.ifs[:0] = self.in_passing(_targets(node.target))

    def call(self, node: ast.Call) -> None:
        """``setattr(a, "b", value)`` is an assignment to ``a.b``; with another name, to what it is as that runs."""
        match node:
            case ast.Call(func=ast.Name(id="setattr"), args=[owner, ast.Constant(value=str() as attribute), value]):
                name = _name(owner)
                if name is not None and attribute not in UNNAMING:
                    node.args[2] = self.bound(value, [f"{name}.{attribute}"], node, value)
            case ast.Call(func=ast.Name(id="setattr"), args=[owner, attribute, value]) if _is_chain(owner):
                if not isinstance(attribute, ast.Starred | ast.Constant) and not isinstance(value, ast.Starred):
                    node.args[1] = self.kept(attribute, first=True)
                    self.sites.append(Site((), self.syntax.place(node), owner=self.syntax.written(owner)))
                    node.args[2] = called(BIND, [value, constant(len(self.sites) - 1, value)], value)
            case _:
                pass

    def kept(self, part: ast.expr, first: bool) -> ast.Call:
        """``KEEP(part, site, first)`` for the site that comes next."""
        return called(KEEP, [part, constant(len(self.sites), part), constant(first, part)], part)

    def item(self, target: ast.expr, statement: ast.stmt) -> None:
        """Has what is assigned to ``a[k]`` noted as ``a[k]``; a slice is no name, and no place of a dictionary."""
        if not isinstance(target, ast.Subscript) or isinstance(target.slice, ast.Slice | ast.Tuple):
            return
        owner = self.syntax.written(target.value)
        if not _is_chain(target.value) or len(owner) > _LONGEST_NAME:
            return
        place, key = self.syntax.place(target), self.syntax.written(target.slice)
        site = Site((), place, owner=owner, key=key)
        if isinstance(target.slice, ast.Constant):
            site = Site((f"{owner}[{key}]",), place)
        target.value, target.slice = self.kept(target.value, first=True), self.kept(target.slice, first=False)
        after = called(ITEM, [constant(len(self.sites), target)], target)
        self.sites.append(site)
        self.after[statement].append(alone(after))

    def members(self, owner: str, display: ast.expr) -> None:
        """Has what is made inside of a dictionary or list on its way to a name noted as its item."""
        match display:
            case ast.Dict(keys=keys, values=values):
                named = [
                    (self.syntax.written(key), index) for index, key in enumerate(keys) if isinstance(key, ast.Constant)
                ]
            case ast.List(elts=values):
                named = [(str(index), index) for index in range(len(values))]
                named = named[: next((n for n, each in enumerate(values) if isinstance(each, ast.Starred)), None)]
            case _:
                return
        for key, index in named:
            value = values[index]
            if isinstance(value, ast.Call | ast.BinOp):
                values[index] = self.bound(value, [f"{owner}[{key}]"], value, value)

    def assign(self, node: ast.Assign) -> None:
        wrapped = [name for name in map(_name, node.targets) if name]
        if wrapped:
            self.members(wrapped[0], node.value)
            named = next(target for target in node.targets if _name(target))
            node.value = self.bound(node.value, wrapped, named, node.value)
        for target in node.targets:
            for single in _targets(target):
                if single is not target:
                    self.after[node].extend(self.afterwards(single))
                self.item(single, node)

    def annotated(self, node: ast.AnnAssign) -> None:
        name = _name(node.target)
        if node.value is not None and name:
            self.members(name, node.value)
            node.value = self.bound(node.value, [name], node.target, node.value)
        if node.value is not None:
            self.item(node.target, node)

    def augmented(self, node: ast.AugAssign) -> None:
        self.after[node].extend(self.afterwards(node.target))
        self.item(node.target, node)

    def walrus(self, node: ast.NamedExpr) -> None:
        node.value = self.bound(node.value, [node.target.id], node.target, node.value)

    def look_after_statements(self) -> None:
        """Has memory that is shared looked at where a statement ends that may have written to it."""
        for node in self.syntax.nodes:
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr) and not _is_text(node):
                self.sites.append(Site((), self.syntax.place(node)))
                look = called(LOOK, [constant(len(self.sites) - 1, node)], node)
                self.after[node].insert(0, alone(look))

    def loop(self, node: ast.For) -> None:
        first = len(self.sites)
        for target in _targets(node.target):
            self.starts[node].extend(self.afterwards(target))
        self.pass_by(first)

    def context(self, node: ast.With) -> None:
        for item in node.items:
            for target in _targets(item.optional_vars) if item.optional_vars else ():
                self.starts[node].extend(self.afterwards(target))

    def function(self, node: ast.FunctionDef) -> None:
        first = len(self.sites)
        for parameter in _parameters(node.args):
            value = read(parameter.arg, parameter)
            self.starts[node].append(self.statement(value, [parameter.arg], parameter))
        self.pass_by(first)

    def case(self, node: ast.match_case) -> None:
        captures: dict[str, ast.AST] = {}
        for pattern in ast.walk(node.pattern):
            name = getattr(pattern, "rest", None) or getattr(pattern, "name", None)
            if name is not None:
                captures.setdefault(name, pattern)
        for name, pattern in captures.items():
            self.starts[node].append(self.statement(read(name, pattern), [name], pattern))

    def imports(self, node: ast.Import) -> None:
        statements: list[ast.stmt] = []
        for alias in node.names:
            top, _, rest = alias.name.partition(".")
            missing = self.missing.get(alias)
            if rest and not alias.asname:
                statements.append(alone(_imported(alias.name, None, node, missing)))
            module = alias.name if alias.asname else top
            statements.append(_import_to(alias.asname or top, _imported(module, None, node, missing), alias))
        self.instead[node] = statements

    def imports_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        statements: list[ast.stmt] = []
        for alias in node.names if module != "__future__" else ():
            dotted = f"{module}.{alias.name}"
            parts = (dotted, None) if dotted in MODULES else (module, alias.name)
            value = _imported(*parts, node, self.missing.get(alias))
            if alias.name == "*":
                statements.append(alone(value))
                continue
            statements.append(_import_to(alias.asname or alias.name, value, alias))
        self.instead[node] = statements or [put(ast.Pass(), node)]

    def splice(self) -> None:
        """Puts the statements in."""
        for node in self.syntax.nodes:
            for field in _BLOCKS.get(type(node), ()):
                setattr(node, field, self.spliced(getattr(node, field)))
            start = self.starts.get(node) if self.starts else None
            if start:
                self.put_first(node, start)

    def spliced(self, block: list[ast.stmt]) -> list[ast.stmt]:
        if not any(statement in self.instead or statement in self.after for statement in block):
            return block
        result: list[ast.stmt] = []
        for statement in block:
            result += self.instead.get(statement, [statement])
            result += self.after.get(statement, [])
        return result

    def put_first(self, node: Any, statements: list[ast.stmt]) -> None:
        docstring = isinstance(node, ast.FunctionDef) and ast.get_docstring(node, clean=False) is not None
        node.body = [*node.body[:docstring], *statements, *node.body[docstring:]]


_REWRITES: Mapping[type[ast.AST], Callable[[_Rewriting, Any], None]] = {
    ast.Assign: _Rewriting.assign,
    ast.AnnAssign: _Rewriting.annotated,
    ast.AugAssign: _Rewriting.augmented,
    ast.NamedExpr: _Rewriting.walrus,
    ast.For: _Rewriting.loop,
    ast.With: _Rewriting.context,
    ast.FunctionDef: _Rewriting.function,
    ast.Lambda: _Rewriting.function_expression,
    ast.comprehension: _Rewriting.comprehension,
    ast.Call: _Rewriting.call,
    ast.match_case: _Rewriting.case,
    ast.Import: _Rewriting.imports,
    ast.ImportFrom: _Rewriting.imports_from,
}
"""How each kind of node that binds is rewritten."""
