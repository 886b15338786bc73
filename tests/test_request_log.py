"""The log: what a line holds, what it never holds, and how it looks to machines and to people."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from asking import app_with, ask_all, get
from backlight.api.log import build_log, configure_logs

SECRET = "hunter2"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _loggers_as_before() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("backlight")
    before = root.handlers[:], root.level, ours.level
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


@pytest.fixture
def stream() -> io.StringIO:
    stream = io.StringIO()
    configure_logs(stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_with_what_became_of_it(stream: io.StringIO) -> None:
    answer = get(app_with(), "/api/v1/examples/nope?key=value")
    (line,) = lines(stream)
    assert set(line) == {
        *("event", "level", "logger", "timestamp"),
        *("request_id", "method", "path", "status", "code", "seconds"),
    }
    assert (line["event"], line["method"], line["path"]) == ("request", "GET", "/api/v1/examples/nope")
    assert (line["status"], line["code"]) == (404, "not-found")
    assert line["request_id"] == answer.headers["x-request-id"]
    assert isinstance(line["seconds"], float)


def test_nothing_of_a_program_a_query_or_a_client_is_logged(stream: io.StringIO) -> None:
    asked = [
        ("POST", "/api/v1/trace", {"json": {"source": SECRET, "sauce": SECRET}}),
        ("GET", f"/api/v1/examples?{SECRET}", {"headers": {"Cookie": SECRET, "X-Forwarded-For": "198.51.100.1"}}),
    ]
    ask_all(app_with(), asked)
    assert len(lines(stream)) == 2
    for private in (SECRET, "203.0.113.7", "198.51.100.1"):
        assert private not in stream.getvalue()


@pytest.mark.parametrize("given", ["a", "0123-ABC_d.e", "x" * 64])
def test_a_well_formed_id_is_the_clients(given: str) -> None:
    assert get(app_with(), "/healthz", X_Request_ID=given).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", " ", "x" * 65, 'a"b', "a\tb", "{}"])
def test_any_other_is_replaced(given: str) -> None:
    app = app_with()
    first, second = (get(app, "/healthz", X_Request_ID=given).headers["x-request-id"] for _ in range(2))
    assert len(first) == len(second) == 32
    assert first != second


def test_a_path_can_neither_break_a_line_nor_flood_the_log(stream: io.StringIO) -> None:
    ask_all(app_with(), [("GET", "/%0a%1b[2J" + "x" * 5_000, {})])
    (line,) = lines(stream)
    assert str(line["path"]).startswith("/%0a%1b[2J")
    assert len(str(line["path"])) <= 200


def test_a_fault_of_our_own_is_logged_with_its_places_and_without_its_values(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom() -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("backlight.api.examples.list_examples", boom)
    answer = get(app_with(), "/api/v1/examples")
    fault, request = lines(stream)
    assert (fault["event"], fault["level"], fault["error"]) == ("fault", "error", "RuntimeError")
    assert "examples.py" in str(fault["at"])
    assert fault["request_id"] == request["request_id"] == answer.headers["x-request-id"]
    assert (request["status"], request["code"]) == (500, "internal-error")
    assert SECRET not in stream.getvalue()


def test_on_a_terminal_people_can_read_it() -> None:
    terminal = Terminal()
    configure_logs(terminal)
    get(app_with(), "/healthz")
    assert "request" in terminal.getvalue()
    assert "/healthz" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")


def test_other_libraries_are_heard_from_warnings_up(stream: io.StringIO) -> None:
    logging.getLogger("a.library").info("chatter")
    logging.getLogger("a.library").warning("trouble")
    logging.getLogger("backlight.sandbox.pool").warning("A process %s", "died")
    build_log("backlight.server").info("started", address="here")
    assert [line["event"] for line in lines(stream)] == ["trouble", "A process died", "started"]
