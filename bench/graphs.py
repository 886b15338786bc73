"""``python -m bench.graphs``: record every model of ``tests/models`` and write its graph, as the page lays it out.

The answer, ``frontend/src/fixtures/models.json``, is checked in: the tests and benchmark of layout read it.
"""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

import backlight

ROOT = Path(__file__).resolve().parent.parent


def record_models(folder: Path) -> None:
    """Writes the Document of each model's run into a folder, under the model's name."""
    sys.path.insert(0, str(ROOT / "tests"))
    import models

    for name, model in models.list_models():
        torch.manual_seed(0)
        with warnings.catch_warnings(), backlight.record() as tape:
            warnings.simplefilter("ignore")
            model()
        (folder / f"{name}.json").write_bytes(tape.document.to_json())


def main() -> None:
    """Documents into a temporary folder, from there by the front end's own model into graphs."""
    with TemporaryDirectory() as folder:
        record_models(Path(folder))
        command = ["node", "bench/layout/graphs.mjs", folder, "src/fixtures/models.json"]
        subprocess.run(command, cwd=ROOT / "frontend", stdin=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
