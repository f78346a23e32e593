"""How gsmd takes on an outbound message: validate, choose the encoding, split, commit.

What follows is the life of the message: `outbound`.
"""

import logging
from collections.abc import Callable
from functools import partial

from gsmd.config import OutboundConfig
from gsmd.core.drafting import compose, fingerprint, message_of, order_of
from gsmd.core.features import Features
from gsmd.core.routing import Routing
from gsmd.core.shared_take import SharedTakes
from gsmd.numbers import is_alphanumeric, is_short_code
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Failure, Message, Reply
from gsmd.protocol.messages import SendParams
from gsmd.protocol.numbers import normalise
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import correspondence, messages, orders, outbox

log = logging.getLogger(__name__)


class Acceptance:
    """Accepts messages from clients, handlers and features, or refuses them.

    ``wants_receipts``: if a handler wants receipts for all that goes in its name; None if it takes none.
    """

    def __init__(
        self,
        ledger: Ledger,
        routes: Routing,
        config: OutboundConfig,
        features: Features,
        wants_receipts: Callable[[str], bool | None],
    ) -> None:
        self._ledger = ledger
        self._wants_receipts = wants_receipts
        self._routes = routes
        self._config = config
        self._features = features

    def change(self, routes: Routing, config: OutboundConfig) -> None:
        """Other routes and settings, for messages accepted from now on."""
        self._routes, self._config = routes, config

    async def accept(self, request: SendParams, takes: SharedTakes) -> Message:
        """Take on a message: returned means on disk. The same ``key`` returns the first message.

        In the same commit one of ``takes`` may take it. Errors: `Refused`, also where the key came with another recipient
        or content before; `StoreError`.
        """

        def job(transaction: Transaction) -> Message:
            message = self._accept(transaction, request)
            takes.carry_out(transaction)
            return message

        return await self._ledger.write(
            job, lambda _: takes.end(stored=True), partial(takes.end, stored=False)
        )

    def _accept(self, transaction: Transaction, request: SendParams) -> Message:
        if request.key is None:
            return self.submit(transaction, request)
        destination = normalise(request.to, self._config.country)
        mark = fingerprint(request, destination)
        first = orders.by_key(transaction.connection, request.key)
        if first is not None and first.fingerprint not in {None, mark}:
            raise Refused(
                Code.CONFLICT,
                "the key belongs to a message with another recipient or content",
                reason="key",
                field="key",
                id=messages.get(transaction.connection, first.seq).id,
            )
        if first is not None and request.new:
            raise Refused(
                Code.CONFLICT,
                "the key belongs to a message that was accepted before",
                reason="key_known",
                field="key",
                id=messages.get(transaction.connection, first.seq).id,
            )
        return self.submit(transaction, request, mark=mark)

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
        receipts = handler if self._wants_receipts(handler) else None
        try:
            self._require_answerable(transaction, message, reply)
            self.submit(transaction, request, receipts=receipts)
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
        self,
        transaction: Transaction,
        request: SendParams,
        *,
        secret: str | None = None,
        receipts: str | None = None,
        mark: bytes | None = None,
    ) -> Message:
        """Take on a message as part of a greater transaction. Errors: `Refused`.

        ``secret`` is a piece of the text that is kept nowhere once it is out. ``receipts``: the handler that gets
        them, if the request does not say; ``mark``: the fingerprint of what the key stands for.
        """
        connection = transaction.connection
        if (
            request.key is not None
            and (first := orders.by_key(connection, request.key)) is not None
        ):
            return messages.get(connection, first.seq)
        destination = normalise(request.to, self._config.country)
        if not request.override:
            self._require_welcome(transaction, destination)
        if secret is None and request.tag is not None and self._features.hides(request.tag):
            secret = request.text
        if request.receipt is not False and request.handler is not None:
            receipts = self._receipts(request, request.handler)
        route = self._routes.route(destination, request.modem)
        order = order_of(
            request,
            self._config,
            destination,
            route,
            secret=secret,
            wall=transaction.wall,
            now=transaction.now,
            receipts=receipts,
            # nothing is kept by which a secret could be tried out
            mark=None if secret is not None else mark,
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

    def _receipts(self, request: SendParams, handler: str) -> str | None:
        """The handler that gets receipts. Errors: `Refused` if it is of a kind that takes none."""
        wants = self._wants_receipts(handler)
        if request.receipt and wants is None:
            text = f"{handler} is a handler that takes no receipts"
            raise Refused(Code.INVALID, text, reason="takes_no_receipts", field="handler")
        return handler if request.receipt or wants else None

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
