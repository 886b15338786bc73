"""``python -m bench [NAME ...]``: run the benchmarks, all or those named; print tables, write them to ``results``.

``NAME:CASE`` measures one case of a long one; the results of its other cases stay as they are.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import Any

from rich.console import Console

from bench.report import Report, Sheet

BENCHMARKS = (
    "recording",
    "overhead",
    "growth",
    "memory",
    "request",
    "child",
    "opening",
    "picture",
    "keystroke",
    "drag",
    "layout",
    "frames",
    "load",
    "faults",
)


def main() -> None:
    """Each benchmark module has a function ``measure()`` that gives a Report or a Sheet."""
    parser = argparse.ArgumentParser(prog="bench", description="Benchmarks of Backlight beside its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which to run: {', '.join(BENCHMARKS)}")
    parser.add_argument("--minutes", type=float, help="how long faults are made on purpose; 1 where it is not said")
    options = parser.parse_args()
    names = options.names or BENCHMARKS
    if unknown := {name.partition(":")[0] for name in names} - set(BENCHMARKS):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    console = Console(width=None if sys.stdout.isatty() else 120)
    for name in names:
        console.print(f"running {name} ...")
        module, _, case = name.partition(":")
        given: dict[str, Any] = {"minutes": options.minutes} if module == "faults" and options.minutes else {}
        report: Report | Sheet = import_module(f"bench.{module}").measure(**given, **({"only": case} if case else {}))
        report.show(console)
        (report.beside_earlier() if case and isinstance(report, Report) else report).write()


if __name__ == "__main__":
    main()
