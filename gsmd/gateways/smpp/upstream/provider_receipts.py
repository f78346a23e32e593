"""Receipts of an SMSC of others → `carriers.report`.

Theory of operation. A receipt says its id, state and error as TLVs, in its text, or both; TLVs win. The row of the message may
not be on the disk yet: a receipt can be quicker than the answer to its submit_sm. So what is not found is looked for once more when
all that was under way has been answered. What is still not found goes to the daemon as it is: it may know the id
by itself, and keeps it for a while if not. Of a message in parts the daemon hears of its delivery once all parts are
delivered, of a failure at the first, and nothing else while not all parts are out: it would take the message for sent, and
if we die before the next part is submitted, nobody would send that. A receipt is acknowledged when the daemon has it, or when
it is on our disk.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from gsmd.client import GsmdError
from gsmd.gateways.database import Database
from gsmd.gateways.smpp.upstream import taken
from gsmd.gateways.smpp.upstream.taken import TakenPart
from gsmd.smpp import (
    CommandStatus,
    MessageState,
    Receipt,
    Tag,
    coding,
    esm_class,
    pdus,
    read_receipt,
    tlv,
)

log = logging.getLogger(__name__)

_STATES = {
    MessageState.DELIVERED: "delivered",
    MessageState.EXPIRED: "expired",
    MessageState.DELETED: "failed",
    MessageState.UNDELIVERABLE: "failed",
    MessageState.REJECTED: "failed",
}
"""What is not here is not over, or nobody knows: ``sent``."""

_SETTLED = 5.0
"""Seconds for which the answers to what is under way are waited for."""

_SETTLED_LATER = 60.0
_MOST_LOOKED_FOR = 1000

Call = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""A request to the daemon. Errors: `GsmdError`."""


def receipt_of(pdu: pdus.DeliverSm | pdus.DataSm, octets: bytes) -> Receipt | None:
    """The receipt that a PDU is, None for a message. ``octets``: its content."""
    kind = esm_class.message_type(pdu.esm_class)
    id_ = tlv.string(pdu.tlvs, Tag.RECEIPTED_MESSAGE_ID)
    state = tlv.find(pdu.tlvs, Tag.MESSAGE_STATE)
    if kind == 0 and not (id_ and state):
        return None
    if pdu.data_coding == coding.UCS2_CODING:
        octets = octets.decode("utf-16-be", "replace").encode("latin-1", "replace")
    read = read_receipt(octets)
    if not id_ and read is None:
        return Receipt("", MessageState.UNKNOWN, None, None)
    told = _state(state) or (read.state if read is not None else MessageState.UNKNOWN)
    return Receipt(
        message_id=id_.decode("latin-1") if id_ else read.message_id if read else "",
        state=told,
        submitted=None,
        done=read.done if read is not None else None,
        error=(read.error if read is not None else 0) or _network_error(pdu),
    )


def _state(value: bytes | None) -> MessageState | None:
    number = int.from_bytes(value) if value else -1
    return MessageState(number) if number in set(MessageState) else None


def _network_error(pdu: pdus.DeliverSm | pdus.DataSm) -> int:
    """§5.3.2.31: the network's type, and the error."""
    value = tlv.find(pdu.tlvs, Tag.NETWORK_ERROR_CODE) or b""
    return int.from_bytes(value[1:3])


class ProviderReceipts:
    """Reports what the receipts of one provider say."""

    def __init__(
        self,
        provider: str,
        database: Database,
        call: Call,
        settled: Callable[[float], Awaitable[None]],
        now: Callable[[], datetime],
    ) -> None:
        self._provider = provider
        self._database = database
        self._call = call
        self._settled = settled
        self._now = now
        self._converts = False
        self._looking: set[asyncio.Task[None]] = set()

    async def report(self, receipt: Receipt, recipient: str) -> CommandStatus:
        """Tell the daemon; the status for the SMSC. ``recipient``: whom the message was for. Errors: `GsmdError`."""
        if not receipt.message_id:
            log.warning("%s: a receipt without an id that can be read", self._provider)
            return CommandStatus.ROK
        part = await self._find(receipt.message_id, recipient)
        if part is None:
            await self._settled(_SETTLED)
            part = await self._find(receipt.message_id, recipient)
        if part is None and taken.is_number(receipt.message_id):
            self._later(receipt, recipient)
        await self._tell(receipt, part)
        return CommandStatus.ROK

    async def _tell(self, receipt: Receipt, part: TakenPart | None) -> None:
        state = _STATES.get(receipt.state, "sent")
        if part is not None:
            self._converts = part.converted
            told = await self._of_all(part, state)
            if told is None:
                return
            state = told
        params: dict[str, Any] = {
            "carrier": self._provider,
            "reference": receipt.message_id if part is None else part.reference,
            "state": state,
            "code": receipt.error or None,
            "reason": None if state == "delivered" else receipt.state.stat,
            "at": (receipt.done or self._now()).isoformat(),
            "id": None if part is None else part.message,
        }
        await self._call(
            "carriers.report", {name: value for name, value in params.items() if value is not None}
        )

    def _later(self, receipt: Receipt, recipient: str) -> None:
        """Look for it once more, without the SMSC's waiting: some want this answer before they give that to submit_sm."""
        if len(self._looking) < _MOST_LOOKED_FOR:
            task = asyncio.create_task(self._again(receipt, recipient))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def _again(self, receipt: Receipt, recipient: str) -> None:
        await self._settled(_SETTLED_LATER)
        part = await self._find(receipt.message_id, recipient)
        if part is not None:
            try:
                await self._tell(receipt, part)
            except GsmdError as error:
                log.warning("%s: a receipt is lost: %s", self._provider, error)

    async def _find(self, id_: str, recipient: str) -> TakenPart | None:
        converts = self._converts
        return await self._database.read(
            lambda connection: taken.find(
                connection, self._provider, id_, recipient, converts=converts
            )
        )

    async def _of_all(self, part: TakenPart, state: str) -> str | None:
        """The state of the whole message when a part has this one; None if that says nothing of the whole."""
        if part.parts == 1:
            return state
        if state == "sent":
            return None
        said = await self._database.write(
            lambda connection: taken.outcomes(connection, part, state)
        )
        failed = next((each for each in said if each in {"failed", "expired"}), None)
        if failed is not None or len(said) < part.parts:
            return failed
        return "delivered" if set(said) == {"delivered"} else "sent"
