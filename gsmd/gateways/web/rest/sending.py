"""Sending over HTTP: once for each ``Idempotency-Key``, and from programs that can fill in no more than a template.

An ``Idempotency-Key`` is the ``key`` of `messages.send`. The daemon keeps what a key stands for: the same key with the same message is
answered with the first one, with another message it is refused.
"""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from gsmd.gateways.web.door.sends import redriven
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import bodies, narrowing
from gsmd.gateways.web.rest.call import Call
from gsmd.protocol import campaigns, handlers, messages
from gsmd.protocol.errors import Code
from gsmd.protocol.method import Role

_TEXT = ("text", "message", "body", "msg")
_TO = ("to", "phone", "number")
_TAKEN = frozenset({
    *("modem", "tag", "key", "report", "flash", "priority", "validity", "not_before", "handler", "override", "send_within", "when_uncertain"),
})  # fmt: skip
"""What `POST /send` takes besides; other members of a body are somebody else's, and left alone."""


async def send(call: Call) -> Response:
    """``POST /messages``."""
    call.require(messages.SENDING)
    body = await bodies.json_object(call.request)
    return await _send(call, with_key(call, body))


async def forgiving_send(call: Call) -> Response:
    """``POST /send/{to}``: the text is the body, or one of its members, by any of the usual names."""
    call.require(messages.SENDING)
    body = await bodies.text_or_members(call.request)
    given: dict[str, Any] = {"text": body} if isinstance(body, str) else _understood(body)
    if isinstance(body, dict) and "text" not in given:
        given |= _alerts(body)
    in_query = {name: values[-1] for name, values in call.query.items()}
    given |= _understood(in_query)
    call.query = {}
    if "{to}" in call.route.path:
        given.pop("to", None)
    if not given.get("text"):
        names = ", ".join(_TEXT)
        text = f"there is no text: the body is it, or has it as one of {names}"
        raise Problem(400, "missing_field", text, field="text", code=Code.INVALID_PARAMS)
    return await _send(call, with_key(call, given))


def _understood(members: Mapping[str, Any]) -> dict[str, Any]:
    """What can be made of members of any name, in any case."""
    lower = {name.lower(): value for name, value in members.items()}
    given = {name: _typed(name, lower[name]) for name in _TAKEN & lower.keys()}
    for wanted, names in (("text", _TEXT), ("to", _TO)):
        found = next((lower[each] for each in names if isinstance(lower.get(each), str)), None)
        if found is not None:
            given[wanted] = found
    return given


def _alerts(members: Mapping[str, Any]) -> dict[str, str]:
    """The text that Alertmanager's fixed JSON comes to: its state, and a line for each of the first alerts."""
    alerts = [each for each in members.get("alerts") or () if isinstance(each, dict)]
    if not alerts:
        return {}
    lines = [_alert(each) for each in alerts[:_ALERTS]]
    more = len(alerts) - len(lines)
    state = str(members.get("status", "")).upper()
    text = "; ".join(line for line in lines if line) + (f"; and {more} more" if more else "")
    return {"text": f"{state}: {text}" if state else text}


_ALERTS = 3
"""Alerts that are told in one message."""


def _alert(alert: Mapping[str, Any]) -> str:
    for part, names in (("annotations", ("summary", "description")), ("labels", ("alertname",))):
        members = alert.get(part)
        if isinstance(members, dict):
            found = next(
                (members[each] for each in names if isinstance(members.get(each), str)), ""
            )
            if found:
                return str(found)[:150]
    return ""


def _typed(name: str, value: Any) -> Any:
    """Forms and queries have texts alone."""
    if name in {"report", "flash", "override"} and isinstance(value, str):
        return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(
            value.lower(), value
        )
    if name == "priority" and isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    return value


def with_key(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """The body with the ``key`` that the header ``Idempotency-Key`` gives. Errors: `Problem`."""
    header = call.request.headers.get("idempotency-key", "").strip()
    if len(header) > 1 and header[0] == header[-1] == '"':
        header = header[1:-1]  # a string as RFC 8941 writes it
    if not header:
        return body
    if body.setdefault("key", header) != header:
        text = "the header Idempotency-Key and the member key differ"
        raise Problem(400, "wrong_type", text, field="key", code=Code.INVALID_PARAMS)
    return body


async def _send(call: Call, body: dict[str, Any]) -> Response:
    given = call.held(body)
    if given.get("override"):
        require_override(call)
    if call.sends is not None:
        call.sends.take(call.caller)
    if "key" in given:
        given["new"] = True
    try:
        message = await call.ask(messages.SENDING, given)
    except Problem as problem:
        return await _again(call, problem)
    return call.answer(message, headers=_location(call, message))


def require_override(call: Call) -> None:
    """Errors: `Problem` with 403 for who may not write to those who opted out, or has to say once more that it is them."""
    call.require_role(Role.OVERRIDE, "write to those who opted out", "override")
    if call.sends is not None:
        call.sends.require_password(call.caller)


async def _again(call: Call, problem: Problem) -> Response:
    """The answer to a key that was there before."""
    if problem.reason == "key":
        text = "this Idempotency-Key was used for a message with another recipient or content"
        raise Problem(422, "key", text, field="key", code=Code.CONFLICT) from problem
    if problem.reason != "key_known":
        raise problem
    story = await call.ask(messages.SHOW, {"id": problem.members["id"]})
    if not narrowing.may_see_story(call.caller, story):
        text = "this Idempotency-Key was used for a message that is not this token's"
        raise Problem(422, "key", text, field="key", code=Code.CONFLICT) from problem
    first = story["message"]
    return call.answer(first, 200, {"Idempotency-Replayed": "true", **_location(call, first)})


def _location(call: Call, message: Mapping[str, Any]) -> dict[str, str]:
    prefix = call.request.url.path.partition("/send")[0].partition("/messages")[0]
    return {"Location": f"{prefix}/messages/{message['id']}"}


async def campaign(call: Call) -> Response:
    """``POST /campaigns``; a dry run makes none. ``?confirm=`` says how many recipients there are, where these are many."""
    call.require(campaigns.CREATE)
    body = with_key(call, await bodies.json_object(call.request))
    said = call.one("confirm")
    given = call.held(body)
    if not given.get("dry_run") and call.sends is not None and call.sends.counts(call.caller):
        # how many it goes to is known to the daemon alone
        trial = await call.ask_patiently(campaigns.CREATE, {**given, "dry_run": True})
        recipients = int(trial.get("recipients") or 0)
        confirmed = int(said) if said is not None and said.isdecimal() else None
        call.sends.require_confirmation(call.caller, recipients, confirmed)
        call.sends.take(call.caller, recipients)
    result = await call.ask_patiently(campaigns.CREATE, given)
    return call.answer(result, 200 if given.get("dry_run") else 201)


async def ask_somebody(call: Call) -> Response:
    """What texts somebody a question: it counts as the message that it is."""
    method = call.route.method
    call.require(method)
    given = await call.parameters()
    if call.sends is not None:
        call.sends.take(call.caller)
    return call.answer(await call.ask(method, given))


async def redrive(call: Call) -> Response:
    """``POST /handlers/{handler}/redrive``: each message that is handed over again may be answered by one."""
    call.require(handlers.REDRIVE)
    given = await call.parameters()
    if call.sends is not None:
        listed = await call.ask(handlers.LIST, {}) if given.get("all") else {"handlers": ()}
        call.sends.take(call.caller, redriven(given, listed["handlers"]))
    return call.answer(await call.ask(handlers.REDRIVE, given))
