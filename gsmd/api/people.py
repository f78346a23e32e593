"""``people.*``: what is known of one number, and forgetting it."""

from typing import TYPE_CHECKING, Any

from gsmd.api.calls import MAY_ADMINISTER, MAY_READ, Method
from gsmd.api.encoding import many, plain
from gsmd.api.paging import size
from gsmd.api.params import Params
from gsmd.core.requests import Code, Refused

if TYPE_CHECKING:
    from gsmd.api.session import Session


class OnePerson(Params, frozen=True):
    peer: str


class PersonMessages(Params, frozen=True):
    peer: str
    limit: int | None = None
    after: str | None = None


async def people_get(session: "Session", p: OnePerson) -> Any:
    return plain(await session.server.backend.twoway.privacy.person(p.peer))


async def people_messages(session: "Session", p: PersonMessages) -> Any:
    limit = size(p.limit)
    privacy = session.server.backend.twoway.privacy
    async with session.big_answer():
        rows = await privacy.messages(p.peer, _after(p.after), limit + 1)
        page = rows[:limit]
        next_ = str(page[-1][0]) if len(rows) > limit else None
        return {"messages": await many([message for _, message in page]), "next": next_}


async def people_forget(session: "Session", p: OnePerson) -> Any:
    return plain(await session.server.backend.twoway.privacy.forget(p.peer))


def _after(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise Refused(Code.INVALID, "that is no cursor of ours", reason="bad_cursor", field="after")
    return int(cursor)


METHODS: dict[str, Method] = {
    "people.get": Method(MAY_READ, OnePerson, people_get),
    "people.messages": Method(MAY_READ, PersonMessages, people_messages),
    "people.forget": Method(MAY_ADMINISTER, OnePerson, people_forget),
}
