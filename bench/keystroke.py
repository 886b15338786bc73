"""What a person waits for: from a keystroke in the page's editor to the new picture, in a real browser."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import Report, Row
from bench.request import ask, server
from bench.timing import Samples, ratio

ROUNDS = 40
SECONDS = 300
FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
PAUSE = re.compile(r"PAUSE_IN_TYPING_MS = (\d+)")


def pause_in_typing() -> int:
    """The milliseconds that the page waits for another key before it runs the program, from its source."""
    found = PAUSE.search((FRONTEND / "src/state/program.svelte.ts").read_text(encoding="utf-8"))
    if found is None:
        raise RuntimeError("the page's source does not say how long it waits for another key")
    return int(found[1])


def measure() -> Report:
    """The page in headless Chromium, against a server started for the purpose. The front end must be built."""
    with server() as connection, TemporaryDirectory() as folder:
        ask(connection, "/api/v1/trace", json.dumps({"expression": "sin(x)"}).encode())  # waits until it is warm
        address, answer = f"http://127.0.0.1:{connection.port}", Path(folder, "times.json")
        command = ["node", "bench/keystroke.mjs", address, str(ROUNDS), str(answer)]
        subprocess.run(command, cwd=FRONTEND, stdin=subprocess.DEVNULL, check=True, timeout=SECONDS)
        measured = json.loads(answer.read_text(encoding="utf-8"))
    pause = pause_in_typing()
    rows: list[Row] = []
    for case, times in measured.items():
        samples = {name: Samples(tuple(each / 1e3 for each in values)) for name, values in times.items()}
        beyond = Samples(tuple(seconds - pause / 1e3 for seconds in samples["picture"].seconds))
        rows += [
            Row.of(case, "GET /healthz, from the page", samples["health"]),
            Row.of(
                case,
                "POST /api/v1/trace, from the page",
                samples["request"],
                ratio(samples["request"], samples["health"]),
            ),
            Row.of(case, "key to picture, less the pause", beyond, ratio(beyond, samples["health"])),
        ]
    setting = (
        f"{ROUNDS} keystrokes in headless Chromium, 1440 by 900, software drawing. The page waits {pause} ms for "
        "another key before it runs the program; the last row of each case is what comes on top, up to the frame drawn."
    )
    return Report("keystroke", "How long from a keystroke to the new picture?", setting, tuple(rows))
