"""Polls: who may vote when, what counts, and who wins."""

import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from gsmd.config import Config, Keyword, PollConfig, PollOption
from gsmd.features import PREFIX, Claim, Done, Effect, Feature, Host
from gsmd.features.polls import table
from gsmd.features.polls.rules import choice, commitment, draw, list_hash, menu
from gsmd.features.polls.table import Poll, Vote
from gsmd.numbers import spellings
from gsmd.protocol import polls as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Message, Reply
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.paging import cut
from gsmd.protocol.people import Person, PersonVote
from gsmd.protocol.polls import Option
from gsmd.protocol.types import Nothing
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import messages
from gsmd.templates import fill

NAME = PREFIX + "polls"


class Ballot(NamedTuple):
    """What a text votes for: the position of an option of a poll that is open."""

    poll: Poll
    options: Sequence[Option]
    choice: int


class Polls(Feature):
    """Takes votes, by message and by keyword, and tells how they stand."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def prepare(self, transaction: Transaction, config: Config) -> None:
        """Make the polls of the configuration, or bring them up to date; close those it no longer has."""
        connection, at = transaction.connection, transaction.wall
        names = {each.name for each in config.polls}
        for poll in table.all_of_them(connection):
            if poll.configured and poll.name not in names and _state(poll, at) != "closed":
                table.close(connection, poll.name, at)
                transaction.record_event("poll.closed", poll=poll.name)
        for each in config.polls:
            table.save(connection, _poll(each, at, configured=True))

    # votes

    def recipients(self) -> Mapping[str, Effect]:
        return {NAME: self._take}

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """A text that is nothing but a vote in exactly one poll that is open."""
        return None if _ballot(transaction.connection, message) is None else Claim(NAME)

    def keyword(
        self, transaction: Transaction, host: Host, row: Keyword, message: Message, rest: str
    ) -> Done | None:
        """``poll``: what follows the word is the vote."""
        del host
        if row.poll is None:
            return None
        poll = table.get(transaction.connection, row.poll)
        if poll is None:
            return Done("There is no vote at the moment.")
        state = _state(poll, messages.milliseconds(message.created_at))
        if state != "open":
            return Done(
                "The vote has not begun yet." if state == "planned" else "The vote is over."
            )
        options = _options(poll)
        chosen = choice(options, rest)
        if chosen is None:
            return Done(f"That is not among the choices: {menu(options)}")
        return Done(_cast(transaction, Ballot(poll, options, chosen), message))

    def _take(self, transaction: Transaction, host: Host, seq: int, message: Message) -> None:
        """Count a vote, and say so."""
        ballot = _ballot(transaction.connection, message)
        if ballot is not None:  # else the poll was deleted meanwhile
            host.answer(transaction, seq, NAME, Reply(_cast(transaction, ballot, message)))

    # for the other features

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        votes = [
            PersonVote(poll=poll, choice=chosen, at=messages.moment(at))
            for peer in peers
            for poll, chosen, at in table.of_peer(connection, peer)
        ]
        return msgspec.structs.replace(person, votes=votes)

    def forget(self, transaction: Transaction, peer: str) -> int:
        return table.erase(transaction.connection, peer)

    # by hand

    def methods(self, host: Host) -> Sequence[Bound]:
        del host
        return (
            bind(rows.LIST, self._list),
            bind(rows.GET, lambda _, p: self.get(p.poll)),
            bind(rows.CREATE, self._create),
            bind(rows.CLOSE, lambda _, p: self.close(p.poll)),
            bind(rows.DELETE, self._delete),
            bind(rows.VOTES, self._votes),
            bind(rows.DRAW, lambda _, p: self.draw(p.poll, p.winners, p.option)),
        )

    async def _list(self, _: Context, __: Nothing) -> rows.Polls:
        return rows.Polls(list(await self.list()))

    async def _create(self, _: Context, p: rows.PollParams) -> rows.Poll:
        options = tuple(
            PollOption(name=each)
            if isinstance(each, str)
            else PollOption(name=each.name, word=tuple(each.words))
            for each in p.options
        )
        config = PollConfig(
            name=p.poll,
            question=p.question,
            options=options,
            opens=p.opens,
            closes=p.closes,
            counts=p.counts.value,
            reply=p.reply,
        )
        return await self.create(config)

    async def _delete(self, _: Context, p: rows.OnePollParams) -> rows.Deleted:
        await self.delete(p.poll)
        return rows.Deleted(p.poll)

    async def _votes(self, _: Context, p: rows.VotesParams) -> rows.Votes:
        options, found = await self.votes(p.poll, p.after or "", p.limit + 1)
        page, next_ = cut(found, p.limit, lambda vote: vote.peer)
        votes = [
            rows.Vote(
                peer=vote.peer,
                option=options[vote.choice].name,
                at=messages.moment(vote.at),
                message=vote.message,
            )
            for vote in page
            if vote.choice < len(options)
        ]
        return rows.Votes(votes, next_)

    async def create(self, config: PollConfig) -> rows.Poll:
        """A poll besides those of the configuration. Errors: `Refused` if the name is taken."""

        def job(transaction: Transaction) -> None:
            if table.get(transaction.connection, config.name) is not None:
                raise Refused(Code.CONFLICT, f"there is a poll {config.name}", reason="exists")
            poll = _poll(config, transaction.wall, configured=False)
            table.save(transaction.connection, poll)
            transaction.record_event("poll.created", poll=config.name, commitment=poll.commitment)

        await stored(self._ledger.write(job))
        return await self.get(config.name)

    async def list(self) -> Sequence[rows.Poll]:
        """Every poll, by name."""
        now = self._ledger.clock.wall()
        return await self._ledger.read(
            lambda c: [_status(c, poll, now) for poll in table.all_of_them(c)]
        )

    async def get(self, name: str) -> rows.Poll:
        """How a poll stands. Errors: `Refused` if there is none."""
        now = self._ledger.clock.wall()
        return await self._ledger.read(lambda c: _status(c, _found(c, name), now))

    async def close(self, name: str) -> rows.Poll:
        """No more votes. Errors: `Refused`."""

        def job(transaction: Transaction) -> None:
            poll = _found(transaction.connection, name)
            if _state(poll, transaction.wall) != "closed":
                table.close(transaction.connection, name, transaction.wall)
                transaction.record_event("poll.closed", poll=name)

        await stored(self._ledger.write(job))
        return await self.get(name)

    async def delete(self, name: str) -> None:
        """No more poll. Errors: `Refused`; one of the configuration comes back at the next start."""

        def job(transaction: Transaction) -> None:
            _found(transaction.connection, name)
            table.delete(transaction.connection, name)
            transaction.record_event("poll.deleted", poll=name)

        await stored(self._ledger.write(job))

    async def votes(
        self, name: str, after: str, limit: int
    ) -> tuple[Sequence[Option], Sequence[Vote]]:
        """Who voted for what, by number, from behind ``after``. Errors: `Refused`."""
        return await self._ledger.read(
            lambda c: (_options(_found(c, name)), table.votes(c, name, after, limit))
        )

    async def draw(self, name: str, count: int, option: str | None) -> rows.Draw:
        """Winners among those who voted, or voted for ``option``. Errors: `Refused` before it is closed."""
        now = self._ledger.clock.wall()

        def query(connection: sqlite3.Connection) -> rows.Draw:
            poll = _found(connection, name)
            if _state(poll, now) != "closed":
                raise Refused(Code.CONFLICT, "the poll is not closed yet", reason="not_closed")
            chosen = None if option is None else choice(_options(poll), option, whole=True)
            if option is not None and chosen is None:
                raise Refused(
                    Code.NOT_FOUND, f"no option {option!r}", reason="no_option", field="option"
                )
            entrants = table.entrants(connection, name, chosen)
            return rows.Draw(
                poll=name,
                winners=draw(poll.seed, entrants, count),
                entrants=len(entrants),
                list_hash=list_hash(entrants),
                seed=poll.seed,
                commitment=poll.commitment,
            )

        return await self._ledger.read(query)


def _ballot(connection: sqlite3.Connection, message: Message) -> Ballot | None:
    """The vote that a text is, if it is nothing else and one in exactly one poll."""
    at = messages.milliseconds(message.created_at)
    meant = [
        Ballot(poll, options, chosen)
        for poll in table.all_of_them(connection)
        if _state(poll, at) == "open"
        for options in (_options(poll),)
        if (chosen := choice(options, message.text or "", whole=True)) is not None
    ]
    return meant[0] if len(meant) == 1 else None


def _cast(transaction: Transaction, ballot: Ballot, message: Message) -> str:
    """Count a vote as of the moment the message came in; returns the answer."""
    connection, poll = transaction.connection, ballot.poll
    former = table.voter(connection, poll.name, spellings(message.peer, None))
    at = messages.milliseconds(message.created_at)
    vote = Vote(former or message.peer, ballot.choice, at, message.id)
    if not table.cast(connection, poll.name, vote, replace=poll.counts == "last"):
        return "You have voted already."
    option = ballot.options[ballot.choice].name
    transaction.record_event("poll.vote", None, message.id, poll=poll.name, option=option)
    template = poll.reply or "Thank you: {option}."
    return fill(template, {"option": option, "peer": message.peer, "poll": poll.name})


def _found(connection: sqlite3.Connection, name: str) -> Poll:
    poll = table.get(connection, name)
    if poll is None:
        raise Refused(
            Code.NOT_FOUND, f"no poll is called {name!r}", reason="no_such_poll", field="poll"
        )
    return poll


def _poll(config: PollConfig, at: int, *, configured: bool) -> Poll:
    options = [Option(each.name, each.word) for each in config.options]
    seed = secrets.token_hex(32)
    return Poll(
        config.name,
        config.question,
        msgspec.json.encode(options).decode(),
        config.counts,
        None if config.opens is None else messages.milliseconds(config.opens),
        None if config.closes is None else messages.milliseconds(config.closes),
        config.reply,
        at,
        configured,
        seed,
        commitment(seed),
    )


def _options(poll: Poll) -> list[Option]:
    return msgspec.json.decode(poll.options, type=list[Option])


def _state(poll: Poll, at: int) -> str:
    if poll.closes_at is not None and at >= poll.closes_at:
        return "closed"
    return "planned" if poll.opens_at is not None and at < poll.opens_at else "open"


def _status(connection: sqlite3.Connection, poll: Poll, now: int) -> rows.Poll:
    options = _options(poll)
    tally = table.tally(connection, poll.name)
    return rows.Poll(
        name=poll.name,
        question=poll.question,
        state=_state(poll, now),
        options=options,
        tally=[tally.get(position, 0) for position in range(len(options))],
        votes=sum(tally.values()),
        counts=poll.counts,
        opens_at=messages.moment(poll.opens_at),
        closes_at=messages.moment(poll.closes_at),
        commitment=poll.commitment,
    )
