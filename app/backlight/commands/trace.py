"""``backlight trace``: one program through the sandbox; a summary for people, or the Document for programs."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console

from backlight.commands.summary import write_summary
from backlight.errors import BacklightError
from backlight.model.request import TraceRequest
from backlight.sandbox import run_once
from backlight.settings import Settings


def trace(
    file: Annotated[
        str | None,
        typer.Argument(help="A program (.py) or a notebook (.ipynb); - reads a program from standard input."),
    ] = None,
    expression: Annotated[
        str | None, typer.Option("--expression", "-e", help="An expression to run, as in 'sin(x**2)'.")
    ] = None,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="A value for the expression, as in x=3.0 or W='[[1, 2]]'.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seeds random, numpy and torch.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole Document as JSON.")] = False,
) -> None:
    """Run a program in the sandbox, and say what autograd did. Exits with 1 where the program raises."""
    request = request_for(file, expression, inputs or [], seed)
    try:
        document = run_once(request, Settings.from_environment(os.environ))
    except BacklightError as error:
        typer.secho(f"backlight: {_located(error)}", err=True)
        raise typer.Exit(1) from error
    content = json.loads(document)
    try:
        if as_json:
            sys.stdout.buffer.write(document + b"\n")  # UTF-8, as JSON is, whatever a terminal takes
        else:
            if isinstance(sys.stdout, io.TextIOWrapper):
                sys.stdout.reconfigure(errors="backslashreplace")
            write_summary(content, Console(highlight=False))
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # nobody reads on: typer knows
    except OSError as error:
        typer.secho(f"backlight: Cannot write what came out: {error.strerror}.", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # takes what is flushed at the end
        raise typer.Exit(1) from error
    if content["error"] is not None:
        raise typer.Exit(1)


def request_for(file: str | None, expression: str | None, inputs: list[str], seed: int) -> TraceRequest:
    """The request that the arguments make. Raises BadParameter where they make none."""
    if (file is None) == (expression is None):
        raise typer.BadParameter("Give either a file or --expression.")
    if expression is not None:
        return TraceRequest(expression=expression, inputs=_parse_inputs(inputs), seed=seed)
    if inputs:
        raise typer.BadParameter("--input belongs to --expression.")
    assert file is not None
    text = _read(file)
    if file.endswith(".ipynb"):
        return TraceRequest(notebook=_parse_notebook(text), seed=seed)
    return TraceRequest(source=text, seed=seed)


def _read(file: str) -> str:
    if file == "-" and sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison]  # it is where it was closed
        raise typer.BadParameter("Nothing can be read from standard input, which is closed.")
    try:
        return sys.stdin.buffer.read().decode() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"Cannot read {file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{'What came in' if file == '-' else file} is not UTF-8 text.") from error


def _parse_inputs(texts: list[str]) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for name, value in map(_parse_input, texts):
        if name in inputs:
            raise typer.BadParameter(f"{name!r} is given twice.")
        inputs[name] = value
    return inputs


def _parse_input(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    try:
        if equals:
            return name.strip(), json.loads(value)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text!r} is not of the form name=value, with a number or nested lists of numbers.")


def _parse_notebook(text: str) -> dict[str, Any]:
    try:
        notebook = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter("The notebook is not JSON.") from error
    if not isinstance(notebook, dict):
        raise typer.BadParameter("The notebook is not a JSON object.")
    return cast(dict[str, Any], notebook)


def _located(error: BacklightError) -> str:
    if error.place is None:
        return error.message
    if "cell" in error.details:
        line, column = error.details["cell_line"], error.place.column + 1
        return f"code cell {error.details['cell'] + 1}, line {line}, column {column}: {error.message}"
    return f"line {error.place.line}, column {error.place.column + 1}: {error.message}"
