"""The names of the language: what a program may import, what is withheld, and which attributes are never its own.

Everything here is data that was read by a person, from the JSON files beside this one. Importing reads them, so that
a sandboxed process, which may open none, has them. ``scripts/language_names.py`` compares them with what is installed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any


def _read(name: str) -> Any:
    return json.loads((files(__name__) / name).read_text("utf-8"))


def _rows(topics: Mapping[str, list[str]]) -> Mapping[str, str]:
    """Name to topic, from topic to names; ValueError for a name under two topics."""
    rows: dict[str, str] = {}
    for topic, names in topics.items():
        for name in names:
            if name in rows:
                raise ValueError(f"{name!r} stands under {rows[name]!r} and {topic!r}")
            rows[name] = topic
    return MappingProxyType(rows)


MODULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {module: tuple(names) for module, names in _read("names.json").items()}
)
"""What a program may import: the names of each module, sorted; parents before what is in them."""

STOOD_IN = frozenset({"IPython", "matplotlib", "tqdm"})
"""Packages that need not be installed, and are not asked: stand-ins have all of their names."""

UNDERSCORED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {module: tuple(names) for module, names in _read("underscored.json").items()}
)
"""Names with an underscore that everybody uses nevertheless, as ``_LRScheduler``: a program may read them too."""

WITHHELD: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {module: _rows(topics) for module, topics in _read("withheld.json").items()}
)
"""What these modules have beside that and a program does not get: name to the topic that says why."""

MEMBERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {kind: tuple(names) for kind, names in _read("members.json").items()}
)
"""The public attributes of the classes whose objects programs hold most, for completion and suggestions."""

HIDDEN: Mapping[str, str] = _rows(_read("hidden.json"))
"""Attributes that a program does not get from anything but objects of its own classes: name to topic."""

READABLE = frozenset[str](_read("readable.json"))
"""Attributes with an underscore that may be read of everything."""

READABLE_PREFIX = "_saved_"
"""What a ``grad_fn`` kept for its backward may be read too."""


def is_readable(name: str) -> bool:
    """Whether an attribute with an underscore may be read of everything."""
    return name in READABLE or name.startswith(READABLE_PREFIX)
