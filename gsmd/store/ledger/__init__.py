"""Writing down what happens, and telling it once it is on disk: all that stands above the store uses this."""

from gsmd.store.ledger.actor import act_for, acting, acting_now
from gsmd.store.ledger.bus import EventBus
from gsmd.store.ledger.ledger import Ledger
from gsmd.store.ledger.timeline import Timeline
from gsmd.store.ledger.transaction import Transaction

__all__ = ["EventBus", "Ledger", "Timeline", "Transaction", "act_for", "acting", "acting_now"]
