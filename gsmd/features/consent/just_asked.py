"""A YES right behind the question whether somebody wants a list: it is meant for that, whatever else they are being asked."""

from collections.abc import Callable

from gsmd.features import Claim, Feature
from gsmd.protocol.message import Message
from gsmd.store.ledger import Transaction


class JustAsked(Feature):
    """Claims it as ``claim_of`` does."""

    def __init__(self, claim_of: Callable[[Transaction, Message], Claim | None]) -> None:
        self._claim_of = claim_of

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """The answer to the last message that we wrote to them."""
        return self._claim_of(transaction, message)
