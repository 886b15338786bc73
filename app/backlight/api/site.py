"""The page: the built front end's files, or a note on how to build it; and the interface's documentation.

Nothing that it serves asks another host for anything.
"""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import Headers
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

from backlight.api.compressed import file_response
from backlight.errors import NotFound
from backlight.gallery import list_examples

SITE = Path(__file__).parent / "static"
"""Where the front end's build puts its files."""

FOREVER = "public, max-age=31536000, immutable"
"""For files whose names change with their content."""
REVALIDATE = "no-cache"

EXAMPLES = "/api/v1/examples"
PRELOADS = ", ".join(
    f"<{path}>; rel=preload; as=fetch; crossorigin" for path in (EXAMPLES, f"{EXAMPLES}/{list_examples()[0].name}")
)
"""What the page asks for first, for a browser to fetch while the page's script is still on its way (RFC 8288)."""

NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Backlight</title></head>
<body><h1>Backlight is running, but its page is not built</h1>
<p>Build it with <code>make run</code>, or in <code>frontend/</code> with <code>npm ci</code> and
<code>npm run build</code>, and reload.</p>
<p>The interface for programs works already: see <a href="/docs">its documentation</a>.</p>
</body></html>
"""

DOCS = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Backlight: the interface for programs</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/docs.css"></head>
<body><div id="docs"></div><script src="/docs.js"></script><script src="/docs-start.js"></script></body>
</html>
"""
DOCS_START = """\
window.docs = SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });
"""


class HashedFiles(StaticFiles):
    """Files that a browser may keep for good. A folder that is not there yet has no files."""

    async def check_config(self) -> None:
        """Find nothing wrong with a missing folder."""

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, compressed where the client can read that, and marked as unchanging."""
        return file_response(Path(full_path), Headers(scope=scope), FOREVER)


def install_site(app: FastAPI, folder: Path) -> None:
    """Serve the page whose files are in ``folder``; it may be built, and built anew, while the server runs."""

    @app.get("/", include_in_schema=False)
    async def index(request: Request) -> Response:
        page = folder / "index.html"
        if page.is_file():
            response = file_response(page, request.headers, REVALIDATE)
            response.headers["Link"] = PRELOADS
            return response
        return HTMLResponse(NOT_BUILT, headers={"Cache-Control": REVALIDATE})

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(DOCS, headers={"Cache-Control": REVALIDATE})

    @app.get("/docs-start.js", include_in_schema=False)
    async def docs_start() -> Response:
        return Response(DOCS_START, media_type="text/javascript", headers={"Cache-Control": REVALIDATE})

    @app.get("/{name}", include_in_schema=False)
    async def file(name: str, request: Request) -> Response:
        found = folder / name
        if name.startswith(".") or found.parent != folder or not _is_file(found):
            raise NotFound("There is nothing under this address.")
        return file_response(found, request.headers, REVALIDATE)

    app.mount("/assets", HashedFiles(directory=folder / "assets", check_dir=False))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False
