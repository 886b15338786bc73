"""The names of the language: the lists are in order, and torch and numpy have brought and lost nothing since."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import language_names
from backlight.language import HIDDEN, MODULES, STOOD_IN, UNDERSCORED, WITHHELD

LATER = {"itertools.batched", "typing.override"}
"""What came with a later Python than the oldest that Backlight runs on."""


def test_torch_and_numpy_have_no_name_that_nobody_has_judged() -> None:
    names, withheld = language_names.read("names.json"), language_names.read("withheld.json")
    assert language_names.brought(names, withheld) == {}, "run scripts/language_names.py and judge what it adds"


def test_torch_and_numpy_have_lost_no_name() -> None:
    assert language_names.lost(language_names.read("names.json")) == {}


def test_every_other_name_is_there() -> None:
    missing = {
        f"{module}.{name}"
        for module, names in MODULES.items()
        for name in names
        if module.partition(".")[0] not in STOOD_IN
        if not hasattr(language_names.find(module), name)
    }
    assert missing <= LATER


@pytest.mark.parametrize(
    "file", ["names.json", "withheld.json", "hidden.json", "members.json", "underscored.json", "readable.json"]
)
def test_lists_are_written_as_the_command_writes_them(file: str) -> None:
    assert (language_names.FOLDER / file).read_text() == language_names.written(language_names.read(file)) + "\n"


def test_members_are_those_of_today() -> None:
    """Asked of a fresh process: other tests load packages that give torch's classes more of them."""
    code = "import json, language_names as n; print(json.dumps(n.members(n.read('hidden.json'))))"
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == language_names.read("members.json")


def test_names_are_sorted_public_and_once() -> None:
    for names in MODULES.values():
        assert list(names) == sorted(set(names))
        assert not any(name.startswith("_") for name in names)


def test_parents_come_before_what_is_in_them() -> None:
    listed = list(MODULES)
    for name in listed:
        parent = name.rpartition(".")[0]
        assert not parent or listed.index(parent) < listed.index(name)


def test_nothing_is_given_and_withheld() -> None:
    for module, withheld in WITHHELD.items():
        assert not set(MODULES[module]) & withheld.keys()
        assert not {f"{module}.{name}" for name in withheld} & MODULES.keys()
    hidden = {name for names in MODULES.values() for name in names if name in HIDDEN}
    assert hidden == {"compile", "cuda", "platform"}, "of modules that have them: `re.compile`, `torch.version.cuda`"


def test_names_with_an_underscore_are_of_modules_that_are_there_and_are_classes_or_make_tuples() -> None:
    for module, names in UNDERSCORED.items():
        assert module in MODULES
        assert list(names) == sorted({name for name in names if name.startswith("_") and not name.startswith("__")})
        for name in names:
            value = getattr(language_names.find(module), name)
            assert isinstance(value, type) or value.__module__ == "torch.nn.modules.utils"
