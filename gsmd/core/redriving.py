"""Dead letters on their way again."""

from functools import partial

from gsmd.core.handler_registry import HandlerRegistry
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Message, State
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import deliveries, delivery_decisions, messages

_BATCH = 200
"""Deliveries per transaction, so that nothing else waits long."""


async def redrive(
    ledger: Ledger, handlers: HandlerRegistry, handler: str | None, seq: int | None
) -> int:
    """Hand over again what a handler (None: any) gave up on, or only message ``seq`` of it.

    Returns how many messages those are. Errors: `Refused` if there is no such handler.
    """
    if handler is None:
        names = [each.handler.name for each in handlers]
    elif handler in await ledger.read(deliveries.known):
        names = [handler]
    else:
        text = f"no handler is called {handler!r}"
        raise Refused(Code.NOT_FOUND, text, reason="no_such_handler", field="handler")
    revived: set[int] = set()
    for name in names:
        while some := await ledger.write(partial(_revive, name, seq)):
            revived.update(some)
        handlers.wake([name])
    return len(revived)


async def replay(
    ledger: Ledger, handlers: HandlerRegistry, handler: str, seq: int, message: Message
) -> bool:
    """Hand a message to a handler whatever has become of it there; False if it is on its way there anyway."""

    def job(transaction: Transaction) -> bool:
        if not delivery_decisions.renew(
            transaction.connection, handler, seq, message.peer, transaction.wall
        ):
            return False
        _received(transaction, seq, message.id, handler, "replayed")
        return True

    renewed = await ledger.write(job)
    handlers.wake([handler])
    return renewed


def _revive(handler: str, seq: int | None, transaction: Transaction) -> list[int]:
    connection = transaction.connection
    revived = delivery_decisions.redrive(connection, handler, seq, _BATCH, transaction.wall)
    for seq_, receipt in revived:
        id_ = messages.get(connection, seq_).id
        if receipt is None:
            _received(transaction, seq_, id_, handler, "redriven")
            continue
        transaction.record_event(
            "delivery.redriven", seq_, id_, handler=handler, receipt=str(receipt.state)
        )
    return [seq_ for seq_, _ in revived]


def _received(transaction: Transaction, seq: int, id_: str, handler: str, why: str) -> None:
    messages.set_state(transaction.connection, seq, State.RECEIVED)
    transaction.record_event(
        "message.received", seq, id_, state="received", reason=why, handler=handler
    )
