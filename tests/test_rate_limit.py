"""One client's share of the server, and whose request it is."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.types import Scope

from asking import app_with, ask_all, get
from backlight.api import create_app
from backlight.api.client_address import Proxies, client_key
from backlight.api.rate_limit import Allowance
from backlight.errors import RequestError
from backlight.settings import Settings

PATH = "/api/v1/examples"


def test_a_burst_is_served_and_then_the_rate() -> None:
    allowance = Allowance(per_second=2.0, burst=3, clients=10)
    assert [allowance.wait("a", 0.0) for _ in range(4)] == [0, 0, 0, pytest.approx(0.5)]
    assert allowance.wait("a", 0.25) == pytest.approx(0.25)
    assert allowance.wait("a", 0.5) == 0
    assert allowance.wait("a", 0.5) == pytest.approx(0.5)


def test_in_the_long_run_a_client_gets_its_rate() -> None:
    allowance = Allowance(per_second=30.0, burst=120, clients=10)
    served = sum(not allowance.wait("a", tick / 100) for tick in range(10_000))
    assert served == pytest.approx(120 + 30 * 100, abs=1)


def test_each_client_has_its_own_share() -> None:
    allowance = Allowance(per_second=1.0, burst=1, clients=10)
    assert allowance.wait("a", 0.0) == 0
    assert allowance.wait("b", 0.0) == 0
    assert allowance.wait("a", 0.0) > 0


def test_clients_that_owe_nothing_are_forgotten() -> None:
    allowance = Allowance(per_second=1.0, burst=2, clients=1_000)
    for number in range(100):
        allowance.wait(str(number), 0.0)
    assert len(allowance) == 100
    allowance.wait("late", 5.0)
    assert len(allowance) == 1


def test_the_table_is_bounded_whoever_comes() -> None:
    allowance = Allowance(per_second=1.0, burst=2, clients=50)
    for number in range(1_000):
        allowance.wait(str(number), 0.0)
        assert len(allowance) <= 50
    assert [allowance.wait("999", 0.0), allowance.wait("999", 0.0) > 0] == [0, True]


def test_too_many_requests_are_refused_with_the_time_to_wait() -> None:
    app = app_with(rate_per_second=0.1, rate_burst=2)
    first, second, third = ask_all(app, [("GET", PATH, {})] * 3)
    assert [first.status_code, second.status_code, third.status_code] == [200, 200, 429]
    assert third.headers["content-type"] == "application/problem+json"
    assert 1 <= int(third.headers["retry-after"]) <= 10
    body = third.json()
    assert (body["code"], body["limit"], body["value"]) == ("rate-limited", "rate_per_second", 0.1)
    assert get(app, PATH, client="203.0.113.8").status_code == 200


def test_whoever_asks_whether_the_server_lives_is_always_told() -> None:
    assert {each.status_code for each in ask_all(app_with(rate_burst=1), [("GET", "/healthz", {})] * 5)} == {200}


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_has_no_limit(client: str) -> None:
    answers = ask_all(app_with(rate_per_second=0.1, rate_burst=1), [("GET", PATH, {})] * 5, client)
    assert {each.status_code for each in answers} == {200}


def test_the_limit_can_be_switched_off() -> None:
    answers = ask_all(app_with(rate_per_second=0.0, rate_burst=1), [("GET", PATH, {})] * 5)
    assert {each.status_code for each in answers} == {200}


def find(client: str, trusted: tuple[str, ...] = (), header: str = "X-Forwarded-For", **headers: str) -> str:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: Scope = {"type": "http", "client": (client, 1), "headers": sent}
    return str(Proxies.of(Settings(trusted_proxies=trusted, proxy_header=header)).find_client(scope))


PROXIES = ("10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize(
    ("client", "header", "found"),
    [
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("fd00::1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, garbage, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
    ],
)
def test_only_trusted_proxies_are_believed(client: str, header: str, found: str) -> None:
    assert find(client, PROXIES, x_forwarded_for=header) == found


def test_without_trusted_proxies_no_header_is_believed() -> None:
    assert find("127.0.0.1", (), x_forwarded_for="198.51.100.1") == "127.0.0.1"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("for=198.51.100.1", "198.51.100.1"),
        ('For="[2001:db8::1]:4711";proto=https;by=10.0.0.1', "2001:db8::1"),
        ("proto=https; for=198.51.100.1, for=10.0.0.2", "198.51.100.1"),
        ("for=_hidden", "10.0.0.1"),
        ("proto=https", "10.0.0.1"),
    ],
)
def test_the_standard_header_is_read_where_the_proxies_write_it(header: str, found: str) -> None:
    assert find("10.0.0.1", PROXIES, "Forwarded", forwarded=header) == found


def test_the_header_that_the_proxies_do_not_write_is_not_believed() -> None:
    assert find("10.0.0.1", PROXIES, x_forwarded_for="198.51.100.1", forwarded="for=1.1.1.1") == "198.51.100.1"
    assert find("10.0.0.1", PROXIES, "Forwarded", x_forwarded_for="1.1.1.1") == "10.0.0.1"


def test_a_connection_without_address_has_no_client() -> None:
    assert Proxies.of(Settings()).find_client({"type": "http", "client": None, "headers": []}) is None


def test_one_customers_addresses_count_as_one() -> None:
    keys = {client_key(each) for text in ("2001:db8::1", "2001:db8::2:3") if (each := _address(text))}
    assert keys == {"2001:db8::/64"}
    assert client_key(_address("198.51.100.1")) == "198.51.100.1"


def _address(text: str) -> Any:
    return Proxies.of(Settings()).find_client({"type": "http", "client": (text, 1), "headers": []})


@pytest.mark.parametrize(
    ("setting", "value"), [("trusted_proxies", ("10.0.0.1/8",)), ("trusted_proxies", ("me",)), ("proxy_header", "Via")]
)
def test_settings_that_make_no_sense_are_told_before_the_server_starts(setting: str, value: Any) -> None:
    with pytest.raises(RequestError, match=setting):
        create_app(Settings(**{setting: value}))
