"""What hostile programs are answered with over HTTP: statuses and codes of the contract, and the next one is served."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from backlight.api import create_app
from conftest import serving
from hostile_programs import corpus
from hostile_trial import ORDINARY, SETTINGS

PROGRAMS = {each.name: each.code for each in corpus()}
PROBLEMS = {
    "first-import-import-os": ("not-allowed", {"line": 1, "column": 7, "end_line": 1, "end_column": 9}),
    "walks-subclasses-to-popen": ("not-allowed", {"line": 1}),
    "machine-connect": ("not-allowed", {"line": 1}),
    "parser-unending-bracket": ("syntax-error", {"line": 1}),
    "parser-nul": ("syntax-error", {"line": 1, "column": 5}),
    "parser-round-brackets": ("limit-exceeded", {"limit": "nesting", "value": 60}),
    "parser-too-long": ("limit-exceeded", {"limit": "source_bytes", "value": 65_536}),
    "time-swallowed-by-a-bare-except": ("limit-exceeded", {"limit": "cpu_seconds"}),
    "output-print-that-swallows-and-ends": ("limit-exceeded", {"limit": "output_bytes", "line": 2}),
}
"""By program: the code of the problem, and what it says of the place and the limit."""
DOCUMENTS = {
    "time-loop": ("cpu_seconds", None),
    "output-print-without-end": ("output_bytes", None),
    "output-graph-too-deep": ("graph_nodes", None),
    "memory-text-at-once": (None, "MemoryError"),
    "torch-index-out-of-bounds": (None, "IndexError"),
    "frames-error-whose-text-raises": (None, "E"),
    "output-show-that-lies": (None, None),
}
"""By program: the limit that stopped it, and the type of its error."""


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving(create_app(SETTINGS)) as client:
        yield client


def ask(client: httpx.Client, source: str) -> tuple[httpx.Response, dict[str, Any]]:
    answer = client.post("/api/v1/trace", json={"source": source})
    return answer, answer.json()


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_is_refused_is_a_problem(client: httpx.Client, name: str) -> None:
    code, told = PROBLEMS[name]
    answer, problem = ask(client, PROGRAMS[name])
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert problem["code"] == code
    assert {each: problem[each] for each in told} == told


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_ran_has_a_document(client: httpx.Client, name: str) -> None:
    limit, error = DOCUMENTS[name]
    answer, document = ask(client, PROGRAMS[name])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert (document["stopped"] and document["stopped"]["limit"]) == limit
    assert (document["error"] and document["error"]["type"]) == error


def test_a_crash_is_told_as_one_and_the_next_program_is_served(client: httpx.Client) -> None:
    answer, problem = ask(client, PROGRAMS["torch-sparse-out-of-bounds"])
    assert (answer.status_code, problem["code"]) == (500, "worker-died")
    assert problem["detail"] == "The process that ran the program ended without an answer."
    answer, document = ask(client, ORDINARY)
    assert (answer.status_code, document["cells"][0]["output"]) == (200, "6.0\n")


@pytest.mark.parametrize(
    "source",
    [
        *("print(**1)", "print(1, nothing=2)", "print(print)", "getattr(1)", "hasattr(**1)", "print('{}'.format)"),
        *("type()", "type('A', (), {})", "import traceback\ntraceback.format_exc(no=1)"),
        *("import random\nrandom.Random(no=1)", "import contextlib\ncontextlib.redirect_stdout(no=1)"),
    ],
)
def test_no_message_names_a_part_of_ours(client: httpx.Client, source: str) -> None:
    answer, document = ask(client, source)
    told = str([document["cells"][0]["output"], document["error"]])
    assert answer.status_code == 200
    assert not [
        name for name in ("backlight", "Executor", "Guards", "Template", "Steady", "TypeOf", "<locals>") if name in told
    ], told
