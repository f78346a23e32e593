"""The choice of handlers for an inbound message, and what a text would be taken for, told without any of it."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

import msgspec

from gsmd.core.features import Features
from gsmd.core.handler_directory import HandlerDirectory
from gsmd.features import PREFIX, Claim, Host
from gsmd.protocol.message import Message
from gsmd.store.ledger import Transaction
from gsmd.store.tables import deliveries, messages


class Addressing(msgspec.Struct, frozen=True):
    """Chooses among the handlers that ``collect``, one that is just joining included. On the writer's thread."""

    directory: HandlerDirectory
    collect: Collection[str]
    features: Features

    def matching(
        self,
        transaction: Transaction,
        message: Message,
        claim: Claim | None,
        answered: str | None,
    ) -> list[str]:
        """The handlers that a message is for; ``answered`` sent what it answers, and gets it in any case.

        ``claim`` names the built-in one that it is for.
        """
        here = self._here(transaction)
        claimed = None if claim is None else claim.recipient
        names = [] if claimed is None else [claimed]
        names += [
            name
            for name in here
            if name != claimed and (name == answered or self.directory.takes(name, message))
        ]
        return names or self._unclaimed(here, message)

    def of_form(self, transaction: Transaction, message: Message) -> list[str]:
        """Those that ask for the form that a message ends."""
        here = self._here(transaction)
        return [name for name in here if self.directory.takes(name, message)]

    def of_rest(self, transaction: Transaction, message: Message) -> list[str]:
        """Those that take what nobody took, if nobody has."""
        here = self._here(transaction)
        if any(self.directory.takes(name, message) for name in here):
            return []
        return self._unclaimed(here, message)

    def _unclaimed(self, here: Sequence[str], message: Message) -> list[str]:
        names = [name for name in here if self.directory.takes(name, message, unclaimed=True)]
        fallback = None if names else self.features.fallback(message)
        return names if fallback is None else [fallback]

    def _here(self, transaction: Transaction) -> list[str]:
        """The handlers outside gsmd; one that is just joining counts from the moment it is on disk."""
        return [
            name
            for name in deliveries.known(transaction.connection)
            if name in self.collect and not name.startswith(PREFIX)
        ]


class Destiny(msgspec.Struct, frozen=True):
    """The handlers that a text would go to, what it would be taken for, in words, and the keyword that it is for."""

    goes_to: list[str]
    taken_for: str
    keyword: str | None = None


Answered = Callable[[Transaction, str, str, str], tuple[str, str | None] | None]
"""The message of ours that what comes from a peer to a modem and a SIM answers, and the handler in whose name it went."""


class _Undo(Exception):
    """Ends a try, of which nothing stays."""


def foretell(
    transaction: Transaction,
    host: Host,
    addressing: Addressing,
    message: Message,
    answered: Answered,
) -> Destiny:
    """What would become of a message if it came in now, through the modem that its sender texted last; nothing does."""
    way = messages.last_way(transaction.connection, message.peer)
    ours = None if way is None else answered(transaction, message.peer, *way)
    message = msgspec.structs.replace(message, modem=way and way[0])
    found = []
    with suppress(_Undo), transaction.attempt():
        found.append(_destiny(transaction, host, addressing, message, ours and ours[1]))
        raise _Undo
    return found[0]


def _destiny(
    transaction: Transaction,
    host: Host,
    addressing: Addressing,
    message: Message,
    answered: str | None,
) -> Destiny:
    features = addressing.features
    if features.ignores(message):
        return Destiny([], "a message of a blocked sender")
    if features.intercept(transaction, host, message) is not None:
        return Destiny([], "a code that is waited for")
    claim = features.claim(transaction, message)
    names = addressing.matching(transaction, message, claim, answered)
    if claim is not None:
        return Destiny(names, claim.why or f"a message for {claim.recipient}", claim.keyword)
    return Destiny(names, _unclaimed(names, answered, addressing, message))


def _unclaimed(
    names: Sequence[str], answered: str | None, addressing: Addressing, message: Message
) -> str:
    """What is told of a text that no feature claims."""
    if not names:
        return "nothing: nobody gets it"
    if answered in names:
        return f"an answer to what {answered} sent"
    if any(addressing.directory.takes(name, message) for name in names):
        return "a message for whom match fits"
    return "what nobody else takes"
