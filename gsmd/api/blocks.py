"""``blocks.*``: senders whose messages are kept and given to nobody."""

from typing import TYPE_CHECKING, Any

from gsmd.api.calls import MAY_READ, MAY_SEND, Method
from gsmd.api.encoding import plain
from gsmd.api.paging import Some, before, size
from gsmd.api.params import Params
from gsmd.store.tables.messages import moment

if TYPE_CHECKING:
    from gsmd.api.session import Session


class OnePattern(Params, frozen=True):
    pattern: str
    note: str | None = None


async def blocks_list(session: "Session", p: Some) -> Any:
    limit = size(p.limit)
    blocks = session.server.backend.twoway.blocks
    found = await blocks.entries(p.after or "", limit + 1)
    page = found[:limit]
    return {
        "blocks": [plain({**each._asdict(), "at": moment(each.at)}) for each in page],
        "configured": list(blocks.configured),
        "next": page[-1].pattern if len(found) > limit else None,
    }


async def blocks_log(session: "Session", p: Some) -> Any:
    limit = size(p.limit)
    rows = await session.server.backend.twoway.blocks.log(before(p.after), limit + 1)
    page = rows[:limit]
    changes = [plain({**each._asdict(), "at": moment(each.at)}) for _, each in page]
    return {"changes": changes, "next": str(page[-1][0]) if len(rows) > limit else None}


async def blocks_add(session: "Session", p: OnePattern) -> Any:
    blocks = session.server.backend.twoway.blocks
    pattern, added = await blocks.add(p.pattern, p.note or _by(session))
    return {"pattern": pattern, "added": added}


async def blocks_remove(session: "Session", p: OnePattern) -> Any:
    blocks = session.server.backend.twoway.blocks
    pattern, removed = await blocks.remove(p.pattern, p.note or _by(session))
    return {"pattern": pattern, "removed": removed}


def _by(session: "Session") -> str:
    return f"by {session.caller.name}"


METHODS: dict[str, Method] = {
    "blocks.list": Method(MAY_READ, Some, blocks_list),
    "blocks.log": Method(MAY_READ, Some, blocks_log),
    "blocks.add": Method(MAY_SEND, OnePattern, blocks_add),
    "blocks.remove": Method(MAY_SEND, OnePattern, blocks_remove),
}
