"""The server of a player: the page's files, and one Document, by the standard library's HTTP server."""

from __future__ import annotations

import json
import mimetypes
import secrets
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from backlight.errors import RequestError
from backlight.headers import HEADERS, framed_headers
from backlight.messages import message

SITE = Path(__file__).parent.parent / "api" / "static"
"""Where the front end's build puts its files."""
HOST = "127.0.0.1"
QUIET_SECONDS = 1.0
"""A page that has asked for nothing for so long has all that it needs."""
ENCODED = {"gzip": ".gz"}
"""Content codings, and the endings of the copies that the build leaves of its files."""
PROBLEM = {"type": "about:blank", "title": "Not found", "status": 404, "code": "not-found"}
NOT_HERE = "This page plays one recording, and runs no programs. `backlight serve` does."


class Player:
    """A Document on show. ``address`` is the page's, with the Document in it."""

    def __init__(self, server: PlayerServer, path: str) -> None:
        self._server = server
        port = int(server.server_address[1])
        self.address = f"http://{HOST}:{port}/#document={quote(path, safe='/')}"
        self._thread = threading.Thread(target=server.serve_forever, name="backlight-player", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"<Player on {self.address}>"

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Serve until Ctrl-C."""
        try:
            while self._thread.is_alive():
                self._thread.join(1.0)
        except KeyboardInterrupt:
            self.close()

    def linger(self, seconds: float) -> None:
        """Serve until the page has all that it needs, at most for so long: the process is about to end."""
        ending = time.monotonic() + seconds
        while time.monotonic() < ending and self._thread.is_alive():
            if self._server.is_shown and time.monotonic() - self._server.asked > QUIET_SECONDS:
                return
            time.sleep(0.05)


def play(content: bytes, name: str, port: int = 0, is_framed: bool = False, site: Path = SITE) -> Player:
    """Serve the page and a Document, called ``name``. ``is_framed``: a notebook may show the page in a frame.

    Raises RequestError where the page is not built, OSError where the port is taken.
    """
    if not (site / "index.html").is_file():
        raise RequestError(message("invalid-request", "page-not-built"))
    path = f"/open/{secrets.token_urlsafe(16)}/{quote(name, safe='')}"
    headers = framed_headers() if is_framed else HEADERS
    return Player(PlayerServer((HOST, port), Contents(content, path, site, headers)), path)


class Contents:
    """What a player has to give: the Document at ``path``, the page's files, and the headers of every answer."""

    def __init__(self, document: bytes, path: str, site: Path, headers: Mapping[str, str]) -> None:
        self.document = document
        self.path = path
        self.site = site
        self.headers = headers

    def file(self, path: str) -> Path | None:
        """The page's file at a path; None where there is none."""
        names = ["index.html"] if path == "/" else unquote(path).split("/")[1:]
        if len(names) > 2 or (len(names) == 2 and names[0] != "assets") or not is_plain(names[-1]):
            return None
        found = self.site.joinpath(*names)
        return found if found.is_file() else None


def is_plain(name: str) -> bool:
    """Whether a name is that of a file in a folder, and leads nowhere else."""
    return len(name) < 200 and not name.startswith(".") and not set(name) & {"/", "\\", "\0"}


class PlayerServer(ThreadingHTTPServer):
    """Knows what was asked for, and when last."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], contents: Contents) -> None:
        self.contents = contents
        self.is_shown = False
        self.asked = time.monotonic()
        super().__init__(address, PlayerHandler)


class PlayerHandler(BaseHTTPRequestHandler):
    """Answers one connection's requests."""

    protocol_version = "HTTP/1.1"
    server: PlayerServer  # pyright: ignore[reportIncompatibleVariableOverride] (no other server uses it)
    timeout = 30

    def do_GET(self) -> None:
        """The page, one of its files, or the Document."""
        self.server.asked = time.monotonic()
        path = urlsplit(self.path).path
        contents = self.server.contents
        if not self._is_meant():
            self._problem("This server answers under its own address alone.")
        elif secrets.compare_digest(path.encode(), contents.path.encode()):
            self.server.is_shown = True
            self._answer(200, contents.document, "application/json")
        elif path == "/api/v1/examples":
            self._answer(200, b"[]", "application/json")
        elif (file := contents.file(path)) is not None:
            self._file(file)
        else:
            self._problem(NOT_HERE)

    do_HEAD = do_GET  # noqa: N815 - the name is the standard library's

    def do_POST(self) -> None:
        """Nothing is run or stored here."""
        self.close_connection = True  # its body is not read
        self._problem(NOT_HERE)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - likewise
        """Say nothing: the terminal is the user's."""

    def _is_meant(self) -> bool:
        """Whether the browser knows that it talks to this machine: no other site's name may lead here."""
        host, _, port = self.headers.get("Host", "").rpartition(":")
        return host in {HOST, "localhost"} and port == str(self.server.server_address[1])

    def _file(self, file: Path) -> None:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        accepted = self.headers.get("Accept-Encoding", "")
        for coding, ending in ENCODED.items():
            copy = file.with_name(file.name + ending)
            if coding in accepted and copy.is_file():
                self._answer(200, copy.read_bytes(), kind, coding)
                return
        self._answer(200, file.read_bytes(), kind)

    def _problem(self, detail: str) -> None:
        self._answer(404, json.dumps({**PROBLEM, "detail": detail}).encode(), "application/problem+json")

    def _answer(self, status: int, body: bytes, kind: str, coding: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if coding is not None:
            self.send_header("Content-Encoding", coding)
        for name, value in self.server.contents.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
