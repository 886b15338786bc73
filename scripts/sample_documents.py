"""Prints the Document of every sample, as one JSON object by name: what the front end's test of pictures draws."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "app"), str(ROOT / "tests")]

from sample_programs import list_samples, trace_sample  # noqa: E402 (the path comes first)


def main() -> None:
    """Traces each sample in this process, one after the other."""
    json.dump({sample.name: trace_sample(sample) for sample in list_samples()}, sys.stdout)


if __name__ == "__main__":
    main()
