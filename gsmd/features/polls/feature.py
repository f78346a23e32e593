"""Polls: who may vote when, what counts, and who wins."""

import sqlite3
from collections.abc import Mapping, Sequence

import msgspec

from gsmd.choices import choice
from gsmd.config import Config, Keyword, PollConfig, PollOption
from gsmd.features import PREFIX, Claim, Done, Effect, Feature, Host
from gsmd.features.polls import table
from gsmd.features.polls.rules import draw, list_hash
from gsmd.features.polls.standing import found, new, state_of, status_of
from gsmd.features.polls.voting import ballot_of, cast, vote
from gsmd.protocol import polls as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Message, Reply
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.paging import cut
from gsmd.protocol.people import Person, PersonVote
from gsmd.protocol.types import Nothing
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import messages

NAME = PREFIX + "polls"


class Polls(Feature):
    """Takes votes, by message and by keyword, and tells how they stand."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def prepare(self, transaction: Transaction, config: Config) -> None:
        """Make the polls of the configuration, or bring them up to date; close those it no longer has."""
        connection, at = transaction.connection, transaction.wall
        names = {each.name for each in config.polls}
        for poll in table.all_of_them(connection):
            if poll.configured and poll.name not in names:
                _close(transaction, poll.name)
        for each in config.polls:
            table.save(connection, new(each, at, configured=True))

    # votes

    def recipients(self) -> Mapping[str, Effect]:
        return {NAME: self._take}

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """A text that is nothing but a vote in exactly one poll that is open."""
        ballot = ballot_of(transaction.connection, message)
        return None if ballot is None else Claim(NAME, why=f"a vote in {ballot.poll.name}")

    def keyword(
        self, transaction: Transaction, host: Host, row: Keyword, message: Message, rest: str
    ) -> Done | None:
        """``poll``: what follows the word is the vote."""
        del host
        return None if row.poll is None else Done(vote(transaction, row.poll, message, rest))

    def _take(self, transaction: Transaction, host: Host, seq: int, message: Message) -> None:
        """Count a vote, and say so."""
        ballot = ballot_of(transaction.connection, message)
        if ballot is not None:  # else the poll was deleted meanwhile
            host.answer(transaction, seq, NAME, Reply(cast(transaction, ballot, message)))

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
            bind(rows.GET, lambda _, p: self._get(p.poll)),
            bind(rows.CREATE, self._create),
            bind(rows.CLOSE, self._closed),
            bind(rows.DELETE, self._delete),
            bind(rows.VOTES, self._votes),
            bind(rows.DRAW, self._draw),
        )

    async def _list(self, _: Context, __: Nothing) -> rows.PollList:
        now = self._ledger.clock.wall()
        return await self._ledger.read(
            lambda c: rows.PollList([status_of(c, poll, now) for poll in table.all_of_them(c)])
        )

    async def _get(self, name: str) -> rows.Poll:
        now = self._ledger.clock.wall()
        return await self._ledger.read(lambda c: status_of(c, found(c, name), now))

    async def _create(self, _: Context, p: rows.PollParams) -> rows.Poll:
        """A poll besides those of the configuration."""
        config = _config(p)

        def job(transaction: Transaction) -> None:
            if table.get(transaction.connection, config.name) is not None:
                raise Refused(Code.CONFLICT, f"there is a poll {config.name}", reason="exists")
            poll = new(config, transaction.wall, configured=False)
            table.save(transaction.connection, poll)
            transaction.record_event("poll.created", poll=config.name, commitment=poll.commitment)

        await stored(self._ledger.write(job))
        return await self._get(config.name)

    async def _closed(self, _: Context, p: rows.OnePollParams) -> rows.Poll:
        await stored(self._ledger.write(lambda t: _close(t, p.poll)))
        return await self._get(p.poll)

    async def _delete(self, _: Context, p: rows.OnePollParams) -> rows.DeletedPoll:
        """One of the configuration comes back at the next start."""

        def job(transaction: Transaction) -> None:
            found(transaction.connection, p.poll)
            table.delete(transaction.connection, p.poll)
            transaction.record_event("poll.deleted", poll=p.poll)

        await stored(self._ledger.write(job))
        return rows.DeletedPoll(p.poll)

    async def _votes(self, _: Context, p: rows.VotesParams) -> rows.Votes:
        poll, votes = await self._ledger.read(
            lambda c: (found(c, p.poll), table.votes(c, p.poll, p.after or "", p.limit + 1))
        )
        page, next_ = cut(votes, p.limit, lambda each: each.peer)
        shown = [
            rows.Vote(
                peer=each.peer,
                option=poll.options[each.choice].name,
                at=messages.moment(each.at),
                message=each.message,
            )
            for each in page
            if each.choice < len(poll.options)
        ]
        return rows.Votes(shown, next_)

    async def _draw(self, _: Context, p: rows.DrawParams) -> rows.Draw:
        """Winners among those who voted, or voted for one option; not before the poll is closed."""
        now = self._ledger.clock.wall()

        def query(connection: sqlite3.Connection) -> rows.Draw:
            poll = found(connection, p.poll)
            if state_of(poll, now) != "closed":
                raise Refused(Code.CONFLICT, "the poll is not closed yet", reason="not_closed")
            chosen = None if p.option is None else choice(poll.options, p.option, whole=True)
            if p.option is not None and chosen is None:
                raise Refused(
                    Code.NOT_FOUND, f"no option {p.option!r}", reason="no_option", field="option"
                )
            entrants = table.entrants(connection, p.poll, chosen)
            return rows.Draw(
                poll=p.poll,
                winners=draw(poll.seed, entrants, p.winners),
                entrants=len(entrants),
                list_hash=list_hash(entrants),
                seed=poll.seed,
                commitment=poll.commitment,
            )

        return await self._ledger.read(query)


def _config(p: rows.PollParams) -> PollConfig:
    options = [
        PollOption(name=each)
        if isinstance(each, str)
        else PollOption(name=each.name, word=tuple(each.words))
        for each in p.options
    ]
    return PollConfig(
        name=p.poll,
        question=p.question,
        options=tuple(options),
        opens=p.opens,
        closes=p.closes,
        counts=p.counts.value,
        reply=p.reply,
    )


def _close(transaction: Transaction, name: str) -> None:
    """No more votes, unless that is so already. Errors: `Refused` if there is no such poll."""
    if state_of(found(transaction.connection, name), transaction.wall) != "closed":
        table.close(transaction.connection, name, transaction.wall)
        transaction.record_event("poll.closed", poll=name)
