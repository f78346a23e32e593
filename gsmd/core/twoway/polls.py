"""Polls: who may vote when, what counts, and who wins."""

import secrets
import sqlite3
from collections.abc import Sequence

import msgspec

from gsmd.config import PollConfig, PollOption
from gsmd.core.effects import PREFIX
from gsmd.core.outbound import Outbound
from gsmd.numbers import spellings
from gsmd.protocol import polls as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Message, Reply
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.paging import cut
from gsmd.protocol.polls import Option
from gsmd.protocol.types import Nothing
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import messages, polls
from gsmd.store.tables.polls import Poll, Vote
from gsmd.twoway.polls import choice, commitment, draw, list_hash, menu
from gsmd.twoway.templates import fill

NAME = PREFIX + "polls"


class Polls:
    """Takes votes, by message and by keyword, and tells how they stand."""

    def __init__(self, ledger: Ledger, outbound: Outbound) -> None:
        self._ledger = ledger
        self._outbound = outbound

    def make(self, transaction: Transaction, configured: Sequence[PollConfig]) -> None:
        """Make the polls of a configuration, or bring them up to date; close those it no longer has."""
        connection, at = transaction.connection, transaction.wall
        names = {config.name for config in configured}
        for poll in polls.all_of_them(connection):
            if poll.configured and poll.name not in names and _state(poll, at) != "closed":
                polls.close(connection, poll.name, at)
                transaction.record_event("poll.closed", poll=poll.name)
        for config in configured:
            polls.save(connection, _poll(config, at, configured=True))

    # votes

    def claims(self, connection: sqlite3.Connection, message: Message) -> str | None:
        """A text that is nothing but a vote in exactly one poll that is open."""
        return NAME if self._meant(connection, message) is not None else None

    def take(self, transaction: Transaction, seq: int, message: Message) -> None:
        """Count it, and say so."""
        meant = self._meant(transaction.connection, message)
        if meant is None:
            return  # the poll was deleted meanwhile
        text = self.vote(transaction, meant, message, message.text or "")
        self._outbound.answer(transaction, seq, NAME, Reply(text))

    def vote(self, transaction: Transaction, name: str, message: Message, text: str) -> str:
        """Count a vote as of the moment the message came in; returns the answer."""
        connection = transaction.connection
        poll = polls.get(connection, name)
        if poll is None:
            return "There is no vote at the moment."
        options = _options(poll)
        at = messages.milliseconds(message.created_at)
        state = _state(poll, at)
        if state != "open":
            return "The vote has not begun yet." if state == "planned" else "The vote is over."
        chosen = choice(options, text)
        if chosen is None:
            return f"That is not among the choices: {menu(options)}"
        former = polls.voter(connection, name, spellings(message.peer, None))
        vote = Vote(former or message.peer, chosen, at, message.id)
        if not polls.cast(connection, name, vote, replace=poll.counts == "last"):
            return "You have voted already."
        transaction.record_event(
            "poll.vote", None, message.id, poll=name, option=options[chosen].name
        )
        template = poll.reply or "Thank you: {option}."
        return fill(template, {"option": options[chosen].name, "peer": message.peer, "poll": name})

    def _meant(self, connection: sqlite3.Connection, message: Message) -> str | None:
        at = messages.milliseconds(message.created_at)
        meant = [
            poll.name
            for poll in polls.all_of_them(connection)
            if _state(poll, at) == "open"
            and choice(_options(poll), message.text or "", whole=True) is not None
        ]
        return meant[0] if len(meant) == 1 else None

    # by hand

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
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
            if polls.get(transaction.connection, config.name) is not None:
                raise Refused(Code.CONFLICT, f"there is a poll {config.name}", reason="exists")
            poll = _poll(config, transaction.wall, configured=False)
            polls.save(transaction.connection, poll)
            transaction.record_event("poll.created", poll=config.name, commitment=poll.commitment)

        await stored(self._ledger.write(job))
        return await self.get(config.name)

    async def list(self) -> Sequence[rows.Poll]:
        """Every poll, by name."""
        now = self._ledger.clock.wall()
        return await self._ledger.read(
            lambda c: [_status(c, poll, now) for poll in polls.all_of_them(c)]
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
                polls.close(transaction.connection, name, transaction.wall)
                transaction.record_event("poll.closed", poll=name)

        await stored(self._ledger.write(job))
        return await self.get(name)

    async def delete(self, name: str) -> None:
        """No more poll. Errors: `Refused`; one of the configuration comes back at the next start."""

        def job(transaction: Transaction) -> None:
            _found(transaction.connection, name)
            polls.delete(transaction.connection, name)
            transaction.record_event("poll.deleted", poll=name)

        await stored(self._ledger.write(job))

    async def votes(
        self, name: str, after: str, limit: int
    ) -> tuple[Sequence[Option], Sequence[Vote]]:
        """Who voted for what, by number, from behind ``after``. Errors: `Refused`."""
        return await self._ledger.read(
            lambda c: (_options(_found(c, name)), polls.votes(c, name, after, limit))
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
            entrants = polls.entrants(connection, name, chosen)
            return rows.Draw(
                poll=name,
                winners=draw(poll.seed, entrants, count),
                entrants=len(entrants),
                list_hash=list_hash(entrants),
                seed=poll.seed,
                commitment=poll.commitment,
            )

        return await self._ledger.read(query)


def _found(connection: sqlite3.Connection, name: str) -> Poll:
    poll = polls.get(connection, name)
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
    tally = polls.tally(connection, poll.name)
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
