"""The figures of the corpus: how many programs there are, and how they ended. Run as a module, it counts them anew."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from hostile_programs import FOLDER, corpus
from hostile_trial import WITH_LANGUAGE, WITHOUT_LANGUAGE, Trial

FIGURES = FOLDER / "figures.txt"
WAYS = {
    "language": "refused before it ran",
    "limit": "ended by a limit",
    "seal": "denied by the kernel",
    "error": "an error of its own",
    "died": "its process crashed",
    "ran": "ran to its end",
}
"""What each fate is called."""
COLUMNS = ("language and seal", "seal alone")
MARGIN = 8
"""By how many a figure may be off: what a slow machine ends at one limit, a fast one ends at another, or not at all."""


def table(fates: Mapping[str, Counter[str]]) -> str:
    """The figures as text; ``fates`` by entry point."""
    heads = "".join(f"{head:>20}" for head in COLUMNS)
    lines = [f"{f'{len(corpus())} hostile programs':<24}{heads}"]
    for fate, name in WAYS.items():
        counts = "".join(f"{fates[entry][fate]:>20}" for entry in (WITH_LANGUAGE, WITHOUT_LANGUAGE))
        lines.append(f"{name:<24}{counts}")
    return "\n".join(lines) + "\n"


def written(fate: str, column: int) -> int:
    """The figure that is written down for a fate."""
    found = re.search(rf"^{WAYS[fate]} +(\d+) +(\d+)$", FIGURES.read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return int(found[1 + column])


def main() -> None:
    """Put all programs on trial, and write the figures."""
    fates: dict[str, Counter[str]] = {}
    for entry in (WITH_LANGUAGE, WITHOUT_LANGUAGE):
        trial = Trial(entry, corpus())
        fates[entry] = trial.fates()
        trial.close()
    FIGURES.write_text(table(fates), "utf-8")


if __name__ == "__main__":
    main()
