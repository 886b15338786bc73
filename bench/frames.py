"""How smoothly the page draws: frames while playing, panning and zooming, beside a plain SVG of the same scene."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import Sheet
from bench.request import ask, server
from bench.timing import Samples

SECONDS = 3
LONGEST = 600
FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
COLUMNS = ("case", "contender", "frame p50 ms", "p95", "max", "our work p50 ms", "p95", "max", "target")
MOST, MEDIAN = 50.0, 17.0
SETTING = (
    f"{SECONDS} seconds of each after one to warm up, in headless Chromium, 1440 by 900, software drawing. The stage's "
    "own drawing, of a graph with nothing folded and every node in sight. Frames are the times between two animation "
    "frames as the browser gives them, our work is what our callbacks take of them. The SVG is the page's own scene in "
    "a page of nothing else, moved as a whole. The last cases are the page itself, in a training loop of some thousand "
    "steps. What else runs on the machine makes frames late: the largest figures are those of a machine in use."
)


def measure() -> Sheet:
    """The page against a server started for the purpose. The front end must be built."""
    with server() as connection, TemporaryDirectory() as folder:
        ask(connection, "/api/v1/trace", json.dumps({"expression": "sin(x)"}).encode())  # waits until it is warm
        address, answer = f"http://127.0.0.1:{connection.port}", Path(folder, "frames.json")
        command = ["node", "bench/frames.mjs", address, str(SECONDS), str(answer)]
        subprocess.run(command, cwd=FRONTEND, stdin=subprocess.DEVNULL, check=True, timeout=LONGEST)
        measured = json.loads(answer.read_text(encoding="utf-8"))
    rows: list[tuple[str, ...]] = []
    data: list[dict[str, object]] = []
    for case, contenders in measured.items():
        for contender, times in contenders.items():
            found = {name: _summary(times[name]) for name in ("intervals", "work")}
            data.append({"case": case, "contender": contender, "frames": len(times["intervals"]), **found})
            target = _verdict(found["intervals"]) if contender == "Backlight" else ""
            figures = [f"{found[name][part]:.1f}" for name in found for part in ("p50", "p95", "max")]
            rows.append((case, contender, *figures, target))
    return Sheet("frames", "How smoothly does the page draw?", SETTING, COLUMNS, tuple(rows), data)


def _summary(milliseconds: list[float]) -> dict[str, float]:
    samples = Samples(tuple(milliseconds) or (0.0,))
    return {"p50": samples.median, "p95": samples.percentile(95), "max": max(samples.seconds)}


def _verdict(frames: dict[str, float]) -> str:
    """A screen of 60 Hz gives a frame each 16.7 ms."""
    met = frames["max"] <= MOST and frames["p50"] <= MEDIAN
    return f"none over {MOST:.0f}, p50 of 60 Hz: {'met' if met else 'missed'}"
