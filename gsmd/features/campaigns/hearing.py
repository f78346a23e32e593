"""What recipients of a trial do: answer, text a keyword, opt out, buy something.

Each is noted once for each recipient, if it is within the window behind their message, in the transaction that stores the message or is told
of it. An answer to a message proves that it was out, whatever is known of it yet.
"""

import sqlite3
from collections.abc import Mapping, Sequence

from gsmd.config import Config
from gsmd.features import PREFIX, Claim
from gsmd.features.campaigns import table, trial_table
from gsmd.features.campaigns.rules import begins_with
from gsmd.features.campaigns.trial_table import NEVER, Deed, Trial, Tried
from gsmd.numbers import spellings
from gsmd.protocol.message import Kind, Message
from gsmd.store.ledger import Transaction

_OPTOUT = PREFIX + "optout"
"""Whoever takes STOP."""


class Hearing:
    """Notes what recipients do, while any trial is open; else it costs nothing. Runs on the writer's thread."""

    def __init__(self) -> None:
        self.country: str | None = None
        self._leaving: Mapping[str, str] = {}
        self._open: Sequence[Trial] | None = None

    def configure(self, config: Config) -> None:
        """Go by the words by which people leave lists, and complete numbers of that country."""
        self.country = config.outbound.country
        rows = config.keywords.table
        self._leaving = {row.word[0].upper(): row.unsubscribe for row in rows if row.unsubscribe}

    def look_again(self) -> None:
        """Trials have come or gone."""
        self._open = None

    def trials(self, connection: sqlite3.Connection) -> Sequence[Trial]:
        """Those that are open: what counts of them (goal and window) never changes."""
        if self._open is None:
            self._open = trial_table.open_ones(connection)
        return self._open

    def heard(self, transaction: Transaction, message: Message, claim: Claim | None) -> None:
        """Note what a message that came in means to trials."""
        if message.kind is not Kind.TEXT or (claim is not None and claim.recipient == _OPTOUT):
            return  # a STOP is no answer; `withdrew` follows it
        left = None if claim is None else self._leaving.get(claim.keyword or "")
        if left is not None:
            self.withdrew(transaction, message.peer, left, message.in_reply_to)
            return
        connection, answered = transaction.connection, message.in_reply_to
        for trial in self.trials(connection):
            if answered is not None:
                tried = trial_table.by_message(connection, trial.campaign, answered)
                note(transaction, trial, tried, "answered")
            if begins_with(
                trial.goal, message.text or "", None if claim is None else claim.keyword
            ):
                tried = self.recipient(connection, trial, message.peer)
                note(transaction, trial, tried, "converted")

    def withdrew(
        self, transaction: Transaction, peer: str, list_: str | None, answered: str | None = None
    ) -> None:
        """Note that somebody wants no more messages, or none of a list; ``answered``: in answer to that message of ours."""
        connection = transaction.connection
        for trial in self.trials(connection):
            if list_ is not None and list_ not in table.lists_of(connection, trial.campaign):
                continue
            tried = self.recipient(connection, trial, peer)
            if note(transaction, trial, tried, "opted_out"):
                id_ = table.id_of(connection, trial.campaign)
                transaction.record_event("campaign.opted_out", None, id_)
        if answered is not None and (told := table.opt_out(connection, answered, list_)):
            transaction.record_event("campaign.opted_out", None, told)

    def recipient(self, connection: sqlite3.Connection, trial: Trial, peer: str) -> Tried | None:
        """The recipient of that number whose message is out, or may be."""
        return trial_table.by_peer(connection, trial.campaign, spellings(peer, self.country))


def note(transaction: Transaction, trial: Trial, tried: Tried | None, deed: Deed) -> bool:
    """Note that a recipient did something. False if it does not count, or is not the first time."""
    if tried is None or getattr(tried, deed) or not counts(transaction, trial, tried):
        return False
    if tried.out_at is None:
        trial_table.is_out(transaction.connection, trial.campaign, tried, transaction.now)
    trial_table.note(transaction.connection, trial.campaign, tried, deed)
    return True


def counts(transaction: Transaction, trial: Trial, tried: Tried) -> bool:
    """True if it is within the window behind the message that they got."""
    if tried.out_at is None:
        return True
    return tried.out_at != NEVER and transaction.now < tried.out_at + trial.window
