"""Contests as callers of the socket have them: made, filled with codes, drawn, ended."""

import asyncio
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from gsmd.features.contests import participation, table
from gsmd.features.contests.keys import KeyLost, Keys
from gsmd.features.contests.redeeming import Holder, redeem, understood
from gsmd.features.contests.rules import (
    ALPHABET,
    ROOM,
    adds_up,
    draw,
    list_hash,
    made_of,
    mark,
    plain,
    room,
)
from gsmd.features.contests.standing import found, keep, new, share_out, state_of, status_of
from gsmd.features.contests.table import Contest
from gsmd.numbers import spellings
from gsmd.protocol import contests as rows
from gsmd.protocol.contests import Outcome
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.numbers import normalise
from gsmd.protocol.paging import cut, number
from gsmd.protocol.types import Nothing
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import messages

_SHORTEST = 4
"""Characters of a code that is imported."""

_LONGEST = 64

_BATCH = 20_000
"""Codes deleted in one transaction, so that nothing else waits long."""

T = TypeVar("T")


class ByHand:
    """The methods. ``country`` is where numbers without one belong."""

    def __init__(self, ledger: Ledger, keys: Keys) -> None:
        self._ledger = ledger
        self._keys = keys
        self.country: str | None = None

    def methods(self) -> Sequence[Bound]:
        """Each bound to its row."""
        return (
            bind(rows.LIST, self._list),
            bind(rows.GET, lambda _, p: self._get(p.contest)),
            bind(rows.CREATE, self._create),
            bind(rows.IMPORT, self._import),
            bind(rows.GENERATE, self._generate),
            bind(rows.REDEEM, self._redeem),
            bind(rows.ENTRIES, self._entries),
            bind(rows.DRAW, self._draw),
            bind(rows.CLOSE, self._close),
            bind(rows.DELETE, self._delete),
        )

    async def _list(self, _: Context, __: Nothing) -> rows.ContestList:
        now = self._ledger.clock.wall()
        return await self._ledger.read(
            lambda c: rows.ContestList([status_of(c, each, now) for each in table.all_of_them(c)])
        )

    async def _get(self, name: str) -> rows.Contest:
        now = self._ledger.clock.wall()
        return await self._ledger.read(lambda c: status_of(c, found(c, name), now))

    async def _create(self, _: Context, p: rows.ContestParams) -> rows.Contest:
        """A contest besides those of the configuration."""
        if p.opens and p.closes and p.closes <= p.opens:
            raise Refused(
                Code.INVALID, "it closes before it opens", reason="closes", field="closes"
            )

        def job(transaction: Transaction) -> None:
            if table.get(transaction.connection, p.contest) is not None:
                raise Refused(Code.CONFLICT, f"there is a contest {p.contest}", reason="exists")
            contest = _with_key(lambda: new(p, self._keys, transaction.wall))
            keep(transaction.connection, contest)
            transaction.record_event(
                "contest.created", contest=p.contest, commitment=contest.commitment
            )

        await stored(self._ledger.write(job))
        return await self._get(p.contest)

    # codes

    async def _import(self, _: Context, p: rows.ImportParams) -> rows.Imported:
        contest, key = await self._open(p.contest)
        codes = await asyncio.to_thread(_imported, p.codes)
        added, total = await self._add(contest, key, codes)
        return rows.Imported(
            contest=p.contest, added=added, known=len(p.codes) - added, codes=total
        )

    async def _generate(self, _: Context, p: rows.GenerateParams) -> rows.Generated:
        """New codes. One that there is already is rare, and made anew."""
        contest, key = await self._open(p.contest)
        if room(p.length) < ROOM * (contest.codes + p.count):
            text = f"so many codes of {p.length} characters could be guessed: take longer ones"
            raise Refused(Code.INVALID, text, reason="too_short", field="length")
        made: set[str] = set()
        while len(made) < p.count:
            codes = await asyncio.to_thread(_made, p.count - len(made), p.length)
            known = await self._ledger.read(lambda c, s=codes: _there(c, contest, key, s))  # type: ignore[misc] # mypy does not see defaults of lambdas
            made |= codes - known
        await self._add(contest, key, made)
        return rows.Generated(contest=p.contest, codes=sorted(made))

    async def _open(self, name: str) -> tuple[Contest, bytes]:
        """A contest that is not closed, and its key. Errors: `Refused`."""
        contest = await self._ledger.read(lambda c: found(c, name))
        if state_of(contest, self._ledger.clock.wall()) == "closed":
            raise Refused(Code.CONFLICT, "the contest is closed", reason="closed")
        return contest, _with_key(lambda: self._keys.required(contest))

    async def _add(self, contest: Contest, key: bytes, codes: set[str]) -> tuple[int, int]:
        """How many of these are new, and how many there are."""
        marks, lengths, checked = await asyncio.to_thread(_marks, key, codes)

        def job(transaction: Transaction) -> tuple[int, int]:
            connection = transaction.connection
            now = found(connection, contest.name)
            if now.id != contest.id:
                raise Refused(Code.CONFLICT, "another contest has this name", reason="replaced")
            added = table.add(connection, now, marks, lengths, checked=checked)
            if any(prize.codes for prize in now.terms.prizes):
                used = table.used_among(connection, marks) if now.redeemed else set()
                share_out(connection, now, (each for each in marks if each not in used))
            return added, now.codes + added

        return await stored(self._ledger.write(job))

    async def _redeem(self, _: Context, p: rows.RedeemParams) -> rows.Redeemed:
        peer = normalise(p.peer, self.country)

        def job(transaction: Transaction) -> rows.Redeemed:
            connection = transaction.connection
            contest = found(connection, p.contest)
            first = None if p.key is None else participation.with_key(connection, contest.id, p.key)
            if first is not None:
                return _as_before(first, peer)
            state = state_of(contest, transaction.wall)
            if state != "open":
                raise Refused(Code.CONFLICT, f"the contest is {state}", reason=state)
            key = _with_key(lambda: self._keys.required(contest))
            holder = Holder(peer, spellings(peer, self.country), transaction.wall, key=p.key)
            return redeem(transaction, contest, holder, understood(contest, key, p.code))

        return await stored(self._ledger.write(job))

    # entries

    async def _entries(self, _: Context, p: rows.ContestEntriesParams) -> rows.ContestEntries:
        if p.outcome not in {None, Outcome.WON, Outcome.VALID}:
            text = "only what won or was valid is an entry"
            raise Refused(Code.INVALID, text, reason="no_entries", field="outcome")
        won = None if p.outcome is None else p.outcome is Outcome.WON
        after = number(p.after, 0)
        kept = await self._ledger.read(
            lambda c: participation.entries(c, found(c, p.contest).id, after, p.limit + 1, won=won)
        )
        page, next_ = cut(kept, p.limit, lambda each: each.seq)
        return rows.ContestEntries([_entry(each) for each in page], next_)

    async def _draw(self, _: Context, p: rows.ContestDrawParams) -> rows.ContestDraw:
        """Winners among the distinct numbers; not before the contest is closed."""
        now = self._ledger.clock.wall()

        def query(connection: sqlite3.Connection) -> rows.ContestDraw:
            contest = found(connection, p.contest)
            if state_of(contest, now) != "closed":
                raise Refused(Code.CONFLICT, "the contest is not closed yet", reason="not_closed")
            prizes = [each.name for each in contest.terms.prizes for _ in range(each.draw)]
            entrants = participation.entrants(connection, contest.id)
            winners = draw(contest.seed, entrants, p.winners or len(prizes) or 1)
            return rows.ContestDraw(
                contest=p.contest,
                winners=winners,
                prizes=[
                    prizes[place] if place < len(prizes) else None for place in range(len(winners))
                ],
                entrants=len(entrants),
                list_hash=list_hash(entrants),
                seed=contest.seed,
                commitment=contest.commitment,
                key=_with_key(lambda: self._keys.required(contest)).hex(),
                key_commitment=contest.key_commitment,
            )

        return await self._ledger.read(query)

    # the end

    async def _close(self, _: Context, p: rows.OneContestParams) -> rows.Contest:
        await stored(self._ledger.write(lambda t: _close(t, p.contest)))
        return await self._get(p.contest)

    async def _delete(self, _: Context, p: rows.OneContestParams) -> rows.DeletedContest:
        """One of the configuration comes back at the next start, with other secrets and no codes."""
        contest = await stored(self._ledger.write(lambda t: _close(t, p.contest)))
        while not await stored(
            self._ledger.write(lambda t: table.delete(t.connection, contest.id, _BATCH))
        ):
            pass
        self._ledger.emit("contest.deleted", contest=p.contest)
        return rows.DeletedContest(p.contest)


def _close(transaction: Transaction, name: str) -> Contest:
    """No code counts any more, unless that is so already. Errors: `Refused` if there is no such contest."""
    contest = found(transaction.connection, name)
    if state_of(contest, transaction.wall) != "closed":
        table.close(transaction.connection, contest.id, transaction.wall)
        transaction.record_event("contest.closed", contest=name)
    return contest


def _imported(codes: Iterable[str]) -> set[str]:
    """The codes as they are compared. Errors: `Refused` for what can be none."""
    compared = set()
    for code in codes:
        bare = plain(code)
        if not _SHORTEST <= len(bare) <= _LONGEST:
            text = f"a code has {_SHORTEST} to {_LONGEST} letters and digits, not {code[:40]!r}"
            raise Refused(Code.INVALID, text, reason="no_code", field="codes")
        compared.add(bare)
    return compared


def _made(count: int, length: int) -> set[str]:
    base = len(ALPHABET)
    choose = secrets.SystemRandom().randrange
    return {made_of([choose(base) for _ in range(length - 1)]) for _ in range(count)}


def _marks(key: bytes, codes: Iterable[str]) -> tuple[list[int], set[int], bool]:
    """The marks of codes in the order of the store; the lengths of the codes; whether all of them add up."""
    lengths, checked, marks = set(), True, []
    for code in codes:
        lengths.add(len(code))
        checked = checked and adds_up(code)
        marks.append(mark(key, code))
    return sorted(marks), lengths, checked


def _there(
    connection: sqlite3.Connection, contest: Contest, key: bytes, codes: Iterable[str]
) -> set[str]:
    return {
        code for code in codes if table.code(connection, contest.id, mark(key, code)) is not None
    }


def _as_before(entry: participation.Entry, peer: str) -> rows.Redeemed:
    if entry.peer != peer:
        text = "the key belongs to a code of another number"
        raise Refused(Code.CONFLICT, text, reason="key", field="key")
    return rows.Redeemed(
        outcome=Outcome.VALID if entry.prize is None else Outcome.WON, prize=entry.prize
    )


def _entry(entry: participation.Entry) -> rows.ContestEntry:
    return rows.ContestEntry(
        id=str(entry.seq),
        peer=entry.peer,
        outcome=Outcome.VALID if entry.prize is None else Outcome.WON,
        at=messages.moment(entry.at),
        prize=entry.prize,
        message=entry.message,
    )


def _with_key(work: Callable[[], T]) -> T:
    """Errors: `Refused` where the key is not to be had."""
    try:
        return work()
    except (KeyLost, OSError) as error:
        raise Refused(Code.REFUSED, str(error), reason="no_key") from error
