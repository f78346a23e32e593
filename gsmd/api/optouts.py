"""``optout.*``: who wants no messages from us."""

from typing import TYPE_CHECKING, Any

from gsmd.api.calls import MAY_OVERRIDE, MAY_READ, MAY_SEND, Method
from gsmd.api.encoding import plain
from gsmd.api.paging import Some, before, size
from gsmd.api.params import Params
from gsmd.store.tables.messages import moment

if TYPE_CHECKING:
    from gsmd.api.session import Session


class OnePeer(Params, frozen=True):
    peer: str
    note: str | None = None
    source: str | None = None


class Log(Params, frozen=True):
    peer: str | None = None
    limit: int | None = None
    after: str | None = None


async def optout_list(session: "Session", p: Some) -> Any:
    limit = size(p.limit)
    found = await session.server.backend.twoway.optouts.entries(p.after or "", limit + 1)
    page = found[:limit]
    entries = [plain({**each._asdict(), "at": moment(each.at)}) for each in page]
    return {"optouts": entries, "next": page[-1].peer if len(found) > limit else None}


async def optout_log(session: "Session", p: Log) -> Any:
    limit = size(p.limit)
    rows = await session.server.backend.twoway.optouts.log(p.peer, before(p.after), limit + 1)
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


METHODS: dict[str, Method] = {
    "optout.list": Method(MAY_READ, Some, optout_list),
    "optout.log": Method(MAY_READ, Log, optout_log),
    "optout.add": Method(MAY_SEND, OnePeer, optout_add),
    "optout.remove": Method(MAY_OVERRIDE, OnePeer, optout_remove),
}
