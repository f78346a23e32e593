"""``GET /events``: one reader of the stream of events."""

import asyncio
import time

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gsmd.client.errors import GsmdError
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import problems
from gsmd.gateways.web.rest.call import Call
from gsmd.gateways.web.rest.narrowing import may_see_event
from gsmd.gateways.web.rest.stream import HEARTBEAT, STREAMS, Event, Hub, Stream
from gsmd.protocol import events
from gsmd.protocol.errors import Code

STALLED = 30.0
"""Seconds that a reader may take nothing at all."""

LASTS = 900.0
"""Seconds of a stream: whoever comes again shows a token that may have been revoked."""


async def stream(call: Call, hub: Hub) -> Response:
    """Events, behind ``Last-Event-ID`` or ``after`` if there is one. Errors: `Problem`."""
    call.require(events.SUBSCRIBE)
    if last := call.request.headers.get("last-event-id", "").strip():
        call.query["after"] = [_number(last)]
    given = await call.parameters()
    types = tuple(given.get("types") or ())

    def sees(event: Event) -> bool:
        return (not types or str(event["type"]).startswith(types)) and may_see_event(
            call.caller, event
        )

    if hub.count >= STREAMS:
        text = f"there are {STREAMS} streams already"
        raise Problem(503, "too_many_streams", text, headers={"Retry-After": "5"})
    try:
        return EventStream(hub, await hub.open(sees, given.get("after")))
    except GsmdError as error:
        raise problems.from_daemon(error) from error


def _number(last: str) -> str:
    if not last.isascii() or not last.isdigit():
        text = "Last-Event-ID is the id of an event: a number"
        raise Problem(400, "wrong_type", text, field="after", code=Code.INVALID_PARAMS)
    return last


class EventStream(Response):
    """An answer that goes on until the reader leaves, is too slow, or the daemon goes away."""

    media_type = "text/event-stream"
    charset = "utf-8"

    def __init__(self, hub: Hub, stream: Stream) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._hub = hub
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI's shape
        writing = asyncio.ensure_future(self._write(send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.close(self._stream)
            leaving.cancel()
            writing.cancel()
        if writing.done() and not writing.cancelled():
            writing.result()

    async def _write(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        octets = b"retry: 2000\n\n"
        ends_at = time.monotonic() + LASTS
        while octets and time.monotonic() < ends_at:
            try:
                async with asyncio.timeout(STALLED):
                    await send({"type": "http.response.body", "body": octets, "more_body": True})
            except TimeoutError:
                break
            octets = await self._stream.get(HEARTBEAT)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
