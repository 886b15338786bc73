"""What the language of a program leaves out, as tables: one row per name, with the topic that explains it.

Each topic is a section of ``messages/not-allowed.md``, which says why and what to use instead.
The tables make for clear answers and are a second line; what holds a program is the sandbox.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _rows(topics: Mapping[str, str]) -> dict[str, str]:
    """Name to topic, from topic to names; ValueError for a name under two topics."""
    rows: dict[str, str] = {}
    for topic, names in topics.items():
        for name in names.split():
            if name in rows:
                raise ValueError(f"{name!r} stands under {rows[name]!r} and {topic!r}")
            rows[name] = topic
    return rows


MODULES = _words(
    """
    torch torch.autograd torch.autograd.functional torch.distributions torch.fft torch.func torch.linalg torch.nn
    torch.nn.functional torch.nn.init torch.nn.utils torch.optim torch.optim.lr_scheduler torch.special
    torch.utils.checkpoint abc cmath collections collections.abc contextlib dataclasses decimal enum fractions
    functools itertools math numpy numpy.linalg numpy.random random statistics typing
    """
)
"""The modules that a program may import."""

FUTURES = frozenset({"annotations", "division", "generator_stop", "print_function", "unicode_literals"})
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
    for name in _words(
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
    for name in _words(
        """
    init post_init call len iter next getitem setitem delitem contains reversed missing repr str format enter exit
    getattr bool int float complex index round trunc floor ceil hash eq ne lt le gt ge neg pos abs invert
    add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift
    radd rsub rmul rtruediv rfloordiv rmod rdivmod rpow rmatmul rand ror rxor
    iadd isub imul itruediv ifloordiv imod ipow imatmul iand ior ixor
    """
    )
)
"""Special methods that a class may define, and call on ``super()``."""

READABLE = frozenset({"__doc__", "__name__", "__version__", "_version", "_asdict", "_fields", "_replace"})
"""Attributes with an underscore that may be read."""

READABLE_PREFIX = "_saved_"
"""What a ``grad_fn`` kept for its backward may be read too."""

NAMES: Mapping[str, str] = _rows(
    {
        "code": "eval exec compile __import__",
        "files": "open __file__ __path__",
        "input": "input",
        "introspection": "globals locals vars dir __builtins__ __class__ __dict__ __doc__ __loader__ __spec__",
        "exit": "exit quit SystemExit KeyboardInterrupt GeneratorExit BaseException BaseExceptionGroup",
        "interactive": "help breakpoint copyright credits license",
        "format": "format",
        "memory": "memoryview",
        "attributes": "delattr",
    }
)
"""Names that a program may not read unless it bound them itself."""

ATTRIBUTES: Mapping[str, str] = _rows(
    {
        "format": "format format_map",
        "gpu": "cuda xpu hpu ipu mtia pin_memory",
        "memory": "data_ptr storage untyped_storage typed_storage storage_type set_ resize_ resize_as_"
        " resize_as_sparse_"
        " as_strided as_strided_ as_strided_copy as_strided_scatter from_file from_blob frombuffer from_dlpack"
        " to_dlpack share_memory share_memory_ UntypedStorage TypedStorage apply_ map_ map2_ ctypes",
        "files": "tofile memmap dump dumps",
        "introspection": "mro obj name_from with_traceback add_note cell_contents"
        " gi_frame gi_code gi_yieldfrom gi_running cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await"
        " f_back f_builtins f_code f_globals f_lasti f_lineno f_locals f_trace tb_frame tb_lasti tb_lineno tb_next"
        " func_closure func_code func_globals",
        "module": "builtins importlib inspect multiprocessing os pickle platform shutil socket subprocess sys tempfile"
        " threading torch warnings weakref",
    }
)
"""Attributes that are refused on whatever they stand."""

MEMBERS: Mapping[str, Mapping[str, str]] = {
    "torch": _rows(
        {
            "files": "load save onnx package serialization",
            "network": "hub",
            "eager": "compile jit export fx ScriptModule ScriptFunction",
            "native": "ops classes library cpp import_ir_module import_ir_module_from_buffer parse_ir parse_schema"
            " quantization ao",
            "processes": "distributed futures fork wait set_num_threads set_num_interop_threads",
            "profiler": "profiler monitor",
        }
    ),
    "torch.autograd": _rows({"profiler": "profiler profiler_legacy profiler_util"}),
    "torch.nn": _rows({"gpu": "DataParallel parallel"}),
    "torch.utils": _rows(
        {
            "data": "data",
            "profiler": "benchmark bottleneck tensorboard",
            "native": "cpp_extension cpp_backtrace dlpack mkldnn collect_env",
            "files": "model_zoo model_dump",
        }
    ),
    "numpy": _rows(
        {
            "files": "load save savez savez_compressed savetxt loadtxt genfromtxt fromfile fromregex"
            " open_memmap DataSource",
            "native": "ctypeslib f2py distutils testing lib core",
        }
    ),
}
"""Members of a module that are refused, by the module's name."""

PATHS = frozenset(
    {"torch.cuda.is_available", "torch.cuda.device_count", "torch.cuda.manual_seed", "torch.cuda.manual_seed_all"}
)
"""Members of a refused member that ordinary programs ask, and that answer honestly without a GPU."""

IMPORTS: Mapping[str, str] = _rows(
    {
        "files": "os pathlib io shutil glob tempfile pickle csv json h5py zipfile fileinput",
        "interpreter": "sys gc inspect importlib builtins types ctypes code codeop marshal dis ast weakref traceback"
        " warnings logging operator copy string",
        "processes": "subprocess multiprocessing threading signal concurrent asyncio queue sched",
        "network": "socket requests urllib http urllib3 aiohttp ftplib smtplib huggingface_hub",
        "clock": "time datetime timeit",
        "plotting": "matplotlib seaborn plotly bokeh altair pylab PIL cv2 imageio",
        "graphs": "torchviz torchview torchinfo torchsummary graphviz hiddenlayer torchlens backlight networkx",
        "progress": "tqdm rich",
        "terminal": "IPython ipywidgets argparse readline getpass",
        "datasets": "torchvision torchaudio torchtext datasets pandas sklearn polars",
        "libraries": "tensorflow jax keras transformers scipy sympy einops lightning pytorch_lightning ignite"
        " torchmetrics timm",
    }
)
"""Modules that programs often import, with what to do instead; every module that `MODULES` lacks is refused."""
