"""The standing of a poll at a moment: planned, open or closed, with so many votes."""

import secrets
import sqlite3

from gsmd.config import PollConfig
from gsmd.features.polls import table
from gsmd.features.polls.rules import commitment
from gsmd.features.polls.table import Poll
from gsmd.protocol import polls as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.polls import Option
from gsmd.store.tables import messages


def new(config: PollConfig, at: int, *, configured: bool) -> Poll:
    """A poll as asked for, with a seed of its own for draws; ``configured``: it stands in the configuration."""
    seed = secrets.token_hex(32)
    return Poll(
        name=config.name,
        question=config.question,
        options=[Option(each.name, each.word) for each in config.options],
        counts=config.counts,
        opens_at=None if config.opens is None else messages.milliseconds(config.opens),
        closes_at=None if config.closes is None else messages.milliseconds(config.closes),
        reply=config.reply,
        created_at=at,
        configured=configured,
        seed=seed,
        commitment=commitment(seed),
    )


def state_of(poll: Poll, at: int) -> str:
    """``planned``, ``open`` or ``closed`` at a wall time."""
    if poll.closes_at is not None and at >= poll.closes_at:
        return "closed"
    return "planned" if poll.opens_at is not None and at < poll.opens_at else "open"


def found(connection: sqlite3.Connection, name: str) -> Poll:
    """Errors: `Refused` if there is no poll of that name."""
    poll = table.get(connection, name)
    if poll is None:
        raise Refused(
            Code.NOT_FOUND, f"no poll is called {name!r}", reason="no_such_poll", field="poll"
        )
    return poll


def status_of(connection: sqlite3.Connection, poll: Poll, now: int) -> rows.Poll:
    """A poll with its tally at a wall time."""
    tally = table.tally(connection, poll.name)
    return rows.Poll(
        name=poll.name,
        question=poll.question,
        state=state_of(poll, now),
        options=list(poll.options),
        tally=[tally.get(position, 0) for position in range(len(poll.options))],
        votes=sum(tally.values()),
        counts=poll.counts,
        opens_at=messages.moment(poll.opens_at),
        closes_at=messages.moment(poll.closes_at),
        commitment=poll.commitment,
    )
