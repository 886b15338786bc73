"""Random small PyTorch programs, as source text: Hypothesis draws them, and shrinks one that shows a fault.

Out: programs of a few cells, seeded by whoever runs them. They know roughly what shape and dtype each variable has, by
trying each expression on tensors without data; what does not work out is part of the program too, and raises.
"""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from hypothesis import strategies as st

import random_statements as rows

SHAPES = ["", "3", "1, 3", "2, 3", "3, 3", "2, 1"]
TRIES = 4
"""How often a statement that would raise is drawn anew."""
DTYPES = [*["float32"] * 8, *["float64"] * 3, "complex64", "complex128", "int64", "int64", "bfloat16", "float16"]


@dataclass(frozen=True)
class Variable:
    """A name, a tensor without data that looks like it (None: unknown), and whether it probably requires grad."""

    name: str
    like: torch.Tensor | None
    grad: bool
    is_leaf: bool = False

    @property
    def is_real(self) -> bool:
        return self.like is None or self.like.is_floating_point()


class Writer:
    """Writes one program, statement by statement."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self._draw = draw
        self._lines: list[str] = []
        self._indent = 0
        self._grad_enabled = True
        self._count = 0
        self._prelude: dict[str, None] = {}
        self._known: list[Variable] = []

    # ── pieces ────────────────────────────────────────────────────────────────────────────────────

    def pick(self, options: Sequence[Any]) -> Any:
        return options[self._draw(st.integers(0, len(options) - 1))]

    def chance(self, one_in: int) -> bool:
        return self._draw(st.integers(0, one_in - 1)) == one_in - 1

    def write(self, line: str) -> None:
        self._lines.append("    " * self._indent + line)

    def fresh(self) -> str:
        self._count += 1
        return f"t{self._count - 1}"

    def variable(self, wanted: Callable[[Variable], bool] = lambda _: True) -> Variable:
        """A variable that is as wanted, most of the time; late ones more often."""
        fitting = [each for each in self._known if wanted(each)] if not self.chance(16) else self._known
        if not fitting:
            return self.tensor()
        return fitting[-1] if self.chance(2) else self.pick(fitting)

    def assign(self, expression: str, *used: Variable, name: str | None = None) -> None:
        """A new variable for the value of an expression over others."""
        name = name or self.fresh()
        self.write(f"{name} = {expression}")
        like = self.tried(expression, used)
        real = like is None or like.is_floating_point() or like.is_complex()
        grad = self._grad_enabled and real and any(each.grad for each in used) and "detach" not in expression
        self._known.append(Variable(name, like, grad))

    def tried(self, expression: str, used: Sequence[Variable]) -> torch.Tensor | None:
        """What the expression gives for tensors without data; None where it fails, or does not give a tensor."""
        if any(each.like is None for each in used):
            return None
        names = {each.name: each.like for each in used}
        try:
            found = eval(expression, {"torch": torch, "F": torch.nn.functional}, names)
        except Exception:
            return None
        return found.to("meta") if isinstance(found, torch.Tensor) else None

    def works(self, statement: str, used: Sequence[Variable]) -> bool:
        """Whether it runs for tensors without data, as far as one can tell; now and then one that does not is fine."""
        names = {each.name: each.like.clone() for each in used if each.like is not None}
        try:
            exec(statement, {"torch": torch, "F": torch.nn.functional}, names)
        except NotImplementedError:
            return True  # it needs data
        except Exception:
            return self.chance(8)
        return True

    # ── statements ────────────────────────────────────────────────────────────────────────────────

    def tensor(self) -> Variable:
        shape, dtype = self.pick(SHAPES), self.pick(DTYPES)
        grad = not self.chance(3) if dtype != "int64" else self.chance(40)
        maker = self.pick(rows.INTEGER_MAKERS if dtype == "int64" else rows.MAKERS)
        options = f"dtype=torch.{dtype}" + (", requires_grad=True" if grad else "")
        name = self.fresh()
        self.write(f"{name} = {maker.format(shape=f'({shape},)' if shape else '()', options=options)}")
        like = torch.empty(
            [int(size) for size in shape.split(", ") if size], dtype=getattr(torch, dtype), device="meta"
        )
        self._known.append(Variable(name, like, grad, is_leaf=True))
        return self._known[-1]

    def expression(self, patterns: Sequence[str]) -> None:
        for _ in range(TRIES):
            pattern = self.pick(patterns)
            used = [self.variable(), self.variable()] if "{b}" in pattern else [self.variable()]
            text = pattern.format(a=used[0].name, b=used[-1].name)
            if self.works(f"_ = {text}", used):
                break
        self.assign(text, *used)

    def several(self) -> None:
        """A call that gives several tensors, or views of one."""
        for _ in range(TRIES):
            (pattern, count), used = self.pick(rows.SEVERAL), self.variable()
            if self.works(f"{'_, ' * count} = {pattern.format(a=used.name)}", [used]):
                break
        names = [self.fresh() for _ in range(count)]
        self.write(f"{', '.join(names)} = {pattern.format(a=used.name)}")
        for position, name in enumerate(names):
            like = self.tried(f"({pattern.format(a=used.name)})[{position}]", [used])
            real = like is None or like.is_floating_point()
            self._known.append(Variable(name, like, used.grad and real and self._grad_enabled))

    def in_place(self) -> None:
        for _ in range(TRIES):
            target = self.variable(lambda each: not (each.is_leaf and each.grad and self._grad_enabled))
            other = self.variable()
            text = self.pick(rows.IN_PLACE).format(a=target.name, b=other.name)
            if self.works(text, [target, other]):
                break
        self.write(text)

    def differentiate(self) -> None:
        pattern = self.pick(rows.PASSES)
        of, other = self.variable(lambda each: each.grad), self.variable(lambda each: each.grad)
        scalar = of.like is not None and not of.like.dim() and of.like.is_floating_point()
        sums = rows.TO_SCALAR if of.is_real else rows.COMPLEX_TO_SCALAR
        loss = of.name if scalar or self.chance(12) else f"{of.name}{self.pick(sums)}"
        text = pattern.format(loss=loss, a=of.name, b=other.name, t=self._count)
        for line in text.split("\n"):
            self.write(line)
        if f"t{self._count} = " in text:
            create = "create_graph" in pattern
            self._known.append(Variable(self.fresh(), other.like, create))

    def of_leaf(self) -> None:
        pattern = self.pick(rows.ON_LEAVES)
        leaf = self.variable(lambda each: each.grad)
        for line in pattern.format(a=leaf.name, b=self.variable().name).split("\n"):
            self.write(line)

    def of_node(self) -> None:
        """Hooks on what is no leaf, and mostly a pass that runs them."""
        made = self.variable(lambda each: each.grad and not each.is_leaf)
        other = self.variable(lambda each: each.grad and not each.is_leaf)
        self.write(self.pick(rows.ON_NODES).format(a=made.name, b=other.name))
        if made.is_real and not self.chance(4):
            self.write(f"{made.name}.sum().backward(retain_graph={self.chance(2)})")

    def show(self) -> None:
        self.write(self.pick(rows.SHOWN).format(a=self.variable().name))

    def custom(self) -> None:
        """A custom Function, and a call of it."""
        name, definition = self.pick(rows.FUNCTIONS)
        self._prelude[definition] = None
        used, other = self.variable(lambda each: each.is_real), self.variable(lambda each: each.is_real)
        if name == "Both":
            names = (self.fresh(), self.fresh())
            self.write(f"{', '.join(names)} = Both.apply({used.name}, {other.name})")
            self._known += [Variable(each, None, used.grad or other.grad) for each in names]
        else:
            self.assign(f"{name}.apply({used.name})", used)

    def module(self) -> None:
        """A module, its output, and perhaps steps of an optimizer."""
        maker, width = self.pick(rows.MODULES)
        optimizer, number = self.pick(rows.OPTIMIZERS), self._count
        self.write(f"m{number} = {maker}")
        x = self.variable(lambda each: each.is_real and each.like is not None and each.like.shape[-1:] == (width,))
        if self.chance(2):
            self.assign(f"m{number}({x.name})", x)
            return
        self.write(f"o{number} = {optimizer.format(m=f'm{number}')}")
        self.write(f"for step in range({self.pick((1, 2, 3))}):")
        zeroing = self.pick(rows.ZEROINGS).format(m=f"m{number}", o=f"o{number}")
        self.write(f"    {zeroing}loss = m{number}({x.name}).square().mean()")
        self.write(f"    loss.backward({self.pick(('', '', '', 'retain_graph=True'))})")
        if self.chance(4):
            self.write(f"    torch.nn.utils.clip_grad_norm_(m{number}.parameters(), 0.1)")
        self.write(f"    o{number}.step()")
        if self.chance(3):
            self.write("print(loss)")

    def block(self) -> None:
        """Statements under a condition, a loop or another mode of grad."""
        if self._indent >= 2:
            return self.show()
        head = self.pick(rows.BLOCKS).format(a=self.variable().name, n=self.pick((1, 2, 3)))
        self.write(head)
        if "pack" in head:
            self._prelude[rows.PACKING] = None
        before, known = self._grad_enabled, len(self._known)
        self._grad_enabled = (before and "no_grad" not in head) or "enable_grad" in head
        self._indent += 1
        for _ in range(self.pick((1, 2, 3))):
            self.statement()
        self._indent -= 1
        self._grad_enabled = before
        if head.startswith("if"):
            del self._known[known:]
            if self.chance(2):
                self.write("else:")
                self.write("    " + self.pick(rows.SHOWN).format(a=self.variable().name))
        elif head.startswith("try"):
            del self._known[known:]
            self.write("except Exception as error:")
            self.write("    print(type(error).__name__, error)")

    def checkpoint(self) -> None:
        """A part that runs anew in the backward pass."""
        for _ in range(TRIES):
            text, used = self.pick(rows.CHECKPOINTED), [self.variable(), self.variable()]
            if self.works(f"_ = {text.format(a=used[0].name, b=used[1].name)}", used):
                break
        function, name = f"lambda u, v: {text.format(a='u', b='v')}", self.fresh()
        arguments = f"{function}, {used[0].name}, {used[1].name}, use_reentrant={self.chance(3)}"
        self.write(f"{name} = torch.utils.checkpoint.checkpoint({arguments})")
        like = self.tried(text.format(a=used[0].name, b=used[1].name), used)
        self._known.append(Variable(name, like, self._grad_enabled and any(each.grad for each in used)))

    def loop(self) -> None:
        """One name, bound anew at each turn."""
        start, other = self.variable(lambda each: each.grad), self.variable()
        name = self.fresh()
        self.write(f"{name} = {start.name}")
        self.write(f"for _ in range({self.pick((2, 3, 4))}):")
        self.write("    " + self.pick(rows.TURNS).format(a=name, b=other.name))
        self._known.append(Variable(name, start.like, start.grad))

    def statement(self) -> None:
        kinds: tuple[tuple[int, Callable[[], Any]], ...] = (
            (8, lambda: self.expression(rows.UNARY)),
            (9, lambda: self.expression(rows.BINARY)),
            (5, lambda: self.expression(rows.REDUCTIONS)),
            (6, lambda: self.expression(rows.VIEWS)),
            (4, self.several),
            (7, self.in_place),
            (3, self.tensor),
            (9, self.differentiate),
            (6, self.of_leaf),
            (3, self.of_node),
            (3, self.show),
            (3, self.custom),
            (3, self.module),
            (4, self.block),
            (2, self.loop),
            (2, self.checkpoint),
        )
        at = self._draw(st.integers(0, sum(weight for weight, _ in kinds) - 1))
        for weight, write in kinds:
            at -= weight
            if at < 0:
                write()
                return

    def program(self) -> str:
        """The whole text."""
        for _ in range(self.pick((1, 2, 3))):
            self.tensor()
        for _ in range(self._draw(st.integers(2, 14))):
            if self.chance(6):
                self.write("# %%")
            self.statement()
        if self.chance(2):
            self.differentiate()
        head = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
        return head + "".join(map(textwrap.dedent, self._prelude)) + "\n".join(self._lines) + "\n"


@st.composite
def programs(draw: Callable[[Any], Any]) -> str:
    """Source text of random programs. What torch warns of once in a process must make no difference."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Writer(draw).program()
