"""Contests: who has a code texts it, and knows at once what it is good for.

**Theory of operation.** A keyword leads to a contest. In the transaction that stores such a message its code is taken out of it
(`seal`): the message, its raw frame and whoever else gets it have stars in its place, and `contest_sealed` has
the marks of what may be a code. In the transaction that settles the delivery (`keyword`) that is taken up, the code is used
up, the entry is made and the answer queued: all of it or nothing, whatever is killed when. There is one writer, so of two who
have the same code one is first.
"""

import sqlite3
from collections.abc import Mapping, Sequence

import msgspec

from gsmd.config import Config, ContestConfig, Keyword
from gsmd.features import Claim, Done, Feature, Host
from gsmd.features.contests import participation, table
from gsmd.features.contests.by_hand import ByHand
from gsmd.features.contests.keys import Keys
from gsmd.features.contests.redeeming import Holder, redeem, understood
from gsmd.features.contests.rules import masked
from gsmd.features.contests.standing import keep, new, state_of
from gsmd.features.contests.table import Contest
from gsmd.numbers import spellings
from gsmd.protocol.contests import Outcome, Redeemed
from gsmd.protocol.message import Message
from gsmd.protocol.method import Bound
from gsmd.protocol.people import Person, PersonEntry
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import messages
from gsmd.templates import fill
from gsmd.words import word_and_rest


class Contests(Feature):
    """Takes codes by keyword, and tells how contests stand."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._keys = Keys(config.state_dir / "contests.key")
        self._by_hand = ByHand(ledger, self._keys)
        self.configure(config)

    def prepare(self, transaction: Transaction, config: Config) -> None:
        """Make the contests of the configuration, or bring them up to date; close those it no longer has."""
        connection, at = transaction.connection, transaction.wall
        names = {each.name for each in config.contests}
        for contest in table.all_of_them(connection):
            gone = contest.configured and contest.name not in names
            if gone and state_of(contest, at) != "closed":
                table.close(connection, contest.id, at)
                transaction.record_event("contest.closed", contest=contest.name)
        for each in config.contests:
            self._keep(transaction, each)

    def _keep(self, transaction: Transaction, asked: ContestConfig) -> None:
        former = table.get(transaction.connection, asked.name)
        contest = new(asked, self._keys, transaction.wall)
        keep(transaction.connection, contest)
        if former is None:
            transaction.record_event(
                "contest.created", contest=contest.name, commitment=contest.commitment
            )

    def configure(self, config: Config) -> None:
        self._country = config.outbound.country
        self._by_hand.country = config.outbound.country
        rows = [row for row in config.keywords.table if row.contest is not None]
        self._contests: Mapping[str, str] = {row.word[0].upper(): str(row.contest) for row in rows}

    # by message

    def seal(self, transaction: Transaction, message: Message, claim: Claim | None) -> Message:
        """Take the code out of a text that a keyword leads here with."""
        name = None if claim is None else self._contests.get(claim.keyword or "")
        if name is None or not message.complete:
            return message
        contest = table.get(transaction.connection, name)
        key = None if contest is None else self._keys.of(contest)
        if contest is None or key is None:
            return message
        text = message.text or ""
        sealed = understood(contest, key, word_and_rest(text)[1])
        participation.put_by(transaction.connection, message.id, sealed)
        return msgspec.structs.replace(message, text=masked(text))

    def keyword(
        self, transaction: Transaction, host: Host, row: Keyword, message: Message, rest: str
    ) -> Done | None:
        """``contest``: what follows the word is a code."""
        del host
        if row.contest is None:
            return None
        contest = table.get(transaction.connection, row.contest)
        if contest is None:
            return Done("There is no contest at the moment.")
        at = messages.milliseconds(message.created_at)
        replies, state = contest.terms.replies, state_of(contest, at)
        if state != "open":
            return Done(replies.early if state == "planned" else replies.over)
        holder = Holder(message.peer, spellings(message.peer, self._country), at, message.id)
        return Done(_answer(contest, self._redeem(transaction, contest, holder, rest)))

    def _redeem(
        self, transaction: Transaction, contest: Contest, holder: Holder, rest: str
    ) -> Redeemed:
        sealed = participation.taken_out(transaction.connection, holder.message or "")
        if sealed is None or sealed.contest != contest.id:
            sealed = understood(contest, self._keys.required(contest), rest)
        return redeem(transaction, contest, holder, sealed)

    # for the other features

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        entries = [
            PersonEntry(contest=name, at=messages.moment(at), prize=prize)
            for peer in peers
            for name, at, prize in participation.of_peer(connection, peer)
        ]
        return msgspec.structs.replace(person, contests=entries)

    def forget(self, transaction: Transaction, peer: str) -> int:
        """Who had which code; the codes stay used."""
        return participation.erase(transaction.connection, peer)

    def methods(self, host: Host) -> Sequence[Bound]:
        del host
        return self._by_hand.methods()


def _answer(contest: Contest, redeemed: Redeemed) -> str:
    replies = contest.terms.replies
    template = {
        Outcome.WON: replies.won,
        Outcome.VALID: replies.valid,
        Outcome.USED: replies.used,
        Outcome.MISTYPED: replies.mistyped,
        Outcome.UNKNOWN: replies.unknown,
        Outcome.TOO_MANY: replies.too_many,
    }[redeemed.outcome]
    return fill(template, {"prize": redeemed.prize or "", "contest": contest.name})
