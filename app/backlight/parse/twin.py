"""A Program as text, for tests, logs and eyes: its source, its cells, and where values get names."""

from __future__ import annotations

from backlight.model.document import Place
from backlight.model.program import Program


def program_to_text(program: Program) -> str:
    """The text twin of ``program``: the source with line numbers, then cells, sites, wholes and the hint."""
    source = [f"{number:>4} {line}".rstrip() for number, line in enumerate(program.text.split("\n"), 1)]
    cells: list[str] = []
    for cell in program.cells:
        cells.append(f"cell {cell.index}: lines {cell.start_line}-{cell.end_line}")
        cells += [f"  note in line {note.line}: {note.message}" for note in cell.notes]
    sites = [f"site {i}: {', '.join(site.names) or '-'} at {_span(site.place)}" for i, site in enumerate(program.sites)]
    wholes = [
        f"whole {line}:{column}-{end}:{end_column} (bytes) is {_span(place)}"
        for (line, column, end, end_column), place in sorted(program.wholes.items())
    ]
    hint = [f"hint: {program.hint}"] if program.hint else []
    return "\n".join([*source, *cells, *sites, *wholes, *hint]) + "\n"


def _span(place: Place) -> str:
    return f"{place.line}:{place.column}-{place.end_line}:{place.end_column}"
