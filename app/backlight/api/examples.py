"""``GET /api/v1/examples``: the gallery."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter

from backlight.api.description import problems
from backlight.api.schemas import Example, ExampleEntry
from backlight.errors import NotFound
from backlight.gallery import list_examples

router = APIRouter(prefix="/api/v1/examples", tags=["examples"])


@router.get("")
async def examples() -> list[ExampleEntry]:
    """The gallery, in the order in which to read it."""
    return [ExampleEntry(name=each.name, title=each.title, lesson=each.lesson) for each in list_examples()]


@router.get("/{name}", responses=problems(404))
async def example(name: str) -> Example:
    """One example, with its program."""
    for each in list_examples():
        if each.name == name:
            return Example(**asdict(each))
    raise NotFound("There is no example of that name.")
