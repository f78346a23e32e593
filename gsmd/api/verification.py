"""``verify.*``: one-time codes."""

from typing import TYPE_CHECKING, Any

import msgspec

from gsmd.api import values
from gsmd.api.access import require_override
from gsmd.api.calls import MAY_SEND, Method
from gsmd.api.encoding import plain
from gsmd.api.params import Duration, Params
from gsmd.core.twoway.verification import Asked

if TYPE_CHECKING:
    from gsmd.api.session import Session


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


METHODS: dict[str, Method] = {
    "verify.start": Method(MAY_SEND, StartCode, verify_start),
    "verify.reply": Method(MAY_SEND, StartCode, verify_reply),
    "verify.expect": Method(MAY_SEND, ExpectCode, verify_expect),
    "verify.check": Method(MAY_SEND, CheckCode, verify_check),
    "verify.wait": Method(MAY_SEND, WaitCode, verify_wait),
}
