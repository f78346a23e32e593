"""The places where a web hook that was added over the socket may lead.

Theory of operation
-------------------

Whoever may add a hook decides where the daemon connects to. So that nobody reaches by it what only this machine can
reach (a router's page, a cloud's metadata service, a daemon on loopback), a hook leads to public addresses and over
https alone; ``web.hooks_allow`` in the configuration names what else is allowed, and there http will do.

It is addresses that are judged, for any name can lead anywhere, and elsewhere the next time. A name is looked up once
for each connection, and the connection goes to an address of that very answer: `Resolver` is what aiohttp asks in place
of the system. The certificate is held against the name, as ever. A host that is an address in another spelling
(``2130706433``, ``0x7f.1``, ``127.1``) is refused, since libraries differ in what they take it for.

Public is what IANA's registries of special-purpose addresses leave over; of IPv6 it is what lies in 2000::/3 and carries
no IPv4 address. The lists stand here, because those of Python's ``ipaddress`` differ between its releases.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

from gsmd.patterns import pattern

Address = IPv4Address | IPv6Address
LookUp = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, by its name and a port. Errors: OSError."""

_SPECIAL = tuple(
    (ip_network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a provider's customers"),
        ("127.0.0.0/8", "this machine"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "a relay for IPv6"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for measurements"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "this machine"),
        ("::ffff:0:0/96", "an IPv4 address in disguise"),
        ("64:ff9b::/96", "an IPv4 address in disguise (NAT64)"),
        ("64:ff9b:1::/48", "an IPv4 address in disguise (NAT64)"),
        ("2001::/23", "reserved for protocols"),
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "an IPv4 address in disguise (6to4)"),
        ("3fff::/20", "for documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
    )
)
_PUBLIC_V6 = ip_network("2000::/3")
_ODD_ADDRESS = pattern(r"(^|\.)(0[xX][0-9a-fA-F]*|[0-9]+)\.?\Z")
"""A host whose last label is a number: an address, or something that some take for one."""


class ForbiddenDestination(ValueError):
    """A web hook may not lead there; one sentence for people."""


class Destinations:
    """The judge of where a hook may lead. ``allow``: the hosts and networks of ``web.hooks_allow``."""

    def __init__(self, allow: Sequence[str]) -> None:
        self._hosts: set[str] = set()
        self._networks = []
        for entry in allow:
            try:
                self._networks.append(ip_network(entry, strict=False))
            except ValueError:
                self._hosts.add(_bare(entry))

    def judge_host(self, host: str, *, https: bool) -> None:
        """What can be said before its name is looked up. Errors: `ForbiddenDestination`."""
        address = _literal(host)
        if address is not None:
            self.judge_address(host, address, https=https)
        elif _ODD_ADDRESS.search(host):
            raise ForbiddenDestination(f"{host} is an address in a form that is not the usual one")
        elif not https and not self._networks and _bare(host) not in self._hosts:
            raise ForbiddenDestination(_no_http(host))

    def judge_address(self, host: str, address: Address, *, https: bool) -> None:
        """Whether a connection for ``host`` may go to ``address``. Errors: `ForbiddenDestination`."""
        if _bare(host) in self._hosts or any(address in network for network in self._networks):
            return
        if not https:
            raise ForbiddenDestination(_no_http(host))
        if (kind := special(address)) is not None:
            is_one = _literal(host) is not None
            where = f"{host} is" if is_one else f"{host} leads to {address}, which is"
            raise ForbiddenDestination(
                f"{where} not public ({kind}), and web.hooks_allow does not name it"
            )

    def permitted(self, host: str, found: Sequence[str], *, https: bool) -> list[str]:
        """Those of the addresses that a host's name leads to which are allowed. Errors: `ForbiddenDestination` if none is."""
        good: list[str] = []
        refusal = ForbiddenDestination(f"{host} has no address")
        for address in found:
            try:
                self.judge_address(host, ip_address(address), https=https)
            except ForbiddenDestination as error:
                refusal = error
            else:
                good.append(address)
        if not good:
            raise refusal
        return good


class Target(NamedTuple):
    """The other side of an address on the web."""

    host: str
    port: int
    https: bool


def target_of(url: str) -> Target:
    """Where aiohttp would connect to for an address. Errors: ValueError for one that cannot be."""
    from yarl import URL

    parsed = URL(url)
    if not parsed.raw_host or parsed.port is None:
        raise ValueError(f"{url[:100]} names no host")
    return Target(parsed.raw_host, parsed.port, parsed.scheme == "https")


async def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them, the best first. Errors: OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Resolver:
    """Names for aiohttp's connector: looked up anew for each connection, and only what is allowed comes out."""

    def __init__(self, destinations: Destinations, *, https: bool, look_up: LookUp) -> None:
        self._destinations = destinations
        self._https = https
        self._look_up = look_up

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
        """The addresses to connect to. Errors: OSError, `ForbiddenDestination`."""
        del family
        found = await self._look_up(host, port)
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            }
            for address in self._destinations.permitted(host, found, https=self._https)
        ]

    async def close(self) -> None:
        """Nothing to let go of."""


def special(address: Address) -> str | None:
    """What an address is for, if it is not a public one."""
    for network, kind in _SPECIAL:
        if address in network:
            return kind
    return None if address.version == 4 or address in _PUBLIC_V6 else "reserved"


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _bare(host: str) -> str:
    return host.removesuffix(".").casefold()


def _no_http(host: str) -> str:
    return f"to {host} only https:// will do: http:// is for what web.hooks_allow names"
