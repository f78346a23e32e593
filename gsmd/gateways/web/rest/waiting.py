"""Long polls: a message until it is in a state, a code until somebody has sent it. A poll that ends is no error."""

from starlette.responses import Response

from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import bodies, narrowing
from gsmd.gateways.web.rest.call import Call
from gsmd.gateways.web.rest.parameters import checked, refuse_hidden, seconds
from gsmd.gateways.web.rest.plain import require_seen
from gsmd.gateways.web.rest.sending import require_override
from gsmd.protocol import bounds, messages, verify
from gsmd.protocol.durations import parse_duration
from gsmd.protocol.errors import Code

USUAL = 30.0
"""Seconds that a poll lasts unless asked for otherwise."""


async def message(call: Call) -> Response:
    """``GET /messages/{id}``; with ``wait`` as soon as it is in that state, beyond it or at an end, or when time is over."""
    wait = call.one("wait")
    call.require(messages.GET if wait is None else messages.WAIT)
    given = await call.parameters()
    if narrowing.is_narrowed(call.caller):
        await require_seen(call, given["id"])
    if wait is not None:
        state, timeout = _wait_of(call, wait)
        wanted = {"id": given["id"], "state": state, "timeout": timeout}
        checked(messages.WaitParams, dict(wanted))
        try:
            return call.answer(await call.ask_patiently(messages.WAIT, wanted))
        except Problem as problem:
            if problem.members["code"] != Code.TIMEOUT:
                raise
    elif call.one("timeout") is not None:
        text = "timeout is how long to wait, and wait says for which state"
        raise Problem(400, "missing_field", text, field="wait", code=Code.INVALID_PARAMS)
    return call.answer(await call.ask(messages.GET, given))


def _wait_of(call: Call, wait: str) -> tuple[str, float]:
    """State and seconds; `wait=30s` is for the end, whichever it is."""
    timeout = call.one("timeout")
    if timeout is None:
        try:
            parse_duration(wait)
        except ValueError:
            return wait, USUAL
        return "delivered", seconds("wait", wait, bounds.PULL_WAIT)
    return wait, seconds("timeout", timeout, bounds.PULL_WAIT)


async def verification(call: Call) -> Response:
    """``POST /verifications {method: start|reply|expect, …}``."""
    call.require(verify.START)
    body = await bodies.json_object(call.request)
    refuse_hidden(body)
    name = body.pop("method", "start")
    method = next(
        (row for row in (verify.START, verify.REPLY, verify.EXPECT) if row.verb == name), None
    )
    if method is None:
        text = "method is start, reply or expect"
        raise Problem(422, "impossible_value", text, field="method", code=Code.INVALID)
    given = {name: value for name, value in body.items() if value is not None}
    checked(method.params, dict(given))
    call.hold(given)
    if given.get("override"):
        require_override(call)
    if call.sends is not None and method is not verify.EXPECT:
        call.sends.take(call.caller)
    return call.answer(await call.ask(method, given))


async def verified(call: Call) -> Response:
    """``GET /verifications/{id}?wait=20s``: its state, ``pending`` while it has no end."""
    call.require(verify.WAIT)
    given = await call.parameters()
    wait = call.one("wait")
    given["timeout"] = 0.0 if wait is None else seconds("wait", wait, bounds.PULL_WAIT)
    try:
        return call.answer(await call.ask_patiently(verify.WAIT, given))
    except Problem as problem:
        if problem.members["code"] != Code.TIMEOUT:
            raise
    return call.answer({"state": "pending", "peer": None})
