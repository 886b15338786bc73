"""The subcommands, one module each. They need the packages of ``backlight[serve]``; `backlight.cli` says so."""

from __future__ import annotations

from typing import Annotated

import typer

from backlight import __version__
from backlight.commands.open import open_document
from backlight.commands.serve import serve
from backlight.commands.trace import trace

__all__ = ["app"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Backlight: type PyTorch, and watch autograd think.",
)
app.command("open")(open_document)
app.command()(serve)
app.command()(trace)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"backlight {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass
