"""Whose request it is. In: the connection's other end, and its headers. Out: an address, or None where there is none.

A header is believed only where a trusted proxy sent it, and only the one that the proxies are known to write:
anybody can send the other, and most proxies pass it on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from backlight.errors import RequestError
from backlight.settings import Settings

Address = IPv4Address | IPv6Address
HEADERS = ("X-Forwarded-For", "Forwarded")
_FOR = re.compile(r"(?:^|;)\s*for\s*=\s*\"?([^\";]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proxies:
    """Who is believed, and which header they write."""

    networks: tuple[IPv4Network | IPv6Network, ...]
    header: str

    @classmethod
    def of(cls, settings: Settings) -> Proxies:
        """What the settings say. Raises RequestError for what is no network, or no header that is known."""
        header = settings.proxy_header
        if header not in HEADERS:
            raise RequestError(f"proxy_header must be {' or '.join(HEADERS)}, not {header!r}.")
        try:
            return cls(tuple(ip_network(each) for each in settings.trusted_proxies), header)
        except ValueError as error:
            raise RequestError(f"trusted_proxies must be addresses or networks: {error}.") from error

    def trusts(self, address: Address) -> bool:
        """Whether a header that comes from there is believed."""
        return any(address in each for each in self.networks)

    def find_client(self, scope: Scope) -> Address | None:
        """The address that is farthest away along trusted proxies; None for a local socket that has none."""
        client = _parse(scope["client"][0]) if scope.get("client") else None
        hops = self._hops(scope) if self.networks else []
        while hops and client is not None and self.trusts(client):
            hop = _parse(hops.pop())
            if hop is None:
                break  # a proxy that does not tell: the client is somewhere behind it
            client = hop
        return client

    def _hops(self, scope: Scope) -> list[str]:
        """What the proxies wrote, the nearest last."""
        elements = ",".join(Headers(scope=scope).getlist(self.header)).split(",")
        if self.header == "Forwarded":
            return [found[1] if (found := _FOR.search(each)) else "" for each in elements]
        return elements


def client_key(address: Address) -> str:
    """Under what an address is counted: itself, or for IPv6 the network of 64 bits that one customer has."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)


@lru_cache(maxsize=1_000)
def _parse(text: str) -> Address | None:
    """An address, as proxies write it: with a port or without, IPv6 in brackets or without."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
