"""Every limit and switch, in one table: name, default, unit and meaning; ``docs/settings.md`` is made from it.

Each can be set by an environment variable, ``BACKLIGHT_`` and the name in capitals.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from backlight.errors import RequestError

NONE = "none"
"""How an empty list is written."""


def setting(default: Any, meaning: str) -> Any:
    """A field of `Settings` with its meaning for the documentation."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's settings. Sizes are in bytes, times in seconds, unless the meaning says otherwise."""

    host: str = setting("127.0.0.1", "address that the server listens on")
    port: int = setting(8000, "port that the server listens on")
    unsafe: bool = setting(False, "listen on other addresses than loopback even where programs cannot be sealed off")
    source_bytes: int = setting(65_536, "length of a program, as UTF-8")
    syntax_nodes: int = setting(20_000, "syntax nodes in a program")
    nesting: int = setting(60, "depth of nested brackets and expressions in a program")
    cpu_seconds: float = setting(5.0, "processor time of a program; beyond it the Document holds what there is")
    finishing_seconds: float = setting(
        8.0,
        "processor time beyond that in which a stopped program must have ended and its Document be finished; and the "
        "time that is added to `wall_seconds` once a program that ran for long is over, for its Document",
    )
    wall_seconds: float = setting(10.0, "time until a sandboxed process must have answered")
    memory_bytes: int = setting(512 * 2**20, "memory that a program may take beyond what the process has already")
    output_bytes: int = setting(65_536, "text that a program may print")
    graph_nodes: int = setting(20_000, "nodes in a graph, in the sandbox; recording from Python has no such limit")
    steps: int = setting(
        50_000, "steps of a run, forward, backward, updates and prints, in the sandbox; recording has no such limit"
    )
    element_count: int = setting(1_024, "elements of a value that are kept one by one")
    picture_cells: int = setting(256, "cells of the picture of a larger value")
    held_bytes: int = setting(
        128 * 2**20, "tensor memory that a recording holds on to before it keeps only summaries of large values"
    )
    value_bytes: int = setting(
        8 * 2**20, "value data in one Document; beyond it data becomes pictures, then statistics"
    )
    document_bytes: int = setting(32 * 2**20, "size of one Document")
    body_bytes: int = setting(2**20, "size of a request body")
    idle_workers: int = setting(4, "sandboxed processes that wait ready for a request")
    standby_zygotes: int = setting(
        1, "copies of the process that forks the others, ready to take its place when it dies"
    )
    queue_length: int = setting(64, "requests that may wait for a worker")
    request_seconds: float = setting(
        30.0, "time in which a request's head must arrive, then its body; and in which some of an answer must be taken"
    )
    grace_seconds: float = setting(15.0, "time that running requests have to end after the server is told to stop")
    rate_per_second: float = setting(30.0, "requests a second that one client may make in the long run; 0: no limit")
    rate_burst: int = setting(120, "requests that one client may make at once")
    rate_clients: int = setting(10_000, "clients whose requests are counted; then those seen longest ago are forgotten")
    trusted_proxies: tuple[str, ...] = setting(
        (), "addresses or networks, with commas between them, of proxies that are believed when they name their client"
    )
    proxy_header: str = setting("X-Forwarded-For", "where they name it: `X-Forwarded-For` or `Forwarded`")
    cors_origins: tuple[str, ...] = setting(
        (), "origins, as in `https://example.org`, with commas between them, whose pages may use the interface"
    )

    @property
    def must_be_sealed(self) -> bool:
        """Whether programs of strangers may come, and nobody took it upon themselves to run them unsealed."""
        return not (self.unsafe or is_loopback(self.host))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Settings with what ``BACKLIGHT_*`` variables give. Raises RequestError for a value that does not fit."""
        given: dict[str, Any] = {}
        for each in fields(cls):
            name = f"BACKLIGHT_{each.name.upper()}"
            if name in environment:
                given[each.name] = _parse(name, environment[name], each.default)
        return cls(**given)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parse(name: str, text: str, default: Any) -> Any:
    kind: type[Any] = default.__class__
    if kind is bool:
        return text.strip().lower() in {"1", "true", "yes", "on"}
    if kind is tuple:
        return tuple(each.strip() for each in text.split(",") if each.strip() not in {"", NONE})
    if kind is str:
        return text
    what = "a whole number" if kind is int else "a number"
    try:
        number = kind(text)
    except ValueError as error:
        raise RequestError(f"{name} must be {what}, not {text!r}.") from error
    if not number >= 0:
        raise RequestError(f"{name} must be {what} from 0 on, not {text}.")
    return number
