"""The documentation's page of settings has a row for each of them."""

from __future__ import annotations

import re
from dataclasses import fields

from backlight.settings import Settings
from settings_doc import settings_page


def rows() -> dict[str, tuple[str, str]]:
    found = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| `(\w+)` \| \w", settings_page(), re.MULTILINE)
    return {name: (default, variable) for name, default, variable in found}


def test_every_setting_has_a_row_in_order() -> None:
    assert list(rows()) == [each.name for each in fields(Settings)]


def test_variables_and_defaults_read_back_as_the_settings() -> None:
    given = {variable: default for default, variable in rows().values()}
    assert Settings.from_environment(given) == Settings()
