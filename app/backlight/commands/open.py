"""``backlight open``: a Document from a file, in the page, served to this machine until Ctrl-C."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from backlight.errors import BacklightError
from backlight.load import load_document
from backlight.player import Player, play


def open_document(
    file: Annotated[Path, typer.Argument(help="A Document, as tape.save('run.json') or `trace --json` writes it.")],
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 0,
    browser: Annotated[bool, typer.Option(help="Open a browser, or only print the address.")] = True,
) -> None:
    """Play a recording from a file, until Ctrl-C."""
    player = player_of(file, port)
    typer.echo(f"Backlight plays {file.name} on {player.address} (Ctrl-C stops it)")
    if browser:
        webbrowser.open(player.address)
    player.wait()
    raise typer.Exit(130)


def player_of(file: Path, port: int) -> Player:
    """The Document in a file, served; ends the command where that cannot be."""
    try:
        content = file.read_bytes()
        load_document(content)
        return play(content, file.name, port)
    except BacklightError as error:
        typer.secho(f"backlight: {file.name}: {error.message}", err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        what = f"port {port}" if error.filename is None else str(error.filename)
        typer.secho(f"backlight: cannot open {what}: {error.strerror}.", err=True)
        raise typer.Exit(1) from error
