"""Taking messages over HTTP: for programs many at a time, for shells one by one.

A lease is the daemon's: neither the end of the HTTP connection nor that of the gateway ends it. Only if the caller has left
before it could be told of a lease, that is given back at once.
"""

import asyncio
from typing import Any

from starlette.responses import Response

from gsmd.client.errors import GsmdError
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import bodies
from gsmd.gateways.web.rest.call import QUIET, Call, Left
from gsmd.gateways.web.rest.hooks import require_cheap
from gsmd.protocol import inbox

WAITING = 20
"""Pulls that may wait at the same time."""


class Pulls:
    """The pulls that wait, and those whose caller has left."""

    def __init__(self) -> None:
        self._waiting = 0
        self._orphans: set[asyncio.Task[None]] = set()

    async def pull(self, call: Call, given: dict[str, Any]) -> Any:
        """The result of a pull. Errors: `Problem`, `Left`."""
        if self._waiting >= WAITING:
            text = f"{WAITING} pulls are waiting already"
            raise Problem(503, "too_many_pulls", text, headers={"Retry-After": "1"})
        self._waiting += 1
        pulling = asyncio.ensure_future(call.ask(inbox.PULL, given))
        try:
            await call.either(pulling)
        finally:
            self._waiting -= 1
        if pulling.done():
            return await pulling
        orphan = asyncio.create_task(_give_back(call, pulling))
        self._orphans.add(orphan)
        orphan.add_done_callback(self._orphans.discard)
        raise Left


async def _give_back(call: Call, pulling: "asyncio.Future[Any]") -> None:
    """Wait for what nobody wants any more, and let it come again at once."""
    try:
        pulled = await pulling
        leases = [{"lease": each["lease"], "extend": 0} for each in pulled["messages"]]
        if leases:
            await call.ask(inbox.SETTLE, {"settle": leases})
    except (Problem, GsmdError):
        return  # the daemon is away: it gives its leases back by itself


PULLS = Pulls()
"""Those of this process."""


async def pull(call: Call) -> Response:
    """``POST /handlers/{name}/pull``."""
    call.require(inbox.PULL)
    body = await bodies.json_object(call.request)
    require_cheap(call, body)
    return call.answer(await PULLS.pull(call, call.held(body)))


async def settle(call: Call) -> Response:
    """``POST /handlers/{name}/settle``."""
    call.require(inbox.SETTLE)
    settled = (await call.parameters())["settle"]
    if call.sends is not None:
        call.sends.take(call.caller, sum(each.get("reply") is not None for each in settled))
    return call.answer(await call.ask(inbox.SETTLE, {"settle": settled}))


async def next_message(call: Call) -> Response:
    """``GET /handlers/{name}/next``: one message, and its lease in a header; 204 if there is none."""
    call.require(inbox.PULL)
    pulled = await PULLS.pull(call, {**await call.parameters(), "max": 1})
    if not pulled["messages"]:
        return Response(status_code=204, headers=QUIET)
    first = pulled["messages"][0]
    headers = {"Gsmd-Lease": first["lease"], "Gsmd-Attempt": str(first["attempt"])}
    return call.answer(first["message"], headers=headers)


async def settle_one(call: Call) -> Response:
    """``DELETE /leases/{lease}``: the message is done with."""
    call.require(inbox.SETTLE)
    lease = call.in_path[0]
    settled = await call.ask(inbox.SETTLE, {"settle": [{"lease": lease}]})
    if settled["unknown"]:
        text = "this lease is over, or never was: its message comes again unless it was settled"
        raise Problem(404, "no_such_lease", text, field="lease", code=2)
    return Response(status_code=204, headers=QUIET)
