"""Receipts: what became of a submission, as deliver_sm.

Theory of operation. The daemon hands an account's handler the end of each message that asked for it, until it is
acknowledged. For a message that was submitted whole that is one deliver_sm, and its answer is the acknowledgement.
For joined parts, and for parts that were given up, receipts of our own making wait in the gateway's file
until a bind has acknowledged each; the daemon's is acknowledged once they are on the disk.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

from gsmd.gateways.smpp import tables
from gsmd.gateways.smpp.outcomes import PARTS_MISSING, Outcome
from gsmd.gateways.smpp.tables import Submission
from gsmd.smpp import (
    Address,
    MessageState,
    Pdu,
    Receipt,
    SmppError,
    Tag,
    Tlv,
    encode,
    esm_class,
    pdus,
    tlv,
)


class Receipts:
    """Makes receipts. ``news`` is called with the account for which some of our own wait."""

    def __init__(self, news: Callable[[str], None]) -> None:
        self.news = news

    def reject(
        self,
        connection: sqlite3.Connection,
        account: str,
        id_: str,
        pdu: pdus.SubmitSm | pdus.DataSm,
        now: datetime,
    ) -> None:
        """A part that was taken on goes nowhere: keep a REJECTD receipt for it, if it asked."""
        if not esm_class.wanted(pdu.registered_delivery).covers(delivered=False):
            return
        try:
            reference = tlv.integer(pdu.tlvs, Tag.USER_MESSAGE_REFERENCE)
        except SmppError:
            reference = None
        written = deliver(
            id_,
            Outcome(MessageState.REJECTED, PARTS_MISSING),
            source=pdu.destination,
            destination=pdu.source,
            submitted=now,
            done=now,
            reference=reference,
        )
        at = round(now.timestamp() * 1000)
        tables.add_receipt(connection, f"{id_} rejected", account, encode(written), at)

    def keep_parts(
        self,
        connection: sqlite3.Connection,
        row: Submission,
        number: int,
        make: Callable[[str, int | None], Pdu],
        wanted: Callable[[int], bool],
    ) -> None:
        """A receipt for each part of a joined message that wants one; ``number`` is that of the daemon's receipt."""
        for id_, registered, reference in row.parts or ():
            if wanted(registered):
                octets = encode(make(id_, reference))
                tables.add_receipt(connection, f"{id_} {number}", row.account, octets, row.at)


def deliver(
    id_: str,
    outcome: Outcome,
    *,
    source: Address,
    destination: Address,
    submitted: datetime | None,
    done: datetime | None,
    parts: int = 1,
    delivered_parts: int | None = None,
    reference: int | None = None,
) -> pdus.DeliverSm:
    """The deliver_sm of a receipt, with its TLVs. ``source`` is whom the message was for."""
    delivered = outcome.state is MessageState.DELIVERED
    receipt = Receipt(
        message_id=id_,
        state=outcome.state,
        submitted=submitted,
        done=done,
        error=outcome.error,
        parts=parts,
        delivered_parts=(parts if delivered else 0) if delivered_parts is None else delivered_parts,
    )
    tlvs = [
        Tlv.string(Tag.RECEIPTED_MESSAGE_ID, id_.encode("latin-1")),
        Tlv.integer(Tag.MESSAGE_STATE, outcome.state),
        Tlv(Tag.NETWORK_ERROR_CODE, receipt.network_error),
    ]
    if reference is not None:
        tlvs.append(Tlv.integer(Tag.USER_MESSAGE_REFERENCE, reference))
    return pdus.DeliverSm(
        tlvs=tuple(tlvs),
        source=source,
        destination=destination,
        esm_class=esm_class.RECEIPT,
        short_message=receipt.encode(),
    )


def outcome_details(history: dict[str, Any]) -> tuple[int | None, datetime | None]:
    """Of `messages.show`: the TP-ST that decided, and the network's time of it (TP-DT), where they are known."""
    parts = history["parts"]
    failed = [part for part in parts if part.get("state") in ("failed", "expired")]
    told = failed or parts
    tp_status = next(
        (part["tp_status"] for part in failed if part.get("tp_status") is not None), None
    )
    times = [part["discharge_time"] for part in told if part.get("discharge_time")]
    done = max((datetime.fromisoformat(each) for each in times), default=None)
    return tp_status, done
