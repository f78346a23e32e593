"""Values that gateways have in common: where one listens, whom it lets in, how often, how much."""

import re
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from gsmd.config.errors import Impossible
from gsmd.config.types import AbsolutePath, Section, number_like, parsed, text_like
from gsmd.patterns import pattern

_SOCKET_PATH_LIMIT = 107

_HOST = pattern(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?")

_SPANS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}

_SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class Endpoint(msgspec.Struct, frozen=True):
    """An address to listen at: a host and a port, or the ``path`` of a Unix socket."""

    host: str = ""
    port: int = 0
    path: Path | None = None

    @property
    def is_local(self) -> bool:
        """Nobody on another machine can come this way."""
        return self.path is not None or self.host in {"localhost", "::1"} or _is_127(self.host)

    def __str__(self) -> str:
        if self.path is not None:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Rate(msgspec.Struct, frozen=True):
    """So many in so many seconds."""

    count: int
    seconds: float


def _is_127(host: str) -> bool:
    return re.fullmatch(r"127(\.[0-9]{1,3}){3}", host) is not None


def parse_endpoint(value: object) -> Endpoint:
    """``host:port``, ``[IPv6]:port``, ``:port`` (every address) or ``unix:/a/path``. Errors: `Impossible`."""
    expected = 'an address and a port, like "127.0.0.1:8090", or "unix:/run/gsmd-web/web.sock"'
    if not isinstance(value, str):
        raise Impossible(expected)
    if value.startswith("unix:"):
        path = value.removeprefix("unix:")
        if not path.startswith("/") or "\0" in path or len(path.encode()) > _SOCKET_PATH_LIMIT:
            raise Impossible(f"{expected}, its path at most {_SOCKET_PATH_LIMIT} octets")
        return Endpoint(path=Path(path))
    host, colon, port = value.rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65_535:
        raise Impossible(expected)
    if host.startswith("[") and host.endswith("]") and _is_ip(host[1:-1]):
        return Endpoint(host[1:-1], int(port))
    if host and (
        (re.fullmatch(r"[0-9.]+", host) and not _is_ip(host)) or not _HOST.fullmatch(host)
    ):
        raise Impossible(expected)
    return Endpoint(host, int(port))


def _is_ip(text: str) -> bool:
    import ipaddress  # the plain daemon does without

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def parse_network(value: object) -> str:
    """An address or a network, unchanged. Errors: `Impossible`."""
    import ipaddress

    expected = "an address or a network, like 192.168.1.5 or 192.168.1.0/24"
    if not isinstance(value, str):
        raise Impossible(expected)
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise Impossible(expected) from None
    return value


def parse_host_or_network(value: object) -> str:
    """The name of a host, an address or a network, unchanged. Errors: `Impossible`."""
    expected = "a host's name, an address or a network, like nas.lan, 192.168.1.5 or 192.168.1.0/24"
    try:
        return parse_network(value)
    except Impossible:
        looks_numeric = isinstance(value, str) and re.fullmatch(r"[0-9./]+", value) is not None
        if not isinstance(value, str) or looks_numeric or len(value) > 253:
            raise Impossible(expected) from None
        if _HOST.fullmatch(value) is None:
            raise Impossible(expected) from None
        return value


def parse_proxy(value: object) -> str:
    """As `parse_network`, or ``unix``: whoever may open the Unix socket that is listened at."""
    if value == "unix":
        return "unix"
    try:
        return parse_network(value)
    except Impossible as error:
        raise Impossible(f"{error.expected}, or unix") from None


def parse_rate(value: object) -> Rate:
    """``60/m``: so many in a second, a minute, an hour or a day; a number alone is in a second. Errors: `Impossible`."""
    expected = 'so many in a time: a number, "/", and s, m, h or d, like "60/m"'
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value}/s"
    found = re.fullmatch(r"([1-9][0-9]{0,6})/([smhd])", value) if isinstance(value, str) else None
    if found is None:
        raise Impossible(expected)
    return Rate(int(found[1]), _SPANS[found[2]])


def parse_size(value: object) -> int:
    """Octets: a number, or one with ``K``, ``M`` or ``G`` (powers of 1024). Errors: `Impossible`."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    found = re.fullmatch(r"([1-9][0-9]{0,11})([KMG]?)", text) if isinstance(text, str) else None
    if found is None:
        raise Impossible("a number of octets, like 65536, 64K or 1M")
    return int(found[1]) * _SIZES[found[2]]


ListenAt = Annotated[Endpoint, parsed(parse_endpoint)]
Network = Annotated[str, parsed(parse_network)]
HostOrNetwork = Annotated[str, parsed(parse_host_or_network)]
Proxy = Annotated[str, parsed(parse_proxy)]
PerTime = Annotated[Rate, parsed(parse_rate)]
Octets = Annotated[int, parsed(parse_size)]
HostName = Annotated[
    str,
    text_like(
        r"^(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*\Z", "a host's name, like sms.example.org"
    ),
]
Host = Annotated[
    str, text_like(r"^[^\s/@\[\]]{1,253}\Z", "a host's name or address, like smpp.example.org")
]
Port = Annotated[int, Meta(ge=1, le=65_535, description="a port, 1 to 65535")]
Contact = Annotated[
    str, number_like(r"^\+?[0-9]{3,20}\Z", 'a phone number in quotes, like "+33612345678"')
]


class TlsFiles(Section, frozen=True, kw_only=True):
    """A certificate with its chain, and its key, both PEM."""

    certificate: AbsolutePath
    key_file: AbsolutePath
