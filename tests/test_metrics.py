"""What Prometheus reads, and whether the server says that it is ready."""

from __future__ import annotations

import os
import signal

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from asking import app_with, ask_all, get
from backlight.api import create_app
from backlight.settings import Settings
from conftest import OBEY, serving
from processes import children_of, eventually

Sample = tuple[str, tuple[tuple[str, str], ...]]

REQUESTS = "backlight_requests_total"


def read(text: str) -> dict[Sample, float]:
    """Every sample, by name and labels."""
    families = text_string_to_metric_families(text)
    return {
        (each.name, tuple(sorted(each.labels.items()))): each.value for family in families for each in family.samples
    }


def requests_in(text: str) -> dict[tuple[str, str, str], float]:
    samples = [(dict(labels), value) for (name, labels), value in read(text).items() if name == REQUESTS]
    return {(labels["method"], labels["route"], labels["status"]): value for labels, value in samples}


def figure(client: httpx.Client, name: str, **labels: str) -> float:
    return read(client.get("/metrics").text).get((name, tuple(sorted(labels.items()))), 0.0)


def test_requests_are_counted_by_method_route_and_status() -> None:
    asked = [
        ("GET", "/healthz", {}),
        ("GET", "/healthz", {}),
        ("GET", "/api/v1/examples/nope", {}),
        ("GET", "/api/v1/examples/nope2", {}),
        ("POST", "/api/v1/trace", {"content": b"{"}),
        ("GET", "/metrics", {}),
    ]
    *_, last = ask_all(app_with(), asked)
    assert last.headers["content-type"].startswith("text/plain")
    counted = requests_in(last.text)
    assert counted["GET", "/healthz", "200"] == 2
    assert counted["GET", "/api/v1/examples/{name}", "404"] == 2
    assert counted["POST", "/api/v1/trace", "422"] == 1
    buckets = read(last.text)
    assert buckets["backlight_request_seconds_count", (("route", "/healthz"),)] == 2


def test_strangers_cannot_make_up_labels() -> None:
    asked = [("GET", f"/x/{number}", {}) for number in range(20)]
    asked += [(f"METHOD{number}", "/healthz", {}) for number in range(20)]
    asked += [("GET", f"/assets/{number}.js", {}) for number in range(20)]
    *_, last = ask_all(app_with(), [*asked, ("GET", "/metrics", {})])
    counted = requests_in(last.text)
    assert counted["GET", "other", "404"] == 40
    assert sum(number for (method, _, _), number in counted.items() if method == "other") == 20
    assert len(counted) <= 3


def test_each_application_counts_for_itself() -> None:
    first, second = app_with(), app_with()
    get(first, "/healthz")
    assert requests_in(get(second, "/metrics").text) == {}
    assert requests_in(get(first, "/metrics").text) == {("GET", "/healthz", "200"): 1}


@pytest.mark.parametrize(
    ("source", "reason"),
    [("sleep 0", "answered"), ("refuse", "answered"), ("exit", "died"), ("write ffffffffffff", "nonsense")],
)
def test_the_ends_of_processes_are_counted_by_reason(obedient: httpx.Client, source: str, reason: str) -> None:
    before = figure(obedient, "backlight_workers_ended_total", reason=reason)
    started = figure(obedient, "backlight_workers_started_total")
    obedient.post("/api/v1/trace", json={"source": source})
    assert figure(obedient, "backlight_workers_ended_total", reason=reason) == before + 1
    assert eventually(lambda: figure(obedient, "backlight_workers_started_total") > started)


def test_idle_processes_are_counted(obedient: httpx.Client) -> None:
    assert eventually(lambda: figure(obedient, "backlight_idle_workers") == 4)
    assert figure(obedient, "backlight_queue_length") == 0


def test_a_server_is_ready_once_a_worker_answers_and_again_after_the_zygote_was_killed() -> None:
    before = children_of(os.getpid()).keys()
    with serving(create_app(Settings(idle_workers=1), entry=OBEY)) as client:
        assert eventually(lambda: client.get("/readyz").status_code == 200, 120)
        (zygote,) = children_of(os.getpid()).keys() - before
        os.kill(zygote, signal.SIGKILL)
        assert eventually(lambda: figure(client, "backlight_zygote_restarts_total") == 1)
        assert eventually(lambda: client.get("/readyz").status_code == 200, 120)


def test_a_server_without_a_sandbox_is_alive_and_not_ready(capfd: pytest.CaptureFixture[str]) -> None:
    with serving(create_app(Settings(idle_workers=1), entry="entries:missing")) as client:
        answer = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not-ready"
    assert int(answer.headers["retry-after"]) >= 1
    capfd.readouterr()
