"""Files as browsers want them: the front end's build leaves compressed copies beside its files, and these are sent.

In: a file and a request's headers. Out: a response with the copy that the client accepts, or with the file itself.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi.responses import FileResponse
from starlette.datastructures import Headers

CODINGS = {"br": ".br", "gzip": ".gz"}
"""Content codings, the better first, and the endings of their files."""


def file_response(path: Path, request: Headers, cache_control: str) -> FileResponse:
    """The file at ``path``, compressed if there is such a copy and the client says that it can read it."""
    headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"}
    accepted = accepted_codings(request.get("accept-encoding", ""))
    for coding, ending in CODINGS.items():
        copy = path.with_name(path.name + ending)
        if coding in accepted and copy.is_file():
            headers["Content-Encoding"] = coding
            return FileResponse(copy, headers=headers, media_type=_media_type(path), stat_result=copy.stat())
    return FileResponse(path, headers=headers, media_type=_media_type(path), stat_result=path.stat())


def accepted_codings(header: str) -> frozenset[str]:
    """The codings that an Accept-Encoding header names, less those that it rules out (``q=0``)."""
    parts = [part.lower().replace(" ", "").partition(";q=") for part in header.split(",")]
    return frozenset(coding for coding, _, weight in parts if not _is_zero(weight))


def _is_zero(weight: str) -> bool:
    return weight != "" and weight.strip("0.") == ""


def _media_type(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"
