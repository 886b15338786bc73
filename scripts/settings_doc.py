"""The page of the documentation that lists every setting, made from `backlight.settings`."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import cast

from backlight.settings import NONE, Settings

HEAD = """\
# Settings

Every limit and switch, made from `app/backlight/settings.py` by `make format`. Each is set by the environment variable
beside it. Sizes are in bytes and times in seconds, unless the meaning says otherwise.

| setting | default | environment variable | meaning |
|---|---|---|---|
"""


def settings_page() -> str:
    """The page as Markdown, a row a setting, in the table's order. Raises TypeError where a default is missing."""
    return HEAD + "".join(_row(each.name, each.default, each.metadata["meaning"]) for each in fields(Settings))


def _row(name: str, default: object, meaning: str) -> str:
    if default is MISSING:
        raise TypeError(f"the setting {name} has no default")
    return f"| `{name}` | `{_shown(default)}` | `BACKLIGHT_{name.upper()}` | {meaning} |\n"


def _shown(default: object) -> str:
    match default:
        case bool():
            return "on" if default else "off"
        case tuple():
            return ", ".join(map(str, cast(tuple[object, ...], default))) or NONE
        case int() if default >= 10_000:
            return f"{default:_}"
        case _:
            return str(default)
