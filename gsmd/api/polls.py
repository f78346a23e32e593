"""``polls.*``: votes."""

from typing import TYPE_CHECKING, Any

import msgspec

from gsmd.api import values
from gsmd.api.calls import MAY_READ, MAY_SEND, Method
from gsmd.api.encoding import plain
from gsmd.api.paging import size
from gsmd.api.params import Nothing, Params
from gsmd.config import PollConfig, PollOption
from gsmd.core.requests import Code, Refused
from gsmd.store.tables.messages import moment

if TYPE_CHECKING:
    from gsmd.api.session import Session


class OnePoll(Params, frozen=True):
    poll: str


class PollVotes(Params, frozen=True):
    poll: str
    limit: int | None = None
    after: str | None = None


class NewOption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    words: list[str] = []


class NewPoll(Params, frozen=True):
    poll: str
    options: list[NewOption | str]
    question: str | None = None
    opens: str | None = None
    closes: str | None = None
    counts: str | None = None
    reply: str | None = None


class DrawWinners(Params, frozen=True):
    poll: str
    winners: int = 1
    option: str | None = None


async def polls_list(session: "Session", _: Nothing) -> Any:
    return {"polls": plain(await session.server.backend.twoway.polls.list())}


async def polls_get(session: "Session", p: OnePoll) -> Any:
    return plain(await session.server.backend.twoway.polls.get(p.poll))


async def polls_create(session: "Session", p: NewPoll) -> Any:
    if len(p.options) < 2:
        raise Refused(Code.INVALID, "at least two options", reason="options", field="options")
    config = PollConfig(
        name=values.name(p.poll, "poll"),
        question=p.question,
        options=tuple(
            PollOption(name=each)
            if isinstance(each, str)
            else PollOption(name=each.name, word=tuple(each.words))
            for each in p.options
        ),
        opens=None if p.opens is None else values.moment(p.opens, "opens"),
        closes=None if p.closes is None else values.moment(p.closes, "closes"),
        counts="first" if p.counts == "first" else "last",
        reply=p.reply,
    )
    return plain(await session.server.backend.twoway.polls.create(config))


async def polls_close(session: "Session", p: OnePoll) -> Any:
    return plain(await session.server.backend.twoway.polls.close(p.poll))


async def polls_delete(session: "Session", p: OnePoll) -> Any:
    await session.server.backend.twoway.polls.delete(p.poll)
    return {"poll": p.poll}


async def polls_votes(session: "Session", p: PollVotes) -> Any:
    limit = size(p.limit)
    polls = session.server.backend.twoway.polls
    options, found = await polls.votes(p.poll, p.after or "", limit + 1)
    page = found[:limit]
    votes = [
        {"peer": v.peer, "option": options[v.choice].name, "at": moment(v.at), "message": v.message}
        for v in page
        if v.choice < len(options)
    ]
    return {"votes": plain(votes), "next": page[-1].peer if len(found) > limit else None}


async def polls_draw(session: "Session", p: DrawWinners) -> Any:
    winners = values.between(1, p.winners, 10_000, "winners")
    return plain(await session.server.backend.twoway.polls.draw(p.poll, winners, p.option))


METHODS: dict[str, Method] = {
    "polls.list": Method(MAY_READ, Nothing, polls_list),
    "polls.get": Method(MAY_READ, OnePoll, polls_get),
    "polls.create": Method(MAY_SEND, NewPoll, polls_create),
    "polls.close": Method(MAY_SEND, OnePoll, polls_close),
    "polls.delete": Method(MAY_SEND, OnePoll, polls_delete),
    "polls.votes": Method(MAY_READ, PollVotes, polls_votes),
    "polls.draw": Method(MAY_SEND, DrawWinners, polls_draw),
}
