"""What a carrier gets of a message that it takes as a whole."""

from gsmd import pdu
from gsmd.protocol.carriers import Submission
from gsmd.protocol.message import Message
from gsmd.store.ledger import Transaction
from gsmd.store.tables import carried, messages, orders, submissions
from gsmd.store.tables.outbox import Work


def submission_of(transaction: Transaction, carrier: str, work: Work) -> Submission:
    """The whole message, with all that was asked for it, as the carrier's program is told."""
    connection = transaction.connection
    message = messages.get(connection, work.seq)
    order = orders.order(connection, work.seq)
    remaining = order.validity
    if work.expires_at is not None:
        remaining = max(1, work.expires_at + work.hurry - transaction.now)
    return Submission(
        carrier=carrier,
        id=message.id,
        attempt=submissions.tries(connection, work.seq, work.sequence),
        to=order.destination,
        text=_whole_text(transaction, work.seq, message) if order.secret else message.text,
        data=message.data,
        alphabet=message.alphabet,
        class_=message.class_,
        ports=message.ports,
        udh=order.udh,
        protocol_id=order.protocol_id,
        priority=order.priority,
        validity=remaining / 1000,
        report=bool(order.report),
        parts=message.parts,
        tag=message.tag,
        possible_duplicate=message.possible_duplicate,
    )


def _whole_text(transaction: Transaction, seq: int, message: Message) -> str | None:
    """The text with its secret, which stands nowhere but in the TPDUs."""
    if message.text is None:
        return None
    tpdus = [pdu.Submit.decode(each) for each in carried.tpdus_of(transaction.connection, seq)]
    return pdu.join([tpdu.user_data for tpdu in tpdus]).text
