"""``messages.*``: sending, looking, waiting."""

from typing import TYPE_CHECKING, Any

from gsmd.api import params, values
from gsmd.api.access import require_override
from gsmd.api.calls import LIST_LIMIT
from gsmd.api.encoding import many, plain
from gsmd.core.requests import MessageQuery, SendRequest
from gsmd.message import Direction, Ports, State

if TYPE_CHECKING:
    from gsmd.api.session import Session


async def send(session: "Session", p: params.Send) -> Any:
    if (p.text is None) == (p.data is None):
        raise params.ParamsError("exactly one of text and data", "missing_field", "text")
    if p.override:
        require_override(session)
    request = SendRequest(
        to=p.to,
        text=p.text,
        data=p.data,
        modem=p.modem,
        report=p.report,
        flash=bool(p.flash),
        validity=None if p.validity is None else values.seconds(p.validity, "validity"),
        not_before=None if p.not_before is None else values.moment(p.not_before, "not_before"),
        priority=values.between(-100, p.priority or 0, 100, "priority"),
        key=p.key,
        tag=p.tag,
        handler=None if p.handler is None else values.name(p.handler, "handler"),
        ports=None if p.ports is None else _ports(p.ports),
        in_reply_to=p.in_reply_to,
        override=bool(p.override),
    )
    return plain(await session.server.backend.send(request))


def _ports(given: params.PortNumbers) -> Ports:
    return Ports(
        values.between(0, given.destination, 0xFFFF, "ports.destination"),
        values.between(0, given.source, 0xFFFF, "ports.source"),
    )


async def get(session: "Session", p: params.One) -> Any:
    return plain(await session.server.backend.get(p.id))


async def show(session: "Session", p: params.One) -> Any:
    async with session.big_answer():
        return plain(await session.server.backend.show(p.id))


async def list_(session: "Session", p: params.List) -> Any:
    query = MessageQuery(
        direction=None
        if p.direction is None
        else values.choice(Direction, p.direction, "direction"),
        state=None if p.state is None else values.choice(State, p.state, "state"),
        peer=p.peer,
        modem=p.modem,
        tag=p.tag,
        since=None if p.since is None else values.moment(p.since, "since"),
        until=None if p.until is None else values.moment(p.until, "until"),
        search=p.search,
        limit=values.between(1, 100 if p.limit is None else p.limit, LIST_LIMIT, "limit"),
        after=p.after,
        reasons=p.reasons,
    )
    async with session.big_answer():
        page = await session.server.backend.list(query)
        answer = {"messages": await many(page.messages), "next": page.next}
        return answer if page.reasons is None else {**answer, "reasons": page.reasons}


async def cancel(session: "Session", p: params.One) -> Any:
    return plain(await session.server.backend.cancel(p.id))


async def retry(session: "Session", p: params.One) -> Any:
    return plain(await session.server.backend.retry(p.id))


async def wait(session: "Session", p: params.Wait) -> Any:
    state = values.choice(State, p.state, "state")
    timeout = None if p.timeout is None else values.seconds(p.timeout, "timeout")
    waiting = session.server.backend.wait(p.id, state, timeout)
    return plain(await session.while_connected(waiting))
