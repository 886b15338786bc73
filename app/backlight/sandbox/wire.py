"""What the frames hold: the zygote's start order, a request, a failure; and the zygote's notices of births and deaths.

What is decoded from a child is checked value by value: whoever broke out of the program could have written it.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import asdict, dataclass, fields
from enum import IntEnum
from typing import Any, cast

from backlight.errors import BacklightError, LimitExceeded, NotAllowed, RequestError, SyntaxFailure, WorkerDied
from backlight.messages import message
from backlight.model.document import Place
from backlight.model.request import TraceRequest
from backlight.settings import Settings

WARM_ORDER = b"w"
"""One byte to the zygote: a child that runs a small program before it says that it is ready."""
COLD_ORDER = b"c"
"""One byte to the zygote: a child that is wanted at once."""
STANDBY_ORDER = b"s"
"""One byte to the zygote: a copy of itself, to take its place one day."""

NOTICE = struct.Struct("!BIidI")
"""A notice from the zygote: what happened, a process id, its exit status, the processor seconds that it used, and the
line where its program was when it was last asked, or 0."""

FAILURE_BYTES = 65_536
_MESSAGE_LENGTH = 4_096
_DETAIL_LENGTH = 4_096
_DETAIL_COUNT = 16
_CHILD_ERRORS = {error.code: error for error in (RequestError, SyntaxFailure, NotAllowed, LimitExceeded)}


class News(IntEnum):
    """What a notice tells. A birth, of a child or of a stand-by, carries a socket and, on Linux, a process descriptor.

    Before it is ready, the zygote names each opening in the seal: the attempt's number stands for the process id.
    """

    READY = 1
    BIRTH = 2
    NO_BIRTH = 3
    DEATH = 4
    OPENING = 5
    STANDBY = 6
    NO_STANDBY = 7


@dataclass(frozen=True, slots=True)
class Start:
    """What a zygote is told first: the entry point, as ``package.module:function``, and the settings."""

    entry: str
    settings: Settings


def encode_start(start: Start) -> bytes:
    """A start order as JSON."""
    return json.dumps(asdict(start)).encode()


def decode_start(body: bytes) -> Start:
    """The start order that `encode_start` wrote."""
    values = json.loads(body)
    settings: dict[str, Any] = values["settings"]
    for name, each in settings.items():
        if isinstance(each, list):
            settings[name] = tuple(cast(list[Any], each))
    return Start(values["entry"], Settings(**settings))


def encode_request(request: TraceRequest) -> bytes:
    """A request as ASCII JSON; a lone surrogate in the program survives the journey.

    Raises RequestError for what cannot be written as JSON.
    """
    try:
        return json.dumps({each.name: getattr(request, each.name) for each in fields(request)}).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise RequestError(message("invalid-request", "no-json")) from error


def decode_request(body: bytes) -> TraceRequest:
    """The request that `encode_request` wrote; RequestError where it is nested deeper than can be read here."""
    try:
        return TraceRequest(**json.loads(body))
    except RecursionError as error:
        raise RequestError(message("invalid-request", "no-json")) from error


def encode_ahead(body: bytes) -> bytes | None:
    """What `encode_request` will give for a request with this body, as far as one can say; None for no request's.

    Nothing of it was checked.
    """
    try:
        given = {name: value for name, value in json.loads(body).items() if value is not None}
        return encode_request(TraceRequest(**given))
    except (AttributeError, TypeError, ValueError, RecursionError, RequestError):
        return None


def encode_failure(error: BacklightError) -> bytes:
    """A refusal as JSON: code, message, place and details."""
    place = asdict(error.place) if error.place is not None else None
    values = {"code": error.code, "message": error.message, "place": place, "details": error.details}
    return json.dumps(values, default=str).encode("ascii")


def decode_failure(body: bytes) -> BacklightError:
    """The refusal that a child sent; WorkerDied where it makes no sense, or is not a child's to send."""
    try:
        values = json.loads(body)
        error = _CHILD_ERRORS[values["code"]]
        text = _text(values["message"], _MESSAGE_LENGTH)
        return error(text, _place(values["place"]), **_details(values["details"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return WorkerDied("The process that ran the program answered with nonsense.")


def _text(value: Any, length: int) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value.encode("utf-8", "replace").decode()[:length]


def _place(value: Any) -> Place | None:
    if value is None:
        return None
    numbers = {each.name: value[each.name] for each in fields(Place)}
    if not all(type(number) is int and 0 <= number < 2**31 for number in numbers.values()):
        raise ValueError("not a place")
    return Place(**numbers)


def _details(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    pairs = list(cast(dict[str, Any], value).items())[:_DETAIL_COUNT]
    return {_text(name, 64): _detail(each) for name, each in pairs if name not in {"message", "place", "self"}}


def _detail(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("not a number that JSON knows")
        return value
    if isinstance(value, list):
        return [_text(each, _DETAIL_LENGTH) for each in cast(list[Any], value)[:_DETAIL_COUNT]]
    return _text(value, _DETAIL_LENGTH)
