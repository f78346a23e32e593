"""Keywords that are misspelt: a guess, and so asked later than what is surely meant."""

from collections.abc import Callable

from gsmd.features import Claim, Feature
from gsmd.protocol.message import Message
from gsmd.store.ledger import Transaction


class Misspelt(Feature):
    """Claims them as ``claim_of`` does a text."""

    def __init__(self, claim_of: Callable[[str], Claim | None]) -> None:
        self._claim_of = claim_of

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """A short text whose first word is nearly a word of the table."""
        del transaction
        return self._claim_of(message.text or "")
