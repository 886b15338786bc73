"""What the page's editor completes: the names of the language with their parameters and a line of their docs.

In: the checked-in lists of ``backlight.language`` and the docs of the torch that is installed. Out: JSON. Names of the
standard library and of numpy have no docs here, since those change with the version of Python.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable
from pkgutil import resolve_name
from typing import Any

import torch

from backlight.language import HIDDEN, MODULES
from backlight.sandbox.facade import BUILTIN_NAMES

_LONGEST = 96
_CONSTANTS = {"pi", "e", "tau", "inf", "nan"}
_EXCEPTIONS = (
    *("Exception", "AssertionError", "IndexError", "KeyError", "NotImplementedError", "RuntimeError"),
    *("StopIteration", "TypeError", "ValueError", "ZeroDivisionError"),
)
_ROLE = re.compile(r":(?:attr|func|class|meth|ref|mod|obj|data):`~?\.?(?:[^`<]*<)?([^`<>]+)>?`")
_SENTENCE = re.compile(r"(.+?[.:])(?:\s|$)", re.DOTALL)


def completion_json() -> str:
    """The generated file: for each owner of names its names, each with kind, parameters and docs."""
    owners: dict[str, Any] = {
        "modules": {module: _members(module, names) for module, names in MODULES.items()},
        "tensor": _attributes(torch.Tensor),
        "module": _attributes(torch.nn.Module),
        "optimizer": _attributes(torch.optim.Optimizer),
        "builtins": {name: _plain(name) for name in sorted({*BUILTIN_NAMES, "print", *_EXCEPTIONS})},
    }
    return json.dumps(owners, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"


def _members(module: str, names: Iterable[str]) -> dict[str, str]:
    public = [name for name in names if not name.startswith("_")]
    if module.partition(".")[0] != "torch":
        return {name: _plain(name) for name in public}
    real = resolve_name(module)
    return {name: _told(name, getattr(real, name, None)) for name in public}


def _attributes(owner: type) -> dict[str, str]:
    names = [name for name in dir(owner) if not name.startswith("_") and name not in HIDDEN]
    return {name: _told(name, getattr(owner, name, None)) for name in names}


def _plain(name: str) -> str:
    """The kind alone, as its name has it: what is there, and what it is made of, depends on the version."""
    return "v" if name in _CONSTANTS else "c" if name[0].isupper() else "f"


def _told(name: str, value: Any) -> str:
    """Kind, parameters and docs, with a line break between them: what is not known at the end is left out."""
    kind = "c" if isinstance(value, type) else "f" if callable(value) else "v"
    doc = inspect.getdoc(value) if kind != "v" or inspect.isdatadescriptor(value) else None
    first, _, rest = (doc or "").partition("\n")
    written = re.match(rf"(?:[\w.]+\.)?{re.escape(name)}\((.*?)\)(?:\s*->.*)?$", first.strip())
    parameters = _shortened(written[1]) if written else _parameters(value) if kind != "v" else ""
    return "\n".join((kind, parameters, _sentence(rest if written else doc or ""))).rstrip("\n")


def _parameters(value: Any) -> str:
    try:
        signature = inspect.signature(value)
    except (ValueError, TypeError):
        return ""
    given = [each for each in signature.parameters.values() if each.name not in {"self", "cls"}]
    return _shortened(", ".join(_parameter(each) for each in given))


def _parameter(parameter: inspect.Parameter) -> str:
    star = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    default = parameter.default
    if default is parameter.empty or not isinstance(default, bool | int | float | str | None):
        return star + parameter.name
    return f"{star}{parameter.name}={default!r}"


def _shortened(parameters: str) -> str:
    """Names and defaults, without types."""
    plain = re.sub(r":\s*[^,=\[\]]*(?:\[[^\]]*\][^,=]*)?(?=,|=|$)", "", parameters)
    return re.sub(r"\s*=\s*", "=", " ".join(plain.split()))


def _sentence(doc: str) -> str:
    """The first sentence, without markup; nothing where it is not plain text."""
    paragraph = next((each for each in doc.strip().split("\n\n") if each.strip()), "")
    found = _SENTENCE.match(" ".join(paragraph.split()))
    sentence = _ROLE.sub(r"\1", found[1] if found else " ".join(paragraph.split())).replace("``", "").replace("`", "")
    if ":math:" in sentence or sentence.startswith((".", "See ", "Alias for")) or "::" in sentence:
        return ""
    sentence = re.sub(r":$", ".", sentence)
    return sentence if len(sentence) <= _LONGEST else sentence[: _LONGEST - 1].rsplit(" ", 1)[0] + " …"
