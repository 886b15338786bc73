"""Set-up redoes only what changed, names what needs root, and says how a step failed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import setup


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every path that set-up writes to, in a folder of the test's own; no step counts as done."""
    for name, path in {"ROOT": "", "VENV": ".venv", "STATE": ".setup", "FRONTEND": "frontend"}.items():
        monkeypatch.setattr(setup, name, tmp_path / path)
    monkeypatch.setattr(setup, "STATIC", tmp_path / "static")
    for step in setup.STEPS.values():
        step.cache_clear()
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that set-up would run; each of them succeeds at once."""
    seen: list[list[str]] = []

    def succeed(command: list[str], *_: object, **__: object) -> bool:
        seen.append(command)
        return True

    monkeypatch.setattr(setup, "attempt", succeed)
    return seen


def test_digest_follows_names_and_content(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("1")
    before = setup.digest(["x"], [first, second])
    assert before == setup.digest(["x"], [second, first])
    second.write_text("2")
    assert before != setup.digest(["x"], [first, second])
    assert setup.digest(["x"], []) != setup.digest(["y"], [])


def test_stamp_is_stale_without_its_product(tmp_path: Path) -> None:
    product = tmp_path / "product"
    setup.mark("step", "key")
    assert not setup.is_fresh("step", "key", product)
    product.touch()
    assert setup.is_fresh("step", "key", product)
    assert not setup.is_fresh("step", "other key", product)


def test_front_end_is_built_once_and_again_after_a_change(
    tmp_path: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "frontend/src/main.ts"
    source.parent.mkdir(parents=True)
    source.write_text("1")
    (tmp_path / "static").mkdir()
    (tmp_path / "static/index.html").touch()
    monkeypatch.setattr(setup, "npm", lambda: None)
    build = ["npm", "run", "build"]

    def builds() -> int:
        setup.front_end.cache_clear()
        setup.front_end()
        return commands.count(build)

    assert [builds(), builds()] == [1, 1]
    source.write_text("2")
    assert builds() == 2
    test = tmp_path / "frontend/e2e/page.spec.ts"
    test.parent.mkdir()
    test.write_text("no part of the page")
    assert builds() == 2


def test_torch_in_range_is_left_alone(
    tmp_path: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "python", lambda: None)
    packages = tmp_path / ".venv/lib/python3.11/site-packages"
    (packages / "torch-2.13.1+cu130.dist-info").mkdir(parents=True)
    setup.torch()
    assert commands == []


def test_torch_comes_from_pip_first_and_then_from_its_own_index(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[str, ...]] = []

    def only_the_index(*arguments: str, log: str) -> bool:
        asked.append(arguments)
        return "--index-url" in arguments

    monkeypatch.setattr(setup, "python", lambda: None)
    monkeypatch.setattr(setup, "pip", only_the_index)
    (tmp_path / ".venv/lib/python3.11/site-packages/torch-2.12.0.dist-info").mkdir(parents=True)
    setup.torch()
    assert asked == [("torch==2.13.0+cpu",), ("--index-url", setup.TORCH_INDEX, "torch==2.13.0")]


def test_development_packages_serve_too(
    tmp_path: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "torch", lambda: None)
    (tmp_path / "pyproject.toml").write_text("[build-system]\n[project]\n[tool.hatch]\n")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/backlight").touch()
    setup.dev()
    assert [each[-1] for each in commands] == [".[serve,dev]", setup.COMPILED]
    setup.serve()
    assert len(commands) == 2


def test_what_the_server_imports_is_there_to_be_compiled() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{setup.COMPILED}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"torch", "torch._dynamo", "fastapi", "uvicorn", "backlight.pipeline"} <= set(done.stdout.split())


def test_missing_venv_module_is_named_with_its_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    monkeypatch.setattr(setup, "may_install", lambda: False)
    monkeypatch.setattr(sys, "argv", ["setup.py", "python"])
    assert setup.main() == 1
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    assert f"apt-get install --yes --no-install-recommends {package}" in capsys.readouterr().err


def test_missing_chromium_is_installed_by_root(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "BROWSERS", ())
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(setup, "may_install", lambda: True)
    setup.browser()
    install = "apt-get update && apt-get install --yes --no-install-recommends"
    assert commands == [["sh", "-c", f"{install} chromium-headless-shell"]]


def test_where_there_is_no_chromium_shell_the_whole_browser_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def attempt(command: list[str], *_: object, **__: object) -> bool:
        tried.append(command[-1].split()[-1])
        return tried[-1] == "chromium"

    monkeypatch.setattr(setup, "attempt", attempt)
    monkeypatch.setattr(setup, "may_install", lambda: True)
    setup.install_system_package("chromium-headless-shell", "chromium")
    assert tried == ["chromium-headless-shell", "chromium"]


def test_missing_chromium_is_named_before_anything_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "BROWSERS", ())
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(setup, "may_install", lambda: False)
    heard: list[str] = []
    monkeypatch.setattr(setup, "npm", lambda: heard.append(capsys.readouterr().out))
    command = [sys.executable, "-c", "raise SystemExit('no network')"]
    attempt = setup.attempt
    monkeypatch.setattr(setup, "attempt", lambda _, log, cwd: attempt(command, log, cwd=cwd.parent))
    with pytest.raises(setup.SetupError, match="sudo apt-get install chromium"):
        setup.browser()
    assert "sudo apt-get install chromium" in heard[0]


def test_failing_step_shows_the_end_of_its_log() -> None:
    command = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]
    with pytest.raises(setup.SetupError, match=r"the reason\ndoing it failed; the whole log is in \.setup/it\.log"):
        setup.working("doing it", "it", lambda: setup.attempt(command, "it", cwd=Path.cwd()))


@pytest.mark.parametrize(("printed", "version"), [("v24.19.0", (24, 19)), ("Python 3.11.7", (3, 11)), ("?", ())])
def test_version_of_a_program(tmp_path: Path, printed: str, version: tuple[int, ...]) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho '{printed}'\n")
    program.chmod(0o755)
    assert setup.version_of(program) == version


def test_old_python_is_refused_by_name() -> None:
    code = "import sys, runpy; sys.version_info = (3, 9); sys.argv = ['setup.py', 'python']; "
    script = Path(__file__).resolve().parent.parent / "scripts/setup.py"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}runpy.run_path({os.fspath(script)!r}, run_name='__main__')"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
