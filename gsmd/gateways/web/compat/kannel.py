"""Kannel's smsbox: ``/cgi-bin/sendsms``, and the calls to ``dlr-url``.

``user`` is anything, ``pass`` is the token. Several numbers stand in ``to`` with blanks, plus signs or commas between. A delivery
report is a ``GET`` of ``dlr-url`` with Kannel's escapes filled in, if ``dlr-mask`` has its bit.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, unquote_to_bytes

from starlette.requests import Request
from starlette.responses import Response

from gsmd.gateways.web.compat import ledger
from gsmd.gateways.web.compat.callbacks import YOUNG, Told
from gsmd.gateways.web.compat.posting import Undelivered
from gsmd.gateways.web.compat.surface import Shared, Surface, Table, number_of, plain
from gsmd.gateways.web.compat.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import bodies

DELIVERED, FAILED, ACCEPTED, REJECTED = 1, 2, 8, 16
"""The bits of ``dlr-mask``, and what ``%d`` says."""

_ALIASES = {
    "username": "user",
    "password": "pass",
    "validity": "validity",
    "meta_data": "meta-data",
}
_ESCAPE = re.compile("%([dpPiIFtTA])")


class Kannel(Surface):
    """``/cgi-bin/sendsms``."""

    name = "kannel"
    prefixes = ("/cgi-bin/sendsms", "/sendsms")

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self.callbacks.serve(self.name, self.tell)

    def table(self) -> Table:
        return [(verb, path, self.send) for path in self.prefixes for verb in ("GET", "POST")]

    def refused(self, problem: Problem) -> Response:
        if problem.status == 401:
            return plain("Authorization failed for sendsms", 403)
        if problem.status >= 500 or problem.status == 429:
            return plain(f"Temporal failure, try again later. {problem}", problem.status)
        return plain(f"{problem}, rejected", problem.status)

    async def send(self, request: Request, _: tuple[str, ...]) -> Response:
        """``GET /cgi-bin/sendsms?user=…&pass=…&to=…&text=…``."""
        said = await _octets(request)
        plainly = {name: value.decode("utf-8", "replace") for name, value in said.items()}
        visit = await self.visit(request, plainly.get("pass", ""))
        numbers = [number_of(each) for each in re.split(r"[\s,;]+", plainly.get("to", "")) if each]
        if not numbers:
            raise Problem(400, "missing_field", "Missing receiver number")
        numbers = [_international(each) for each in numbers]
        body = await self._message(visit, said, plainly)
        url = plainly.get("dlr-url", "")
        mask = int(plainly["dlr-mask"][:3]) if plainly.get("dlr-mask", "").isdecimal() else 0
        owner, told = visit.caller.name, None
        if url and mask:
            await self._judge(url)
            told = await self.callbacks.collect(self.name, owner, inbound=False)
            body["report"] = bool(mask & (DELIVERED | FAILED))
        sent = await visit.send_each(numbers, body, told)
        if told is not None:
            rows = [
                ledger.Sent(
                    surface=self.name,
                    owner=owner,
                    id=each["id"],
                    message=each["id"],
                    peer=each["peer"],
                    url=url,
                    detail=f"{mask} {plainly.get('from', '')}",
                )
                for each in sent
                if isinstance(each, dict)
            ]
            await self.house.directory.write(lambda db: ledger.add_sent(db, rows))
            self.callbacks.look_again()
        later = _minutes(plainly, "deferred")
        text = "3: Queued for later delivery" if later else "0: Accepted for delivery"
        refused = [n for n, each in zip(numbers, sent, strict=True) if isinstance(each, Problem)]
        denied = f" Denied receivers are: {' '.join(refused)}" if refused else ""
        return plain(text + denied, 202)

    async def _message(
        self, visit: Visit, said: Mapping[str, bytes], plainly: Mapping[str, str]
    ) -> dict[str, Any]:
        body = {**_content(said, plainly), **_terms(plainly)}
        if plainly.get("smsc") and plainly["smsc"] in await visit.names_of_modems():
            body["modem"] = plainly["smsc"]
        return body

    async def _judge(self, url: str) -> None:
        try:
            await self.callbacks.poster.judge(_ESCAPE.sub("0", url))
        except ValueError as error:
            raise Problem(400, "forbidden_destination", f"dlr-url: {error}") from error

    async def tell(self, told: Told) -> str | None:
        """Call ``dlr-url`` with what became of a message."""
        if told.receipt is None:
            return None
        message, id_ = told.message, told.message["id"]
        row = await self.callbacks.directory.read(
            lambda db: ledger.sent_message(db, self.name, id_)
        )
        if row is None:
            if told.attempt < YOUNG:
                raise Undelivered("it is not known yet who is to be called")
            return None
        mask, _, sender = row.detail.partition(" ")
        kind = _kind(str(told.receipt["state"]), message)
        if not kind & int(mask):
            return None
        reply = await self.callbacks.poster.send("GET", _filled(row.url, kind, message, sender))
        if not 200 <= reply.status < 300:
            raise Undelivered(f"dlr-url was answered with {reply.status}")
        return None


async def _octets(request: Request) -> dict[str, bytes]:
    """What was said, as octets: a text may be in any character set."""
    query: bytes = request.scope.get("query_string", b"")
    if request.method == "POST" and bodies.kind_of(request) == "application/x-www-form-urlencoded":
        query += b"&" + await bodies.octets(request)
    said: dict[str, bytes] = {}
    for pair in query.split(b"&")[:200]:
        name, _, value = pair.partition(b"=")
        word = unquote_to_bytes(name.replace(b"+", b" ")).decode("utf-8", "replace")
        said[_ALIASES.get(word, word)] = unquote_to_bytes(value.replace(b"+", b" "))
    return said


def _content(said: Mapping[str, bytes], plainly: Mapping[str, str]) -> dict[str, Any]:
    """Text or data, by ``coding`` and ``charset``. Errors: `Problem`."""
    coding, octets = plainly.get("coding") or "0", said.get("text", b"")
    body: dict[str, Any] = {}
    if coding == "1":
        body["data"] = octets.hex()
    else:
        charset = plainly.get("charset") or ("UTF-16BE" if coding == "2" else "UTF-8")
        try:
            body["text"] = octets.decode(charset)
        except (LookupError, UnicodeDecodeError) as error:
            raise Problem(400, "bad_charset", f"The text is not {charset[:40]}") from error
    if said.get("udh"):
        body["udh"] = said["udh"][1:].hex()  # without its own length
    return body


def _terms(plainly: Mapping[str, str]) -> dict[str, Any]:
    """How, when, how long, how urgently. Errors: `Problem`."""
    body: dict[str, Any] = {"flash": plainly.get("mclass") == "0" or None}
    if seconds := _minutes(plainly, "validity"):
        body["validity"] = body["send_within"] = seconds
    if seconds := _minutes(plainly, "deferred"):
        body["not_before"] = _later(seconds)
    if plainly.get("priority", "") in {"1", "2", "3"}:
        body["priority"] = int(plainly["priority"]) * 10
    if plainly.get("pid", "").isdecimal():
        body["protocol_id"] = int(plainly["pid"][:3])
    if plainly.get("account"):
        body["tag"] = plainly["account"][:64]
    return body


def _minutes(plainly: Mapping[str, str], name: str) -> float:
    """Seconds of a number of minutes; 0 if it is not given. Errors: `Problem`."""
    text = plainly.get(name) or "0"
    if not (text.isascii() and text.isdigit()):
        raise Problem(400, "wrong_type", f"{name} is a number of minutes")
    return int(text[:9]) * 60.0


def _international(number: str) -> str:
    """Kannel's programs leave the + out, since it means a blank in a query."""
    return f"+{number}" if number.isdecimal() and len(number) > 10 and number[0] != "0" else number


def _later(seconds: float) -> str:
    from datetime import UTC, datetime, timedelta

    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _kind(state: str, message: Mapping[str, Any]) -> int:
    if state in {"failed", "expired", "cancelled"}:
        return FAILED if message["sent_at"] else REJECTED
    return {"delivered": DELIVERED, "sent": ACCEPTED}.get(state, 0)


def _filled(url: str, kind: int, message: Mapping[str, Any], sender: str) -> str:
    """An address with its escapes filled in."""
    at = str(message["delivered_at"] or message["sent_at"] or message["created_at"])
    error = message["error"] or {}
    values = {
        "d": str(kind),
        "p": sender,
        "P": message["peer"],
        "i": message["modem"] or "",
        "I": message["id"],
        "F": message["id"],
        "t": at[:19].replace("T", " "),
        "T": str(_unix(at)),
        "A": str(error.get("message", "")),
    }

    def fill(found: "re.Match[str]") -> str:
        return quote_plus(values[found[1]])

    return _ESCAPE.sub(fill, url)


def _unix(at: str) -> int:
    from datetime import datetime

    return int(datetime.fromisoformat(at).timestamp())


def build(shared: Shared) -> Kannel:
    """The surface."""
    return Kannel(shared)
