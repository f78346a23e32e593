"""The standing of a contest at a moment; a new one; which of its codes win at once."""

import secrets
import sqlite3
from collections.abc import Iterable

import msgspec

from gsmd.config import ContestConfig
from gsmd.features.contests import participation, table
from gsmd.features.contests.keys import Keys
from gsmd.features.contests.rules import commitment, winning
from gsmd.features.contests.table import Contest, Terms
from gsmd.protocol import contests as rows
from gsmd.protocol.contests import ContestParams, PerNumber, Prize, Replies
from gsmd.protocol.errors import Code, Refused
from gsmd.store.tables import messages


def new(asked: ContestConfig | ContestParams, keys: Keys, at: int) -> Contest:
    """A contest as asked for, with a seed and a key of its own. Errors: `OSError`."""
    configured = isinstance(asked, ContestConfig)
    name = asked.name if isinstance(asked, ContestConfig) else asked.contest
    seed = secrets.token_hex(32)
    promise = commitment(seed.encode())
    return Contest(
        id=0,
        name=name,
        opens_at=None if asked.opens is None else messages.milliseconds(asked.opens),
        closes_at=None if asked.closes is None else messages.milliseconds(asked.closes),
        terms=_terms(asked),
        created_at=at,
        configured=configured,
        seed=seed,
        commitment=promise,
        key_commitment=commitment(keys.new(promise)),
        codes=0,
        redeemed=0,
        lengths=frozenset(),
        checked=True,
    )


def _terms(asked: ContestConfig | ContestParams) -> Terms:
    plain = msgspec.structs.asdict
    return Terms(
        PerNumber(**plain(asked.per_number)),
        Replies(**plain(asked.replies)),
        [Prize(**plain(each)) for each in asked.prizes],
    )


def keep(connection: sqlite3.Connection, contest: Contest) -> None:
    """A contest as it is to be from now on; where its prizes changed, what is not won yet is shared out anew."""
    former = table.get(connection, contest.name)
    table.save(connection, contest)
    if former is None or former.terms.prizes == contest.terms.prizes:
        return
    names = [prize.name for prize in contest.terms.prizes]
    places = {
        old: names.index(prize.name)
        for old, prize in enumerate(former.terms.prizes)
        if prize.name in names
    }
    table.renumber_won(connection, former.id, places)
    now = found(connection, contest.name)
    share_out(connection, now, table.unused(connection, now.id))


def share_out(connection: sqlite3.Connection, contest: Contest, marks: Iterable[int]) -> None:
    """Let the least lots win, of the codes that would win so far and ``marks``; what was won stays won."""
    won = table.prizes_won(connection, contest.id)
    quotas = [prize.codes - won.get(place, 0) for place, prize in enumerate(contest.terms.prizes)]
    held = table.prizes_at_hand(connection, contest.id)
    if not held and not any(quotas):
        return
    chosen = winning(contest.seed, {*held, *marks}, quotas)
    changes: dict[int, int | None] = {mark: None for mark in held if mark not in chosen}
    changes.update({mark: prize for mark, prize in chosen.items() if held.get(mark) != prize})
    table.set_prizes(connection, changes)


def state_of(contest: Contest, at: int) -> str:
    """``planned``, ``open`` or ``closed`` at a wall time."""
    if contest.closes_at is not None and at >= contest.closes_at:
        return "closed"
    return "planned" if contest.opens_at is not None and at < contest.opens_at else "open"


def found(connection: sqlite3.Connection, name: str) -> Contest:
    """Errors: `Refused` if there is no contest of that name."""
    contest = table.get(connection, name)
    if contest is None:
        text = f"no contest is called {name!r}"
        raise Refused(Code.NOT_FOUND, text, reason="no_such_contest", field="contest")
    return contest


def status_of(connection: sqlite3.Connection, contest: Contest, now: int) -> rows.Contest:
    """A contest as it stands at a wall time."""
    won = table.prizes_won(connection, contest.id)
    entries, numbers = participation.sizes(connection, contest.id)
    return rows.Contest(
        name=contest.name,
        state=state_of(contest, now),
        opens_at=messages.moment(contest.opens_at),
        closes_at=messages.moment(contest.closes_at),
        codes=contest.codes,
        redeemed=contest.redeemed,
        won=sum(won.values()),
        entries=entries,
        numbers=numbers,
        prizes=[
            rows.PrizeStanding(
                name=each.name, codes=each.codes, draw=each.draw, won=won.get(place, 0)
            )
            for place, each in enumerate(contest.terms.prizes)
        ],
        commitment=contest.commitment,
        key_commitment=contest.key_commitment,
    )
