"""README and docs: their examples run, their tables are complete, and their links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from backlight.model import document
from docs_example import example_document, example_program, shown
from plain_torch import run_plain
from sample_programs import trace

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)]+)\)")


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of each fenced block."""
    return [(found[1], found[2]) for found in FENCE.finditer(page.read_text())]


def python_blocks() -> Iterator[tuple[str, str, str | None]]:
    """Where, program, and the output that a text block right after it claims."""
    for page in PAGES:
        found = blocks(page)
        for (language, text), following in pairwise([*found, ("", "")]):
            if language == "python":
                yield page.name, text, following[1] if following[0] == "text" else None


def anchors(page: Path) -> set[str]:
    return {
        line.lstrip("# ").lower().replace(" ", "-") for line in page.read_text().splitlines() if line.startswith("#")
    }


def documented_fields(name: str) -> set[str]:
    """The field names in the table under the heading of that class."""
    text = (ROOT / "docs/trace-format.md").read_text()
    section = re.split(r"^##", text.split(f"\n### {name}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    cells = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize(("page", "program", "output"), list(python_blocks()))
def test_examples_run_and_print_what_the_page_says(page: str, program: str, output: str | None) -> None:
    run = run_plain(program)
    assert run.errors == []
    assert output is None or run.output == output


def test_the_readme_opens_with_a_sentence_a_picture_a_command_the_address_and_an_example() -> None:
    opening = (ROOT / "README.md").read_text()
    wanted = [
        "# Backlight",
        "Type PyTorch",
        "docs/pictures/page-light.png",
        "make run",
        "http://127.0.0.1:8000",
        "value 0.4121, gradient -5.4668",
    ]
    places = [opening.index(each) for each in wanted]
    assert places == sorted(places)
    assert all((ROOT / "docs/pictures" / f"page-{theme}.png").is_file() for theme in ("light", "dark"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text()):
        if "://" in link or link.endswith(".png"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize(
    "kind", [each for each in vars(document).values() if is_dataclass(each)], ids=lambda kind: kind.__name__
)
def test_the_format_is_documented_field_by_field(kind: type) -> None:
    inherited = {each.name for each in fields(document.Event)} if kind.__mro__[1] is document.Event else set()
    assert documented_fields(kind.__name__) == {each.name for each in fields(kind)} - inherited


def test_the_worked_example_is_what_the_pipeline_answers() -> None:
    page = (ROOT / "docs/trace-format.md").read_text()
    assert shown(trace(example_program(page))) == example_document(page), "scripts/rewrite_samples.py writes it anew"


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs/decisions"
    listed = LINK.findall((folder / "README.md").read_text())
    assert listed == sorted(each.name for each in folder.glob("0*.md"))
