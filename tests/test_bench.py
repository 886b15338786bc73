"""The benchmarks' arithmetic and their reports, on times that are made up."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from bench.client import BROKEN, judge
from bench.faults import FAULTS, RARE_FAULTS, Victim, rows_of
from bench.report import Report, Row
from bench.timing import Samples, interleave, ratio

PLAIN = Samples((0.010, 0.011, 0.012, 0.010, 0.030))
OURS = Samples((0.022, 0.022, 0.024, 0.021, 0.045))


def test_ratio_is_that_of_the_medians_with_the_quartiles_of_the_rounds() -> None:
    found = ratio(OURS, PLAIN)
    assert found.median == pytest.approx(0.022 / 0.011)
    assert (found.low, found.high) == pytest.approx((2.0, 2.1))
    assert str(found) == "2.00 (2.00-2.10)"


def test_percentile_is_interpolated() -> None:
    assert Samples((1.0, 2.0, 3.0)).percentile(50) == 2.0
    assert Samples((1.0, 2.0, 3.0)).percentile(95) == pytest.approx(2.9)


def test_contenders_take_turns_and_the_first_rounds_do_not_count() -> None:
    order: list[str] = []

    def contender(name: str) -> float:
        order.append(name)
        return float(len(order))

    samples = interleave({"a": lambda: contender("a"), "b": lambda: contender("b")}, rounds=2, warm_up=1)
    assert order == ["a", "b"] * 3
    assert samples["a"].seconds == (3.0, 5.0)
    assert samples["b"].seconds == (4.0, 6.0)


@pytest.fixture
def report() -> Report:
    row = Row.of("width 32", "Backlight", OURS, ratio(OURS, PLAIN)).against("at most 1.5", met=False)
    return Report("recording", "What does recording cost?", "On one thread.", (Row.of("width 32", "plain", PLAIN), row))


def test_report_says_what_was_promised_and_missed(report: Report) -> None:
    lines = report.to_markdown().splitlines()
    assert lines[0] == "# What does recording cost?"
    assert lines[-2] == "| width 32 | plain | 11.00 | 26.40 | 1 |  |"
    assert lines[-1] == "| width 32 | Backlight | 22.00 | 40.80 | 2.00 (2.00-2.10) | at most 1.5: missed |"


def test_report_is_written_for_people_and_programs(report: Report, tmp_path: Path) -> None:
    report.write(tmp_path)
    assert (tmp_path / "recording.md").read_text() == report.to_markdown()
    content = json.loads((tmp_path / "recording.json").read_text())
    assert [row["met"] for row in content["rows"]] == [None, False]
    assert content["rows"][1]["median"] == pytest.approx(22.0)


def test_a_contender_that_could_not_do_it_says_why_in_place_of_a_ratio(tmp_path: Path) -> None:
    failed = Row.failed("LSTM", "torchviz", RecursionError("too deep"))
    report = Report("overhead", "What does it cost?", "Alone.", (failed,), "MB")
    lines = report.to_markdown().splitlines()
    assert lines[-3] == "| case | contender | p50 MB | p95 MB | ratio | target |"
    assert lines[-1] == "| LSTM | torchviz | - | - | RecursionError |  |"
    report.write(tmp_path)
    assert json.loads((tmp_path / "overhead.json").read_text())["rows"][0]["median"] is None


PROBLEM = b'{"code":"busy"}'


@pytest.mark.parametrize(
    ("head", "body", "fate"),
    [
        ("200 OK", b'{"source":"","nodes":[]}', (200, "")),
        ("200 OK", b"<html>", (BROKEN, "no Document")),
        ("503 Busy\r\nRetry-After: 1", PROBLEM, (503, "busy")),
        ("503 Busy", PROBLEM, (BROKEN, "no Retry-After")),
        ("500 Oh", PROBLEM, (500, "busy")),
        ("500 Oh\r\nContent-Type: text/plain", PROBLEM, (BROKEN, "no problem")),
    ],
)
def test_an_answer_is_judged_by_what_its_status_promises(head: str, body: bytes, fate: tuple[int, str]) -> None:
    kind = "" if "Content-Type" in head else "Content-Type: application/problem+json\r\n"
    answer = f"HTTP/1.1 {head}\r\n{kind}content-length: {len(body)}\r\n\r\n".encode() + body
    assert judge(answer) == fate
    with pytest.raises(EOFError):
        judge(answer[:-1])


def test_a_fate_that_no_fault_explains_is_a_promise_missed() -> None:
    victim = Victim(1, 1, memory=[100.0, 101.0], descriptors=[40, 40])
    for name, fault in {**FAULTS, **RARE_FAULTS}.items():
        victim.recoveries[name] = [0.1, 0.2]
        victim.fates[name] = Counter(fault.fates)
    assert {row.met for row in rows_of(victim)} == {None, True}
    victim.fates["kill the stand-by"]["500 worker-died"] += 1
    victim.zombies = 1
    assert [row.case for row in rows_of(victim) if row.met is False] == ["kill the stand-by", "server at rest"]


def test_one_case_is_measured_anew_beside_the_others(report: Report, tmp_path: Path) -> None:
    other = Row.of("width 64", "plain", PLAIN)
    Report(report.name, report.question, report.setting, (*report.rows, other)).write(tmp_path)
    again = Report(report.name, report.question, report.setting, (Row.of("width 32", "plain", OURS),))
    assert again.beside_earlier(tmp_path).rows == (*again.rows, other)
    assert again.beside_earlier(tmp_path / "nowhere").rows == again.rows
