"""The lists of a box's gsmd that all boxes share, each as `SharedList` sees it: where its records stand, how it is changed, what is new in it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple

from gsmd.client import AsyncClient
from gsmd.fleet import subjects
from gsmd.gateways.fleet.wish import SOURCE, LocalChange, WishRecord, is_note, note

Page = tuple[list[LocalChange], str | None]


class Book(NamedTuple):
    """A list. ``filter`` are the places of its records, ``event`` begins the events of its changes, ``forbids`` is the wish that does.

    ``change`` brings gsmd's list into line with a record; ``log`` is a page of gsmd's log, newest first, behind a cursor. Errors: `GsmdError`.
    """

    name: str
    filter: str
    event: str
    forbids: str
    place: Callable[[str, str | None], str]
    change: Callable[[WishRecord], Awaitable[Any]]
    log: Callable[[str | None], Awaitable[Page]]


def opt_outs(client: AsyncClient) -> Book:
    """Who wants no messages from us."""
    names = ("opt-outs", "sms.reg.optout.*", "optout.", "stop")
    return _logged(names, subjects.opt_out, client.optout, lambda entry: entry.peer, source=SOURCE)


def blocks(client: AsyncClient) -> Book:
    """Senders that nobody wants to hear."""
    names = ("blocks", "sms.reg.block.*", "block", "block")
    return _logged(names, subjects.block, client.blocks, lambda entry: entry.pattern)


def _logged(
    names: tuple[str, str, str, str],
    place: Callable[[str], str],
    calls: Any,
    about: Callable[[Any], str],
    **more: str,
) -> Book:
    """A list that gsmd has a log of: on it is who has the wish that forbids."""
    forbids = names[-1]

    async def change(record: WishRecord) -> None:
        call = calls.add if record.wish == forbids else calls.remove
        await call(record.about, note=note(record.wish, record.box), **more)

    async def log(after: str | None) -> Page:
        page = await calls.log(after=after)
        return [_change(about(each), each) for each in page.changes], page.next

    return Book(*names, lambda who, _: place(who), change, log)


def consents(client: AsyncClient) -> Book:
    """Who agreed to get a list. gsmd has no log of them: `gsmd.gateways.fleet.consents` hears its events instead."""

    async def change(record: WishRecord) -> None:
        if record.list is None:
            return
        said = note(record.wish, record.box)
        if record.wish != "given":
            await client.consents.withdraw(record.about, list_=record.list, note=said)
            return
        at = datetime.fromisoformat(record.at)
        await client.consents.add(record.list, record.about, shown=record.shown, at=at, note=said)

    async def log(after: str | None) -> Page:
        del after
        return [], None

    def place(peer: str, list_: str | None) -> str:
        return subjects.consent(peer, list_ or "")

    return Book("consents", "sms.reg.consent.*.*", "consent.", "withdrawn", place, change, log)


def _change(about: str, entry: Any) -> LocalChange:
    return LocalChange(about, entry.wish, entry.at, is_note(entry.note, entry.wish))
