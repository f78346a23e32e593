"""Where a request really comes from: only a reverse proxy that is trusted may say that it speaks for others."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec
from starlette.datastructures import Headers
from starlette.types import Scope

_MANY = 64
"""Entries of X-Forwarded-For that are looked at."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a request comes from. ``address`` is empty for a Unix socket.

    ``scheme`` and ``host`` are what the browser sees. ``by_proxy``: a trusted one stands between.
    """

    address: str
    scheme: str
    host: str
    by_proxy: bool

    @property
    def group(self) -> str:
        """The address for counting: of IPv6 the /64, which one subscriber has to themselves."""
        if ":" not in self.address:
            return self.address
        return str(ip_network((self.address.partition("%")[0], 64), strict=False))


class Proxies:
    """The proxies that are trusted: addresses and networks, and ``unix``."""

    def __init__(self, trusted: tuple[str, ...]) -> None:
        self._unix = "unix" in trusted
        self._networks: list[IPv4Network | IPv6Network] = [
            ip_network(each, strict=False) for each in trusted if each != "unix"
        ]

    def trusts(self, address: str | None) -> bool:
        """True for a trusted proxy; None is a Unix socket's other end."""
        if address is None:
            return self._unix
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        return any(ip in network for network in self._networks)

    def origin(self, scope: Scope) -> Origin:
        """Where the request comes from."""
        client = scope.get("client")
        address = client[0] if client and client[0] else None
        headers = Headers(scope=scope)
        scheme, host = str(scope["scheme"]), headers.get("host", "")
        if not self.trusts(address):
            return Origin(address=address or "", scheme=scheme, host=host, by_proxy=False)
        told = headers.get("x-forwarded-proto", "").strip().lower()
        return Origin(
            address=self._sender(headers) or address or "",
            scheme=told if told in {"http", "https"} else scheme,
            host=headers.get("x-forwarded-host", "").strip() or host,
            by_proxy=True,
        )

    def _sender(self, headers: Headers) -> str:
        """The last address that no trusted proxy has: what stands before it anybody can make up."""
        said = ",".join(headers.getlist("x-forwarded-for")).split(",")[-_MANY:]
        for each in reversed(said):
            found = _bare(each.strip())
            if found and not self.trusts(found):
                return found
        return ""


def _bare(text: str) -> str:
    """An address without port and brackets; empty if it is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return ""
