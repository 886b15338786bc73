"""Writes what is expected of every sample anew, texts and pictures, and the Document that the docs show.

Run from the repository's root, in the project's virtual environment: ``python scripts/rewrite_samples.py``.
Read the difference before you commit it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "app"), str(ROOT / "tests")]

from backlight.model.request import TraceRequest  # noqa: E402
from backlight.model.text import document_to_text  # noqa: E402 (the path comes first)
from backlight.parse import parse_program  # noqa: E402
from backlight.parse.twin import program_to_text  # noqa: E402
from backlight.settings import Settings  # noqa: E402
from docs_example import example_program, with_document  # noqa: E402
from sample_programs import FOLDER, STORED, Sample, list_samples, stored_document, trace, trace_sample  # noqa: E402


def rewrite(sample: Sample) -> None:
    """Writes the text twin of what the pipeline makes of the sample now, and the Document where one is kept."""
    sample.expected.mkdir(parents=True, exist_ok=True)
    (sample.expected / "document.txt").write_text(document_to_text(trace_sample(sample)))
    if (sample.expected / STORED).exists():
        (sample.expected / STORED).write_text(stored_document(sample))


def rewrite_notebook(path: Path) -> None:
    """Writes the text twin of the Program that a notebook becomes now."""
    program = parse_program(TraceRequest(notebook=json.loads(path.read_text())), Settings())
    path.with_suffix(".txt").write_text(program_to_text(program))


def rewrite_what_is_drawn() -> None:
    """Lets the front end write its text twins and pictures of the samples."""
    for sample in list_samples():
        (sample.expected / "picture.svg").unlink(missing_ok=True)
    tests = [
        "src/model/model.test.ts",
        "src/model/fold.test.ts",
        "src/scene/scene.test.ts",
        "src/scene/pictures.test.ts",
    ]
    environment = os.environ | {"PYTHON": sys.executable}
    subprocess.run(["npx", "vitest", "run", *tests, "--update"], cwd=ROOT / "frontend", env=environment, check=True)


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
    notebooks = sorted((ROOT / "tests/notebooks").glob("*.ipynb"))
    for path in notebooks:
        rewrite_notebook(path)
    page = ROOT / "docs/trace-format.md"
    page.write_text(with_document(page.read_text(), trace(example_program(page.read_text()))))
    rewrite_what_is_drawn()
    print(f"{len(list_samples())} samples and {len(notebooks)} notebooks written")


if __name__ == "__main__":
    main()
