"""How good our layouts are, beside dot, elk and dagre: crossings, length, straightness, width, and how long they take.

In: the graphs of ``tests/models``, as recorded, and graphs made by rule, up to 44,000 nodes. Every engine gets the same
node sizes and gaps, and every drawing is judged by the same code.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.report import Sheet

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
SECONDS = 2400
OURS = "Backlight"
PEERS = ("dot", "elk", "dagre")
SMALL = 1000
COLUMNS = ("graph", "nodes", "engine", "crossings", "length", "sway", "width", "height", "bends", "on top", "CPU ms")
SETTING = """\
Length: of all edges as drawn. Sway: the mean way aside of an edge on the longest path. Bends: the mean turning along an
edge, in right angles. On top: pairs of nodes that overlap, edges through nodes, and (of ours) numbers on anything.
Processor time, the fastest of up to five runs; an engine gives up after 60 s and is not asked for larger graphs of the
kind. Drawings of more than 6,000 edges are timed only. Loading an engine is not timed; all of its work on a graph is,
edges routed. dot is Graphviz as WebAssembly, with the text that goes in and comes out.

"""

Answer = dict[str, Any]


def ask_engines() -> list[Answer]:
    """What the engines answered, one entry for each graph and engine."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "answers.json")
        command = ["node", "bench/layout/run.mjs", str(file)]
        subprocess.run(command, cwd=FRONTEND, stdin=subprocess.DEVNULL, check=True, timeout=SECONDS)
        return json.loads(file.read_text(encoding="utf-8"))


def by_graph(answers: list[Answer]) -> dict[str, dict[str, Answer]]:
    """Answers by graph, then by engine."""
    found: dict[str, dict[str, Answer]] = {}
    for answer in answers:
        found.setdefault(answer["graph"], {})[answer["engine"]] = answer
    return found


def beside_best(engines: dict[str, Answer], figure: str) -> tuple[float, float] | None:
    """Ours and the best of the peers' figures; None where one of them has none."""
    theirs = [engines[peer][figure] for peer in PEERS if figure in engines.get(peer, {})]
    ours = engines[OURS].get(figure)
    return None if ours is None or not theirs else (ours, min(theirs))


def tell_quality(graphs: dict[str, dict[str, Answer]], figure: str) -> str:
    """In how many of the smaller graphs ours is within a tenth of the best, which are not, and the sums."""
    pairs = {
        name: pair
        for name, engines in graphs.items()
        if engines[OURS]["nodes"] < SMALL and (pair := beside_best(engines, figure))
    }
    missed = [f"{name} ({ours:.0f} to {best:.0f})" for name, (ours, best) in pairs.items() if ours > best * 1.1]
    ours, best = (sum(pair[i] for pair in pairs.values()) for i in (0, 1))
    kept = f"{len(pairs) - len(missed)} of {len(pairs)} graphs below {SMALL:,} nodes"
    beyond = f"; beyond: {', '.join(missed)}" if missed else ""
    return f"**{figure.capitalize()}** within 10 % of the best peer in {kept}, in all {ours / best:.2f} of it{beyond}."


def tell_speed(graphs: dict[str, dict[str, Answer]]) -> str:
    """How many times faster than each peer, at least, on the larger graphs that both laid out."""
    told: list[str] = []
    large = [engines for engines in graphs.values() if engines[OURS]["nodes"] >= SMALL]
    for peer in PEERS:
        times = [engines[peer]["ms"] / engines[OURS]["ms"] for engines in large if "ms" in engines[peer]]
        least = f"at least {min(times):.1f} times as fast" if times else "no comparison"
        told.append(f"{peer}: {least} on {len(times)} graphs, gave up on {len(large) - len(times)}")
    return f"**From {SMALL:,} nodes on**, {'; '.join(told)}."


def row_of(answer: Answer) -> tuple[str, ...]:
    """An answer's line in the table."""
    head = (answer["graph"], f"{answer['nodes']:,}", answer["engine"])
    if "failed" in answer:
        return (*head, answer["failed"], *[""] * 7)
    if "length" not in answer:
        return (*head, *["-"] * 7, f"{answer['ms']:.0f}")
    figures = [f"{answer[name]:,.0f}" for name in ("crossings", "length", "sway", "width", "height")]
    on_top = answer["overlaps"] + answer["runsThrough"] + answer.get("labels", 0)
    return (*head, *figures, f"{answer['bends']:.2f}", str(on_top), f"{answer['ms']:.0f}")


def measure() -> Sheet:
    """All engines over all graphs. The front end's packages must be there."""
    answers = ask_engines()
    graphs = by_graph(answers)
    told = [tell_quality(graphs, "crossings"), tell_quality(graphs, "length"), tell_speed(graphs)]
    rows = tuple(row_of(engines[name]) for engines in graphs.values() for name in (OURS, *PEERS) if name in engines)
    setting = SETTING.replace("\n", " ").strip() + "\n\n" + "\n".join(f"- {line}" for line in told)
    return Sheet("layout", "How good are the layouts, and how fast?", setting, COLUMNS, rows, answers)
