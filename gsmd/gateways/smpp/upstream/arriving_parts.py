"""Parts of long messages that an SMSC of others hands over wait for each other on the disk, as those of ESMEs do.

They are kept in the tables of `gsmd.gateways.smpp.segments`, under a name that no account can have.
"""

import sqlite3
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from gsmd.gateways.database import Database
from gsmd.gateways.smpp import segments
from gsmd.gateways.smpp.content import Piece
from gsmd.gateways.smpp.joining import place_of
from gsmd.gateways.smpp.sending import milliseconds
from gsmd.smpp import decode, encode, pdus

Arrived = pdus.DeliverSm | pdus.DataSm
T = TypeVar("T")


class JoinedArrival(msgspec.Struct, frozen=True):
    """What came of a part: ``parts`` once all are there, ``message`` if the daemon has it already."""

    id: str
    parts: tuple[Arrived, ...] | None
    message: str | None


class ArrivingParts:
    """The parts of one provider's."""

    def __init__(self, provider: str, database: Database, now: Callable[[], datetime]) -> None:
        self._owner = segments.PROVIDER + provider
        self._database = database
        self._now = now

    async def put(self, pdu: Arrived, piece: Piece) -> JoinedArrival | None:
        """Keep a part; None for a message that is whole."""
        place = place_of(pdu, piece)
        if place is None:
            return None
        octets, at = encode(pdu), milliseconds(self._now())
        joined = await self._database.write(
            lambda connection: segments.put(
                connection, self._owner, pdu.source, pdu.destination, place, octets, at
            )
        )
        parts = None
        if joined.parts is not None and joined.message is None:
            parts = _read(joined.parts)
        return JoinedArrival(joined.id, parts, joined.message)

    async def received(self, id_: str) -> None:
        """The daemon has the whole."""
        await self._database.write(lambda connection: segments.accepted(connection, id_, id_))

    async def whole(self) -> list[tuple[str, list[Arrived]]]:
        """Those that are whole and that the daemon is not known to have."""
        found = await self._database.read(segments.whole_of_providers)
        return [(id_, [*_read(parts)]) for id_, owner, parts in found if owner == self._owner]

    async def late(self, began_before: int) -> list[tuple[str, dict[int, Arrived]]]:
        """Those that began before then and are not whole: the parts that are there, by their places."""

        def look(connection: sqlite3.Connection) -> list[tuple[str, dict[int, bytes]]]:
            return segments.expired_of(connection, self._owner, began_before)

        found = await self._database.read(look)
        return [
            (id_, dict(zip(parts, _read([*parts.values()]), strict=True))) for id_, parts in found
        ]

    async def discard(self, id_: str, sequences: Collection[int]) -> None:
        """Let go of the parts that were handed over as they are. Those that came since stay."""
        await self._database.write(
            lambda connection: segments.discard_parts(connection, id_, sequences)
        )


def _read(parts: Sequence[bytes]) -> tuple[Arrived, ...]:
    return tuple(pdu for pdu in map(decode, parts) if isinstance(pdu, Arrived))
