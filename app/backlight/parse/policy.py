"""The language of a program: which syntax, names, attributes and modules it may use.

In: a Syntax. Out: nothing, or `NotAllowed` at the first thing that is not, with the place of its token,
why, and what to use instead. What is allowed and refused stands in `rules`; the prose in ``messages/``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, NoReturn

from backlight.errors import NotAllowed
from backlight.language import HIDDEN, MODULES, UNDERSCORED, WITHHELD, is_readable
from backlight.messages import message
from backlight.model.document import CellNote, Place
from backlight.parse import rules
from backlight.parse.bindings import BINDING, bound_names, mangled_names, own_members
from backlight.parse.optional_imports import OptionalImports, find_optional_imports
from backlight.parse.syntax import Syntax

_TOP_LEVEL = ", ".join(
    f"`{name}`" for name in sorted(MODULES, key=lambda n: (n != "torch", n.lower())) if "." not in name
)
_SMALL = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
_LITERALS = (ast.Constant, ast.JoinedStr, ast.Tuple, ast.List, ast.Dict, ast.Set)
OWNING = frozenset({ast.Attribute, ast.ClassDef})
IMPORTING = (ast.Import, ast.ImportFrom)
_LAST_WORD = re.compile(r"\w+$")


def check_policy(
    syntax: Syntax, bound: Iterable[str] = (), modules: Mapping[str, str] | None = None
) -> Mapping[ast.alias, str]:
    """Raises NotAllowed where ``syntax`` leaves the language.

    ``bound`` are names that have a value already, and ``modules`` modules that stand under a name, beside what the
    program itself binds. Gives what it imports that is not there, where it is prepared for that, and why it is not.
    """
    check = _Check(syntax, bound, modules or {})
    check.nodes(syntax.nodes)
    return check.missing


def notes_on_imports(syntax: Syntax) -> list[CellNote]:
    """What is to be said of the first import of a module that is here and does otherwise than elsewhere."""
    notes: dict[str, CellNote] = {}
    for node in syntax.nodes:
        match node:
            case ast.Import(names=names):
                modules = [alias.name for alias in names]
            case ast.ImportFrom(module=str() as module):
                modules = [module]
            case _:
                continue
        for topic in (rules.NOTED.get(module.partition(".")[0]) for module in modules):
            if topic is not None and topic not in notes:
                notes[topic] = CellNote(message("note", topic), node.lineno)
    return list(notes.values())


def refused_import(module: str) -> str | None:
    """The topic that says why ``module`` cannot be imported, or None where it can."""
    if module in MODULES:
        return None
    parts = module.split(".")
    for end in range(1, len(parts)):
        topic = _member_topic(".".join(parts[:end]), parts[end])
        if topic is not None:
            return topic
    return rules.IMPORTS.get(parts[0], "import")


def _member_topic(base: str | None, name: str) -> str | None:
    if name in MODULES.get(base or "", ()):
        return None
    withheld = WITHHELD.get(base or "", {})
    return withheld.get(name) or withheld.get("*") or HIDDEN.get(name)


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


class _Check:
    """What is known of a program while its nodes are checked one by one, parents first."""

    def __init__(self, syntax: Syntax, bound: Iterable[str], modules: Mapping[str, str]) -> None:
        self.syntax = syntax
        self.modules = dict(modules)
        self.bound: set[str | None] = set(bound)
        self.methods: set[ast.AST] = set()
        self.called: set[ast.AST] = set()
        self.excused: set[ast.AST] = set()
        self.mangled: set[ast.AST] = set()  # names that belong to the class around them, as `__count`
        self.own: set[str] = set()  # private and hidden names that the program's own classes define
        self.missing: dict[ast.alias, str] = {}  # what is imported and not there -> why
        for node in syntax.nodes:
            kind = type(node)
            if kind in BINDING:
                self.bound.update(bound_names(node))
            if kind in OWNING:
                self.own.update(filter(rules.is_guarded, own_members(node)))
            elif isinstance(node, IMPORTING):
                self._note_modules(node)

    def nodes(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            handle = _HANDLERS.get(type(node))
            if handle is not None:
                handle(self, node)
            elif type(node) not in rules.ALLOWED_NODES:
                self.refuse_syntax(node)

    def _note_modules(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                continue
            if isinstance(node, ast.ImportFrom):
                self.modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            elif alias.asname:
                self.modules[alias.asname] = alias.name
            else:
                top = alias.name.split(".")[0]
                self.modules[top] = top

    def refuse(self, topic: str, what: str, place: Place, **fields: Any) -> NoReturn:
        raise NotAllowed(message("not-allowed", topic, what=what, modules=_TOP_LEVEL, **fields), place)

    def refuse_syntax(self, node: ast.AST) -> None:
        topic, what = rules.REFUSED_NODES.get(type(node), ("syntax", "This syntax"))
        whole = self.syntax.place(node)
        length = len(self.syntax.lines[whole.line - 1])
        end_column = whole.end_column if whole.end_line == whole.line else max(length, whole.column)
        self.refuse(topic, what, Place(whole.line, whole.column, whole.line, end_column))

    def word(self, node: ast.AST, word: str) -> Place:
        """The place of ``word`` on the first line of ``node``; that line of it where the word is written otherwise."""
        whole = self.syntax.place(node)
        line = self.syntax.lines[whole.line - 1]
        found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(line, whole.column)
        if found:
            return Place(whole.line, found.start(), whole.line, found.end())
        return Place(whole.line, whole.column, whole.line, max(whole.column, len(line)))

    def attribute_place(self, node: ast.Attribute) -> Place:
        """The place of the attribute's own name, as it is written (Python folds other letters into ``node.attr``)."""
        whole = self.syntax.place(node)
        found = _LAST_WORD.search(self.syntax.lines[whole.end_line - 1][: whole.end_column])
        return Place(whole.end_line, found.start(), whole.end_line, whole.end_column) if found else whole

    def name(self, node: ast.Name) -> None:
        reading = isinstance(node.ctx, ast.Load)
        if node in self.mangled:
            return
        if node.id.startswith("__") and node.id not in rules.METHODS and not (reading and node.id in rules.CONSTANTS):
            if node.id in rules.PLAIN_DECLARATIONS and (not reading or node.id in self.bound):
                return
            topic = rules.NAMES.get(node.id, "dunder-name")
        elif reading and node.id in rules.NAMES and node.id not in self.bound and node not in self.excused:
            topic = rules.NAMES[node.id]
        else:
            return
        self.refuse(topic, f"`{node.id}`", self.syntax.place(node))

    def call(self, node: ast.Call) -> None:
        self.called.add(node.func)
        if isinstance(node.func, ast.Name) and node.func.id == "vars" and len(node.args) == 1:
            self.excused.add(node.func)  # not `vars()`, which is `locals()`

    def identifiers(self, node: ast.AST, names: Iterable[str | None]) -> None:
        for name in names:
            if name is not None and name.startswith("__"):
                self.refuse("dunder-name", f"`{name}`", self.word(node, name))

    def attribute(self, node: ast.Attribute) -> None:
        if node.attr in rules.FORMATS and isinstance(node.value, ast.Constant):
            self._template(node)
        base = self.dotted(node.value)
        if base is not None and (node.attr in MODULES.get(base, ()) or f"{base}.{node.attr}" in MODULES):
            self.excused.add(node.value)  # not `torch.cuda`, but `torch.cuda.is_available`
        if node.attr in rules.NAMES_OF_CLASSES and getattr(node.value, "attr", "") == "__class__":
            self.excused.add(node.value)  # as `type(x).__name__`
        if node.attr.startswith("_"):
            if not self._may_use_private(node):
                self._check_before(node)
                self.attribute_name(node.attr, self.attribute_place(node), not isinstance(node.ctx, ast.Load))
        elif base is None and node.attr in self.own:
            return
        elif node not in self.excused and (node.attr in HIDDEN or base is not None):
            topic = _member_topic(base, node.attr)
            if topic is None or (base is None and topic in rules.TOLD_LATE and node not in self.called):
                return  # of what is not the program's own, a guard refuses it as it runs
            if not ((base or topic == "gpu") and node in self.optional.conditional):
                self._check_before(node)
                self.refuse(topic, f"`{base}.{node.attr}`" if base else f"`.{node.attr}`", self.attribute_place(node))

    def _template(self, node: ast.Attribute) -> None:
        """Refuses a format string that asks for a private attribute; one that is not written out is checked later."""
        assert isinstance(node.value, ast.Constant)
        found = rules.PRIVATE_FIELD.search(str(node.value.value))
        if found:
            self.refuse("introspection", f"`{found[1]}` in a format string", self.attribute_place(node))

    def _check_before(self, node: ast.Attribute) -> None:
        """Checks what stands left of the attribute, so that the first refusal in the text is the one reported."""
        self.nodes(child for child in ast.walk(node.value) if not isinstance(child, _SMALL))

    def attribute_name(self, name: str, place: Place, is_written: bool = False) -> None:
        """Refuses the attribute ``name`` for what it is called, whatever it stands on."""
        if name in rules.VIEWED and is_written:
            self.refuse(rules.VIEWED[name], f"`.{name}`", place)
        if name.startswith("__"):
            topic = "introspection" if rules.NAMES.get(name) == "introspection" else "dunder-attribute"
            self.refuse(topic, f"`.{name}`", place)
        if name.startswith("_"):
            self.refuse("private-attribute", f"`.{name}`", place, public=name.strip("_") or "value")
        if name in HIDDEN:
            self.refuse(HIDDEN[name], f"`.{name}`", place)

    def _may_use_private(self, node: ast.Attribute) -> bool:
        """Whether a name with an underscore may stand here; of the program's own, a guard sees to it as it runs."""
        name = node.attr
        if is_readable(name) or (name in rules.VIEWED and self._may_be_own(node.value)):
            return isinstance(node.ctx, ast.Load)
        if name in self.own or node in self.excused or name in UNDERSCORED.get(self.dotted(node.value) or "", ()):
            return True
        if name in rules.OF_DICT and isinstance(node.value, ast.Name) and node.value.id == "dict":
            return "dict" not in self.bound
        if node not in self.called or name not in rules.METHODS:
            return False
        if name in rules.SETTERS:
            return True
        match node.value:
            case ast.Call(func=ast.Name(id="super")):
                return True
            case _:
                return name not in rules.ON_SUPER

    def _may_be_own(self, node: ast.expr) -> bool:
        """Whether an expression may give an object of the program's own: it is no module and no literal."""
        return self.dotted(node) is None and not isinstance(node, _LITERALS)

    def dotted(self, node: ast.expr) -> str | None:
        """The dotted name that ``node`` stands for, where it begins with a module; else None."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.modules:
            return None
        return ".".join([self.modules[node.id], *reversed(names)])

    def imports(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            self.identifiers(alias, (alias.asname,))
            module = alias.name if isinstance(node, ast.Import) else node.module or ""
            if alias.name == "*" and node in self.optional.inside:
                self.refuse("import-star", "", self.word(alias, "*"), module=module)
            try:
                if isinstance(node, ast.Import):
                    self._import(alias)
                else:
                    self._import_from(node, alias)
            except NotAllowed as refusal:
                if not self.optional.may_lack(node, module):
                    raise
                self.missing[alias] = refusal.message

    @cached_property
    def optional(self) -> OptionalImports:
        """Which imports may find nothing; few programs have to be asked."""
        return find_optional_imports(self.syntax)

    def _import(self, alias: ast.alias) -> None:
        topic = refused_import(alias.name)
        if topic is None and alias.name in rules.FOR_USE and not self._is_used(alias.asname or alias.name):
            topic = rules.FOR_USE[alias.name]
        if topic is not None:
            self.refuse(topic, f"The module `{alias.name}`", self.word(alias, alias.name))

    def _is_used(self, name: str) -> bool:
        """Whether the program asks anything of what stands under a name."""
        return any(isinstance(node, ast.Name) and node.id == name for node in self.syntax.nodes)

    def _import_from(self, node: ast.ImportFrom, alias: ast.alias) -> None:
        module, place = node.module or "", self.word(alias, alias.name)
        if node.level:
            self.refuse("import-relative", "", self.syntax.place(node))
        if module == "__future__":
            if alias.name not in rules.FUTURES:
                self.refuse("future", "", place, name=alias.name)
            return
        topic = refused_import(module)
        if topic is not None and f"{module}.{alias.name}" not in MODULES:
            member = _member_topic(module, alias.name)
            self.refuse(member or topic, f"The module `{module}`", self.word(node, module))
        if alias.name == "*":
            return
        self._imported(module, alias, place)

    def _imported(self, module: str, alias: ast.alias, place: Place) -> None:
        if alias.name in UNDERSCORED.get(module, ()) or (
            f"{module}.{alias.name}" in MODULES and "*" in WITHHELD.get(module, ())
        ):
            return
        if alias.name.startswith("_") and alias.name != "__version__":
            self.attribute_name(alias.name, place)
        topic = _member_topic(module, alias.name)
        if topic is not None:
            self.refuse(topic, f"`{module}.{alias.name}`", place)

    def function(self, node: ast.FunctionDef) -> None:
        if node not in self.methods:
            self.identifiers(node, (node.name,))
        elif rules.is_dunder(node.name) and node.name not in rules.METHODS:
            self.refuse("dunder-method", f"`{node.name}`", self.word(node, node.name))

    def class_statement(self, node: ast.ClassDef) -> None:
        self.identifiers(node, (node.name,))
        for keyword in node.keywords:
            is_abstract = isinstance(keyword.value, ast.Name | ast.Attribute) and _last(keyword.value) == "ABCMeta"
            if keyword.arg is None or (keyword.arg == "metaclass" and not is_abstract):
                what = f"`{keyword.arg}=`" if keyword.arg else "`**`"
                self.refuse("class-keyword", what, self.word(keyword, keyword.arg or "**"))
        self.methods.update(node.body)
        self.mangled.update(mangled_names(node))

    def class_pattern(self, node: ast.MatchClass) -> None:
        for name in node.kwd_attrs:
            self.attribute_name(name, self.word(node, name))
            if name in rules.CHECKED:
                self.refuse("introspection", f"`.{name}`", self.word(node, name))

    def comprehension(self, node: ast.comprehension) -> None:
        if node.is_async:
            self.refuse("async", "An asynchronous comprehension", self.syntax.place(node.target))


_HANDLERS: Mapping[type[ast.AST], Callable[[_Check, Any], None]] = {
    ast.Name: _Check.name,
    ast.Attribute: _Check.attribute,
    ast.Call: _Check.call,
    ast.Import: _Check.imports,
    ast.ImportFrom: _Check.imports,
    ast.FunctionDef: _Check.function,
    ast.ClassDef: _Check.class_statement,
    ast.comprehension: _Check.comprehension,
    ast.arg: lambda check, node: check.identifiers(node, (node.arg,)),
    ast.keyword: lambda check, node: check.identifiers(node, (node.arg,)),
    ast.Global: lambda check, node: check.identifiers(node, node.names),
    ast.Nonlocal: lambda check, node: check.identifiers(node, node.names),
    ast.ExceptHandler: lambda check, node: check.identifiers(node, (node.name,)),
    ast.MatchAs: lambda check, node: check.identifiers(node, (node.name,)),
    ast.MatchStar: lambda check, node: check.identifiers(node, (node.name,)),
    ast.MatchMapping: lambda check, node: check.identifiers(node, (node.rest,)),
    ast.MatchClass: _Check.class_pattern,
}
"""How each kind of node is checked that is more than allowed or not."""
