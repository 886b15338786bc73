"""What the OpenAPI description says of failures: that they are problems, and which ones a route has."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from backlight.api.schemas import PROBLEM_TYPE, Problem


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The failures of a route, for its description."""
    return {each: {"model": Problem, "description": HTTPStatus(each).phrase} for each in statuses}


def describe(app: FastAPI) -> None:
    """Have the description of ``app`` say that its failures are problems."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            name_media_type(generate())
        return generate()

    app.openapi = openapi


def name_media_type(schema: dict[str, Any]) -> None:
    """Give the failures in ``schema`` their media type, in place."""
    for path in schema["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    (problem,) = response["content"].values()
                    response["content"] = {PROBLEM_TYPE: problem}
