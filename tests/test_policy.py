"""The language: what it must not refuse, what it refuses, and how it says so."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from backlight.errors import BacklightError, NotAllowed, SyntaxFailure
from backlight.language import HIDDEN, MODULES, WITHHELD
from backlight.messages import PAGES
from backlight.parse import rules
from backlight.parse.policy import check_policy, refused_import
from backlight.parse.syntax import Syntax, read_syntax
from backlight.settings import Settings
from programs import parse, run_parsed

HOSTILE = Path(__file__).parent / "hostile" / "language.txt"

ORDINARY = (Path(__file__).parent / "ordinary_programs.txt").read_text("utf-8").split("\n==\n")[1:]


def hostile() -> list[tuple[str, str, str]]:
    samples = HOSTILE.read_text("utf-8").split("\n== ")[1:]
    heads = [sample.split("\n", 1) for sample in samples]
    return [(*head.split(": ", 1), program) for head, program in heads]  # type: ignore[misc]


def text_at_refusal(source: str) -> tuple[str, str]:
    with pytest.raises(NotAllowed) as caught:
        parse(source)
    place = caught.value.place
    assert place is not None
    assert place.line == place.end_line
    return source.split("\n")[place.line - 1][place.column : place.end_column], caught.value.message


@pytest.mark.parametrize("source", ORDINARY)
def test_ordinary_programs_are_allowed(source: str) -> None:
    check_policy(read_syntax(source, Settings()))


@pytest.mark.parametrize(("name", "token", "source"), hostile(), ids=[name for name, _, _ in hostile()])
def test_hostile_programs_are_refused_at_the_token(name: str, token: str, source: str) -> None:
    text, message = text_at_refusal(source)
    assert text == token
    assert message.count(". ") + message.endswith(".") >= 2, "says what, and what to use instead"


LEFT_TO_THE_SANDBOX = {
    "endless-loop": "while True: pass",
    "long-c-call": "sum(range(10**12))",
    "large-power": "len(str(3**10**7))",
    "memory-string": "'a' * 10**12",
    "memory-list": "[0] * 10**12",
    "memory-tensor": "import torch\ntorch.zeros(1).expand(10**12).clone()",
    "wide-format": "f'{1:>9999999999}'",
    "recursion": "def f(): f()\nf()",
    "evil-hash": "class A:\n    def __hash__(self): return 1\n{A() for _ in range(10**6)}",
    "evil-text-of-error": "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E()",
    "computed-attribute": "getattr((), '__cl' + 'ass__')",
    "out-of-bounds-index": "import torch\ntorch.gather(torch.ones(2), 0, torch.tensor([99]))",
    "printed-flood": "while True: print('x' * 1000)",
    "markup": "print('<script>alert(1)</script>')",
}


@pytest.mark.parametrize("name", LEFT_TO_THE_SANDBOX)
def test_what_only_the_sandbox_can_stop_is_not_refused_by_its_looks(name: str) -> None:
    assert parse(LEFT_TO_THE_SANDBOX[name]).cells


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("exit()", "under an `if`"),
        ("import loguru", "stand beside their line"),
        ("try:\n    x\nexcept BaseException:\n    pass", "Use `Exception`"),
        ("x = x.__mro__", "type(x).__name__"),
        ("x.__class__ = A", "a new object of the other class"),
        ("x.__dict__ = y", "`self.__dict__.update(...)`"),
        ("'{0._x}'.format(1)", "keep what you need in variables"),
        ("import seaborn as sns", "drawn by the page"),
        ("from sklearn.datasets import load_iris", "torch.randn"),
        ("import os", "seed with `torch.manual_seed`"),
        ("import torchviz", "page itself draws the graph"),
        ("from rich.progress import track", "for step in range(100):"),
        ("import secrets", "Use `torch.manual_seed`"),
        ("import torchvision", "x = torch.randn(20, 3)"),
        ("import requests", "torch.randn"),
        ("import ast", "Do without it; these can be imported: `torch`"),
        ("from IPython import embed", "call `display`, which needs no import"),
        ("import sys\nsys.modules", "keep what you need in variables"),
        ("from einops import rearrange", "Write it with these: `torch`"),
        ("import torch\ntorch.save(x, 'f')", "a program here has no files"),
        ("import torch\ntorch.save(x, 'f')", "`saved = copy.deepcopy(model.state_dict())`"),
        ("from torch import load", "a program here has no files"),
        ("open('f')", "torch.tensor([1.0, 2.0])"),
        ("n = input('n? ')", "x = torch.tensor(3.0)"),
        ("eval('1')", "Write the code itself"),
        ("vars()", "keep what you need in variables"),
        ("globals()['x']", "keep what you need in variables"),
        ("exit()", "Let the program come to its end"),
        ("class A(metaclass=M): pass", "`abc.ABC` for abstract ones"),
        ("import torch\ntorch.cuda.set_device(0)", "no GPU"),
        ("from string import Formatter", "Use `str.format` or an f-string"),
        ("import time\ntime.tzset()", "write the few lines yourself"),
        ("import io\nio.open('f')", "a program here has no files"),
        ("import os\nos.system('a')", "`os.path.join` and its like"),
        ("import traceback\ntraceback.print_stack()", "keep what you need in variables"),
        ("model.compile()", "results are the same"),
        ("import torch\ntorch.overrides", "use hooks or a custom `torch.autograd.Function`"),
        ("import bz2", "These can: `torch`, `abc`"),
        ("x.cuda()", "no GPU"),
        ("model._cache = 1", "`cache`"),
        ("def f():\n    from torch import *", "`from torch import ...`"),
        ("import torch\ntorch.jit.trace(f, x)", "results are the same"),
    ],
)
def test_refusals_say_what_to_use_instead(source: str, advice: str) -> None:
    assert advice in text_at_refusal(source)[1]


def test_the_first_refusal_in_the_text_is_the_one_reported() -> None:
    assert text_at_refusal("x = 1\nif x:\n    eval('1')\nimport os")[0] == "eval"


OPTIONAL = {
    "in a try": "try:\n    import rich\nexcept ImportError:\n    pass",
    "in a try for all": "try:\n    from a.b import c as d, e\nexcept:\n    pass",
    "of what is not given": "import torch, sys\nif x:\n    torch.save(m, 'f')\n    m.cuda()\n    sys.modules",
    "in its handler": "try:\n    import rich\nexcept (ImportError, KeyError):\n    import alive_progress",
    "under a condition": "if use:\n    import wandb\nelif x:\n    import a\nelse:\n    import b",
    "in a function": "def f():\n    with x:\n        import wandb",
    "of torch's own": "try:\n    from torch import hub, _C\nexcept ImportError:\n    pass",
    "for types": "if TYPE_CHECKING:\n    import os\n    from . import a",
    "for types by module": "if typing.TYPE_CHECKING:\n    from pathlib import Path",
}


@pytest.mark.parametrize("source", OPTIONAL.values(), ids=OPTIONAL.keys())
def test_an_import_that_may_fail_is_left_to_fail(source: str) -> None:
    run = run_parsed(parse(source))
    assert {module for module, _ in run.imported} <= {"torch", "sys"}
    assert run.error is None or run.error[0] in {"NameError", "ModuleNotFoundError"}


@pytest.mark.parametrize(
    "source",
    [
        "import wandb",
        "try:\n    import wandb\nexcept ValueError:\n    pass",
        "try:\n    pass\nexcept ImportError:\n    pass\nelse:\n    import wandb",
        "if __name__ == '__main__':\n    import wandb",
        "class A:\n    import wandb",
        "try:\n    import subprocess\nexcept ImportError:\n    pass",
        "if TYPE_CHECKING:\n    pass\nelse:\n    import os",
        "def f():\n    import os",
        "try:\n    import wandb as __w\nexcept ImportError:\n    pass",
    ],
)
def test_any_other_import_is_refused(source: str) -> None:
    text_at_refusal(source)


def test_what_fails_says_why_and_where_to_whom_it_fails() -> None:
    run = run_parsed(parse("try:\n    import rich\nexcept ImportError as e:\n    print(e)"))
    assert run.output.startswith("The module `rich` cannot be imported: there is no terminal")
    run = run_parsed(parse("def f():\n    import rich.progress as t\n\nf()"))
    assert run.error is not None
    assert run.error[0] == "ModuleNotFoundError"
    assert run.error[2][-1][0] == 2


def test_every_kind_of_syntax_is_decided() -> None:
    kinds = {kind for base in (ast.stmt, ast.expr, ast.pattern) for kind in base.__subclasses__()}
    old = {kind for kind in kinds if issubclass(kind, ast.Constant) and kind is not ast.Constant}
    newer = {getattr(ast, name) for name in ("TypeAlias", "TemplateStr", "Interpolation") if hasattr(ast, name)}
    assert kinds - old - newer - rules.ALLOWED_NODES == set(rules.REFUSED_NODES)


def test_syntax_that_python_may_yet_get_is_refused() -> None:
    node = ast.parse("x").body[0]
    unknown = type("Unknown", (ast.stmt,), {})()
    ast.copy_location(unknown, node)
    syntax = Syntax("x", ("x",), ast.Module([], []), (unknown,))
    with pytest.raises(NotAllowed, match="This syntax is not available here"):
        check_policy(syntax)


def test_topics_of_the_tables_are_sections_of_the_page_and_the_other_way_round() -> None:
    tables = [rules.NAMES, HIDDEN, rules.IMPORTS, *WITHHELD.values()]
    topics = {topic for table in tables for topic in table.values()} | {
        kind for kind, _ in rules.REFUSED_NODES.values()
    }
    used_in_code = {
        *("import", "import-star", "import-relative", "future", "syntax", "class-keyword"),
        *("attributes", "replaced-class", "replaced-attributes"),
        *("private-attribute", "dunder-attribute", "dunder-name", "dunder-method", "patching", "type"),
    }
    assert topics | used_in_code == set(PAGES["not-allowed"].templates)
    assert not topics & used_in_code


def test_importable_modules_are_refused_nowhere() -> None:
    for module in MODULES:
        assert refused_import(module) is None
    assert not MODULES.keys() & set(rules.IMPORTS)


def test_refusals_in_broken_programs_are_syntax_errors_first() -> None:
    with pytest.raises(SyntaxFailure):
        parse("import os\nx = = 1")


def test_places_of_refusals_in_lines_with_wide_letters() -> None:
    assert text_at_refusal("é = '𝐱'; é.__base__")[0] == "__base__"
    with pytest.raises(BacklightError) as caught:
        parse("(é\n  .ü\n  .__base__)")
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column) == (3, 3)


@pytest.mark.parametrize("source", ["x = 1\nimport math, time", "x = 1\nfrom time import perf_counter\nimport time"])
def test_an_imported_clock_is_noted_once_with_its_line(source: str) -> None:
    (cell,) = parse(source).cells
    assert [note.line for note in cell.notes] == [2]
    assert "a millisecond each" in cell.notes[0].message


OWN_NAMES = {
    "method": "class A:\n    def _step(self): pass\na._step()",
    "attribute": "class A:\n    def f(self): self._x = 1\nother._x = 2",
    "name that classes hide": "class A:\n    def f(self): self.__x = 1",
    "of the class": "class A:\n    _all = {}\n    @classmethod\n    def f(cls): cls._all['a'] = 1",
    "hidden elsewhere": "class A:\n    def f(self): self.obj = 1\nprint(a.obj)",
    "special method under another name": "class A:\n    def __add__(self, o): return self\n    __radd__ = __add__",
    "slots": "class A:\n    __slots__ = ('_x',)",
    "name of a class": "print(x.__class__.__name__)",
    "special method called": "A.__add__(a, b); x.__len__()",
    "class of an object": "x = y.__class__(1); assert y.__class__ is A",
    "attributes of an object": "x.__dict__.update(a=1); print(vars(x), x.__dict__['a'])",
    "about itself": "__version__ = '1'\n__author__ = 'A'\n__all__ = ['f']\nprint(__version__, __all__)",
    "abstract": "from abc import ABCMeta\nclass A(metaclass=ABCMeta): pass",
    "keywords for its base": "class A(Base, kind='a'): pass",
    "all of a module": "from math import *\nfrom torch.nn import *\nif 1:\n    from numpy import *\nprint(abs(pi))",
}


@pytest.mark.parametrize("source", OWN_NAMES.values(), ids=OWN_NAMES.keys())
def test_names_of_the_programs_own_classes_are_allowed(source: str) -> None:
    assert parse(source).cells


@pytest.mark.parametrize("source", ["x._step", "x.obj", "x.__bases__", "x.__class__.__base__", "x.__secret"])
def test_the_same_names_without_a_class_of_its_own_are_refused(source: str) -> None:
    text_at_refusal(source)


def test_a_listed_name_of_a_module_is_allowed_though_other_objects_hide_it() -> None:
    assert parse("import re\nfrom re import compile as c\np = re.compile('a'); c('b')").cells
