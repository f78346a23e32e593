"""Votes: what a text votes for, and counting it once for each number."""

import sqlite3

import msgspec

from gsmd.choices import choice, menu
from gsmd.features.polls import table
from gsmd.features.polls.standing import state_of
from gsmd.features.polls.table import Poll, Vote
from gsmd.numbers import spellings
from gsmd.protocol.message import Message
from gsmd.store.ledger import Transaction
from gsmd.store.tables import messages
from gsmd.templates import fill


class Ballot(msgspec.Struct, frozen=True):
    """A vote that a text stands for: the position of an option of a poll that is open."""

    poll: Poll
    choice: int


def ballot_of(connection: sqlite3.Connection, message: Message) -> Ballot | None:
    """The vote that a text is, if it is nothing else, and one in exactly one poll."""
    at, text = messages.milliseconds(message.created_at), message.text or ""
    found = [
        Ballot(poll, chosen)
        for poll in table.all_of_them(connection)
        if state_of(poll, at) == "open"
        and (chosen := choice(poll.options, text, whole=True)) is not None
    ]
    return found[0] if len(found) == 1 else None


def vote(transaction: Transaction, name: str, message: Message, text: str) -> str:
    """Vote in a poll as of the moment the message came in; returns the answer, also if that cannot be."""
    poll = table.get(transaction.connection, name)
    if poll is None:
        return "There is no vote at the moment."
    state = state_of(poll, messages.milliseconds(message.created_at))
    if state != "open":
        return "The vote has not begun yet." if state == "planned" else "The vote is over."
    chosen = choice(poll.options, text)
    if chosen is None:
        return f"That is not among the choices: {menu(poll.options)}"
    return cast(transaction, Ballot(poll, chosen), message)


def cast(transaction: Transaction, ballot: Ballot, message: Message) -> str:
    """Count a vote as of the moment the message came in; returns the answer."""
    connection, poll = transaction.connection, ballot.poll
    former = table.voter(connection, poll.name, spellings(message.peer, None))
    at = messages.milliseconds(message.created_at)
    counted = Vote(former or message.peer, ballot.choice, at, message.id)
    if not table.cast(connection, poll.name, counted, replace=poll.counts == "last"):
        return "You have voted already."
    option = poll.options[ballot.choice].name
    transaction.record_event("poll.vote", None, message.id, poll=poll.name, option=option)
    template = poll.reply or "Thank you: {option}."
    return fill(template, {"option": option, "peer": message.peer, "poll": poll.name})
