"""The repository keeps its own rules: sizes, names, the licence, and no trace of the machine that it was written on."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FUNCTION_LINES = 40
FUNCTION_LINES_P90 = 20
FILE_LINES = 400
PARAMETERS = 5
SVELTE_LINES = 150
SCRIPT_LINES = 80

EXCEPTIONS: dict[str, str] = {
    "app/backlight/model/document.py": "one flat list of dataclasses: the whole schema, read from top to bottom",
}
"""What is over a budget, as ``path`` or ``path:function``, and why. Past ten, change the number."""

GENERATED = {"frontend/src/api/types.gen.ts", "frontend/package-lock.json"}
JUNK = {"utils", "util", "helpers", "helper", "common", "misc", "core", "manager", "service", "base"}
MACHINE_PATH = re.compile(r"(?<![\w.*-])/(?:work|farm|root|home|Users)/\w|(?<![\w.*-])/tmp/[a-z]")
TEXT = {".py", ".ts", ".svelte", ".css", ".html", ".js", ".json", ".md", ".toml", ".sh", ".txt", ".yml", ""}


@cache
def tracked() -> tuple[Path, ...]:
    """The repository's files, as git knows them, relative to its root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in listed.split("\0") if name and (ROOT / (path := Path(name))).is_file())


def sources(*suffixes: str) -> Iterator[Path]:
    """Files that people wrote; the programs that Backlight shows are data."""
    for path in tracked():
        data = {"samples", "programs", "hostile"} & set(path.parts)
        if path.suffix in suffixes and not data and str(path) not in GENERATED:
            yield path


def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def functions() -> tuple[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef], ...]:
    """Every function of every Python file, tests included, under ``path:name``."""
    return tuple(
        (f"{path}:{node.name}", node)
        for path in sources(".py")
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def over(sizes: Iterator[tuple[str, int]], budget: int) -> dict[str, int]:
    """What is over a budget, exceptions apart."""
    return {name: size for name, size in sizes if size > budget and name not in EXCEPTIONS}


def test_functions_are_short() -> None:
    assert over(((name, length(node)) for name, node in functions()), FUNCTION_LINES) == {}
    lengths = sorted(length(node) for _, node in functions())
    assert lengths[len(lengths) * 9 // 10] <= FUNCTION_LINES_P90


def test_functions_take_few_parameters() -> None:
    def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        arguments = node.args
        named = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        return len([name for name in named if name not in {"self", "cls"}])

    assert over(((name, parameters(node)) for name, node in functions()), PARAMETERS) == {}


def test_files_can_be_read_in_one_sitting() -> None:
    code = sources(".py", ".ts", ".js", ".svelte", ".css", ".sh")
    assert over(((str(path), len(text(path).splitlines())) for path in code), FILE_LINES) == {}


def test_components_are_small() -> None:
    components = {str(path): text(path) for path in sources(".svelte")}
    assert over(((name, len(body.splitlines())) for name, body in components.items()), SVELTE_LINES) == {}
    scripts = {name: re.findall(r"<script[^>]*>(.*?)</script>", body, re.DOTALL) for name, body in components.items()}
    assert over(((name, len("".join(each).splitlines())) for name, each in scripts.items()), SCRIPT_LINES) == {}


def test_modules_open_with_a_short_docstring() -> None:
    def opening(path: Path) -> str | None:
        return ast.get_docstring(ast.parse(text(path)))

    python = {str(path): opening(path) for path in sources(".py") if text(path).strip()}
    assert [name for name, doc in python.items() if doc is None] == []
    ours = {name: doc for name, doc in python.items() if name != "app/backlight/errors.py"}  # it draws the error tree
    assert [name for name, doc in ours.items() if doc and len(doc.splitlines()) > 6] == []


def test_exceptions_are_few_and_still_there() -> None:
    assert len(EXCEPTIONS) <= 10
    known = {str(path) for path in tracked()} | {name for name, _ in functions()}
    assert set(EXCEPTIONS) <= known


def test_nothing_has_a_junk_drawers_name() -> None:
    parts = {(str(path), part.split(".")[0]) for path in tracked() for part in path.parts}
    assert [path for path, part in parts if part.lower() in JUNK] == []


def test_no_path_of_a_machine_is_named() -> None:
    named = {
        str(path): found for path in tracked() if path.suffix in TEXT and (found := MACHINE_PATH.findall(text(path)))
    }
    assert named == {}


@pytest.mark.parametrize("path", ["/" + "work/main", "see /" + "tmp/abc", "'/" + "root/x'", "(/" + "home/me)"])
def test_a_path_of_a_machine_is_recognised(path: str) -> None:
    assert MACHINE_PATH.search(path)


def test_lock_file_names_no_host() -> None:
    assert "resolved" not in text(Path("frontend/package-lock.json"))


def test_licence_and_companions_are_there() -> None:
    names = {str(path) for path in tracked()}
    assert {"LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile", "Makefile", ".ci/run"} <= names
    assert "Apache License" in text(Path("LICENSE"))


def test_make_offers_a_script_for_each_target() -> None:
    makefile = text(Path("Makefile"))
    declared = re.search(r"^TARGETS := (.+)$", makefile, re.MULTILINE)
    assert declared is not None
    scripts = {path.stem for path in tracked() if path.parent.name == "scripts" and path.suffix == ".sh"}
    assert set(declared[1].split()) == scripts
    assert all(f"make {name}" in makefile for name in scripts)
