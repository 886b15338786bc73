"""What a hand that pulls at a number feels: from its movement to the new picture, in a real browser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import Report, Row
from bench.request import ask, server
from bench.timing import Samples

SECONDS = 10
LONGEST = 120
TARGET = 0.050
ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "app/backlight/gallery/programs/08-perceptron.py"
CASE = "the bias of the perceptron"


def measure() -> Report:
    """The page in headless Chromium, against a server started for the purpose. The front end must be built."""
    with server() as connection, TemporaryDirectory() as folder:
        ask(connection, "/api/v1/trace", json.dumps({"expression": "sin(x)"}).encode())  # waits until it is warm
        address, answer = f"http://127.0.0.1:{connection.port}", Path(folder, "times.json")
        command = ["node", "bench/drag.mjs", address, str(PROGRAM), str(SECONDS), str(answer)]
        subprocess.run(command, cwd=ROOT / "frontend", stdin=subprocess.DEVNULL, check=True, timeout=LONGEST)
        measured = json.loads(answer.read_text(encoding="utf-8"))
    health, request, painted, told, waited, shown = (
        Samples(tuple(each / 1e3 for each in measured[name]))
        for name in ("health", "requests", "painted", "told", "waited", "shown")
    )
    rows = (
        Row.of(CASE, "GET /healthz, from the page", health),
        _beside(health, "a request for a Document, from the page", request),
        _beside(health, "movement to painted picture", painted).against(
            f"p95 within {TARGET * 1e3:.0f} ms, none of them stale",
            met=painted.percentile(95) <= TARGET and not measured["stale"],
        ),
        _beside(health, "of it, from the movement to its request", waited),
        _beside(health, "of it, from the answer to the painted picture", shown),
        _beside(health, "movement to the inspector's number", told),
    )
    setting = (
        f"{SECONDS} seconds of pulling, 60 movements a second, in headless Chromium, 1440 by 900, software drawing. "
        "One request is in flight at a time, and the next is of the number as it is then, or where that has waited as "
        f"it is at the next movement: {len(painted.seconds)} of {measured['asked']} were painted, the last one among "
        "them. A picture counts as painted after the frame that draws it. What is read beside the picture follows "
        f"where answers pause, and else a few times a second: {len(told.seconds)} numbers were told by the inspector. "
        f"Stale pictures: {measured['stale']}."
    )
    return Report("drag", "How long from a pull at a number to the new picture?", setting, rows)


def _beside(yardstick: Samples, contender: str, samples: Samples) -> Row:
    """The row of what has other rounds than its yardstick."""
    median, p95 = samples.median * 1e3, samples.percentile(95) * 1e3
    return Row(CASE, contender, median, p95, f"{samples.median / yardstick.median:.2f}")
