"""The events that were told, as far back as they are kept: for whoever was away."""

from collections.abc import Sequence

from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Event
from gsmd.store.ledger import Ledger
from gsmd.store.tables import events
from gsmd.store.tables.messages import moment


class EventLog:
    """Reads events back in the order in which they were told, by their numbers."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def newest(self) -> int:
        """The number of the newest event; 0 if there was none."""
        return (await self._ledger.read(events.span))[1]

    async def require(self, after: int) -> None:
        """Errors: `Refused` unless everything behind number ``after`` is still there."""
        oldest, newest = await self._ledger.read(events.span)
        if oldest - 1 <= after <= newest:
            return
        gone = after < oldest
        text = (
            f"events are kept from {oldest} on" if gone else f"the newest event has number {newest}"
        )
        raise Refused(
            Code.NOT_FOUND,
            text,
            reason="events_gone" if gone else "no_such_event",
            field="after",
            oldest=oldest,
            newest=newest,
        )

    async def since(self, after: int, limit: int) -> Sequence[Event]:
        """Up to ``limit`` events behind number ``after``, in order."""
        told = await self._ledger.read(lambda connection: events.since(connection, after, limit))
        return [
            Event(
                each.type,
                moment(each.at),
                each.detail if each.message is None else {"id": each.message, **each.detail},
                each.seq,
            )
            for each in told
        ]
