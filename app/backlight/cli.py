"""The command: ``backlight serve`` is the playground, ``trace`` runs one program, ``open`` plays a recording.

Exit status: 0 where all went well; 1 where the program raised or was refused, or the server could not start;
2 where the command was used wrongly; 130 after Ctrl-C.
"""

from __future__ import annotations

import sys

from backlight import __version__

MISSING = """\
backlight: this command needs packages that are not installed ({name} is missing).
Install them with:  pip install 'backlight[serve]'
"""
SERVER_PACKAGES = frozenset(
    {
        *("typer", "click", "rich", "fastapi", "starlette", "uvicorn", "pydantic", "pydantic_core"),
        *("structlog", "prometheus_client"),
    }
)


def main() -> None:
    """Run the command with the arguments of this process. What version this is can be asked without any package."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"backlight {__version__}\n")
        return
    try:
        from backlight.commands import app

        app(prog_name="backlight")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in SERVER_PACKAGES:
            raise
        sys.stderr.write(MISSING.format(name=error.name))
        sys.exit(1)
