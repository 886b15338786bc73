"""Every limit of the settings has a program that wants more, and ends as the table says. No limit is forgotten."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from backlight import pipeline
from backlight.errors import LimitExceeded
from backlight.model.request import TraceRequest
from backlight.settings import Settings
from sample_programs import NAMESPACE

HEAD = "import torch\nx = torch.ones(64, requires_grad=True)\n"
BEFORE = {
    "source_bytes": (100, "x = 1\n" * 20),
    "syntax_nodes": (50, "[" + "1, " * 50 + "]"),
    "nesting": (5, "x = " + "[" * 30 + "]" * 30),
}
"""By limit: what it is set to, and a program that is refused for it before it runs."""
SOFT = {
    "output_bytes": (100, HEAD + "for i in range(100): print(i)", 3),
    "graph_nodes": (20, HEAD + "for i in range(100): x = x * 1", 3),
    "steps": (30, HEAD + "y = x.sum()\nfor i in range(100): y.backward(retain_graph=True)", 4),
}
"""By limit: what it is set to, a program that runs up to there, and the line where it is stopped."""


CUT = {
    "element_count": (999, "import torch\ny = torch.ones(1_000) * 2"),
    "picture_cells": (4, "import torch\ny = torch.ones(100, 100) * 2"),
    "value_bytes": (1_000, HEAD + "kept = [x * i for i in range(100)]"),
}
"""By limit: what it is set to, and a program whose values are too large for it."""
ELSEWHERE = {
    **dict.fromkeys(("cpu_seconds", "memory_bytes", "wall_seconds"), "test_seal_limits.py"),
    "finishing_seconds": "test_hostile_http.py",
    "held_bytes": "test_recorder.py",
    "document_bytes": "test_sandbox.py",
    "body_bytes": "test_api.py",
    **dict.fromkeys(("idle_workers", "queue_length"), "test_sandbox.py"),
    "standby_zygotes": "test_standby.py",
    "request_seconds": "test_faults.py",
    "grace_seconds": "test_shutdown.py",
    **dict.fromkeys(("rate_per_second", "rate_burst", "rate_clients"), "test_rate_limit.py"),
}
"""Limits that need a sealed process or a server to be met, and where that is tested."""
SWITCHES = {"host", "port", "unsafe", "trusted_proxies", "proxy_header", "cors_origins"}
"""Settings that limit nothing."""


def document(source: str, **limits: Any) -> dict[str, Any]:
    return json.loads(pipeline.run(TraceRequest(source=source), Settings(**limits), NAMESPACE))


@pytest.mark.parametrize("limit", BEFORE)
def test_a_program_that_is_too_large_is_refused(limit: str) -> None:
    value, source = BEFORE[limit]
    with pytest.raises(LimitExceeded) as caught:
        document(source, **{limit: value})
    assert caught.value.details == {"limit": limit, "value": value}
    assert str(value) in caught.value.message


@pytest.mark.parametrize("limit", SOFT)
def test_a_soft_limit_leaves_everything_before_it(limit: str) -> None:
    value, source, line = SOFT[limit]
    stopped = document(f"{source}\n# %%\nprint('later')", **{limit: value})
    told = {name: stopped["stopped"][name] for name in ("limit", "value", "line")}
    assert told == {"limit": limit, "value": value, "line": line}
    assert f"{value:,}" in stopped["stopped"]["message"]
    assert stopped["events"]
    assert len(stopped["nodes"]) <= stopped["stopped"]["value"] + 2
    assert stopped["cells"][1]["output"] == "", "later cells do not run"
    assert document(source)["stopped"] is None, "by itself it comes to its end"


def test_as_many_steps_as_a_run_may_take_fit_into_a_document() -> None:
    source = "import torch\ny = x = torch.ones((), requires_grad=True)\nfor _ in range(100): y = y * 1.1\n"
    runs = [
        TraceRequest(source=f"{source}for _ in range({passes}): y.backward(retain_graph=True)") for passes in (5, 25)
    ]
    few, many = (pipeline.run(each, Settings(), NAMESPACE) for each in runs)
    bytes_each = (len(many) - len(few)) / (len(json.loads(many)["events"]) - len(json.loads(few)["events"]))
    assert bytes_each * Settings().steps < Settings().document_bytes


@pytest.mark.parametrize("limit", CUT)
def test_what_is_too_much_data_is_summed_up_and_says_so(limit: str) -> None:
    value, source = CUT[limit]
    cut, whole = document(source, **{limit: value}), document(source)
    assert len(cut["nodes"]) == len(whole["nodes"]), "structure is never cut"
    assert size(cut["values"]) < size(whole["values"])
    assert all(each["stats"] is not None for each in cut["values"])
    assert limit == "picture_cells" or cut["truncated"][0]["limit"] == limit


def size(values: list[dict[str, Any]]) -> int:
    return len(json.dumps([[each["data"], each["picture"]] for each in values]))


def test_every_limit_is_met_somewhere() -> None:
    tables = [set(BEFORE), set(SOFT), set(CUT), set(ELSEWHERE), SWITCHES]
    assert set.union(*tables) == {each.name for each in fields(Settings)}
    assert sum(map(len, tables)) == len(fields(Settings))
    for limit, file in ELSEWHERE.items():
        name = {"finishing_seconds": "SETTINGS", "rate_clients": "clients="}.get(limit, limit)
        assert name in (Path(__file__).parent / file).read_text("utf-8"), limit
