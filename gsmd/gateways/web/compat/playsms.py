"""playSMS web services: ``index.php?app=ws``, as Nextcloud's second factor and LibreNMS call it.

``u`` is anything, ``h`` is the token (``get_token`` takes it as ``p`` and gives it back). What is sent gets a number, ``smslog_id``, by
which ``op=ds`` tells of it. Answers are JSON with status 200, also of errors, as there.
"""

import time
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gsmd.gateways.web.compat import ledger
from gsmd.gateways.web.compat.surface import Shared, Surface, Table, fields, number_of, reply
from gsmd.gateways.web.compat.visit import Visit
from gsmd.gateways.web.problems import Problem

_ERRORS = {
    "100": "authentication failed",
    "101": "type of action is invalid or unknown",
    "102": "one or more field empty",
    "200": "send message failed",
    "201": "destination number or message is empty",
    "400": "no delivery status available",
    "501": "no data returned or result is empty",
}
_STATUS = {"sent": "1", "delivered": "3", "failed": "2", "expired": "2", "cancelled": "2"}


class PlaySms(Surface):
    """``index.php?app=ws``."""

    name = "playsms"
    prefixes = ("/index.php", "/playsms")

    def table(self) -> Table:
        paths = ("/index.php", "/playsms/index.php", "/playsms")
        return [(verb, path, self.serve) for path in paths for verb in ("GET", "POST")]

    def refused(self, problem: Problem) -> Response:
        if problem.status == 429:
            return reply(_error("200"), 429)
        code = {401: "100", 400: "102", 404: "501"}.get(problem.status, "200")
        answer = _error(code if problem.reason not in _ERRORS else problem.reason)
        if problem.status == 404 and problem.reason == "no_such_path":
            return reply(answer, 404)
        return reply(answer)

    async def serve(self, request: Request, _: tuple[str, ...]) -> Response:
        """Carry out ``op``."""
        said = await fields(request)
        if said.get("app") not in {"ws", "webservices"}:
            raise Problem(404, "no_such_path", "there is nothing but app=ws")
        operation = said.get("op", "").lower()
        if operation == "get_token":
            await self.visit(request, said.get("p", ""))
            return _answer({"status": "OK", "error": "0", "token": said["p"]})
        visit = await self.visit(request, said.get("h", ""))
        known = {"pv": self._send, "ds": self._states, "in": self._inbox, "ix": self._inbox}
        if operation == "cr":
            return _answer({"status": "OK", "error": "0", "credit": "0"})
        if operation not in known:
            raise Problem(400, "101", "no such op")
        return await known[operation](visit, said)

    async def _send(self, visit: Visit, said: Mapping[str, str]) -> Response:
        numbers = [number_of(each) for each in said.get("to", "").split(",") if each.strip()]
        text = said.get("msg", "")
        if not numbers or not text:
            raise Problem(400, "201", "to and msg")
        if said.get("footer") and not said.get("nofooter"):
            text = f"{text} {said['footer']}"
        body: dict[str, Any] = {"text": text, "flash": said.get("type") == "flash" or None}
        if said.get("schedule"):
            body["not_before"] = _moment(said["schedule"])
        sent = await visit.send_each(numbers, body)
        rows = [
            ledger.Sent(
                surface=self.name,
                owner=visit.caller.name,
                id=each["id"] if isinstance(each, dict) else "",
                message=each["id"] if isinstance(each, dict) else "",
                peer=number,
                error="" if isinstance(each, dict) else str(each),
            )
            for number, each in zip(numbers, sent, strict=True)
        ]
        kept = await self.house.directory.write(lambda db: ledger.add_sent(db, rows))
        return _answer({"data": [_sent(row, seq) for row, seq in zip(rows, kept, strict=True)]})

    async def _states(self, visit: Visit, said: Mapping[str, str]) -> Response:
        owner, limit = visit.caller.name, _count(said)
        seq = said.get("smslog_id", "")
        if seq:
            number = int(seq[:15]) if seq.isdecimal() else 0
            rows = await self.house.directory.read(
                lambda db: ledger.sent_by_seq(db, self.name, owner, number)
            )
        else:
            rows = await self.house.directory.read(
                lambda db: ledger.newest(db, self.name, owner, limit)
            )
        if last := said.get("last", ""):
            rows = [each for each in rows if last.isdecimal() and each.seq > int(last[:15])]
        found = await visit.owns([each.message for each in rows if each.message])
        shown = [_state(each, found.get(each.message)) for each in rows]
        if not shown:
            raise Problem(400, "400" if seq else "501", "nothing")
        return _answer({"data": shown})

    async def _inbox(self, visit: Visit, said: Mapping[str, str]) -> Response:
        peer = number_of(said["src"]) if said.get("src") else None
        found = await visit.listing(direction="inbound", limit=_count(said), peer=peer)
        if last := said.get("last"):
            ids = [each["id"] for each in found]
            found = found[: ids.index(last)] if last in ids else found
        if not found:
            raise Problem(404, "501", "nothing")
        return _answer(
            {
                "data": [
                    {
                        "id": each["id"],
                        "src": each["peer"],
                        "dst": each["modem"] or "",
                        "kwd": (each["text"] or "").partition(" ")[0].upper(),
                        "msg": each["text"] or "",
                        "dt": _written(each["created_at"]),
                        "status": "1",
                    }
                    for each in found
                ]
            }
        )


def _sent(row: ledger.Sent, seq: int) -> dict[str, Any]:
    if row.error:
        return {"status": "ERR", "error": "200", "smslog_id": "", "queue": "", "to": row.peer}
    return {"status": "OK", "error": "0", "smslog_id": str(seq), "queue": row.id, "to": row.peer}


def _state(row: ledger.Sent, message: Mapping[str, Any] | None) -> dict[str, Any]:
    at = "" if message is None else _written(message["created_at"])
    changed = "" if message is None else message["delivered_at"] or message["sent_at"] or ""
    return {
        "smslog_id": str(row.seq),
        "src": "" if message is None else message["modem"] or "",
        "dst": row.peer,
        "msg": "" if message is None else message["text"] or "",
        "dt": at,
        "update": _written(changed) if changed else at,
        "status": "2" if message is None else _STATUS.get(message["state"], "0"),
    }


def _count(said: Mapping[str, str]) -> int:
    count = said.get("c", "")
    return min(100, max(1, int(count[:6]))) if count.isdecimal() else 100


def _moment(text: str) -> str:
    """Of ``YYYY-MM-DD hh:mm:ss``, in the time of this machine."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).astimezone().isoformat()
    except ValueError as error:
        raise Problem(400, "102", "schedule") from error


def _written(at: str) -> str:
    return at[:19].replace("T", " ")


def _answer(value: dict[str, Any]) -> Response:
    return reply({**value, "error_string": None, "timestamp": int(time.time())})


def _error(code: str) -> dict[str, Any]:
    text = _ERRORS.get(code, _ERRORS["200"])
    return {"status": "ERR", "error": code, "error_string": text, "timestamp": int(time.time())}


def build(shared: Shared) -> PlaySms:
    """The surface."""
    return PlaySms(shared)
