"""A Document in words, for a terminal. In: its JSON as plain values. Out: text on a console.

The program could have put anything into names and output: no markup is read in them, and control characters are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_VALUE_WIDTH = 60


def write_summary(document: Mapping[str, Any], console: Console) -> None:
    """Write what each cell printed, the size of the graph, the leaves with their gradients, and what went wrong."""
    for cell in document["cells"]:
        _write_cell(cell, console)
    steps = sum(len(each["steps"]) for each in document["passes"])
    counts = (
        _count(len(document["nodes"]), "node"),
        _count(len(document["edges"]), "edge"),
        _count(len(document["passes"]), "backward pass", "backward passes")
        + (f" ({_count(steps, 'step')})" if steps else ""),
    )
    console.print(Text(", ".join(counts)))
    if document["leaves"]:
        console.print(leaf_table(document))
    if document["stopped"] is not None:
        console.print(plain(f"Stopped: {document['stopped']['message']}", "yellow"))
    for cut in document["truncated"]:
        console.print(plain(_left_out(cut), "yellow"))


def _left_out(cut: Mapping[str, Any]) -> str:
    """What a Document lacks, and how much of it there may be."""
    count, what = f"{cut['count']:,}", cut["what"]
    if cut["limit"] == "value_bytes":
        return f"Of {count} tensors not every number is here: at most {cut['value'] / 2**20:.0f} MB of them are kept."
    if cut["limit"] == "element_count":
        return f"Of {count} tensors with more than {cut['value']:,g} numbers there are a picture and statistics."
    if cut["limit"] == "keep":
        return f"{count} earlier {what} are not here: the recording keeps the last {cut['value']:g}."
    return f"{count} {what} are not here: at most {cut['value']:,g} are kept."


def leaf_table(document: Mapping[str, Any]) -> Table:
    """The leaves: name, shape, value and gradient."""
    table = Table("leaf", "shape", "value", "grad")
    for leaf in document["leaves"]:
        shape = document["nodes"][leaf["node"]]["shape"]
        values = (describe_value(document["values"], leaf[each]) for each in ("value", "grad"))
        table.add_row(plain(leaf["name"]), plain(str(shape)), *map(plain, values))
    return table


def describe_value(values: list[Mapping[str, Any]], number: int | None) -> str:
    """A value in a few characters: its elements, or its statistics where those are too many."""
    if number is None:
        return "None"
    value = values[number]
    text = _format(value["data"])
    if value["data"] is not None and len(text) <= _VALUE_WIDTH:
        return text
    stats = value["stats"]
    if stats is None:
        return "…"
    return f"mean {_format(stats['mean'])}, norm {_format(stats['norm'])}"


def plain(text: str, style: str = "") -> Text:
    """Text in which nothing is obeyed, neither markup nor control characters."""
    return Text(_harmless(text), style)


def _harmless(text: str) -> str:
    return "".join(each if each.isprintable() or each in "\n\t" else repr(each)[1:-1] for each in text)


def _write_cell(cell: Mapping[str, Any], console: Console) -> None:
    """What a cell printed goes out as it is, in lines as long as they are; so do the sentences about it."""
    output: str = cell["output"]
    console.file.write(_harmless(output) + ("" if output.endswith("\n") or not output else "\n"))
    for note in cell["notes"]:
        console.print(plain(f"Note, line {note['line']}: {note['message']}", "dim"), soft_wrap=True)
    for warning in cell["warnings"]:
        console.print(plain(f"Warning, line {warning['line']}: {warning['message']}", "yellow"), soft_wrap=True)
    if (error := cell["error"]) is not None:
        console.print(plain(f"{error['type']}, line {error['line']}: {error['message']}", "red"), soft_wrap=True)


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _format(data: Any) -> str:
    if isinstance(data, list):
        return "[" + ", ".join(map(_format, data)) + "]"  # pyright: ignore[reportUnknownArgumentType]
    return f"{data:.6g}" if isinstance(data, float) else str(data)
