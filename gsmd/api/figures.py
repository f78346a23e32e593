"""``stats.get``: counts, rates and times."""

from typing import TYPE_CHECKING, Any

from gsmd.api import values
from gsmd.api.calls import MAY_READ, Method
from gsmd.api.encoding import plain
from gsmd.api.params import Params

if TYPE_CHECKING:
    from gsmd.api.session import Session


class Get(Params, frozen=True):
    since: str | None = None
    until: str | None = None
    by: str | None = None
    tag: str | None = None
    modem: str | None = None


async def stats_get(session: "Session", p: Get) -> Any:
    figures = await session.server.backend.twoway.statistics.get(
        None if p.since is None else values.moment(p.since, "since"),
        None if p.until is None else values.moment(p.until, "until"),
        by=p.by,
        tag=p.tag,
        modem=p.modem,
    )
    return plain(figures)


METHODS: dict[str, Method] = {"stats.get": Method(MAY_READ, Get, stats_get)}
