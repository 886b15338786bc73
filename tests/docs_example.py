"""The worked example of ``docs/trace-format.md``: its program, and the Document that the page shows.

In: the page's text. Out: the program in it, and the page with a fresh Document in it.
"""

from __future__ import annotations

import json
import re
from typing import Any

PROGRAM = re.compile(r"<!-- example: program -->\n```python\n(.*?)```", re.DOTALL)
DOCUMENT = re.compile(r"(<!-- example: document -->\n```json\n)(.*?)(\n```)", re.DOTALL)
LEFT_OUT = ("timing", "torch_version")


def example_program(page: str) -> str:
    """The program of the worked example."""
    return PROGRAM.findall(page)[0]


def example_document(page: str) -> dict[str, Any]:
    """The Document that the page shows."""
    return json.loads(DOCUMENT.findall(page)[0][1])


def with_document(page: str, document: dict[str, Any]) -> str:
    """The page with this Document in it."""
    return DOCUMENT.sub(lambda found: found[1] + _pretty(shown(document)) + found[3], page)


def shown(document: dict[str, Any]) -> dict[str, Any]:
    """A Document without what differs from machine to machine."""
    return {name: part for name, part in document.items() if name not in LEFT_OUT}


def _pretty(document: dict[str, Any]) -> str:
    """One line for each field, and for each entry of a list."""
    fields = (f"  {json.dumps(name)}: {_part(part)}" for name, part in document.items())
    return "{\n" + ",\n".join(fields) + "\n}"


def _part(part: Any) -> str:
    if not isinstance(part, list) or not part:
        return json.dumps(part, ensure_ascii=False)
    return "[\n" + ",\n".join(f"    {json.dumps(entry, ensure_ascii=False)}" for entry in part) + "\n  ]"
