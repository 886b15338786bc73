"""Every sample through the pipeline, against its expected text and against what a notebook would show."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

import pytest

from backlight import pipeline
from backlight.model.request import TraceRequest
from backlight.model.text import document_to_text
from backlight.settings import Settings
from plain_torch import run_plain
from sample_programs import FOLDER, NAMESPACE, STORED, Sample, list_samples, stored_document, trace, trace_sample

each_sample = pytest.mark.parametrize("sample", list_samples(), ids=lambda sample: sample.name)


def without_addresses(text: str) -> str:
    """Text in which each object's address is its ordinal, which is all that two runs can share."""
    seen: dict[str, str] = {}
    return re.sub(r"0x[0-9a-f]+", lambda found: seen.setdefault(found[0], f"@{len(seen)}"), text)


def without_origin(warning: str) -> str:
    """A warning without the file of torch's sources that it comes from."""
    return re.sub(r" \(Triggered internally at .*\)$", "", warning)


NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:e[-+]\d+)?)")


def alike(one: str, other: str) -> bool:
    """Whether two lines are the same but for the rounding of float32, which depends on the processor's instructions."""
    parts, others = NUMBER.split(one), NUMBER.split(other)
    if len(parts) != len(others):
        return parts == others
    numbers = zip(parts[1::2], others[1::2], strict=True)
    return parts[::2] == others[::2] and all(a == b or close(a, b) for a, b in numbers)


def close(one: str, other: str) -> bool:
    """Whether numbers, not both of them whole, differ by rounding alone."""
    if all(number.lstrip("-").isdigit() for number in (one, other)):
        return False
    return math.isclose(float(one), float(other), rel_tol=1e-5, abs_tol=2e-6)


def test_lines_are_alike_only_within_the_rounding_of_float32() -> None:
    assert alike("x = [0.701279, 1] float32[2]", "x = [0.70128, 1] float32[2]")
    assert alike("mean -1.69708e-08, norm 4.24213", "mean 4.42896e-08, norm 4.24213")
    assert not alike("x = [0.701279, 1] float32[2]", "x = [0.70129, 1] float32[2]")
    assert not alike("x = [0.701279, 1] float32[2]", "x = [0.701279, 2] float32[2]")
    assert alike("x = [0.999999, 1]", "x = [1, 1]")
    assert not alike("x = 1000000 int64", "x = 1000001 int64")
    assert not alike("x = [0.701279] float32[1]", "y = [0.701279] float32[1]")
    assert not alike("x = [0.701279, 0.5]", "x = [0.701279]")


@each_sample
def test_the_document_reads_as_expected(sample: Sample) -> None:
    expected = (sample.expected / "document.txt").read_text().split("\n")
    lines = document_to_text(trace_sample(sample)).split("\n")
    pairs = zip_longest(lines, expected, fillvalue="")
    assert [(line, wanted) for line, wanted in pairs if not alike(line, wanted)] == [], (
        "scripts/rewrite_samples.py accepts the new text"
    )


@each_sample
def test_a_kept_document_is_what_the_pipeline_makes_now(sample: Sample) -> None:
    kept = sample.expected / STORED
    if kept.exists():
        assert stored_document(sample) == kept.read_text(), "scripts/rewrite_samples.py accepts the new Document"


@each_sample
def test_its_json_is_what_pythons_own_writer_says(sample: Sample) -> None:
    document = pipeline.trace_document(TraceRequest(source=sample.source), Settings(), NAMESPACE)
    plain = json.dumps(asdict(document), ensure_ascii=False, allow_nan=False)
    assert json.loads(document.to_json()) == json.loads(plain)


@each_sample
def test_cells_show_what_a_notebook_shows(sample: Sample) -> None:
    plain = run_plain(sample.source).cells
    cells = trace_sample(sample)["cells"]
    assert without_addresses("".join(c["output"] for c in cells)) == without_addresses("".join(c.output for c in plain))
    warnings = [[without_origin(each) for each in cell.warnings] for cell in plain]
    assert [[each["message"] for each in cell["warnings"]] for cell in cells] == warnings
    errors = [cell["error"] and (cell["error"]["type"], cell["error"]["message"]) for cell in cells]
    assert errors == [cell.error and (type(cell.error).__name__, str(cell.error)) for cell in plain]


@each_sample
def test_every_place_lies_in_the_program(sample: Sample) -> None:
    document = trace_sample(sample)
    lines = sample.source.split("\n")
    placed = [*document["nodes"], *document["passes"], *document["events"]]
    placed += [call for node in document["nodes"] for call in node["calls"]]
    for place in placed:
        if place["line"] is None:
            continue
        start, end = (place["line"], place["column"]), (place["end_line"], place["end_column"])
        assert (1, 0) <= start < end
        assert start[1] < len(lines[start[0] - 1]) and end[1] <= len(lines[end[0] - 1])


VALUES = ("value", "values", "before", "after", "added", "grad", "grad_outputs", "grad_inputs")
"""The fields that hold value ids, or lists of them."""


def referred_to(part: Any, field: str | None = None) -> set[int]:
    """The values that a part of a Document refers to."""
    if isinstance(part, dict):
        return {each for name, inner in part.items() for each in referred_to(inner, name)}
    if isinstance(part, list):
        return {each for inner in part for each in referred_to(inner, field)}
    return {part} if field in VALUES and type(part) is int else set()


@each_sample
def test_ids_are_ordinal_and_refer_to_what_is_there(sample: Sample) -> None:
    document = trace_sample(sample)
    for part in ("values", "nodes", "edges", "groups"):
        assert [each["id"] for each in document[part]] == list(range(len(document[part])))
    for part in ("cells", "passes", "events"):
        assert [each["index"] for each in document[part]] == list(range(len(document[part])))
    referring = {part: document[part] for part in ("nodes", "passes", "events", "leaves", "past")}
    assert referred_to(referring) == {value["id"] for value in document["values"]}
    nodes = range(len(document["nodes"]))
    for edge in document["edges"]:
        assert edge["source"] in nodes and edge["target"] in nodes
        assert edge["output_nr"] < len(document["nodes"][edge["source"]]["outputs"])
        assert (edge["cut"] is None) == edge["differentiable"]


@each_sample
def test_the_graph_runs_one_way(sample: Sample) -> None:
    """Data flows from what came earlier to what came later."""
    seen: dict[int, int] = {}
    for event in trace_sample(sample)["events"]:
        if event["kind"] == "forward":
            seen.setdefault(event["node"], event["index"])
    for edge in trace_sample(sample)["edges"]:
        if edge["source"] in seen and edge["target"] in seen:
            assert seen[edge["source"]] < seen[edge["target"]]


REPEATED = ["unseeded-random", "printing", "class-module", "sequential-adam", "gallery-attention"]


@pytest.mark.parametrize("name", REPEATED)
def test_two_runs_give_the_same_document(name: str) -> None:
    (sample,) = [each for each in list_samples() if each.name == name]
    again = trace(sample.source)
    assert again | {"timing": None} == trace_sample(sample) | {"timing": None}


def test_every_expected_text_has_a_program() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {sample.expected.parent.name for sample in list_samples()}
