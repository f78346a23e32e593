"""Who may be written to, as whoever sends asks for it."""

from typing import Protocol

from gsmd.protocol.message import Failure, Message
from gsmd.store.ledger import Transaction


class Policy(Protocol):
    """Who may be written to; asked in the transaction that it is about."""

    def forbids(self, transaction: Transaction, destination: str) -> Failure | None:
        """Why nothing may be sent there without an override, if nothing may."""
        ...

    def hides(self, tag: str | None) -> bool:
        """Whether the text of a message with this tag is kept nowhere once it is out."""
        ...

    def forbids_answer(
        self, transaction: Transaction, message: Message, text: str
    ) -> Failure | None:
        """Why an inbound message is not to be answered with ``text`` by a machine, if it is not."""
        ...


class NoPolicy:
    """Everybody, always."""

    def forbids(self, transaction: Transaction, destination: str) -> Failure | None:
        del transaction, destination
        return None

    def forbids_answer(
        self, transaction: Transaction, message: Message, text: str
    ) -> Failure | None:
        del transaction, message, text
        return None

    def hides(self, tag: str | None) -> bool:
        del tag
        return False
