"""What a newcomer waits for: from the address to the first picture, in a real browser that was never here before."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.keystroke import FRONTEND
from bench.report import Report, Row
from bench.request import ask, server
from bench.timing import Samples, ratio

ROUNDS = 20
SECONDS = 300
PICTURE_SECONDS = 1.0
SCRIPT_BYTES = 200_000


def measure() -> Report:
    """The page in headless Chromium, against a warm server started for the purpose. The front end must be built."""
    with server() as connection, TemporaryDirectory() as folder:
        ask(connection, "/api/v1/trace", json.dumps({"expression": "sin(x)"}).encode())  # waits until it is warm
        address, answer = f"http://127.0.0.1:{connection.port}", Path(folder, "times.json")
        command = ["node", "bench/opening.mjs", address, str(ROUNDS), str(answer)]
        subprocess.run(command, cwd=FRONTEND, stdin=subprocess.DEVNULL, check=True, timeout=SECONDS)
        measured = json.loads(answer.read_text(encoding="utf-8"))
    scripts = measured.pop("scripts")
    samples = {name: Samples(tuple(each / 1e3 for each in values)) for name, values in measured.items()}
    health, picture = samples["health"], samples["picture"]
    case = "the default example"
    rows = (
        Row.of(case, "GET /healthz, from the page", health),
        Row.of(case, "answer to the program", samples["answer"], ratio(samples["answer"], health)),
        Row.of(case, "first picture", picture, ratio(picture, health)).against(
            f"{PICTURE_SECONDS:g} s", picture.median <= PICTURE_SECONDS
        ),
        Row.of(case, "the editor, with its colours", samples["editor"], ratio(samples["editor"], health)),
    )
    verdict = "within" if scripts["first"] <= SCRIPT_BYTES else "over"
    setting = (
        f"{ROUNDS} visits in headless Chromium, 1440 by 900, software drawing, each with an empty cache, timed from "
        f"the navigation to the first frame with a graph on it. The scripts asked for until then weigh "
        f"{scripts['first'] / 1e3:.0f} kB on their way, {verdict} the {SCRIPT_BYTES / 1e3:.0f} kB that they may; with "
        f"the editor and what else the page asks for by itself, {scripts['all'] / 1e3:.0f} kB."
    )
    return Report("opening", "How long from the address to the first picture?", setting, rows)
