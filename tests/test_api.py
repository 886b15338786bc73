"""The REST face over real HTTP: what is asked, what is answered, and that every failure is a problem."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx
import pytest
from openapi_spec_validator import validate

from backlight.api import create_app
from backlight.api.failures import STATUSES, failure_response
from backlight.errors import BacklightError, NotAllowed
from backlight.gallery import list_examples
from backlight.settings import Settings
from conftest import OBEY, serving
from processes import children_of, eventually

TRACE = "/api/v1/trace"
JSON = {"Content-Type": "application/json"}


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of a failure, after checking what every failure has."""
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"urn:backlight:error:{code}"
    assert body["title"]
    assert body["detail"]
    for secret in ("Traceback", ".py", "backlight.", "/app/", "site-packages"):
        assert secret not in response.text
    return body


def test_an_expression_gives_pytorchs_own_numbers(playground: httpx.Client) -> None:
    response = playground.post(TRACE, json={"expression": "sin(x**2)", "inputs": {"x": 3.0}})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    document = response.json()
    assert document["schema"] == "backlight/1"
    (leaf,) = document["leaves"]
    assert document["values"][leaf["grad"]]["data"] == pytest.approx(-5.4667816)


def test_a_program_that_raises_is_no_failure_of_the_service(playground: httpx.Client) -> None:
    response = playground.post(TRACE, json={"source": "import torch\ntorch.ones(2).sum().backward()"})
    assert response.status_code == 200
    assert response.json()["error"]["type"] == "RuntimeError"
    assert response.json()["error"]["line"] == 2


def test_the_same_program_and_seed_give_the_same_document(playground: httpx.Client) -> None:
    request = {"source": "import torch\nprint({'a', 'b', 'c'}, torch.rand(2), hash('x'))", "seed": 7}
    first, second = (playground.post(TRACE, json=request).json() for _ in range(2))
    assert first.pop("timing") != {}
    assert second.pop("timing") != {}
    assert first == second


def test_no_seed_is_the_default_one(playground: httpx.Client) -> None:
    program = {"source": "import torch\nprint(torch.rand(2))"}
    nothing = {"seed": None, "inputs": None, "expression": None, "notebook": None}
    given = [playground.post(TRACE, json=program | seed).json() for seed in ({}, nothing, {"seed": 0})]
    assert [each["seed"] for each in given] == [0, 0, 0]
    assert len({each["cells"][0]["output"] for each in given}) == 1


def test_a_seed_that_no_double_holds_is_told_as_text(playground: httpx.Client) -> None:
    seeds = [2**53, 2**53 + 1, -(2**63)]
    told = [playground.post(TRACE, json={"source": "", "seed": seed}).json()["seed"] for seed in seeds]
    assert told == [2**53, str(2**53 + 1), str(-(2**63))]


def test_a_refused_program_names_its_place(playground: httpx.Client) -> None:
    body = problem(playground.post(TRACE, json={"source": "x = 1\ny = ("}), 422, "syntax-error")
    assert body["line"] == 2


MALFORMED: dict[str, bytes] = {
    "no JSON": b"{",
    "nothing": b"",
    "no object": b"[1]",
    "no program": b"{}",
    "two programs": b'{"source": "1", "expression": "1"}',
    "an unknown field": b'{"source": "1", "sauce": "2"}',
    "a program that is no text": b'{"source": 1}',
    "inputs without an expression": b'{"source": "1", "inputs": {"x": 1}}',
    "inputs that are no object": b'{"expression": "x", "inputs": [1]}',
    "a seed that is no integer": b'{"source": "1", "seed": 1.5}',
    "a seed that is too large": b'{"source": "1", "seed": 9223372036854775808}',
    "a number with too many digits": b'{"expression": "x", "inputs": {"x": ' + b"9" * 5000 + b"}}",
    "NaN": b'{"expression": "x", "inputs": {"x": NaN}}',
    "Infinity": b'{"expression": "x", "inputs": {"x": -Infinity}}',
    "a lone surrogate": b'{"source": "\\ud800"}',
    "a lone surrogate deep down": b'{"notebook": {"cells": ["\\udfff"]}}',
    "a lone surrogate as a name": b'{"\\ud800": 1}',
    "bytes that are no UTF-8": b'{"source": "\xff"}',
    "bottomless nesting": b'{"expression": "x", "inputs": {"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_is_invalid(obedient: httpx.Client, body: bytes) -> None:
    problem(obedient.post(TRACE, content=body, headers=JSON), 422, "invalid-request")


def test_a_body_that_is_not_sent_as_json_is_invalid(obedient: httpx.Client) -> None:
    body = problem(obedient.post(TRACE, data={"source": "1"}), 422, "invalid-request")
    assert "application/json" in body["detail"]
    problem(
        obedient.post(TRACE, content=b'{"source": "1"}', headers={"Content-Type": "text/plain"}), 422, "invalid-request"
    )


@pytest.mark.parametrize("body", [b'{"source": "where"}', gzip.compress(b'{"source": "where"}')])
def test_a_body_that_is_said_to_be_compressed_is_not_read(obedient: httpx.Client, body: bytes) -> None:
    told = problem(
        obedient.post(TRACE, content=body, headers=JSON | {"Content-Encoding": "gzip"}), 422, "invalid-request"
    )
    assert "`Content-Encoding: gzip`" in told["detail"]
    plain = {"Content-Encoding": "Identity"}
    assert obedient.post(TRACE, content=b'{"source": "where"}', headers=JSON | plain).status_code == 200


def test_an_unknown_field_is_named(obedient: httpx.Client) -> None:
    body = problem(obedient.post(TRACE, json={"source": "1", "sauce": "2"}), 422, "invalid-request")
    assert body["detail"] == "There is no field 'sauce'."


def test_a_refusal_carries_place_and_details(obedient: httpx.Client) -> None:
    body = problem(obedient.post(TRACE, json={"source": "refuse"}), 422, "not-allowed")
    assert [body[each] for each in ("line", "column", "end_line", "end_column")] == [2, 3, 2, 7]
    assert body["instead"] == "something else"


def test_a_hard_limit_is_named_with_its_value(obedient: httpx.Client) -> None:
    body = problem(obedient.post(TRACE, json={"source": "soften"}), 422, "limit-exceeded")
    assert (body["limit"], body["value"]) == ("graph_nodes", 5)


@pytest.mark.parametrize("deed", ["exit", "fail"])
def test_a_dead_worker_is_told_and_the_next_request_is_served(obedient: httpx.Client, deed: str) -> None:
    problem(obedient.post(TRACE, json={"source": deed}), 500, "worker-died")
    assert obedient.post(TRACE, json={"source": "exec result = 2"}).json() == {"result": 2}


def test_eight_clients_at_once_are_served(obedient: httpx.Client) -> None:
    answers: list[Any] = []

    def ask(number: int) -> None:
        answers.append(obedient.post(TRACE, json={"source": f"exec result = {number}"}).json()["result"])

    threads = [threading.Thread(target=ask, args=[each]) for each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == list(range(8))


def test_a_large_body_is_refused(obedient: httpx.Client) -> None:
    body = problem(obedient.post(TRACE, json={"source": "x" * 2**20}), 413, "too-large")
    assert (body["limit"], body["value"]) == ("body_bytes", 2**20)


def test_a_large_body_is_refused_while_it_is_read(obedient: httpx.Client) -> None:
    def endless() -> Any:
        for _ in range(40):
            yield b" " * 2**16

    problem(obedient.post(TRACE, content=endless(), headers=JSON), 413, "too-large")


def test_who_sends_too_much_to_the_end_reads_why_it_is_refused(obedient: httpx.Client) -> None:
    """As `urllib` does, which closes its connections and reads nothing before all is sent."""
    request = Request(f"{obedient.base_url}{TRACE}", b" " * 2**25, JSON)
    with pytest.raises(HTTPError, match="413") as caught:
        urlopen(request)
    with caught.value as answer:
        assert json.load(answer)["code"] == "too-large"


def test_the_largest_body_is_taken(obedient: httpx.Client) -> None:
    frame = b'{"source": "exec result = 0 #%s"}'
    body = frame % (b"x" * (2**20 - len(frame) + 2))
    assert len(body) == 2**20
    assert obedient.post(TRACE, content=body, headers=JSON).status_code == 200


def test_a_full_queue_asks_to_come_back_later() -> None:
    with serving(create_app(Settings(idle_workers=1, queue_length=0), entry=OBEY)) as client:
        with ThreadPoolExecutor(4) as clients:
            answers = list(clients.map(lambda _: client.post(TRACE, json={"source": "sleep 1"}), range(4)))
        assert 200 in {answer.status_code for answer in answers}
        refused = next(answer for answer in answers if answer.status_code != 200)
        problem(refused, 503, "busy")
        assert int(refused.headers["retry-after"]) >= 1


def test_a_client_that_leaves_takes_its_work_along() -> None:
    before = children_of(os.getpid()).keys()
    with serving(create_app(Settings(idle_workers=1), entry=OBEY)) as client:
        client.post(TRACE, json={"source": "sleep 0"})
        (zygote,) = children_of(os.getpid()).keys() - before
        body = b'{"source": "sleep 60"}'
        with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as connection:
            head = f"POST {TRACE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
            connection.sendall(head.encode() + b"\r\n\r\n" + body)
            assert eventually(lambda: len(children_of(zygote)) == 3)  # it, the next one, and the stand-by
        assert eventually(lambda: len(children_of(zygote)) == 2, 10)
        assert client.post(TRACE, json={"source": "exec result = 1"}).json() == {"result": 1}


def test_the_gallery_is_listed_in_order_without_programs(obedient: httpx.Client) -> None:
    entries = obedient.get("/api/v1/examples").json()
    assert [each["name"] for each in entries] == [each.name for each in list_examples()]
    assert set(entries[0]) == {"name", "title", "lesson"}


def test_an_example_comes_with_its_program(obedient: httpx.Client) -> None:
    first = list_examples()[0]
    example = obedient.get(f"/api/v1/examples/{first.name}").json()
    assert example == {"name": first.name, "title": first.title, "lesson": first.lesson, "source": first.source}


def test_an_unknown_example_is_not_found(obedient: httpx.Client) -> None:
    problem(obedient.get("/api/v1/examples/nope"), 404, "not-found")


def test_health_is_told(obedient: httpx.Client) -> None:
    assert obedient.get("/healthz").json()["status"] == "ok"


@pytest.mark.parametrize(
    "path", ["/nope", "/api/v1/nope", "/assets/nope.js", "/api/v1/examples/a/b", "/.env", "/%2e%2e%2fapp.py"]
)
def test_an_unknown_address_is_not_found(obedient: httpx.Client, path: str) -> None:
    assert problem(obedient.get(path), 404, "not-found")["title"] == "There is nothing here"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", TRACE), ("DELETE", "/healthz"), ("POST", "/api/v1/examples"), ("PUT", "/docs"), ("POST", "/")],
)
def test_a_wrong_method_is_a_problem_and_says_what_is_allowed(obedient: httpx.Client, method: str, path: str) -> None:
    response = obedient.request(method, path)
    problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] in {"POST", "GET, HEAD"}


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json", "/api/v1/examples", "/no"]
)
def test_head_is_answered_like_get_without_the_body(obedient: httpx.Client, path: str) -> None:
    asked, got = obedient.head(path), obedient.get(path)
    assert asked.status_code == got.status_code
    assert asked.headers["content-type"] == got.headers["content-type"]
    assert asked.headers["content-length"] == got.headers["content-length"] or path == "/metrics"  # it counts this one
    assert asked.content == b""


def test_head_where_nothing_can_be_got_is_no_method(obedient: httpx.Client) -> None:
    response = obedient.head(TRACE)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


def test_a_fault_of_our_own_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def boom() -> None:
        raise RuntimeError("secret of /app/secret.py")

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(Settings(), entry=OBEY), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get("/api/v1/examples")

    monkeypatch.setattr("backlight.api.examples.list_examples", boom)
    response = asyncio.run(ask())
    problem(response, 500, "internal-error")
    assert "secret" not in response.text


def test_every_error_has_a_status_and_a_title() -> None:
    def walk(kind: type[BacklightError]) -> list[type[BacklightError]]:
        return [each for child in kind.__subclasses__() for each in (child, *walk(child))]

    assert set(walk(BacklightError)) == set(STATUSES)


def test_details_cannot_pass_for_what_every_problem_has() -> None:
    response = failure_response(NotAllowed("No.", status=200, code="fine", title="All well", why="because"))
    body = json.loads(bytes(response.body))
    assert response.status_code == body["status"] == 422
    assert (body["code"], body["why"]) == ("not-allowed", "because")


def test_the_description_validates_and_documents_every_failure() -> None:
    schema = create_app(Settings()).openapi()
    validate(schema)
    responses = schema["paths"][TRACE]["post"]["responses"]
    assert set(responses) == {"200", "408", "413", "422", "429", "500", "503"}
    assert responses["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Document")
    for path in schema["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                assert status < "400" or list(response["content"]) == ["application/problem+json"]


def test_the_description_is_printed_without_torch() -> None:
    code = (
        "import sys, json, io, contextlib\n"
        "from backlight.api.openapi import main\n"
        "with contextlib.redirect_stdout(io.StringIO()) as text: main()\n"
        "assert json.loads(text.getvalue())['info']['title'] == 'Backlight'\n"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": os.pathsep.join(sys.path)}, check=True)


def test_the_documentation_is_served(obedient: httpx.Client) -> None:
    docs = obedient.get("/docs")
    assert docs.status_code == 200
    assert "://" not in docs.text.replace("http://www.w3.org", "")
    assert obedient.get("/openapi.json").json()["openapi"].startswith("3.")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>the page</title>")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "assets/main-abc123.js").write_text("0")
    return tmp_path


def fetch(site: Path, *paths: str) -> list[httpx.Response]:
    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(create_app(Settings(), entry=OBEY, site=site))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(ask())


def test_the_page_is_served_and_hashed_files_are_kept(site: Path) -> None:
    index, icon, script = fetch(site, "/", "/icon.svg", "/assets/main-abc123.js")
    assert "the page" in index.text
    assert index.headers["cache-control"] == icon.headers["cache-control"] == "no-cache"
    assert icon.headers["content-type"] == "image/svg+xml"
    assert "immutable" in script.headers["cache-control"]


def test_nothing_outside_the_pages_folder_is_served(site: Path) -> None:
    (site.parent / "secret.txt").write_text("secret")
    for response in fetch(site, "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/assets", "/assets/"):
        assert response.status_code in {307, 404}
        assert "secret" not in response.text


def test_without_a_built_page_the_way_to_build_it_is_told(tmp_path: Path) -> None:
    (response,) = fetch(tmp_path, "/")
    assert response.status_code == 200
    assert "make run" in response.text
