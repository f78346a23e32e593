"""How gsmd takes on an outbound message: validate, choose the encoding, split, commit.

What follows is the life of the message: `outbound`.
"""

import logging

from gsmd.config import OutboundConfig
from gsmd.core.drafting import compose, message_of, order_of
from gsmd.core.features import Features
from gsmd.core.routing import Routing
from gsmd.numbers import is_alphanumeric, is_short_code
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Failure, Message, Reply
from gsmd.protocol.messages import SendParams
from gsmd.protocol.numbers import normalise
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import correspondence, messages, outbox

log = logging.getLogger(__name__)


class Acceptance:
    """Accepts messages from clients, handlers and features, or refuses them."""

    def __init__(
        self, ledger: Ledger, routes: Routing, config: OutboundConfig, features: Features
    ) -> None:
        self._ledger = ledger
        self._routes = routes
        self._config = config
        self._features = features

    def change(self, routes: Routing, config: OutboundConfig) -> None:
        """Other routes and settings, for messages accepted from now on."""
        self._routes, self._config = routes, config

    async def accept(self, request: SendParams) -> Message:
        """Take on a message: returned means on disk. The same ``key`` returns the first message.

        Errors: `Refused`, `StoreError`.
        """
        return await self._ledger.write(lambda transaction: self.submit(transaction, request))

    def answer(
        self,
        transaction: Transaction,
        seq: int,
        handler: str,
        reply: Reply,
        *,
        override: bool = False,
        key: str | None = None,
    ) -> bool:
        """Queue a handler's reply in the transaction that settles the delivery: never without, never twice.

        What cannot be answered is noted in the message's history; the delivery is done all the same.
        False then. ``override``: also to somebody who opted out. ``key``: where one handler answers
        the same message more than once.
        """
        message = messages.get(transaction.connection, seq)
        began = message.in_reply_to is not None and correspondence.is_in_name_of(
            transaction.connection, message.in_reply_to, handler
        )
        request = SendParams(
            to=message.peer,
            text=reply.text,
            # the same SIM, as long as there is one
            modem=message.modem if self._routes.knows(message.modem) else None,
            handler=handler if began else None,
            tag=message.tag,
            in_reply_to=message.id,
            key=key or f"reply {message.id} {handler}",
            override=override,
        )
        try:
            self._require_answerable(transaction, message, reply)
            self.submit(transaction, request)
        except Refused as refusal:
            reason = refusal.data["reason"]
            log.warning("message %s: the reply of %s is refused: %s", message.id, handler, reason)
            transaction.record_event(
                "reply.refused",
                seq,
                message.id,
                handler=handler,
                reason=reason,
                why=refusal.message,
            )
            return False
        return True

    def submit(
        self, transaction: Transaction, request: SendParams, *, secret: str | None = None
    ) -> Message:
        """Take on a message as part of a greater transaction. Errors: `Refused`.

        ``secret`` is a piece of the text that is kept nowhere once it is out.
        """
        connection = transaction.connection
        if (
            request.key is not None
            and (first := outbox.by_key(connection, request.key)) is not None
        ):
            return messages.get(connection, first)
        destination = normalise(request.to, self._config.country)
        if not request.override:
            self._require_welcome(transaction, destination)
        if secret is None and request.tag is not None and self._features.hides(request.tag):
            secret = request.text
        route = self._routes.route(destination, request.modem)
        order = order_of(
            request,
            self._config,
            destination,
            route,
            secret=secret,
            wall=transaction.wall,
            now=transaction.now,
        )
        reference = messages.next_seq(connection) & 0xFF
        tpdus = compose(request, reference, order)
        message = message_of(request, order, tpdus, transaction.wall, secret)
        seq = messages.insert(connection, message, None)
        outbox.add(connection, seq, order, [tpdu.encode() for tpdu in tpdus])
        transaction.record_event(
            "message.queued",
            seq,
            message.id,
            state="queued",
            direction="outbound",
            modem=request.modem,
            handler=request.handler,
        )
        return message

    def _require_answerable(self, transaction: Transaction, message: Message, reply: Reply) -> None:
        peer = message.peer
        if is_alphanumeric(peer) or is_short_code(peer):
            raise Refused(
                Code.REFUSED, f"{peer or 'the sender'} takes no answers", reason="not_answerable"
            )
        if failure := self._features.may_answer(transaction, message, reply.text):
            raise Refused(Code.REFUSED, failure.message, reason=failure.reason)

    def _require_welcome(self, transaction: Transaction, destination: str) -> None:
        if failure := self._features.may_send(transaction, destination):
            raise not_welcome(failure)


def not_welcome(failure: Failure) -> Refused:
    """The refusal of a message whose recipient takes none, with the reason a feature gave."""
    return Refused(Code.REFUSED, failure.message, reason=failure.reason, field="to")
