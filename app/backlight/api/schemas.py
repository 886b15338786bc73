"""What a request may hold and what a failure holds, as pydantic models. The Document describes itself."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backlight.model.request import TraceRequest

PROBLEM_TYPE = "application/problem+json"

Scalar = int | float
_SEED_BOUND = 2**63


class TraceBody(BaseModel):
    """A program to run: exactly one of ``source``, ``expression`` and ``notebook``."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"expression": "sin(x**2)", "inputs": {"x": 3.0}}]},
    )

    source: str | None = Field(None, description="Python text; lines of `# %%` separate cells")
    expression: str | None = Field(None, description="one expression, as in `relu(x @ W + b).sum()`")
    notebook: dict[str, Any] | None = Field(None, description="an nbformat-4 document; its outputs are not read")
    inputs: dict[str, Any] | None = Field(
        None, description="for an expression: name to number, or to nested lists of numbers; null is none"
    )
    seed: int | None = Field(
        0,
        ge=-_SEED_BOUND,
        lt=_SEED_BOUND,
        description="seeds random, numpy and torch; null is 0, as if it were left out",
    )

    @model_validator(mode="after")
    def _one_program(self) -> TraceBody:
        given = [each for each in (self.source, self.expression, self.notebook) if each is not None]
        if len(given) != 1:
            raise ValueError("Give exactly one of source, expression and notebook.")
        if self.inputs and self.expression is None:
            raise ValueError("Inputs belong to an expression.")
        return self

    def to_request(self) -> TraceRequest:
        """The request as the sandbox takes it."""
        return TraceRequest(self.source, self.expression, self.notebook, self.inputs or {}, self.seed or 0)


class Problem(BaseModel):
    """A failure (RFC 9457). Further members say more: of a limit, its name and its value."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="a URN made of the code")
    title: str = Field(description="what kind of failure this is")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="what happened, for people")
    code: str = Field(description="what happened, for programs")
    line: int | None = Field(None, description="line of the program, from 1")
    column: int | None = Field(None, description="column, from 0, in code points")
    end_line: int | None = None
    end_column: int | None = None
    cell: int | None = Field(None, description="for a notebook: the code cell that the place is in, from 0")
    cell_line: int | None = Field(None, description="for a notebook: the line in the code of that cell, from 1")
    limit: str | None = Field(None, description="the limit that was reached")
    value: float | None = Field(None, description="what that limit is set to")


class ExampleEntry(BaseModel):
    """An example of the gallery, without its program."""

    name: str
    title: str
    lesson: str


class Example(ExampleEntry):
    """An example of the gallery."""

    source: str


class Health(BaseModel):
    """The server is alive."""

    status: str = "ok"
    version: str
