"""``lists.*`` and ``campaigns.*``: many people at once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from gsmd.api import values
from gsmd.api.calls import MAY_READ, MAY_SEND, Method
from gsmd.api.encoding import plain
from gsmd.api.paging import Some, size
from gsmd.api.params import Nothing, Params
from gsmd.core.twoway.plans import Plan
from gsmd.core.twoway.rosters import Added
from gsmd.store.tables.messages import moment

if TYPE_CHECKING:
    from gsmd.api.session import Session


AT_ONCE = 500
"""People that are added in one transaction: nobody else's message waits for thousands of them."""


class OneList(Params, frozen=True):
    list: str


class ListMembers(Params, frozen=True):
    list: str
    limit: int | None = None
    after: str | None = None


class NewMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    peer: str
    fields: dict[str, str] = {}


class AddMembers(Params, frozen=True):
    list: str
    members: Sequence[NewMember | str]


class RemoveMembers(Params, frozen=True):
    list: str
    peers: Sequence[str]


class NewCampaign(Params, frozen=True):
    list: str | Sequence[str]
    text: str
    tag: str | None = None
    modem: str | None = None
    handler: str | None = None
    per_minute: float | None = None
    quiet: str | None = None
    not_before: str | None = None
    dry_run: bool = False
    key: str | None = None


class OneCampaign(Params, frozen=True):
    id: str


async def lists_list(session: "Session", _: Nothing) -> Any:
    rows = await session.server.backend.twoway.rosters.all_of_them()
    return {
        "lists": [
            {"list": name, "created_at": plain(moment(at)), "members": count}
            for name, at, count in rows
        ]
    }


async def lists_create(session: "Session", p: OneList) -> Any:
    name = values.name(p.list, "list")
    return {"list": name, "created": await session.server.backend.twoway.rosters.create(name)}


async def lists_delete(session: "Session", p: OneList) -> Any:
    await session.server.backend.twoway.rosters.delete(p.list)
    return {"list": p.list}


async def lists_get(session: "Session", p: ListMembers) -> Any:
    limit = size(p.limit)
    rosters = session.server.backend.twoway.rosters
    found = await rosters.members(p.list, p.after or "", limit + 1)
    page = found[:limit]
    members = [plain({**each._asdict(), "at": moment(each.at)}) for each in page]
    next_ = page[-1].peer if len(found) > limit else None
    return {"list": p.list, "members": members, "next": next_}


async def lists_add(session: "Session", p: AddMembers) -> Any:
    people = [(m, {}) if isinstance(m, str) else (m.peer, m.fields) for m in p.members]
    rosters = session.server.backend.twoway.rosters
    name = values.name(p.list, "list")
    sums = await rosters.add(name, people[:AT_ONCE])
    for place in range(AT_ONCE, len(people), AT_ONCE):
        more = await rosters.add(name, people[place : place + AT_ONCE])
        sums = Added(sums.added + more.added, sums.known + more.known, sums.refused + more.refused)
    return plain(sums)


async def lists_remove(session: "Session", p: RemoveMembers) -> Any:
    return {"removed": await session.server.backend.twoway.rosters.remove(p.list, p.peers)}


async def campaigns_create(session: "Session", p: NewCampaign) -> Any:
    plan = Plan(
        lists=[p.list] if isinstance(p.list, str) else p.list,
        text=p.text,
        tag=p.tag,
        modem=p.modem,
        handler=p.handler,
        per_minute=p.per_minute,
        quiet=p.quiet,
        not_before=None if p.not_before is None else values.moment(p.not_before, "not_before"),
        key=p.key,
    )
    campaigns = session.server.backend.twoway.campaigns
    return plain(await (campaigns.forecast(plan) if p.dry_run else campaigns.create(plan)))


async def campaigns_list(session: "Session", p: Some) -> Any:
    found = await session.server.backend.twoway.campaigns.all_of_them(size(p.limit))
    return {"campaigns": plain(found)}


async def campaigns_get(session: "Session", p: OneCampaign) -> Any:
    return plain(await session.server.backend.twoway.campaigns.get(p.id))


async def campaigns_pause(session: "Session", p: OneCampaign) -> Any:
    return plain(await session.server.backend.twoway.campaigns.pause(p.id))


async def campaigns_resume(session: "Session", p: OneCampaign) -> Any:
    return plain(await session.server.backend.twoway.campaigns.resume(p.id))


async def campaigns_cancel(session: "Session", p: OneCampaign) -> Any:
    return plain(await session.server.backend.twoway.campaigns.cancel(p.id))


METHODS: dict[str, Method] = {
    "lists.list": Method(MAY_READ, Nothing, lists_list),
    "lists.create": Method(MAY_SEND, OneList, lists_create),
    "lists.delete": Method(MAY_SEND, OneList, lists_delete),
    "lists.get": Method(MAY_READ, ListMembers, lists_get),
    "lists.add": Method(MAY_SEND, AddMembers, lists_add),
    "lists.remove": Method(MAY_SEND, RemoveMembers, lists_remove),
    "campaigns.create": Method(MAY_SEND, NewCampaign, campaigns_create),
    "campaigns.list": Method(MAY_READ, Some, campaigns_list),
    "campaigns.get": Method(MAY_READ, OneCampaign, campaigns_get),
    "campaigns.pause": Method(MAY_SEND, OneCampaign, campaigns_pause),
    "campaigns.resume": Method(MAY_SEND, OneCampaign, campaigns_resume),
    "campaigns.cancel": Method(MAY_SEND, OneCampaign, campaigns_cancel),
}
