"""The REST face does what its own description says, whatever is sent: no fault, no status that is not described."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backlight.api import create_app
from backlight.settings import Settings
from conftest import serving

CALLS = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
"""Few enough to take seconds, and the same ones each time."""
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def echoing() -> Iterator[httpx.Client]:
    """A client of a server whose sandbox sends the request back."""
    with serving(create_app(Settings(idle_workers=2), entry="entries:echo")) as client:
        yield client


OPERATIONS = {
    each.ok().label: each.ok()
    for each in schemathesis.openapi.from_dict(create_app(Settings()).openapi()).get_all_operations()
}


CASES = [(label, GenerationMode.POSITIVE) for label in OPERATIONS] + [("POST /api/v1/trace", GenerationMode.NEGATIVE)]
"""Only a body can be wrong in ways that the description knows."""


@pytest.mark.parametrize(("label", "mode"), CASES)
def test_every_route_keeps_to_its_description(playground: httpx.Client, label: str, mode: GenerationMode) -> None:
    @CALLS
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=str(playground.base_url), checks=CHECKS)

    check()


def json_values() -> st.SearchStrategy[object]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    return st.recursive(leaves, lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=8), each))


BODIES = st.binary(max_size=200) | st.fixed_dictionaries(
    {},
    optional={
        "source": st.text(max_size=50) | json_values(),
        "expression": st.text(max_size=50) | json_values(),
        "notebook": json_values(),
        "inputs": json_values(),
        "seed": json_values(),
        "sauce": json_values(),
    },
)


Body = bytes | dict[str, object]


@given(body=BODIES)
@settings(CALLS, max_examples=150)
def test_any_body_is_answered_with_a_document_or_a_problem(
    echoing: httpx.Client, body: bytes | dict[str, object]
) -> None:
    content = body if isinstance(body, bytes) else dumps(body)
    answer = echoing.post("/api/v1/trace", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "invalid-request"


def dumps(body: dict[str, object]) -> bytes:
    """JSON as Python writes it, with NaN, Infinity and lone surrogates."""
    return json.dumps(body).encode()


@given(path=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="?#"), max_size=60))
@settings(CALLS, max_examples=100)
def test_any_path_is_answered(echoing: httpx.Client, path: str) -> None:
    answer = echoing.get(f"/{path}")
    assert answer.status_code in {200, 307, 404, 405}
    assert answer.headers["x-request-id"]
