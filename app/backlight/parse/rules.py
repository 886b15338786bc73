"""What the language of a program leaves out, as tables: one row per name, with the topic that explains it.

Each topic is a section of ``messages/not-allowed.md``, which says why and what to use instead.
The tables make for clear answers and are a second line; what holds a program is the sandbox.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from backlight.language import HIDDEN, is_readable
from backlight.parse.functions import words


def _rows(topics: Mapping[str, str]) -> dict[str, str]:
    """Name to topic, from topic to names; ValueError for a name under two topics."""
    rows: dict[str, str] = {}
    for topic, names in topics.items():
        for name in names.split():
            if name in rows:
                raise ValueError(f"{name!r} stands under {rows[name]!r} and {topic!r}")
            rows[name] = topic
    return rows


FUTURES = frozenset(
    {
        *("absolute_import", "annotations", "division", "generator_stop", "generators", "nested_scopes"),
        *("print_function", "unicode_literals", "with_statement"),
    }
)
"""What ``from __future__`` may name; all but ``annotations`` have been the rule for long."""

REFUSED_NODES: Mapping[type[ast.AST], tuple[str, str]] = {
    ast.AsyncFunctionDef: ("async", "`async def`"),
    ast.AsyncFor: ("async", "`async for`"),
    ast.AsyncWith: ("async", "`async with`"),
    ast.Await: ("async", "`await`"),
    ast.TryStar: ("except-star", "`except*`"),
}
"""Syntax that is refused by kind: its topic, and what it is called. So is every kind that `ALLOWED_NODES` lacks."""

ALLOWED_NODES: frozenset[type[ast.AST]] = frozenset(
    getattr(ast, name)
    for name in words(
        """
    Module Expression Expr Assign AugAssign AnnAssign Name Constant Attribute Subscript Slice Starred Tuple List Dict
    Set BinOp UnaryOp BoolOp Compare IfExp Call keyword Lambda arguments arg FunctionDef Return ClassDef Delete If For
    While Break Continue Pass With withitem ListComp SetComp DictComp GeneratorExp comprehension JoinedStr
    FormattedValue NamedExpr Import ImportFrom alias Assert Raise Try ExceptHandler Global Nonlocal Yield YieldFrom
    Match match_case MatchValue MatchSequence MatchStar MatchAs MatchOr MatchSingleton MatchMapping MatchClass
    """
    )
)

METHODS = frozenset(
    f"__{name}__"
    for name in words(
        """
    init new post_init call len iter next getitem setitem delitem contains reversed missing repr str format enter exit
    getattr setattr delattr get set delete set_name copy deepcopy setstate init_subclass class_getitem
    bool int float complex index round trunc floor ceil hash eq ne lt le gt ge neg pos abs invert
    add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift
    radd rsub rmul rtruediv rfloordiv rmod rdivmod rpow rmatmul rand ror rxor
    iadd isub imul itruediv ifloordiv imod ipow imatmul iand ior ixor
    """
    )
)
"""Special methods that a class may define, and call."""

ON_SUPER = frozenset(
    f"__{name}__"
    for name in words("getattr get set delete set_name copy deepcopy setstate init_subclass class_getitem")
)
"""Those of them that may be called on ``super()`` alone."""

SETTERS = frozenset({"__setattr__", "__delattr__"})
"""Those that may be called on whatever the program likes, through a guard that sees to what they write to."""

OF_DICT = frozenset({"__getitem__", "__setitem__", "__delitem__"})
"""What of ``dict`` may be named without a call: ``__setattr__ = dict.__setitem__``."""

PLAIN_DECLARATIONS = frozenset(f"__{name}__" for name in words("slots all constants version author email license date"))
"""Names of Python's own that a program may assign to, and read where it did."""

CONSTANTS = frozenset({"__name__", "__doc__", "__debug__"})
"""Names of Python's own that a program may read anywhere."""

NAMES_OF_CLASSES = frozenset({"__name__", "__qualname__"})
"""What ``x.__class__`` of anything may be asked for."""

VIEWED = {"__class__": "replaced-class", "__dict__": "replaced-attributes"}
"""Attributes that may be read, through a guard that says what is to be seen; the topics say why not written."""

FORMATS = frozenset({"format", "format_map"})
"""Methods of strings that read attributes: what they are asked of is guarded."""

CHECKED = FORMATS | {"load_state_dict"} | (METHODS - SETTERS - {"__new__"})
"""These and what, asked of a class, could be called with what is none of it: ``argparse.Namespace.__init__(x)``."""

TOLD_LATE = frozenset({"eager", "files", "gpu"})
"""Topics of methods whose names programs give to options, too: ``args.cuda``, ``config.compile``."""

PRIVATE_FIELD = re.compile(r"\{[^{}]*(\._\w*)")
"""A field of a format string that asks for a private attribute."""


def is_dunder(name: str) -> bool:
    """Whether a name is one of Python's own: two underscores before and after it."""
    return name.startswith("__") and name.endswith("__")


def is_guarded(name: str) -> bool:
    """Whether an attribute is a program's only where the object is its own: a private name, or a hidden one."""
    return name in HIDDEN or (name.startswith("_") and not is_dunder(name) and not is_readable(name))


NAMES: Mapping[str, str] = _rows(
    {
        "code": "eval exec compile __import__",
        "files": "open __file__ __path__",
        "input": "input",
        "introspection": "globals locals vars dir __builtins__ __class__ __dict__ __loader__ __spec__",
        "exit": "exit quit SystemExit",
        "uncaught": "GeneratorExit BaseException BaseExceptionGroup",
        "interactive": "help breakpoint copyright credits license",
        "memory": "memoryview",
    }
)
"""Names that a program may not read unless it bound them itself."""

NOTED = {"time": "clock", "datetime": "clock", "tqdm": "bars", "matplotlib": "plots", "IPython": "display"}
"""Packages of which it is said under the cell that they do otherwise here, with the topic that says how."""

FOR_USE = {"os": "system", "os.path": "system"}
"""Modules of which little is here, that are refused where nothing of them is used, with the topic that says so."""

IMPORTS: Mapping[str, str] = _rows(
    {
        "system": "posix",
        "chance": "secrets",
        "files": "shutil glob tempfile pickle h5py zipfile fileinput",
        "interpreter": "importlib builtins ctypes code codeop marshal dis ast",
        "logging": "loguru structlog",
        "processes": "subprocess multiprocessing signal concurrent asyncio queue sched",
        "network": "socket requests urllib http urllib3 aiohttp ftplib smtplib huggingface_hub",
        "plotting": "seaborn plotly bokeh altair pylab PIL cv2 imageio",
        "graphs": "torchviz torchview torchinfo torchsummary graphviz hiddenlayer torchlens backlight networkx",
        "progress": "rich alive_progress progressbar fastprogress",
        "terminal": "ipywidgets curses readline getpass",
        "datasets": "torchvision torchaudio torchtext datasets pandas sklearn polars",
        "libraries": "tensorflow jax keras transformers scipy sympy einops lightning pytorch_lightning ignite"
        " torchmetrics timm",
    }
)
"""Modules that programs often import, with what to do instead; every module that `MODULES` lacks is refused."""
