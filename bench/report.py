"""What a benchmark found: a table on the screen, JSON and Markdown. Nothing of the machine but its kind is kept."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.timing import Ratio, Samples

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: median, 95th percentile (in the report's unit) and ratio to the case's first contender.

    ``target`` is what the contender has to keep to, and ``met`` whether it does, where there is such a promise.
    A contender that could not do it has no times, and says why in place of the ratio.
    """

    case: str
    contender: str
    median: float | None
    p95: float | None
    ratio: str
    target: str = ""
    met: bool | None = None

    @classmethod
    def of(cls, case: str, contender: str, samples: Samples, ratio: Ratio | None = None) -> Row:
        """The row of a contender; without a ratio it is the yardstick."""
        return cls(case, contender, samples.median * 1e3, samples.percentile(95) * 1e3, str(ratio) if ratio else "1")

    @classmethod
    def failed(cls, case: str, contender: str, error: Exception) -> Row:
        """The row of a contender that could not do it."""
        return cls(case, contender, None, None, type(error).__name__)

    def against(self, target: str, met: bool) -> Row:
        """The same row with its promise."""
        return replace(self, target=target, met=met)


@dataclass(frozen=True, slots=True)
class Report:
    """One benchmark's outcome. ``setting`` says how it was measured, in words, ``unit`` what the figures count."""

    name: str
    question: str
    setting: str
    rows: tuple[Row, ...]
    unit: str = "ms"

    @property
    def columns(self) -> tuple[str, ...]:
        """The heads of the table."""
        return ("case", "contender", f"p50 {self.unit}", f"p95 {self.unit}", "ratio", "target")

    def to_markdown(self) -> str:
        """The report as a page: what was asked, how, and the table."""
        head = f"# {self.question}\n\n{self.setting}\n\nMeasured on {machine()}.\n\n"
        lines = [f"| {' | '.join(self.columns)} |", "|---|---|---:|---:|---:|---|"]
        lines += [f"| {' | '.join(_cells(row))} |" for row in self.rows]
        return head + "\n".join(lines) + "\n"

    def to_json(self) -> str:
        """The report as JSON, for other programs."""
        return json.dumps({**asdict(self), "machine": machine()}, indent=2) + "\n"

    def show(self, console: Console) -> None:
        """Print the report as a table."""
        table = Table(title=self.question, caption=self.setting, caption_justify="left", title_justify="left")
        for column in self.columns:
            table.add_column(column, justify="right" if column in self.columns[2:5] else "left")
        for row in self.rows:
            table.add_row(*_cells(row))
        console.print(table)

    def beside_earlier(self, folder: Path = RESULTS) -> Report:
        """This report with the rows that were written earlier of cases that are not in it, each where it was."""
        written = folder / f"{self.name}.json"
        earlier = [Row(**row) for row in json.loads(written.read_text())["rows"]] if written.exists() else []
        cases = dict.fromkeys(row.case for row in (*earlier, *self.rows))
        new = {row.case for row in self.rows}
        rows = [row for case in cases for row in (self.rows if case in new else earlier) if row.case == case]
        return replace(self, rows=tuple(rows))

    def write(self, folder: Path = RESULTS) -> None:
        """Write ``NAME.json`` and ``NAME.md``."""
        folder.mkdir(exist_ok=True)
        (folder / f"{self.name}.json").write_text(self.to_json())
        (folder / f"{self.name}.md").write_text(self.to_markdown())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A benchmark's outcome with columns of its own. ``data`` goes into the JSON as it is."""

    name: str
    question: str
    setting: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    data: list[dict[str, object]]

    def to_markdown(self) -> str:
        """The sheet as a page: what was asked, how, and the table."""
        head = f"# {self.question}\n\n{self.setting}\n\nMeasured on {machine()}.\n\n"
        lines = [f"| {' | '.join(self.columns)} |", f"|---|{'---:|' * (len(self.columns) - 1)}"]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        return head + "\n".join(lines) + "\n"

    def show(self, console: Console) -> None:
        """Print the sheet as a table."""
        table = Table(title=self.question, caption=self.setting, caption_justify="left", title_justify="left")
        for i, column in enumerate(self.columns):
            table.add_column(column, justify="right" if i else "left")
        for row in self.rows:
            table.add_row(*row)
        console.print(table)

    def write(self, folder: Path = RESULTS) -> None:
        """Write ``NAME.json`` and ``NAME.md``."""
        folder.mkdir(exist_ok=True)
        content = {"name": self.name, "question": self.question, "setting": self.setting, "measured": self.data}
        (folder / f"{self.name}.json").write_text(json.dumps({**content, "machine": machine()}, indent=1) + "\n")
        (folder / f"{self.name}.md").write_text(self.to_markdown())


def machine() -> str:
    """The kind of machine and the versions that matter, in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "torchlens"))
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


def _cells(row: Row) -> tuple[str, ...]:
    verdict = {None: "", True: ": met", False: ": missed"}[row.met]
    times = ["-" if time is None else f"{time:.2f}" for time in (row.median, row.p95)]
    return row.case, row.contender, *times, row.ratio, row.target + verdict
