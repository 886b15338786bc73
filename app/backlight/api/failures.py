"""What a client is told when something fails: one body (RFC 9457) for every route, and every error's HTTP status.

Nothing else in the code knows a status. A problem never holds a stack trace, a path or an internal name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from backlight.api.schemas import PROBLEM_TYPE
from backlight.errors import (
    BacklightError,
    Busy,
    LimitExceeded,
    NotAllowed,
    NotFound,
    NotReady,
    NotRecorded,
    RateLimited,
    ReplayFailed,
    RequestError,
    SyntaxFailure,
    TooLarge,
    TooSlow,
    WorkerDied,
)

STATUSES: Mapping[type[BacklightError], tuple[HTTPStatus, str]] = {
    RequestError: (HTTPStatus.UNPROCESSABLE_ENTITY, "The request is malformed"),
    SyntaxFailure: (HTTPStatus.UNPROCESSABLE_ENTITY, "The program does not parse"),
    NotAllowed: (HTTPStatus.UNPROCESSABLE_ENTITY, "The program uses what is not allowed here"),
    LimitExceeded: (HTTPStatus.UNPROCESSABLE_ENTITY, "The program reached a limit"),
    TooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large"),
    TooSlow: (HTTPStatus.REQUEST_TIMEOUT, "The request took too long to arrive"),
    RateLimited: (HTTPStatus.TOO_MANY_REQUESTS, "Too many requests"),
    Busy: (HTTPStatus.SERVICE_UNAVAILABLE, "All workers are busy"),
    NotReady: (HTTPStatus.SERVICE_UNAVAILABLE, "No worker answers yet"),
    NotFound: (HTTPStatus.NOT_FOUND, "There is nothing here"),
    NotRecorded: (HTTPStatus.NOT_FOUND, "The recording does not know this tensor"),
    ReplayFailed: (HTTPStatus.UNPROCESSABLE_ENTITY, "The recording cannot be replayed like this"),
    WorkerDied: (HTTPStatus.INTERNAL_SERVER_ERROR, "The worker died"),
}
"""The status and title of each error; an error that is not here takes those of its parent."""

HTTP_CODES: Mapping[int, tuple[str, str]] = {
    404: (NotFound.code, "There is nothing under this address."),
    405: ("method-not-allowed", "This address does not answer to that method."),
}
"""Code and detail of the failures that HTTP itself knows; any other below 500 is an invalid request."""

RETRY_SECONDS = 1
"""When a client may come back that found all workers busy, or none."""
UNREADABLE = (RequestError.code, "The request could not be read.")
INTERNAL = (BacklightError.code, "Something went wrong inside Backlight. The next request is served as usual.")


class ProblemResponse(JSONResponse):
    """A failure's answer (RFC 9457); whoever watches the request finds its ``code`` in the scope's state."""

    media_type = PROBLEM_TYPE

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem, status)
        self._code = problem["code"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        scope.setdefault("state", {})["code"] = self._code
        await super().__call__(scope, receive, send)


def install_failures(app: FastAPI) -> None:
    """Have every failure of ``app`` answered with a problem."""
    app.add_exception_handler(BacklightError, _on_backlight_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


def failure_response(error: BacklightError) -> ProblemResponse:
    """The answer to a failure: its status, place and details."""
    status, title = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    details = error.details | _place_of(error)
    if isinstance(error, Busy | NotReady | RateLimited):
        details = {"retry_seconds": RETRY_SECONDS} | details
    response = _problem(status, title, error.code, error.message, details)
    if seconds := details.get("retry_seconds"):
        response.headers["Retry-After"] = str(seconds)
    if isinstance(error, TooSlow):
        response.headers["Connection"] = "close"
    return response


def fault_response() -> ProblemResponse:
    """The answer where the fault is ours."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _problem(status, status.phrase, *INTERNAL, {})


def unreadable_response() -> ProblemResponse:
    """The answer to what is no HTTP; the connection ends with it."""
    status = HTTPStatus.BAD_REQUEST
    response = _problem(status, status.phrase, *UNREADABLE, {})
    response.headers["Connection"] = "close"
    return response


def _place_of(error: BacklightError) -> dict[str, Any]:
    place = error.place
    if place is None:
        return {}
    return {
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def _problem(status: int, title: str, code: str, detail: str, more: Mapping[str, Any]) -> ProblemResponse:
    known = {
        "type": f"urn:backlight:error:{code}",
        "title": title,
        "status": int(status),
        "detail": detail,
        "code": code,
    }
    return ProblemResponse(status, known | {**more, **known})


async def _on_backlight_error(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, BacklightError)
    return failure_response(error)


async def _on_invalid(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    return failure_response(RequestError(describe_faults(error.errors())))


async def _on_http(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    code, detail = HTTP_CODES.get(status, INTERNAL if status >= 500 else UNREADABLE)
    title = STATUSES[NotFound][1] if code == NotFound.code else status.phrase
    response = _problem(status, title, code, detail, {})
    response.headers.update(error.headers or {})
    if response.headers.get("Allow") == "GET":
        response.headers["Allow"] = "GET, HEAD"  # every GET is answered to a HEAD, too
    return response


def describe_faults(faults: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with a request, in a sentence for each of the first three of pydantic's faults."""
    return " ".join(_describe(each) for each in faults[:3])


def _describe(fault: Mapping[str, Any]) -> str:
    path = ".".join(str(each) for each in fault["loc"][1:])
    if fault["type"] == "json_invalid":
        return f"The body is not valid JSON: {fault['ctx']['error']}."
    if fault["type"] == "extra_forbidden":
        return f"There is no field {path!r}."
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    if not path:
        return "The body must be a JSON object, sent with the header Content-Type: application/json."
    return f"{path}: {fault['msg']}."
