"""Bring the checked-in names of the language up to what is installed: ``python scripts/language_names.py``.

It adds to ``names.json`` what torch and numpy have and no list has yet, and takes out of it what is gone. What it
writes are candidates: read the difference, and move what no program should have to ``withheld.json``, under a topic.
``members.json`` holds the methods of a few classes, and is made anew.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping
from functools import reduce
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "app/backlight/language"
WATCHED = ("torch", "numpy")
"""The packages whose new names are candidates; of Python's own library only what is listed is taken."""
CHOSEN = frozenset(
    {
        *("torch.autograd", "torch.cuda", "torch.cuda.amp", "torch.optim.optimizer", "torch.random", "torch.xpu"),
        *("torch.utils", "torch.signal", "torch.backends", "numpy.testing", "numpy.typing"),
        *("torch.autograd.function", "torch.autograd.variable", "torch.distributed", "torch.jit", "torch.version"),
        *("torch.utils.data.dataset", "torch.utils.data.dataloader", "torch.utils.data.sampler"),
    }
)
INSIDE = ("torch.backends.", "torch.nn.modules")
"""Modules of which only what is listed is taken as well: those, and all below these."""
CLASSES = ("torch.Tensor", "torch.nn.Module", "torch.optim.Optimizer", "numpy.ndarray")
LINE = 118

Names = dict[str, list[str]]
Withheld = dict[str, dict[str, list[str]]]


def read(name: str) -> Any:
    """What one of the files holds."""
    return json.loads((FOLDER / name).read_text("utf-8"))


def find(dotted: str) -> Any:
    """The module, or what stands for one, under a dotted name."""
    top, *rest = dotted.split(".")
    try:
        return importlib.import_module(dotted)
    except ModuleNotFoundError:
        return reduce(getattr, rest, importlib.import_module(top))


def candidates(module: str) -> set[str]:
    """The names that a module of torch or numpy says are for everybody."""
    if module.partition(".")[0] not in WATCHED or module in CHOSEN or module.startswith(INSIDE):
        return set()
    real = find(module)
    named = dir(real) if module == "torch" else getattr(real, "__all__", dir(real))
    public = {name for name in named if not name.startswith("_") and hasattr(real, name)}
    return {name for name in public if not isinstance(getattr(real, name), ModuleType)}


def brought(names: Names, withheld: Withheld) -> dict[str, set[str]]:
    """The names that modules have and no list has."""
    known = {module: {*names[module], *chain(*withheld.get(module, {}).values())} for module in names}
    found = {module: candidates(module) - known[module] for module in names}
    return {module: new for module, new in found.items() if new}


def lost(names: Names) -> dict[str, set[str]]:
    """The names of watched packages that a list has and their modules have not."""
    watched = [module for module in names if module.partition(".")[0] in WATCHED]
    found = {module: {name for name in names[module] if not hasattr(find(module), name)} for module in watched}
    return {module: gone for module, gone in found.items() if gone}


def members(hidden: Mapping[str, list[str]]) -> Names:
    """The public attributes of the classes whose objects programs hold most: for completion and suggestions."""
    kept = {kind: set(dir(find(kind))) - set(chain(*hidden.values())) for kind in CLASSES}
    return {kind: sorted(name for name in names if not name.startswith("_")) for kind, names in kept.items()}


def written(value: Mapping[str, Any] | list[str], indent: int = 0) -> str:
    """JSON with lists of names filled into lines."""
    margin = " " * indent
    if isinstance(value, Mapping):
        rows = [f"{margin}  {json.dumps(key)}: {written(each, indent + 2)}" for key, each in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{margin}}}" if rows else "{}"
    lines: list[str] = []
    for name in map(json.dumps, value):
        if lines and indent + 2 + len(lines[-1]) + len(name) + 3 <= LINE:
            lines[-1] += f" {name},"
        else:
            lines.append(f"{name},")
    body = "".join(f"\n{margin}  {line}" for line in lines)
    return f"[{body[:-1]}\n{margin}]" if lines else "[]"


def write(name: str, value: Any) -> None:
    """Write one of the files."""
    (FOLDER / name).write_text(written(value) + "\n", "utf-8")


def main() -> int:
    """Write the candidates, and say what changed."""
    names, withheld = read("names.json"), read("withheld.json")
    new, gone = brought(names, withheld), lost(names)
    for module in names:
        names[module] = sorted({*names[module], *new.get(module, ())} - gone.get(module, set()))
    for sign, changes in (("+", new), ("-", gone)):
        for module, changed in changes.items():
            print(*(f"{sign} {module}.{name}" for name in sorted(changed)), sep="\n")
    write("names.json", names)
    write("members.json", members(read("hidden.json")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
