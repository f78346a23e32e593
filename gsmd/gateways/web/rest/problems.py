"""The problems of REST: from the errors of the socket, and of its own."""

from collections.abc import Mapping
from typing import Any

from gsmd.client.errors import GsmdError, NoDaemon
from gsmd.gateways.web.problems import Problem
from gsmd.protocol.errors import MEANINGS, Code, Refused

RETRY_AFTER = 5
"""Seconds after which to come again when the daemon or its disk is away."""

_STATUS = {
    Code.PARSE_ERROR: 400,
    Code.INVALID_REQUEST: 400,
    Code.INVALID_PARAMS: 400,
    Code.INVALID: 422,
    Code.REFUSED: 403,
    Code.NOT_PERMITTED: 403,
    Code.NOT_FOUND: 404,
    Code.MODEM_UNAVAILABLE: 503,
    Code.CONFLICT: 409,
    Code.TIMEOUT: 504,
    Code.METHOD_NOT_FOUND: 501,  # an older daemon
}
"""The status of each code of the socket; 500 for a defect of the daemon."""


def from_refusal(error: Refused) -> Problem:
    """The answer to parameters that the table of methods refuses."""
    return _coded(error.code, error.message, error.data)


def from_daemon(error: GsmdError) -> Problem:
    """The answer to what the daemon refuses, or to its being away."""
    if isinstance(error, NoDaemon):
        text = "the daemon is away; nothing was lost, try again"
        return Problem(503, "no_daemon", text, headers={"Retry-After": str(RETRY_AFTER)})
    if error.code is None:  # what the client library found out by itself
        timed_out = error.reason in {"no_answer", "timeout"}
        return Problem(504 if timed_out else 503, error.reason or "no_daemon", error.message)
    return _coded(error.code, error.message, error.data)


def _coded(code: int, detail: str, data: Mapping[str, Any]) -> Problem:
    reason = str(data.get("reason") or "internal")
    status, headers = _STATUS.get(Code(code), 500) if code in set(Code) else 500, {}
    if code == Code.REFUSED and reason.startswith("store"):
        status = 503
    if status == 503:
        headers = {"Retry-After": str(RETRY_AFTER)}
    title = MEANINGS[Code(code)] if code in set(Code) else ""
    return Problem(
        status,
        reason,
        detail,
        field=data.get("field"),
        code=code,
        title=title[:1].upper() + title[1:],
        headers=headers,
        more=data,
    )


def not_here(path: str) -> Problem:
    """There is nothing at this path."""
    return Problem(404, "no_such_path", f"there is nothing at {path[:200]}")


def wrong_verb(verb: str, allowed: str) -> Problem:
    """The path is there, but not for this HTTP method."""
    text = f"{verb} is not for this path; {allowed} is"
    return Problem(405, "wrong_method", text, headers={"Allow": allowed})


def missing_role(roles: str, what: str, field: str | None = None) -> Problem:
    """The caller's token does not reach so far."""
    text = f"this token may not {what}: it needs {roles}"
    return Problem(
        403, "missing_role", text, field=field, code=Code.NOT_PERMITTED, more={"role": roles}
    )


def outside(text: str, field: str | None = None) -> Problem:
    """The call is outside of what the token is narrowed to."""
    return Problem(403, "outside_token", text, field=field, code=Code.NOT_PERMITTED)
