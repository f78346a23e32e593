"""Listings that come in pages, as one stream; and the times in them."""

from collections.abc import Iterator
from typing import Any

from gsmd.cli import moments
from gsmd.client import Client

PAGE = 500


def pages(client: Client, method: str, key: str, **params: Any) -> Iterator[dict[str, Any]]:
    """Everything that a paged method lists, asked for as it is needed."""
    after = None
    while True:
        page = client.call(method, limit=PAGE, after=after, **params)
        yield from page[key]
        after = page["next"]
        if after is None:
            return


def when(at: str | None) -> str:
    """A time of the protocol as people here say it; empty for none."""
    return moments.local(moments.read(at)) if at else ""
