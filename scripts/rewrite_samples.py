"""Writes the expected texts of every sample anew, and the Document that the docs show.

Run from the repository's root, in the project's virtual environment: ``python scripts/rewrite_samples.py``.
Read the difference before you commit it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "app"), str(ROOT / "tests")]

from backlight.model.text import document_to_text  # noqa: E402 (the path comes first)
from docs_example import example_program, with_document  # noqa: E402
from sample_programs import FOLDER, STORED, Sample, list_samples, stored_document, trace, trace_sample  # noqa: E402


def rewrite(sample: Sample) -> None:
    """Writes the text twin of what the pipeline makes of the sample now, and the Document where one is kept."""
    sample.expected.mkdir(parents=True, exist_ok=True)
    (sample.expected / "document.txt").write_text(document_to_text(trace_sample(sample)))
    if (sample.expected / STORED).exists():
        (sample.expected / STORED).write_text(stored_document(sample))


def remove_orphans() -> None:
    """Removes the texts of programs that are gone."""
    known = {sample.expected.parent for sample in list_samples()}
    for folder in FOLDER.iterdir():
        if folder not in known:
            shutil.rmtree(folder)


def main() -> None:
    """Rewrites everything."""
    remove_orphans()
    for sample in list_samples():
        rewrite(sample)
    page = ROOT / "docs/trace-format.md"
    page.write_text(with_document(page.read_text(), trace(example_program(page.read_text()))))
    print(f"{len(list_samples())} samples written")


if __name__ == "__main__":
    main()
