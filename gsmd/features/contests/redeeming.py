"""A code of somebody: what it is, and that it counts once. All of it in one transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from gsmd.features.contests import participation, table
from gsmd.features.contests.participation import Sealed
from gsmd.features.contests.rules import adds_up, mark, typed
from gsmd.features.contests.table import Code, Contest
from gsmd.protocol.contests import Outcome, Redeemed
from gsmd.store.ledger import Transaction


class Holder(msgspec.Struct, frozen=True):
    """Who has a code: their number, and how else it may be spelt; when, and by which message or call."""

    peer: str
    spellings: Sequence[str]
    at: int
    message: str | None = None
    key: str | None = None

    @property
    def day(self) -> str:
        """The day here, which limits go by."""
        return datetime.fromtimestamp(self.at / 1000).astimezone().date().isoformat()


def understood(contest: Contest, key: bytes, text: str) -> Sealed:
    """The candidates for a code in a text, as the store may keep them."""
    codes = typed(text, lambda code: len(code) in contest.lengths)
    fitting = any(adds_up(code) and len(code) in contest.lengths for code in codes)
    return Sealed(contest.id, [mark(key, code) for code in codes], mistyped=not fitting)


def redeem(transaction: Transaction, contest: Contest, holder: Holder, sealed: Sealed) -> Redeemed:
    """Take a code, if it is one that still counts.

    Who guessed too often is told nothing of any code until the next day.
    """
    connection, limits = transaction.connection, contest.terms.per_number
    wrong = participation.wrong_on(connection, contest.id, holder.spellings, holder.day)
    if limits.wrong_per_day is not None and wrong >= limits.wrong_per_day:
        return Redeemed(outcome=Outcome.TOO_MANY)
    found = (table.code(connection, contest.id, each) for each in sealed.marks)
    code = next((each for each in found if each is not None), None)
    if code is None:
        participation.count_wrong(connection, contest.id, holder.peer, holder.day)
        checkable = contest.checked and contest.codes > 0
        mistyped = not sealed.marks or (checkable and sealed.mistyped)
        return Redeemed(outcome=Outcome.MISTYPED if mistyped else Outcome.UNKNOWN)
    if code.redeemed:
        return Redeemed(outcome=Outcome.USED)
    total, today = participation.counted(connection, contest.id, holder.spellings, holder.day)
    if _reached(total, limits.total) or _reached(today, limits.per_day):
        return Redeemed(outcome=Outcome.TOO_MANY)
    return _entered(transaction, contest, holder, code)


def _entered(transaction: Transaction, contest: Contest, holder: Holder, code: Code) -> Redeemed:
    if not table.take(transaction.connection, contest.id, code.mark):
        return Redeemed(outcome=Outcome.USED)
    prize = None if code.prize is None else contest.terms.prizes[code.prize].name
    outcome = Outcome.VALID if prize is None else Outcome.WON
    participation.enter(
        transaction.connection, contest.id, holder.peer, prize, holder.at, holder.day,
        holder.message, holder.key,
    )  # fmt: skip
    transaction.record_event(
        "contest.entry",
        None,
        holder.message,
        contest=contest.name,
        outcome=str(outcome),
        prize=prize,
    )
    return Redeemed(outcome=outcome, prize=prize)


def _reached(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit
