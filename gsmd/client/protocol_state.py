"""The state of the protocol on the client's side, without I/O: octets to write, and the meaning of those read."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from gsmd.client import errors
from gsmd.protocol import jsonrpc
from gsmd.protocol.errors import Code
from gsmd.protocol.jsonrpc import ErrorObject, ErrorResponse, Notification, Request, Response
from gsmd.protocol.message import iso
from gsmd.protocol.methods import METHODS

DEFAULT_SOCKET = Path("/run/gsmd/gsmd.sock")

_ANSWER_LIMIT = 1 << 28
"""Octets of the longest line the daemon may send: a thousand messages of the greatest length fit."""

BACK_OFF = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each try to connect again; the last one from then on."""

NOW = "now"
"""Where events begin behind the newest one there is."""

ONLY_ASKING = {"types": ["nothing."]}
"""A subscription to events that never happen: its answer has the number of the newest one."""


def reconnected() -> Notification:
    """Stands where events are missing: the connection was lost, and there is another one."""
    return Notification("event", {"type": "reconnected", "at": iso(datetime.now(UTC))})


Heard = Request | Notification | Response | ErrorResponse


def socket_path(given: str | os.PathLike[str] | None) -> Path:
    """The argument, else ``$GSMD_SOCKET``, else the usual place."""
    return Path(given or os.environ.get("GSMD_SOCKET") or DEFAULT_SOCKET)


def patience(method: str, params: Mapping[str, Any], usual: float | None) -> float | None:
    """Seconds to wait for an answer: what the call itself allows, and the usual on top of it."""
    own = params.get("timeout")
    if usual is None:
        return None
    if own is None:
        row = METHODS.get(method)
        return None if row is not None and row.slow else usual
    return own + usual if isinstance(own, int | float) else None


class ProtocolState:
    """Numbers requests, writes answers, reads lines."""

    def __init__(self) -> None:
        self._splitter = jsonrpc.LineSplitter(_ANSWER_LIMIT)
        self._ids = count(1)

    def request(self, method: str, params: Mapping[str, Any]) -> tuple[int, bytes]:
        """A request's id and line."""
        id_ = next(self._ids)
        return id_, jsonrpc.encode(Request(id_, method, params)) + b"\n"

    def hear(self, data: bytes) -> list[Heard]:
        """The messages that are complete with ``data``. Errors: `ProtocolError`."""
        lines, overflow = self._splitter.feed(data)
        heard: list[Heard] = []
        for line in lines:
            item = jsonrpc.decode(line)
            if isinstance(item, list | jsonrpc.Malformed):
                raise errors.ProtocolError("the daemon sent what is no message of the protocol")
            heard.append(item)
        if overflow:
            raise errors.ProtocolError("the daemon sent a line without end")
        return heard


def accepting(id_: jsonrpc.Id, reply: str | None) -> bytes:
    """The line that acknowledges a hand-over."""
    return jsonrpc.encode(Response(id_, {} if reply is None else {"reply": reply})) + b"\n"


def rejecting(id_: jsonrpc.Id, reason: str, *, retry_after: float | None, permanent: bool) -> bytes:
    """The line that says that a message is to be handed over again, or never."""
    data: dict[str, Any] = {"reason": "rejected"}
    if retry_after is not None:
        data["retry_after"] = retry_after
    if permanent:
        data["permanent"] = True
    error = ErrorObject(Code.REFUSED, reason, data)
    return jsonrpc.encode(ErrorResponse(id_, error)) + b"\n"


def result_of(answer: Response | ErrorResponse) -> Any:
    """The result. Errors: what the daemon said."""
    if isinstance(answer, ErrorResponse):
        raise errors.from_wire(answer.error)
    return answer.result
