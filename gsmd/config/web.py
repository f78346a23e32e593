"""The section ``web``. The daemon goes by one key of it, ``hooks_allow``; the rest is the web gateway's."""

import re
from typing import Annotated

from gsmd.config.errors import Impossible
from gsmd.config.types import Section, parsed

_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?")


def parse_host_or_network(value: object) -> str:
    """The name of a host, an address or a network, unchanged. Errors: `Impossible`."""
    import ipaddress  # the plain daemon does without

    expected = "a host's name, an address or a network, like nas.lan, 192.168.1.5 or 192.168.1.0/24"
    if not isinstance(value, str):
        raise Impossible(expected)
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        looks_numeric = re.fullmatch(r"[0-9./]+", value) is not None
        if looks_numeric or len(value) > 253 or _HOST.fullmatch(value) is None:
            raise Impossible(expected) from None
    return value


HostOrNetwork = Annotated[str, parsed(parse_host_or_network)]


class WebConfig(Section, frozen=True, kw_only=True):
    """``hooks_allow``: the hosts and networks where web hooks that were added over the socket may lead besides public https addresses."""

    hooks_allow: tuple[HostOrNetwork, ...] = ()
