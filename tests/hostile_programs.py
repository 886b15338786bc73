"""The corpus of hostile programs: what stands in ``hostile/``, and what is too long or too odd to be written down.

A program names what it is after: CANARY, a path where a file may be made; SECRET, a file with a secret; PORT, a
listener on loopback; SERVER, the process that holds the sandbox.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "hostile"
FIRST = FOLDER / "first.json"
HEAD = re.compile(r"^== ([\w-]+): (refused|contained|harmless)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A program, and what is expected of it where the language is on.

    ``refused``: refused or an honest error. ``contained``: that, a limit, or the end of its process and of nothing
    else. ``harmless``: a Document, an error and a limit included, whose text is inert.
    """

    name: str
    kind: str
    expected: str
    code: str


@cache
def corpus() -> tuple[Hostile, ...]:
    """Every hostile program, in a fixed order."""
    return (*first(), *(each for path in sorted(FOLDER.glob("*.txt")) for each in written(path)), *built())


def first() -> Iterator[Hostile]:
    """Those of the list that all began with."""
    for each in json.loads(FIRST.read_text("utf-8")):
        name = f"first-{each['category']}-{each['id'].replace('_', '-')}"
        yield Hostile(name, each["category"], re.split(r"\W", each["expect"])[0], each["code"])


def written(path: Path) -> Iterator[Hostile]:
    """Those of one file; a file without heads of this form holds none."""
    _, *parts = HEAD.split(path.read_text("utf-8"))
    for name, expected, code in zip(*[iter(parts)] * 3, strict=True):
        yield Hostile(f"{path.stem}-{name}", path.stem, expected, code)


def built() -> Iterator[Hostile]:
    """Those that attack the parser: by length, by depth, by characters that no editor shows."""
    for name, (expected, code) in PARSER.items():
        yield Hostile(f"parser-{name}", "parser", expected, code)


PARSER = {
    "round-brackets": ("contained", "(" * 30_000 + ")" * 30_000),
    "square-brackets": ("contained", "x = " + "[" * 30_000 + "]" * 30_000),
    "curly-brackets": ("contained", "{" * 65_000),
    "brackets-under-the-limit": ("harmless", "x = " + "[" * 50 + "]" * 50),
    "brackets-in-text": ("harmless", "x = '" + "(" * 30_000 + "'\nprint(len(x))"),
    "minus-signs": ("contained", f"x = {'-' * 60_000}1"),
    "nots": ("contained", f"x = {'not ' * 16_000}1"),
    "tildes": ("contained", f"x = {'~' * 60_000}1"),
    "additions": ("contained", f"x = {'1+' * 30_000}1"),
    "powers": ("contained", f"x = {'1**' * 20_000}1"),
    "comparisons": ("contained", f"x = {'1<' * 30_000}1"),
    "conjunctions": ("harmless", f"x = {'1 and ' * 10_000}1"),
    "conditions": ("contained", f"x = {'1 if 1 else ' * 5_000}1"),
    "lambdas": ("contained", f"f = {'lambda: ' * 8_000}1"),
    "attributes": ("contained", f"x = x{'.a' * 30_000}"),
    "calls": ("contained", f"x = print{'()' * 30_000}"),
    "items": ("contained", f"x = x{'[0]' * 20_000}"),
    "nested-calls": ("contained", f"x = {'print(' * 10_000}{')' * 10_000}"),
    "nested-f-strings": ("contained", "f'{" * 200 + "1" + "}'" * 200),
    "f-string-of-many-parts": ("contained", "f'" + "{1}" * 20_000 + "'"),
    "f-string-formats": ("contained", "f'" + "{1:" * 20_000 + "}" * 20_000 + "'"),
    "broken-f-string": ("refused", "f'{" * 20_000),
    "decorators": ("contained", "@print\n" * 9_000 + "def f(): pass"),
    "indentation": ("contained", "".join(" " * depth + "if 1:\n" for depth in range(300)) + " " * 300 + "pass"),
    "blocks": ("contained", "".join("    " * depth + "while 1:\n" for depth in range(90)) + "    " * 90 + "break"),
    "loops-in-a-comprehension": ("contained", f"[1 {'for x in [1] ' * 4_000}]"),
    "nested-comprehensions": ("contained", f"{'[1 for x in ' * 4_000}[]{']' * 4_000}"),
    "targets": ("harmless", "x = " * 16_000 + "1"),
    "starred-targets": ("contained", f"{'*a, ' * 10_000} = []"),
    "arguments": ("contained", f"print({'1,' * 30_000})"),
    "parameters": ("harmless", f"def f({','.join(f'a{n}' for n in range(8_000))}): pass"),
    "same-parameters": ("refused", f"def f({'a,' * 1_000}): pass"),
    "global-names": ("harmless", f"global {','.join(f'a{n}' for n in range(8_000))}"),
    "patterns": ("contained", f"match 1:\n    case {'1|' * 20_000}1: pass"),
    "nested-patterns": ("contained", f"match 1:\n    case {'[' * 20_000}{']' * 20_000}: pass"),
    "cases": ("contained", "match 1:\n" + "    case 1: pass\n" * 4_000),
    "exceptions": ("harmless", "try: pass\n" + "except ValueError: pass\n" * 2_700),
    "else-ifs": ("contained", "if 0: pass\n" + "elif 0: pass\n" * 5_000),
    "statements": ("contained", "x=1;" * 16_000),
    "empty-cells": ("harmless", "# %%\n" * 13_000),
    "cells": ("harmless", "# %%\n1\n" * 500),
    "cells-that-fail": ("contained", "# %%\n1/0\n" * 500),
    "magics": ("harmless", "%time\n" * 9_000),
    "shell-commands": ("harmless", "!touch CANARY\n" * 3_000),
    "semicolons": ("refused", ";" * 60_000),
    "backslashes": ("harmless", "\\\n" * 30_000 + "x = 1"),
    "comments": ("harmless", "#" * 65_000),
    "blank-lines": ("harmless", "\n" * 65_000),
    "too-long": ("contained", "x = 1\n" * 20_000),
    "long-line": ("contained", f"x = [{'1,' * 32_000}]"),
    "long-name": ("harmless", f"{'x' * 60_000} = 1"),
    "long-number": ("contained", f"x = {'9' * 60_000}"),
    "long-hexadecimal": ("harmless", f"x = 0x{'f' * 60_000}"),
    "long-float": ("harmless", f"x = 0.{'9' * 60_000}"),
    "long-exponent": ("harmless", f"x = 1e{'9' * 60_000}"),
    "long-imaginary": ("harmless", f"x = {'9' * 4_000}j"),
    "long-text": ("harmless", f"x = '{'x' * 65_000}'"),
    "long-bytes": ("harmless", f"x = b'{'x' * 65_000}'"),
    "unending-text": ("refused", f"x = '''{'x' * 60_000}"),
    "unending-bracket": ("refused", "x = ("),
    "wrong-bracket": ("refused", "x = (]"),
    "named-escapes": ("refused", "x = '\\N{NOTHING LIKE THIS}'"),
    "many-named-escapes": ("harmless", "x = '" + r"\N{BULLET}" * 5_000 + "'"),
    "constants-that-fold": ("contained", "x = (1,) * 10**9"),
    "text-that-folds": ("contained", "x = 'abc' * 10**10"),
    "number-that-folds": ("contained", "x = 1 << 10**10"),
    "power-that-folds": ("contained", "x = 2 ** 2 ** 100"),
    "return-outside": ("refused", "return 1"),
    "yield-outside": ("refused", "yield 1"),
    "await-outside": ("refused", "await print()"),
    "nonlocal-outside": ("refused", "nonlocal x"),
    "future-of-braces": ("refused", "from __future__ import braces"),
    "barry": ("refused", "from __future__ import barry_as_FLUFL\n1 <> 2"),
    "two-stars": ("refused", "print(**1)"),
    "walrus-in-a-comprehension": ("refused", "[x := 1 for x in [1]]"),
    "nul": ("refused", "x = 1\0\nopen('CANARY', 'w')"),
    "form-feed": ("refused", "\fopen('CANARY', 'w')"),
    "vertical-tab": ("refused", "x = 1\vopen('CANARY', 'w')"),
    "carriage-return": ("refused", "# comment\ropen('CANARY', 'w')"),
    "line-separator": ("harmless", "# comment\u2028open('CANARY', 'w')\nprint(1)"),
    "next-line": ("harmless", "# comment\u0085open('CANARY', 'w')\nprint(1)"),
    "byte-order-mark": ("refused", "\ufeffopen('CANARY', 'w')"),
    "byte-order-mark-inside": ("refused", "x\ufeff = 1"),
    "zero-width": ("refused", "ev\u200bal('1')"),
    "surrogate": ("refused", "x = '\ud800'"),
    "private-use": ("refused", "\ue000 = 1"),
    "tag-letters": ("refused", "x\U000e0041 = open('CANARY', 'w')"),
    "turned-around": ("refused", "access = 'user\u202e \u2066# check\u2069 \u2066'\nopen('CANARY', 'w')"),
    "zalgo": ("harmless", "x = 'a" + "\u0301" * 20_000 + "'"),
    "noncharacters": ("harmless", "x = '\ufffe\uffff\U0010ffff'\nprint(x)"),
    "tabs-and-spaces": ("refused", "if 1:\n\tx = 1\n        y = 2"),
    "nothing": ("harmless", ""),
    "only-spaces": ("harmless", " " * 60_000),
}
"""By name: what is expected, and the program."""
