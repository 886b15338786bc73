"""What every answer says to browsers, whatever the answer is; and who may ask from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from asking import app_with, ask_all, get
from backlight.api import create_app
from backlight.api.security_headers import HEADERS
from backlight.settings import Settings
from conftest import OBEY

ORIGIN = "https://course.example.org"


def policy_of(header: str) -> dict[str, str]:
    return dict(each.strip().split(" ", 1) for each in header.split(";"))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/docs"),
        ("GET", "/docs-start.js"),
        ("GET", "/assets/main.js"),
        ("GET", "/assets/nope.js"),
        ("GET", "/openapi.json"),
        ("GET", "/api/v1/examples"),
        ("GET", "/api/v1/examples/nope"),
        ("POST", "/api/v1/trace"),
        ("DELETE", "/healthz"),
        ("GET", "/metrics"),
        ("GET", "/nope"),
    ],
)
def test_every_answer_carries_the_headers(tmp_path: Path, method: str, path: str) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/main.js").write_text("0")
    (answer,) = ask_all(create_app(Settings(), entry=OBEY, site=tmp_path), [(method, path, {})])
    for name in HEADERS:
        assert answer.headers[name]
    policy = policy_of(answer.headers["content-security-policy"])
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == "'self'"


def test_refusals_before_the_application_carry_them_too() -> None:
    app = app_with(rate_per_second=0.1, rate_burst=1, body_bytes=10)
    answers = ask_all(app, [("POST", "/api/v1/trace", {"content": b"x" * 11}), ("GET", "/", {})])
    assert [each.status_code for each in answers] == [413, 429]
    assert all(each.headers["content-security-policy"] for each in answers)


def test_a_fault_of_our_own_carries_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backlight.api.examples.list_examples", lambda: 1 / 0)
    answer = get(app_with(), "/api/v1/examples")
    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_documentation_has_no_script_in_its_page() -> None:
    page = get(app_with(), "/docs")
    assert "<script>" not in page.text
    assert "'unsafe-inline'" not in policy_of(page.headers["content-security-policy"])["script-src"]


def test_pages_of_other_origins_are_told_nothing() -> None:
    asked = [
        ("GET", "/api/v1/examples", {"headers": {"Origin": ORIGIN}}),
        ("OPTIONS", "/api/v1/trace", {"headers": {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}}),
    ]
    for answer in ask_all(app_with(), asked):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_pages_of_origins_in_the_settings_may_ask() -> None:
    app = app_with(cors_origins=(ORIGIN,), rate_per_second=0.1, rate_burst=2)
    preflight = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    allowed, answer, refused, other, limited = ask_all(
        app,
        [
            ("OPTIONS", "/api/v1/trace", {"headers": preflight}),
            ("GET", "/api/v1/examples", {"headers": {"Origin": ORIGIN}}),
            ("OPTIONS", "/api/v1/trace", {"headers": preflight | {"Origin": "https://evil.example"}}),
            ("GET", "/api/v1/examples", {"headers": {"Origin": "https://evil.example"}}),
            ("GET", "/api/v1/examples", {"headers": {"Origin": ORIGIN}}),
        ],
    )
    assert allowed.status_code == 200
    assert "POST" in allowed.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "x-request-id" in answer.headers["access-control-expose-headers"].lower()
    assert "access-control-allow-credentials" not in answer.headers
    assert "access-control-allow-origin" not in refused.headers
    assert "access-control-allow-origin" not in other.headers
    assert limited.status_code == 429
    assert limited.headers["access-control-allow-origin"] == ORIGIN
