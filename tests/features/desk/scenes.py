"""People who write, and somebody at the desk, on the core alone."""

from itertools import count
from typing import Any

from gsmd.protocol.params import read
from tests.core.bench import Bench, deliver

ANNA, BEN, CARL = "+33612000001", "+33612000002", "+33612000003"

_moments = count()


class Caller:
    """Somebody at the socket."""

    user = "dora"


async def call(it: Bench, method: str, **params: Any) -> Any:
    """What the socket would answer."""
    (bound,) = (each for each in it.app.methods() if each.method.name == method)
    return await bound.function(Caller(), read(bound.method.params, params))


async def listed(it: Bench, **choice: Any) -> list[str]:
    """The peers of a whole listing, page by page."""
    peers: list[str] = []
    while True:
        page = await call(it, "conversations.list", **choice)
        peers += [each.peer for each in page.conversations]
        if page.next is None:
            return peers
        choice["after"] = page.next


async def says(it: Bench, peer: str, text: str = "hello", **more: Any) -> str:
    """Somebody writes; returns the id of the message."""
    before = len(it.told("message.received"))
    it.modem.arrive(*deliver(text, peer, at=next(_moments), **more))
    await it.until(lambda: len(it.told("message.received")) > before)
    return str(it.told("message.received")[-1].fields["id"])
