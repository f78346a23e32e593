"""Requests that are not carried out: ``application/problem+json`` (RFC 9457).

Members: ``type`` (``/problems/<reason>``), ``title``, ``status``, ``detail``, ``reason`` (one word for programs), ``field`` (the
parameter at fault, or null), ``code`` (the socket's error code; null for what the gateway refuses by itself), and what else
the daemon told: ``cms``, ``cme``, ``command``.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"

_OWN = frozenset({"type", "title", "status", "detail", "reason", "field", "code"})


class Problem(Exception):
    """A request that is not carried out, and its answer."""

    def __init__(
        self,
        status: int,
        reason: str,
        detail: str,
        *,
        field: str | None = None,
        code: int | None = None,
        title: str = "",
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = dict(headers or {})
        self.reason = reason
        self.members: dict[str, Any] = {
            "type": f"/problems/{reason}",
            "title": title or HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            "reason": reason,
            "field": field,
            "code": code,
        }
        self.members.update({k: v for k, v in (more or {}).items() if k not in _OWN})

    def response(self) -> Response:
        """The answer."""
        body = msgspec.json.encode(self.members)
        headers = {**self.headers, "Cache-Control": "no-store"}
        return Response(body, self.status, headers, MEDIA_TYPE)


def unauthenticated(detail: str = "this needs a token: Authorization: Bearer gsmd_…") -> Problem:
    """401, with the ways in."""
    ways = 'Bearer realm="gsmd", Basic realm="gsmd", charset="UTF-8"'
    return Problem(401, "no_token", detail, headers={"WWW-Authenticate": ways})


def second_factor() -> Problem:
    """The caller has the role, and has shown one factor alone."""
    text = "this needs a second factor: a passkey, or a code of your telephone (/settings)"
    return Problem(403, "second_factor_needed", text)


def too_many(detail: str, retry_after: float) -> Problem:
    """429, with the seconds after which to come again."""
    seconds = str(max(1, round(retry_after + 0.5)))
    return Problem(429, "too_many_requests", detail, headers={"Retry-After": seconds})
