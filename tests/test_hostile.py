"""Every hostile program, twice: with the language, and with nothing but the kernel between it and the machine."""

from __future__ import annotations

import re
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from backlight.sandbox import kernel
from hostile_figures import FIGURES, MARGIN, WAYS, written
from hostile_programs import Hostile, corpus
from hostile_trial import SECRET, TOKEN, WITH_LANGUAGE, WITHOUT_LANGUAGE, Trial

if kernel.machine() is None or not kernel.can_filter():
    pytest.skip("without a seal these programs would do what they say", allow_module_level=True)

DOCS = Path(__file__).parents[1] / "docs" / "security.md"
EXPECTED = {
    "refused": {"language", "limit", "error"},
    "contained": {"language", "limit", "error", "died"},
    "harmless": {"language", "limit", "error", "ran"},
}
HOST = re.compile(
    "|".join(
        [
            *map(re.escape, {sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]), str(Path.home()) + "/"}),
            *(re.escape(each) for each in {socket.gethostname()} if len(each) > 3),
            r"/(?:usr|opt|etc|var|proc)/\w",
            r"site-packages|dist-packages|\.py\b|\.(?:cpp|h|cu|so)\b",
            r"\bbacklight\.[a-z]|Traceback|0x[0-9a-f]{6,}",
        ]
    )
)
"""What would tell of the machine, were it told."""


@pytest.fixture(scope="module", params=[WITH_LANGUAGE, WITHOUT_LANGUAGE], ids=["with-language", "without-language"])
def trial(request: pytest.FixtureRequest) -> Iterator[Trial]:
    """The programs that were asked for, on trial."""
    asked = [item.callspec.params for item in request.session.items if is_trial(item)]
    of_all = any("program" not in each for each in asked)
    names = {each["program"].name for each in asked if each["trial"] == request.param and "program" in each}
    held = Trial(request.param, [each for each in corpus() if of_all or each.name in names])
    yield held
    held.close()


def is_trial(item: pytest.Item) -> TypeGuard[pytest.Function]:
    return isinstance(item, pytest.Function) and "trial" in item.fixturenames


@pytest.mark.parametrize("program", corpus(), ids=lambda program: program.name)
def test_it_ends_as_expected(trial: Trial, program: Hostile, request: pytest.FixtureRequest) -> None:
    verdict = trial.verdict(program)
    has_language = request.node.callspec.params["trial"] == WITH_LANGUAGE
    assert not has_language or verdict.fate in EXPECTED[program.expected], verdict.told[:1000]
    assert trial.ground.losses() == []
    assert SECRET not in verdict.told
    assert TOKEN not in verdict.told
    if has_language:
        told = verdict.told.replace(str(trial.ground.folder), "")
        for own in re.findall(r"\bbacklight(?:\.\w+)+", program.code):
            told = told.replace(f"`{own}`", "")  # the program's own words
        assert not HOST.findall(told), verdict.told[:1000]
    assert verdict.next_answer in {None, "6.0\n"}


def test_the_figures_are_true(trial: Trial, request: pytest.FixtureRequest) -> None:
    fates = trial.fates()
    column = int(request.node.callspec.params["trial"] == WITHOUT_LANGUAGE)
    counted = {fate: (fates[fate], written(fate, column)) for fate in WAYS}
    assert {fate: each for fate, each in counted.items() if abs(each[0] - each[1]) > MARGIN} == {}


def test_every_program_is_counted_and_has_a_name_of_its_own() -> None:
    assert FIGURES.read_text("utf-8") in DOCS.read_text("utf-8")
    assert FIGURES.read_text("utf-8").startswith(f"{len(corpus())} hostile programs")
    assert [name for name, count in Counter(each.name for each in corpus()).items() if count > 1] == []
    assert [each.name for each in corpus() if each.expected not in EXPECTED] == []
    for column in (0, 1):
        assert sum(written(fate, column) for fate in WAYS) == len(corpus())
