"""Removing a handler that will not come back, with what still waits for it."""

from gsmd.core.delivery_worker import conclude
from gsmd.core.handler_registry import HandlerRegistry
from gsmd.features import PREFIX
from gsmd.protocol.errors import Code, Refused
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import deliveries, delivery_decisions, hooks, messages

WHY = "the handler was removed"

_BATCH = 200
"""Deliveries written off per transaction, so that nothing else waits long."""


async def remove(ledger: Ledger, handlers: HandlerRegistry, name: str) -> int:
    """Let a handler collect no more; returns how many deliveries were written off.

    Each of them is an event of its message. What is interrupted goes on when it is asked for again.
    Errors: `Refused` for one that is configured, connected, or unknown.
    """
    known = await ledger.read(deliveries.known)
    if name not in known or name.startswith(PREFIX):
        raise Refused(
            Code.NOT_FOUND,
            f"no handler is called {name!r}",
            reason="no_such_handler",
            field="handler",
        )
    await handlers.part_with(name)
    total = 0
    while gone := await ledger.write(lambda transaction: _write_off(transaction, handlers, name)):
        total += gone

    def forget(transaction: Transaction) -> None:
        _require_absent(handlers, name)
        deliveries.unregister(transaction.connection, name)
        hooks.delete(transaction.connection, name)
        transaction.record_event("handler.removed", handler=name, written_off=total)

    await ledger.write(forget)
    return total


def _write_off(transaction: Transaction, handlers: HandlerRegistry, name: str) -> int:
    _require_absent(handlers, name)
    gone = delivery_decisions.write_off(transaction.connection, name, WHY, _BATCH, transaction.wall)
    for seq, receipt in gone:
        transaction.record_event(
            "delivery.written_off",
            seq,
            messages.get(transaction.connection, seq).id,
            handler=name,
            reason=WHY,
            receipt=None if receipt is None else str(receipt.state),
        )
        if receipt is None:
            conclude(transaction, seq)
    return len(gone)


def _require_absent(handlers: HandlerRegistry, name: str) -> None:
    if handlers.collects(name):
        raise Refused(
            Code.CONFLICT,
            f"{name} has connected again",
            reason="connected",
            field="handler",
        )
