"""CANCEL while a form is open: the end of the form, where it would mean STOP otherwise."""

from collections.abc import Callable

from gsmd.features import Claim, Feature
from gsmd.features.forms import rules
from gsmd.features.forms.table import Entry
from gsmd.protocol.message import Message
from gsmd.store.ledger import Transaction


class Leaving(Feature):
    """Claims it for ``recipient``. ``entry_of`` finds the form that a sender is being asked."""

    def __init__(
        self, entry_of: Callable[[Transaction, Message], Entry | None], recipient: str
    ) -> None:
        self._entry_of = entry_of
        self._recipient = recipient

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """A text that is nothing but the wish for no more questions."""
        if not rules.leaves(message.text or ""):
            return None
        entry = self._entry_of(transaction, message)
        return entry and Claim(self._recipient, why=f"CANCEL in the form {entry.form}")
