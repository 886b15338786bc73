"""Repetition: which loops an instruction is inside of, in code that carries no marks.

In: code objects and instructions. Out: loops, outermost first. They are read from the syntax of the code's file, and
from its bytecode where there is no file; that knows no names, and takes handlers of errors for outside of their loop.
"""

from __future__ import annotations

import ast
import dis
import linecache
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType

from backlight.model.program import COMPREHENSIONS, loop_name

Point = tuple[int, int]
"""A line (1-based) and a column in bytes."""
Extent = tuple[Point, Point]
For = ast.For | ast.AsyncFor | ast.comprehension
Head = For | ast.While
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

NAMELESS = "loop"
BRANCHES = frozenset({ast.If, ast.IfExp, ast.Match, ast.Try})
UNASKED = object()
FOR_ITER = dis.opmap["FOR_ITER"]


@dataclass(frozen=True, slots=True, eq=False)
class Repeated:
    """A loop of a code object; ``start`` is an instruction in it.

    ``targets`` are its variables, but for what only counts; a star is before one that gets a list of the rest.
    ``variables`` are those that nothing but the loop assigns to: they tell its turns apart.
    ``has_branches``: in a turn, what runs first may stand behind what ran last in the turn before. ``header`` is where
    that of one in a file stands: line and column in code points, of its beginning and its end.
    """

    code: CodeType
    start: int
    name: str
    targets: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    has_branches: bool = False
    header: Extent | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SyntaxLoop:
    """A loop of a file: what each iteration does, and which expressions Python gives for the step to the next one."""

    name: str
    spans: tuple[Extent, ...]
    heads: tuple[Extent, ...]
    head: Head
    header: Extent

    def of(self, code: CodeType, start: int) -> Repeated:
        """The loop in a code object."""
        body = [] if isinstance(self.head, ast.comprehension) else self.head.body
        inner = [each for statement in body for each in ast.walk(statement)]
        has_branches = any(type(each) in BRANCHES for each in inner)
        if isinstance(self.head, ast.While):
            return Repeated(code, start, self.name, (), (), has_branches, self.header)
        assigned = {each.id for each in inner if type(each) is ast.Name and type(each.ctx) is not ast.Load}
        given = [name.removeprefix("*") for name in names_in([self.head.target])]
        variables = tuple(name for name in given if name not in assigned)
        return Repeated(code, start, self.name, targets_of(self.head), variables, has_branches, self.header)


@dataclass(frozen=True, slots=True)
class Block:
    """What Python compiles to one code object, with its loops, outer ones first."""

    extent: Extent
    is_comprehension: bool
    loops: list[SyntaxLoop] = field(default_factory=list[SyntaxLoop])


class Repetition:
    """The loops of every code object that it is asked about."""

    def __init__(self) -> None:
        self._codes: dict[int, _InSyntax | _InBytecode] = {}
        self._inside: dict[tuple[int, int], list[Repeated]] = {}
        self._heads: dict[tuple[int, int], Repeated | None] = {}

    def head(self, code: CodeType, lasti: int) -> Repeated | None:
        """The loop that goes on to its next iteration at an instruction: what its iterator does is in none of them."""
        known = self._heads.get((id(code), lasti), UNASKED)
        if isinstance(known, Repeated) or known is None:
            return known
        inside = self.inside(code, lasti) if lasti >= 0 and code.co_code[lasti] == FOR_ITER else []
        head = self._heads[id(code), lasti] = inside[-1] if inside else None
        return head

    def inside(self, code: CodeType, lasti: int) -> list[Repeated]:
        """The loops that an instruction is inside of, outermost first; the one that it heads is the last."""
        known = self._inside.get((id(code), lasti))
        if known is None:
            loops = self._codes.get(id(code))
            if loops is None:
                block = block_of(code)
                loops = self._codes[id(code)] = _InBytecode(code) if block is None else _InSyntax(code, block)
            known = self._inside[id(code), lasti] = loops.inside(lasti)
        return known


class _InSyntax:
    """The loops of a code object by where its instructions stand in the file."""

    def __init__(self, code: CodeType, block: Block) -> None:
        self._code = code
        self._block = block
        self._extents = [*extents(code)]
        self._met: dict[SyntaxLoop, Repeated] = {}

    def inside(self, lasti: int) -> list[Repeated]:
        extent = self._extents[lasti // 2]
        if extent is None:
            return []
        headed = self._headed(lasti, extent) if self._code.co_code[lasti] == FOR_ITER else []
        return [
            self._met.get(loop) or self._met.setdefault(loop, loop.of(self._code, lasti))
            for loop in self._block.loops
            if loop in headed or any(start <= extent[0] < end for start, end in loop.spans)
        ]

    def _headed(self, lasti: int, extent: Extent) -> list[SyntaxLoop]:
        """The loop that goes on to its next iteration here, and those around it that Python places alike."""
        code = self._code.co_code
        alike = sum(code[2 * at] == FOR_ITER and each == extent for at, each in enumerate(self._extents[: lasti // 2]))
        return [loop for loop in self._block.loops if extent in loop.heads][: alike + 1]


class _InBytecode:
    """The loops of a code object by which of its instructions repeat."""

    def __init__(self, code: CodeType) -> None:
        self._loops = [(Repeated(code, start, NAMELESS), end) for start, end in stretches(code)]

    def inside(self, lasti: int) -> list[Repeated]:
        return [loop for loop, end in self._loops if loop.start <= lasti <= end]


def extents(code: CodeType) -> Iterator[Extent | None]:
    """Where each instruction stands, caches counted; None for those that stand nowhere."""
    for line, end_line, column, end_column in code.co_positions():
        if line is None or end_line is None or column is None or end_column is None:
            yield None
        else:
            yield (line, column), (end_line, end_column)


def stretches(code: CodeType) -> list[tuple[int, int]]:
    """The stretches of a code's instructions that repeat, first and last, an outer loop's before the inner ones'.

    Jumps back from one loop (``continue``) overlap and make one stretch, which ends where its iterator is exhausted:
    a handler of errors that goes on with the loop may stand behind all else.
    """
    instructions = {each.offset: each for each in dis.get_instructions(code)}
    jumps: list[tuple[int, int]] = []
    for each in instructions.values():
        if "JUMP_BACKWARD" in each.opname and "NO_INTERRUPT" not in each.opname:
            head = instructions[each.argval]
            if head.opcode != FOR_ITER or each.offset < head.argval:
                jumps.append((head.offset, each.offset))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(jumps, key=lambda jump: (jump[0], -jump[1])):
        if merged and merged[-1][0] == start:
            continue
        if merged and merged[-1][0] < start <= merged[-1][1] < end:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def block_of(code: CodeType) -> Block | None:
    """The block that a code object was compiled from; None where its file or the places in it are not at hand."""
    is_comprehension = code.co_name in COMPREHENSIONS.values()
    wide = [each for each in extents(code) if each is not None and (0, 0) < each[0] < each[1]]
    if not wide:
        return None
    start, end = min(each[0] for each in wide), max(each[1] for each in wide)
    around = [
        block
        for block in blocks_of("".join(linecache.getlines(code.co_filename)))
        if block.is_comprehension == is_comprehension and block.extent[0] <= start and end <= block.extent[1]
    ]
    return max(around, key=lambda block: block.extent[0], default=None)


@lru_cache(maxsize=16)
def blocks_of(text: str) -> list[Block]:
    """The blocks of a file's text; none where it is no Python."""
    try:
        return _Blocks(text).found
    except (SyntaxError, ValueError, RecursionError):
        return []


class _Blocks:
    """A walk through a tree with a stack of its own: each node with the blocks that its loops are of.

    More than one, since from Python 3.12 on the code around a comprehension may be its code too.
    """

    def __init__(self, text: str) -> None:
        tree = ast.parse(text)
        self._lines = [line.encode() for line in text.split("\n")]
        self.found: list[Block] = []
        self._left: list[tuple[ast.AST, tuple[Block, ...]]] = []
        self._block(((1, 0), (len(self._lines) + 1, 0)), tree.body)
        while self._left:
            node, blocks = self._left.pop()
            inner = {id(child) for child in self._look_into(node, blocks)}
            self._left += ((child, blocks) for child in ast.iter_child_nodes(node) if id(child) not in inner)

    def _look_into(self, node: ast.AST, blocks: tuple[Block, ...]) -> Sequence[ast.AST]:
        """Take up what ``node`` is, a loop or a block. Gives those of its children that are seen to."""
        match node:
            case ast.For() | ast.AsyncFor():
                heads = extent_of(node), extent_of(node.iter)
                header = heads[0][0], heads[1][1]
                self._loop(blocks, header, [across(node.body)], heads, node)
            case ast.While():
                test = extent_of(node.test)
                self._loop(blocks, (extent_of(node)[0], test[1]), [test, across(node.body)], (), node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return self._block(across(node.body), node.body)
            case ast.Lambda():
                return self._block(extent_of(node.body), [node.body])
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return self._comprehension(node, [node.elt], blocks)
            case ast.DictComp():
                return self._comprehension(node, [node.key, node.value], blocks)
            case _:
                pass
        return ()

    def _block(self, extent: Extent, body: Sequence[ast.AST]) -> Sequence[ast.AST]:
        block = Block(extent, is_comprehension=False)
        self.found.append(block)
        self._left += ((child, (block,)) for child in body)
        return body

    def _comprehension(self, node: Comprehension, elements: list[ast.expr], around: tuple[Block, ...]) -> list[ast.AST]:
        """A block, but for the first iterator, which is evaluated outside of it."""
        block = Block(extent_of(node), is_comprehension=True)
        self.found.append(block)
        blocks = (*around, block)
        heads = [extent_of(clause.iter) for clause in node.generators]
        for number, clause in enumerate(node.generators):
            if number and is_assignment(clause):
                continue
            within = [*map(extent_of, (*elements, *clause.ifs))]
            for inner, head in zip(node.generators[number + 1 :], heads[number + 1 :], strict=True):
                within += [(extent_of(inner.target)[0], head[1]), *map(extent_of, inner.ifs)]
            header = extent_of(clause.target)[0], heads[number][1]
            self._loop(blocks, header, within, (block.extent, heads[number]), clause)
        self._left.append((node.generators[0].iter, around))
        inside = [*elements, *node.generators[1:], node.generators[0].target, *node.generators[0].ifs]
        self._left += ((child, blocks) for child in inside)
        return [*elements, *node.generators]

    def _loop(
        self,
        blocks: tuple[Block, ...],
        header: Extent,
        spans: list[Extent],
        heads: tuple[Extent, ...],
        head: Head,
    ) -> None:
        name = loop_name("for " * isinstance(head, ast.comprehension) + self._text(header))
        start, end = map(self._in_code_points, header)
        loop = SyntaxLoop(name, tuple(spans), heads, head, (start, end))
        for block in blocks:
            block.loops.append(loop)

    def _in_code_points(self, point: Point) -> Point:
        line, column = point
        return line, len(self._lines[line - 1][:column].decode())

    def _text(self, extent: Extent) -> str:
        """What stands there, on one line."""
        (line, column), (end_line, end_column) = extent
        lines = self._lines[line - 1 : end_line]
        lines[-1] = lines[-1][:end_column]
        lines[0] = lines[0][column:]
        return " ".join(b" ".join(lines).decode().split())


def extent_of(node: ast.AST) -> Extent:
    """Where a node stands; nowhere for one without a place."""
    line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
    return (line, column), (getattr(node, "end_lineno", line), getattr(node, "end_col_offset", column))


def targets_of(loop: For) -> tuple[str, ...]:
    """A loop's variables, a star before one that gets a list of the rest; but none that only counts."""
    match loop.iter:
        case ast.Call(func=ast.Name(id="range")):
            return ()
        case ast.Call(func=ast.Name(id="enumerate")) if isinstance(loop.target, ast.Tuple):
            return tuple(names_in(loop.target.elts[1:]))
        case _:
            return tuple(names_in([loop.target]))


def names_in(targets: Sequence[ast.expr], star: str = "") -> Iterator[str]:
    """The plain names among what is assigned to."""
    for target in targets:
        match target:
            case ast.Name(id=name):
                yield star + name
            case ast.Tuple(elts=members) | ast.List(elts=members):
                yield from names_in(members)
            case ast.Starred(value=member):
                yield from names_in([member], "*")
            case _:
                pass


def across(body: Sequence[ast.stmt]) -> Extent:
    """Where a row of statements stands."""
    return extent_of(body[0])[0], extent_of(body[-1])[1]


def is_assignment(clause: ast.comprehension) -> bool:
    """Whether Python makes an assignment of a comprehension's inner clause: ``for y in [f(x)]``."""
    items = clause.iter.elts if isinstance(clause.iter, ast.List | ast.Tuple) else []
    return len(items) == 1 and not isinstance(items[0], ast.Starred)
