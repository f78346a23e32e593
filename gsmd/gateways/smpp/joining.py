"""Long messages: parts are kept until they are whole, then the daemon gets one message.

Theory of operation. A part is on the disk before it is answered ROK. The part that makes the message whole
is answered once the daemon has it; it is sent under the long message's own key, so it goes out once, however
often that is tried. What was whole when the gateway died is sent when it is started again. If the daemon
refuses it, this part is answered so, and the others get receipts; the same if parts are missing for too long.
"""

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime

import msgspec

from gsmd.gateways.database import Database
from gsmd.gateways.smpp import segments, tables
from gsmd.gateways.smpp.accounts import Account, Accounts
from gsmd.gateways.smpp.content import Piece
from gsmd.gateways.smpp.daemon_line import DaemonLine
from gsmd.gateways.smpp.parameters import Parameters, number_of, reference_of
from gsmd.gateways.smpp.receipts import Receipts
from gsmd.gateways.smpp.refusal import Refusal
from gsmd.gateways.smpp.segments import Place
from gsmd.gateways.smpp.sending import milliseconds, row_of, send
from gsmd.smpp import CommandStatus, SmppError, Tag, decode, encode, esm_class, pdus, tlv

log = logging.getLogger(__name__)

S = CommandStatus
Part = pdus.SubmitSm | pdus.DataSm

_AGAIN = frozenset({S.RSYSERR, S.RMSGQFUL, S.RTHROTTLED, S.RUNKNOWNERR})
"""Statuses after which the ESME, or we, will try again."""


class Joining:
    """Puts long messages together."""

    def __init__(
        self,
        database: Database,
        receipts: Receipts,
        parameters: Parameters,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._receipts = receipts
        self._parameters = parameters
        self._now = now
        self._sending: set[str] = set()

    async def part(
        self, account: Account, line: DaemonLine, pdu: Part, place: Place, version: int
    ) -> str:
        """Take on a part; returns the id for the answer. Errors: `SmppError`, `Refusal`."""
        # whatever is wrong with it is said before anything is kept
        self._parameters.of(account, pdu, [self._parameters.piece(pdu)])
        number_of(pdu.destination)
        octets = encode(pdu)
        at = milliseconds(self._now())
        joined = await self._database.write(
            lambda connection: segments.put(
                connection, account.name, pdu.source, pdu.destination, place, octets, at
            )
        )
        if joined.parts is not None and joined.message is None:
            try:
                await self._whole(account, line, joined.id, joined.parts, version)
            except (Refusal, SmppError) as error:
                if error.status not in _AGAIN:
                    await self._reject(joined.id, but=joined.sequence)
                raise
        return joined.part_id

    async def overdue(
        self,
        began_before: int,
        accounts: Accounts,
        line_of: "Callable[[str], tuple[Account, DaemonLine] | None]",
    ) -> None:
        """Send what is whole and was not accepted; give up what began before then and is not whole, or nobody's any more."""
        for id_, name, parts in await self._database.read(segments.whole):
            found = line_of(name)
            if found is None or id_ in self._sending:
                continue
            try:
                await self._whole(*found, id_, parts, 0x34)
            except (Refusal, SmppError) as error:
                if error.status not in _AGAIN:
                    log.warning("%s: the long message %s is refused: %s", name, id_, error)
                    await self._reject(id_)
        late = await self._database.read(
            lambda connection: segments.expired(connection, began_before)
        )
        for id_ in late:
            if id_ not in self._sending and await self._reject(id_, if_incomplete=True):
                log.warning("parts of the long message %s are missing: it is given up", id_)
        names = [each.name for each in accounts]
        for id_ in await self._database.read(
            lambda connection: segments.whole_of_others(connection, began_before, names)
        ):
            if id_ not in self._sending and await self._reject(id_):
                log.warning("the account of the long message %s is gone: it is given up", id_)

    async def _whole(
        self, account: Account, line: DaemonLine, id_: str, octets: tuple[bytes, ...], version: int
    ) -> None:
        """Hand the whole message to the daemon, and keep that it has it."""
        self._sending.add(id_)
        try:
            parts = [part for part in map(decode, octets) if isinstance(part, Part)]
            first = parts[0]
            pieces: list[Piece] = [self._parameters.piece(part) for part in parts]
            params = self._parameters.of(account, first, pieces)
            if any(esm_class.wanted(part.registered_delivery) for part in parts):
                params |= {"report": True, "receipt": True}
            params |= {"to": number_of(first.destination), "key": f"smpp {id_}"}
            message = await send(line, params, version)
            asked = tuple(
                (segments.part_id(id_, number), part.registered_delivery, reference_of(part))
                for number, part in enumerate(parts, 1)
                if esm_class.wanted(part.registered_delivery)
            )
            row = row_of(account, first, first.destination, message, id_, self._now())
            # registered of the row: of one part that asked, so that it is kept until its end
            registered = max((each[1] for each in asked), default=0)
            row = msgspec.structs.replace(row, parts=asked, registered=registered)

            def job(connection: sqlite3.Connection) -> None:
                segments.accepted(connection, id_, message)
                tables.add(connection, row)

            await self._database.write(job)
        finally:
            self._sending.discard(id_)

    async def _reject(
        self, id_: str, but: int | None = None, *, if_incomplete: bool = False
    ) -> bool:
        """Let go of a long message: a receipt for each part that asked, save the one that is answered with an error.

        False if it is not to be let go of: see `segments.discard`.
        """
        now = self._now()

        def job(connection: sqlite3.Connection) -> str | None:
            gone = segments.discard(connection, id_, if_incomplete=if_incomplete)
            if gone is None:
                return None
            for sequence, octets in gone.parts.items():
                pdu = decode(octets)
                if sequence != but and isinstance(pdu, Part):
                    name = segments.part_id(id_, sequence)
                    self._receipts.reject(connection, gone.account, name, pdu, now)
            return gone.account

        account = await self._database.write(job)
        if account is not None:
            self._receipts.news(account)
        return account is not None


def place_of(pdu: Part | pdus.DeliverSm, piece: Piece) -> Place | None:
    """The place of a PDU in a longer message; None for one that is whole, or whose numbers make no sense."""
    concatenation = piece.concatenation
    if concatenation is not None:
        place = Place(
            f"udh{concatenation.width}",
            concatenation.reference,
            concatenation.total,
            concatenation.sequence,
        )
        return place if place.possible else None
    numbers = [
        tlv.integer(pdu.tlvs, tag)
        for tag in (Tag.SAR_MSG_REF_NUM, Tag.SAR_TOTAL_SEGMENTS, Tag.SAR_SEGMENT_SEQNUM)
    ]
    reference, total, sequence = numbers
    if reference is None or total is None or sequence is None:
        return None
    place = Place("sar", reference, total, sequence)
    return place if place.possible else None
