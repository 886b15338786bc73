"""Prose for refusals and errors: one Markdown file per error code, read once, when this module is imported.

A file's title says what went wrong in general, the text under it gives the detail, and each ``##``
section is the template of one message: what and why, then what to do instead. Importing reads the
files, so that a sandboxed process, which may open none, has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """One code's prose: ``templates`` by topic, each with ``{fields}`` to fill in."""

    title: str
    detail: str
    templates: Mapping[str, str]


def read_page(text: str) -> Page:
    """The Page that a Markdown file holds. Line breaks inside paragraphs and between them become spaces."""
    head, *sections = text.split("\n## ")
    title, _, detail = head.partition("\n")
    templates: dict[str, str] = {}
    for section in sections:
        topic, _, body = section.partition("\n")
        if topic in templates:
            raise ValueError(f"two sections are called {topic!r}")
        templates[topic] = " ".join(body.split())
    return Page(title.removeprefix("# "), " ".join(detail.split()), templates)


PAGES: Mapping[str, Page] = {
    each.name.removesuffix(".md"): read_page(each.read_text("utf-8"))
    for each in sorted(files(__name__).iterdir(), key=lambda file: file.name)
    if each.name.endswith(".md")
}
"""Every page, by error code."""


def message(code: str, topic: str, **fields: Any) -> str:
    """The message under ``topic`` on the page of ``code``, with ``fields`` filled in. KeyError where there is none."""
    return PAGES[code].templates[topic].format(**fields)
