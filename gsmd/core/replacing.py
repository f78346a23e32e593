"""Another text for a message that no modem has taken yet."""

from gsmd.core.drafting import compose
from gsmd.core.features import Features
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Kind, Message, State
from gsmd.protocol.messages import SendParams
from gsmd.store.ledger import Transaction
from gsmd.store.tables import messages, orders, outbox, submissions


class Replacing:
    """Replaces texts; how and when they are sent stays as it was asked for."""

    def __init__(self, features: Features) -> None:
        self._features = features

    def replace(self, transaction: Transaction, seq: int, message: Message, text: str) -> None:
        """Send ``text`` in place of what was to be sent. Errors: `Refused`."""
        connection = transaction.connection
        order = orders.order(connection, seq)
        self._require_replaceable(transaction, seq, message, secret=order.secret)
        request = SendParams(
            to=order.destination,
            text=text,
            ports=message.ports,
            protocol_id=order.protocol_id,
            udh=order.udh,
        )
        tpdus = compose(request, seq & 0xFF, order)
        alphabet = str(tpdus[0].user_data.alphabet)
        outbox.replace(connection, seq, [tpdu.encode() for tpdu in tpdus])
        messages.update(connection, seq, text=text, alphabet=alphabet, parts=len(tpdus))
        # what it said before is not kept: whoever replaces a text wants to be rid of it
        transaction.record_event(
            "message.replaced", seq, message.id, parts=len(tpdus), alphabet=alphabet
        )

    def _require_replaceable(
        self, transaction: Transaction, seq: int, message: Message, *, secret: bool
    ) -> None:
        connection = transaction.connection
        if message.kind is not Kind.TEXT:
            raise Refused(Code.CONFLICT, "it is data, which has no text", reason="not_a_text")
        if secret or (message.tag is not None and self._features.hides(message.tag)):
            raise Refused(Code.CONFLICT, "its text is not kept", reason="not_kept")
        if message.state is not State.QUEUED:
            text = f"a message that is {message.state} cannot be replaced"
            raise Refused(Code.CONFLICT, text, reason="too_late")
        if outbox.queue_of(connection, seq) == "leased":
            raise Refused(Code.CONFLICT, "a modem has taken it", reason="too_late")
        if message.possible_duplicate or submissions.is_begun(connection, seq):
            raise Refused(Code.CONFLICT, "part of it is out, or may be", reason="too_late")
