"""Telling a handler what became of a message that went out in its name.

Who brings a message to another state calls `tell` in the same transaction: so there is a receipt if and only if
the state is on disk, and it is handed over, again and again, until the handler acknowledges it. The event of the
new state names the handler (``receipt_for``): that is the history's line, and wakes the handler once it is on disk.
"""

from gsmd.protocol.message import State
from gsmd.store.ledger import Transaction
from gsmd.store.tables import deliveries, messages, receipts

_ENDS = frozenset({State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELLED})


def tell(transaction: Transaction, seq: int) -> str | None:
    """Queue a receipt for the state that a message has come to; returns the handler that gets it.

    None if nobody asked for one of this state. ``sent`` is an end where the network will tell no more.
    """
    connection = transaction.connection
    wish = receipts.wish(connection, seq)
    if wish is None:
        return None
    message = messages.get(connection, seq)
    is_end = message.state in _ENDS or (message.state is State.SENT and not wish.report)
    on_the_way = message.state in {State.SENT, State.UNCERTAIN}
    if not is_end and not (wish.sent and on_the_way):
        return None
    deliveries.add_receipt(connection, wish.handler, seq, message, transaction.wall)
    return wish.handler
