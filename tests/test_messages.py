"""The prose: every error code has a page, every page a code, and every template can be filled."""

from __future__ import annotations

import string

import pytest

from backlight import errors
from backlight.messages import PAGES, message, read_page


def codes() -> set[str]:
    classes = [each for each in vars(errors).values() if isinstance(each, type)]
    return {each.code for each in classes if issubclass(each, errors.BacklightError)}


def test_codes_and_pages_are_a_bijection_notes_apart() -> None:
    assert set(PAGES) - codes() == {"note", "unseen"}
    assert codes() - set(PAGES) == set()


@pytest.mark.parametrize("code", sorted(PAGES))
def test_every_page_has_a_title_and_a_detail(code: str) -> None:
    page = PAGES[code]
    assert page.title
    assert not page.title.endswith(".")
    assert page.detail.endswith(".")


@pytest.mark.parametrize(
    ("code", "topic"), [(code, topic) for code in sorted(PAGES) for topic in PAGES[code].templates]
)
def test_every_template_can_be_filled(code: str, topic: str) -> None:
    template = PAGES[code].templates[topic]
    fields = {field for _, field, _, _ in string.Formatter().parse(template) if field}
    filled = message(code, topic, **dict.fromkeys(fields, "VALUE"))
    assert filled.count("VALUE") >= len(fields)
    assert filled.endswith((".", "VALUE", "?"))
    assert "\n" not in filled


def test_a_page_is_read_from_markdown() -> None:
    page = read_page("# A title\n\nSome\ndetail.\n\n## one\n\nWhat {x}.\n\nThe fix.\n\n## two\n\nB.\n")
    assert (page.title, page.detail) == ("A title", "Some detail.")
    assert dict(page.templates) == {"one": "What {x}. The fix.", "two": "B."}


def test_two_sections_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="'one'"):
        read_page("# T\n\nD.\n\n## one\n\nA.\n\n## one\n\nB.\n")
