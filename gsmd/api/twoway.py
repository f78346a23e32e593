"""``optout.*``, ``lists.*``, ``polls.*`` and the like: what the built-in handlers keep."""

from typing import TYPE_CHECKING, Any

import msgspec

from gsmd.api import values
from gsmd.api.access import require_override
from gsmd.api.calls import LIST_LIMIT, Method
from gsmd.api.encoding import plain
from gsmd.api.params import Duration, Nothing, Params
from gsmd.config import PollConfig, PollOption, Role
from gsmd.core.requests import Code, Refused
from gsmd.core.twoway.verification import Asked
from gsmd.store.messages import moment

if TYPE_CHECKING:
    from gsmd.api.session import Session


class Some(Params, frozen=True):
    """A page of something."""

    limit: int | None = None
    after: str | None = None


class OnePeer(Params, frozen=True):
    peer: str
    note: str | None = None
    source: str | None = None


class Log(Params, frozen=True):
    peer: str | None = None
    limit: int | None = None
    after: str | None = None


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


class StartCode(Params, frozen=True):
    to: str
    length: int | None = None
    lifetime: Duration | None = None
    text: str | None = None
    override: bool | None = None


class ExpectCode(Params, frozen=True):
    from_: str | None = msgspec.field(name="from", default=None)
    lifetime: Duration | None = None
    length: int | None = None
    any: bool = False


class CheckCode(Params, frozen=True):
    id: str
    code: str


class WaitCode(Params, frozen=True):
    id: str
    timeout: Duration | None = None


def _limit(given: int | None) -> int:
    return values.between(1, 100 if given is None else given, LIST_LIMIT, "limit")


def _before(after: str | None) -> int:
    if after is None:
        return 2**62
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise Refused(Code.INVALID, "that is no cursor of ours", reason="bad_cursor", field="after")
    return int(after)


# optout.*


async def optout_list(session: "Session", p: Some) -> Any:
    limit = _limit(p.limit)
    found = await session.server.backend.twoway.optouts.entries(p.after or "", limit + 1)
    page = found[:limit]
    entries = [plain({**each._asdict(), "at": moment(each.at)}) for each in page]
    return {"optouts": entries, "next": page[-1].peer if len(found) > limit else None}


async def optout_log(session: "Session", p: Log) -> Any:
    limit = _limit(p.limit)
    rows = await session.server.backend.twoway.optouts.log(p.peer, _before(p.after), limit + 1)
    page = rows[:limit]
    changes = [plain({**each._asdict(), "at": moment(each.at)}) for _, each in page]
    return {"changes": changes, "next": str(page[-1][0]) if len(rows) > limit else None}


async def optout_add(session: "Session", p: OnePeer) -> Any:
    optouts = session.server.backend.twoway.optouts
    added = await optouts.add(p.peer, p.source or "request", p.note or _by(session))
    return {"peer": p.peer, "added": added}


async def optout_remove(session: "Session", p: OnePeer) -> Any:
    optouts = session.server.backend.twoway.optouts
    removed = await optouts.remove(p.peer, p.source or "request", p.note or _by(session))
    return {"peer": p.peer, "removed": removed}


def _by(session: "Session") -> str:
    return f"by {session.caller.name}"


# polls.*


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
    limit = _limit(p.limit)
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


# verify.*


def _asked(session: "Session", p: StartCode | ExpectCode) -> Asked:
    override = isinstance(p, StartCode) and bool(p.override)
    if override:
        require_override(session)
    return Asked(
        length=p.length,
        lifetime=None if p.lifetime is None else values.seconds(p.lifetime, "lifetime"),
        text=p.text if isinstance(p, StartCode) else None,
        override=override,
    )


async def verify_start(session: "Session", p: StartCode) -> Any:
    verification = session.server.backend.twoway.verification
    return plain(await verification.start(p.to, _asked(session, p)))


async def verify_reply(session: "Session", p: StartCode) -> Any:
    verification = session.server.backend.twoway.verification
    return plain(await verification.reply(p.to, _asked(session, p)))


async def verify_expect(session: "Session", p: ExpectCode) -> Any:
    twoway = session.server.backend.twoway
    expected = await twoway.verification.expect(p.from_, _asked(session, p), any_text=p.any)
    numbers = twoway.guard.own_numbers()
    return {**plain(expected), "number": numbers[0] if numbers else None}


async def verify_check(session: "Session", p: CheckCode) -> Any:
    reason = await session.server.backend.twoway.verification.check(p.id, p.code)
    return {"ok": True} if reason is None else {"ok": False, "reason": reason}


async def verify_wait(session: "Session", p: WaitCode) -> Any:
    timeout = None if p.timeout is None else values.seconds(p.timeout, "timeout")
    waiting = session.server.backend.twoway.verification.wait(p.id, timeout)
    state, peer = await session.while_connected(waiting)
    return {"state": state, "peer": peer}


_READ = frozenset({Role.READ})
_SEND = frozenset({Role.SEND})
_OVERRIDE = frozenset({Role.OVERRIDE})

METHODS: dict[str, Method] = {
    "optout.list": Method(_READ, Some, optout_list),
    "optout.log": Method(_READ, Log, optout_log),
    "optout.add": Method(_SEND, OnePeer, optout_add),
    "optout.remove": Method(_OVERRIDE, OnePeer, optout_remove),
    "polls.list": Method(_READ, Nothing, polls_list),
    "polls.get": Method(_READ, OnePoll, polls_get),
    "polls.create": Method(_SEND, NewPoll, polls_create),
    "polls.close": Method(_SEND, OnePoll, polls_close),
    "polls.delete": Method(_SEND, OnePoll, polls_delete),
    "polls.votes": Method(_READ, PollVotes, polls_votes),
    "polls.draw": Method(_SEND, DrawWinners, polls_draw),
    "verify.start": Method(_SEND, StartCode, verify_start),
    "verify.reply": Method(_SEND, StartCode, verify_reply),
    "verify.expect": Method(_SEND, ExpectCode, verify_expect),
    "verify.check": Method(_SEND, CheckCode, verify_check),
    "verify.wait": Method(_SEND, WaitCode, verify_wait),
}
