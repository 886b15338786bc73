"""The namespace that a program sees: facades for the modules that it may import, and safe builtins.

A facade is a fresh module object with the public names of a real one, less every module, and less what reaches
files, processes, threads or code. It is built in the zygote, once, and holds no reference to the real module.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

from backlight.model.program import Namespace


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set of names."""
    return frozenset(text.split())


IMPORTABLE: Mapping[str, tuple[str, ...] | None] = MappingProxyType(
    {
        "torch": None,
        "torch.nn": None,
        "torch.nn.functional": None,
        "torch.nn.init": None,
        "torch.nn.utils": None,
        "torch.optim": None,
        "torch.optim.lr_scheduler": None,
        "torch.autograd": (
            *("Function", "Variable", "grad", "backward", "no_grad", "enable_grad", "set_grad_enabled"),
            *("inference_mode", "detect_anomaly", "set_detect_anomaly", "gradcheck", "gradgradcheck"),
        ),
        "torch.autograd.functional": ("jacobian", "hessian", "vjp", "jvp", "vhp", "hvp"),
        "torch.linalg": None,
        "torch.fft": None,
        "torch.special": None,
        "torch.func": None,
        "torch.distributions": None,
        "torch.utils": (),
        "torch.utils.checkpoint": ("checkpoint", "checkpoint_sequential"),
        "torch.cuda": ("is_available", "device_count", "manual_seed", "manual_seed_all"),
        "math": None,
        "cmath": None,
        "random": None,
        "numpy": None,
        "numpy.random": None,
        "numpy.linalg": None,
        "itertools": None,
        "functools": None,
        "collections": None,
        "collections.abc": None,
        "dataclasses": None,
        "typing": None,
        "statistics": None,
        "enum": None,
        "abc": None,
        "contextlib": None,
        "fractions": None,
        "decimal": None,
    }
)
"""The modules that a program may import, parents first; the names of each, or None for its public ones."""

DENIED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "torch": words(
            "load save compile from_file from_dlpack to_dlpack import_ir_module import_ir_module_from_buffer parse_ir "
            "parse_schema parse_type_comment merge_type_from_type_comment fork wait get_file_path vitals_enabled "
            "prepare_multiprocessing_environment read_vitals set_vital set_warn_always classproperty typename "
            "set_default_device set_num_threads set_num_interop_threads init_num_threads set_flush_denormal "
            "PyTorchFileReader PyTorchFileWriter ScriptModule ScriptFunction JITException FileCheck DeepCopyMemoTable "
            "UntypedStorage TypedStorage DispatchKey DispatchKeySet ExcludeDispatchKeyGuard BufferDict Callable Any "
            "Union unify_type_list thread_safe_generator as_strided as_strided_ as_strided_copy as_strided_scatter "
            "frombuffer cond profiler_allow_cudagraph_cupti_lazy_reinit_cuda12 get_device_module"
        ),
        "torch.nn": words("DataParallel"),
        "torch.nn.functional": words("Callable Optional Any TYPE_CHECKING"),
        "random": words("SystemRandom"),
        "numpy": words(
            "load save savez savez_compressed loadtxt savetxt genfromtxt fromfile fromregex memmap frombuffer "
            "show_config show_runtime get_include test info lookfor"
        ),
        "numpy.random": words("test"),
        "numpy.linalg": words("test"),
        "typing": words("get_type_hints ForwardRef evaluate_forward_ref"),
        "contextlib": words("chdir redirect_stdout redirect_stderr"),
    }
)
"""Public names that a program does not get."""

BUILTIN_NAMES = words(
    "abs all any bool bytearray bytes callable chr classmethod complex dict divmod enumerate filter float format "
    "frozenset hash hex int isinstance issubclass iter len list map max min next object oct ord pow property range "
    "repr reversed round set slice sorted staticmethod str sum super tuple zip NotImplemented Ellipsis "
    "__import__ __build_class__"
)
"""Builtins as they are. ``__import__`` must be the real one: torch's C code imports through the caller's builtins."""

HIDDEN_ATTRIBUTES = words(
    "gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await tb_frame tb_next "
    "f_back f_builtins f_code f_globals f_locals f_trace func_globals func_code func_closure mro format format_map"
)
"""Attributes without an underscore that lead to frames, code or other people's attributes."""


def build_namespace() -> Namespace:
    """What a program can see: of the modules, those that are installed. ``print`` is left to the recorder."""
    modules: dict[str, ModuleType] = {}
    for name, names in IMPORTABLE.items():
        if importlib.util.find_spec(name.partition(".")[0]) is None:
            continue
        modules[name] = build_facade(name, names)
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(modules[parent], last, modules[name])
    return Namespace(modules=modules, builtins=build_builtins())


def build_facade(name: str, names: tuple[str, ...] | None) -> ModuleType:
    """A module object with the given names of a real module, or with its public ones, and with no module in it."""
    real = importlib.import_module(name)
    public = [each for each in dir(real) if not each.startswith("_")] if names is None else names
    facade = ModuleType(name, real.__doc__)
    for each in public:
        value = getattr(real, each)
        if not isinstance(value, ModuleType) and each not in DENIED.get(name, ()):
            setattr(facade, each, value)
    if hasattr(real, "__version__"):
        facade.__dict__["__version__"] = str(real.__version__)
    withheld = frozenset(each for each in dir(real) if not each.startswith("_") and each not in vars(facade))
    facade.__dict__["__getattr__"] = _explain_missing(name, withheld)
    return facade


def build_builtins() -> dict[str, Any]:
    """The builtins of a program: the harmless ones, every exception, and guarded access to attributes."""
    harmless = {name: getattr(builtins, name) for name in BUILTIN_NAMES}
    exceptions = {
        name: value
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    }
    guarded = {"getattr": get, "setattr": put, "hasattr": has, "delattr": drop, "type": TypeOf}
    return harmless | exceptions | guarded


class _AnyType(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, type)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, type)


class TypeOf(metaclass=_AnyType):
    """``type`` with one argument, which asks; the form with three, which makes a class, is not available."""

    def __new__(cls, value: object) -> Any:
        """The type of ``value``."""
        return type(value)


def get(value: object, name: str, *default: object) -> Any:
    """``getattr`` for public names."""
    return getattr(value, _public(name), *default)


def put(value: object, name: str, content: object) -> None:
    """``setattr`` for public names."""
    setattr(value, _public(name), content)


def has(value: object, name: str) -> bool:
    """``hasattr`` for public names; there are no others."""
    try:
        getattr(value, _public(name))
    except AttributeError:
        return False
    return True


def drop(value: object, name: str) -> None:
    """``delattr`` for public names."""
    delattr(value, _public(name))


def _public(name: str) -> str:
    if type(name) is not str:
        raise TypeError("attribute name must be string")
    if name.startswith("_") or name in HIDDEN_ATTRIBUTES:
        raise AttributeError(f"attribute {name!r} is not available here")
    return name


def _explain_missing(module: str, withheld: frozenset[str]) -> Callable[[str], Any]:
    def explain(name: str) -> Any:
        if name in withheld:
            raise AttributeError(f"{module}.{name} is not available here")
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return explain
