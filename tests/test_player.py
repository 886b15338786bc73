"""Players: one Document in the built page, served to this machine alone, for as long as the process lives."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import torch
from typer.testing import CliRunner

import backlight
from backlight.commands import app
from backlight.errors import RequestError
from backlight.load import load_document
from backlight.player import Player, play
from recorded import mlp

DOCUMENT = b'{"schema": "backlight/1"}'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A page of three files."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "assets" / "main.js").write_text("start()")
    (tmp_path / "assets" / "main.js.gz").write_bytes(b"packed")
    (tmp_path / ".hidden").write_text("secret")
    return tmp_path


@pytest.fixture
def player(site: Path) -> Iterator[Player]:
    player = play(DOCUMENT, "my run.json", site=site)
    yield player
    player.close()


def document_of(address: str) -> str:
    """The path of the Document that a page's address names."""
    return parse_qs(urlsplit(address).fragment)["document"][0]


def ask(player: Player, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    port = urlsplit(player.address).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


# ── the server ────────────────────────────────────────────────────────────────────────────────────


def test_it_serves_the_page_and_the_document(player: Player) -> None:
    path = document_of(player.address)
    assert unquote(path).endswith("/my run.json")
    assert ask(player, path)[0::2] == (200, DOCUMENT)
    assert ask(player, "/")[2] == b"<!doctype html>"
    assert ask(player, "/assets/main.js")[2] == b"start()"
    status, headers, body = ask(player, "/assets/main.js", **{"Accept-Encoding": "gzip"})
    assert (status, headers["content-encoding"], body) == (200, "gzip", b"packed")
    assert ask(player, "/api/v1/examples")[2] == b"[]"
    assert ask(player, "/", "HEAD")[2] == b""


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/open/guess/my%20run.json",
            "/.hidden",
            "/../conftest.py",
            "/%2e%2e/conftest.py",
            "/assets/%2e%2e%2findex.html",
        ),
        *("/assets", "/assets/", "/assets/../index.html", "/nothing", "/" + "a" * 4000, "/%00"),
    ],
)
def test_it_serves_nothing_else(player: Player, path: str) -> None:
    status, headers, body = ask(player, path)
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert json.loads(body)["code"] == "not-found"


def test_it_runs_nothing(player: Player) -> None:
    status, _, body = ask(player, "/api/v1/trace", "POST")
    assert status == 404
    assert "backlight serve" in json.loads(body)["detail"]


def test_no_other_name_leads_to_it(player: Player) -> None:
    for host in ("evil.example", "evil.example:80", "127.0.0.1:1", ""):
        assert ask(player, document_of(player.address), Host=host)[0] == 404


def test_every_answer_has_the_pages_policy(player: Player) -> None:
    for path in ("/", document_of(player.address), "/nothing"):
        headers = ask(player, path)[1]
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"


def test_two_addresses_are_never_alike(site: Path) -> None:
    players = [play(DOCUMENT, "run.json", site=site) for _ in range(2)]
    assert len({document_of(each.address) for each in players}) == 2
    for each in players:
        each.close()


def test_a_page_that_is_not_built_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="The page is not built"):
        play(DOCUMENT, "run.json", site=tmp_path)


def test_a_closed_player_answers_no_more(site: Path) -> None:
    player = play(DOCUMENT, "run.json", site=site)
    player.close()
    with pytest.raises(ConnectionRefusedError):
        ask(player, "/")


def test_the_end_of_a_script_waits_for_its_page(player: Player) -> None:
    waiting = threading.Thread(target=player.linger, args=(30.0,))
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    ask(player, document_of(player.address))
    waiting.join(10.0)
    assert not waiting.is_alive()


# ── tape.show() ───────────────────────────────────────────────────────────────────────────────────


def recorded() -> Any:
    with backlight.record() as tape:
        mlp()(torch.ones(2, 3)).sum().backward()
    return tape


@pytest.fixture
def built(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is that of three files, and nothing waits at the end of the tests."""
    monkeypatch.setattr("backlight.live.showing.play", lambda *args, **kwargs: play(*args, **kwargs, site=site))
    monkeypatch.setattr("backlight.live.showing.atexit.register", lambda *_: None)


@pytest.mark.usefixtures("built")
def test_a_recording_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    tape, opened = recorded(), list[str]()
    player = tape.show(opener=opened.append)
    try:
        assert opened == [player.address]
        assert player.address in capsys.readouterr().out
        path = document_of(player.address)
        assert unquote(path).endswith("test_player.py")
        assert load_document(ask(player, path)[2]) == tape.document
    finally:
        player.close()


@pytest.mark.usefixtures("built")
def test_a_notebook_shows_it_inline(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    ipython: Any = types.ModuleType("IPython")
    ipython.get_ipython = lambda: types.SimpleNamespace(kernel=object())
    display: Any = types.ModuleType("IPython.display")
    display.IFrame = lambda address, width, height: (address, width, height)
    display.display = shown.append
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    opened: list[str] = []
    player = recorded().show(opener=opened.append)
    try:
        assert (opened, shown) == ([], [(player.address, "100%", 640)])
        headers = ask(player, "/")[1]
        assert "x-frame-options" not in headers
        assert "frame-ancestors http: https:" in headers["content-security-policy"]
    finally:
        player.close()


@pytest.mark.usefixtures("built")
def test_a_browser_that_cannot_be_opened_keeps_no_script_waiting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registered: list[Any] = []
    monkeypatch.setattr("backlight.live.showing.atexit.register", lambda *each: registered.append(each))
    recorded().show(opener=lambda _: False).close()
    assert registered == []
    assert "`tape.show(block=True)` serves the page until Ctrl-C" in capsys.readouterr().out
    recorded().show(opener=lambda _: True).close()
    assert len(registered) == 1
    assert "block=True" not in capsys.readouterr().out


def test_serving_needs_the_standard_library_alone() -> None:
    code = (
        "import sys\nfrom backlight.player import play\n"
        "print({'torch', 'fastapi', 'starlette', 'uvicorn', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# ── backlight open ────────────────────────────────────────────────────────────────────────────────


def run_open(file: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str, list[bytes]]:
    """Exit status and output of the command, and the Document that it served until Ctrl-C."""
    served: list[bytes] = []

    def wait(player: Player) -> None:
        served.append(ask(player, document_of(player.address))[2])
        player.close()

    monkeypatch.setattr(Player, "wait", wait)
    result = CliRunner().invoke(app, ["open", str(file), "--no-browser"])
    return result.exit_code, result.output, served


def test_a_saved_recording_is_opened(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backlight.commands.open.play", lambda *args: play(*args, site=site))
    file = tmp_path / "run.json"
    recorded().save(file)
    status, output, served = run_open(file, monkeypatch)
    assert status == 130
    assert "Backlight plays run.json on http://127.0.0.1:" in output
    assert served == [file.read_bytes()]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"schema": "backlight/1",\n "values": [1,, 2]}', "This is no JSON: Expecting value: line 2 column 15"),
        (b"\xff\xfe\x00", "This is no JSON"),
        (b"[1, 2]", "This is JSON, but no Document: it says no schema."),
        (b'{"schema": "backlight/9"}', "This Document is of schema 'backlight/9'; 'backlight/1' can be read here."),
        (b'{"schema": "backlight/1"}', "This Document is damaged: it has no 'source'."),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_no_document_is_told(
    content: bytes, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    status, output, served = run_open(file, monkeypatch)
    assert (status, served) == (1, [])
    assert f"backlight: bad.json: {told}" in output or told in output


def test_damage_is_named_with_its_place() -> None:
    document = recorded().document.model_dump()
    document["nodes"][2]["outputs"][0]["shape"] = "wide"
    with pytest.raises(RequestError, match=r"damaged: nodes\[2\]\.outputs\[0\]\.shape is no list\."):
        load_document(json.dumps(document))
    document["nodes"][2] = {"id": 2}
    with pytest.raises(RequestError, match=r"damaged: nodes\[2\] has no 'kind'\."):
        load_document(json.dumps(document))
    document["nodes"] = []
    document["events"][1]["kind"] = "explosion"
    with pytest.raises(RequestError, match=r"damaged: events\[1\] is of no known kind\."):
        load_document(json.dumps(document))


def test_a_file_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status, output, _ = run_open(tmp_path / "none.json", monkeypatch)
    assert status == 1
    assert "No such file or directory" in output
