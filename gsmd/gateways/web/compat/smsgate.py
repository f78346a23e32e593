"""SMSGate's ``3rdparty/v1``, which its own clients, dashboard and command line speak.

The password, or the bearer token, is a token of gsmd; the login is anything. A device is a modem, by its name; ``simNumber`` n is the nth modem. One
request with several numbers is as many messages under one id; with an ``id`` of the caller's it happens once.
"""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

import gsmd
from gsmd.gateways.web.accounts import credentials
from gsmd.gateways.web.compat import ledger
from gsmd.gateways.web.compat.smsgate_calls import Calls
from gsmd.gateways.web.compat.smsgate_requests import (
    Query,
    content_of,
    id_of,
    modem_of,
    numbers_of,
    terms_of,
)
from gsmd.gateways.web.compat.smsgate_shapes import incoming, shown
from gsmd.gateways.web.compat.smsgate_tokens import Tokens
from gsmd.gateways.web.compat.smsgate_webhooks import WebHooks
from gsmd.gateways.web.compat.surface import Shared, Surface, Table, reply
from gsmd.gateways.web.compat.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import bodies
from gsmd.gateways.web.rest.about import Health
from gsmd.protocol import messages

V1 = "/3rdparty/v1"
_LISTED = 1000
_DEVICES_SINCE = "1970-01-01T00:00:00Z"


class SmsGate(Surface):
    """Messages, inbox, devices and health; web hooks and tokens stand beside."""

    name = "smsgate"
    prefixes = (V1, f"/api{V1}")

    def __init__(self, shared: Shared) -> None:
        self._hooks = WebHooks(self, shared)
        self._tokens = Tokens(self, shared)
        super().__init__(shared)
        self._health = Health(shared.house.daemon)
        self.callbacks.serve(self.name, Calls(self.callbacks, shared.house.daemon).tell)

    def table(self) -> Table:
        own: Table = (
            ("POST", "/messages", self.send),
            ("POST", "/message", self.send),
            ("GET", "/messages", self.listing),
            ("GET", "/messages/{id}", self.fetch),
            ("GET", "/message/{id}", self.fetch),
            ("DELETE", "/messages/{id}", self.cancel),
            ("GET", "/inbox", self.inbox),
            ("GET", "/devices", self.devices),
            ("GET", "/logs", self.logs),
            *(
                ("GET", path, self.ready)
                for path in ("/health", "/health/ready", "/health/startup")
            ),
            ("GET", "/health/live", self.alive),
        )
        return [
            (verb, f"{prefix}{path}", handle)
            for prefix in self.prefixes
            for verb, path, handle in (*own, *self._hooks.table(), *self._tokens.table())
        ]

    def refused(self, problem: Problem) -> Response:
        status = 400 if problem.status == 422 else problem.status
        return reply({"code": status, "message": str(problem)}, status)

    # -- sending ----------------------------------------------------------------------------

    async def send(self, request: Request, _: tuple[str, ...]) -> Response:
        """``POST /messages``."""
        visit = await self.visit_by_header(request)
        said = await bodies.json_object(request)
        numbers = numbers_of(said)
        id_, owner = id_of(said), visit.caller.name
        if id_ and await self._rows(owner, id_):
            raise Problem(409, "key", "Message with the same ID already exists")
        body = {**content_of(said), **terms_of(said), "modem": await modem_of(visit, said)}
        told = None
        if await self._hooks.wants_receipts(owner):
            told = await self._hooks.collect(owner)
        # the daemon knows the key: who asks again after an answer was lost sends nothing twice
        name = id_ or credentials.new_secret()[:21]
        sent = await visit.send_each(numbers, body, told, key=f"smsgate {owner} {name}")
        rows = [
            ledger.Sent(
                surface=self.name,
                owner=owner,
                id=name,
                message=each["id"] if isinstance(each, dict) else "",
                peer=number if isinstance(each, Problem) else each["peer"],
                error=str(each) if isinstance(each, Problem) else "",
            )
            for number, each in zip(numbers, sent, strict=True)
        ]
        await self.house.directory.write(lambda db: ledger.add_sent(db, rows))
        found = {each["id"]: each for each in sent if isinstance(each, dict)}
        state = shown(name, rows, found, str(said.get("deviceId") or ""))
        return reply(state, 202, {"Location": f"{V1}/messages/{name}"})

    # -- looking ----------------------------------------------------------------------------

    async def fetch(self, request: Request, values: tuple[str, ...]) -> Response:
        """``GET /messages/{id}``."""
        visit = await self.visit_by_header(request)
        return reply(await self._state(visit, values[0]))

    async def cancel(self, request: Request, values: tuple[str, ...]) -> Response:
        """``DELETE /messages/{id}``: all of it that is not out yet."""
        visit = await self.visit_by_header(request)
        visit.require(messages.CANCEL)
        rows = await self._rows(visit.caller.name, values[0])
        if not rows:
            raise Problem(404, "not_found", "Message not found")
        cancelled, refusal = 0, None
        for row in rows:
            call = visit.call("POST", "/messages/{id}/cancel", row.message)
            try:
                if row.message:
                    await visit.carry_out(call, {"id": row.message})
                    cancelled += 1
            except Problem as problem:
                refusal = problem
        if refusal is not None and not cancelled:
            raise refusal
        return reply(await self._state(visit, values[0]))

    async def listing(self, request: Request, _: tuple[str, ...]) -> Response:
        """``GET /messages``: what this account sent, the newest first."""
        visit = await self.visit_by_header(request)
        visit.require(messages.GET)
        query = Query(request)
        owner = visit.caller.name
        rows = await self.house.directory.read(
            lambda db: ledger.newest(db, self.name, owner, _LISTED)
        )
        batches: dict[str, list[ledger.Sent]] = {}
        for row in rows:
            if query.has(row.created_at):
                batches.setdefault(row.id, []).insert(0, row)
        found = await visit.owns(
            [row.message for each in batches.values() for row in each if row.message]
        )
        states = [shown(id_, each, found) for id_, each in batches.items()]
        wanted = query.text("state")
        states = [each for each in states if wanted in {"", each["state"]}]
        if query.text("sort") == "created_at":
            states.reverse()
        return reply(query.page(states, 100), 200, {"X-Total-Count": str(len(states))})

    async def inbox(self, request: Request, _: tuple[str, ...]) -> Response:
        """``GET /inbox``: what came in, the newest first."""
        visit = await self.visit_by_header(request)
        query = Query(request)
        found = await visit.listing(
            direction="inbound",
            limit=_LISTED,
            since=query.text("from") or None,
            until=query.text("to") or None,
            modem=query.text("deviceId") or None,
        )
        names = await visit.names_of_modems()
        kinds = {"SMS": {"text"}, "DATA_SMS": {"data"}}.get(query.text("type"), {"text", "data"})
        entries = [incoming(each, names) for each in found if each["kind"] in kinds]
        return reply(query.page(entries, 500), 200, {"X-Total-Count": str(len(entries))})

    async def devices(self, request: Request, _: tuple[str, ...]) -> Response:
        """``GET /devices``: the modems."""
        visit = await self.visit_by_header(request)
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return reply(
            [
                {
                    "id": each["name"],
                    "name": " ".join(filter(None, (each["manufacturer"], each["model"])))
                    or each["name"],
                    "createdAt": _DEVICES_SINCE,
                    "updatedAt": each["since"] or _DEVICES_SINCE,
                    "lastSeen": now
                    if each["state"] == "ready"
                    else each["since"] or _DEVICES_SINCE,
                }
                for each in await visit.modems()
            ]
        )

    async def logs(self, request: Request, _: tuple[str, ...]) -> Response:
        """``GET /logs``: there are none to be had here."""
        await self.visit_by_header(request)
        return reply([])

    async def ready(self, _: Request, __: tuple[str, ...]) -> Response:
        """``GET /health``: the daemon answers, and can put messages on disk."""
        response = await self._health.ready()
        return _health(well=response.status_code == 200)

    async def alive(self, _: Request, __: tuple[str, ...]) -> Response:
        """``GET /health/live``."""
        return _health(well=True)

    async def _state(self, visit: Visit, id_: str) -> dict[str, Any]:
        rows = await self._rows(visit.caller.name, id_)
        if not rows:
            raise Problem(404, "not_found", "Message not found")
        found = await visit.owns([each.message for each in rows if each.message])
        return shown(id_, rows, found)

    async def _rows(self, owner: str, id_: str) -> list[ledger.Sent]:
        return await self.house.directory.read(
            lambda db: ledger.sent_by_id(db, self.name, owner, id_)
        )


def _health(*, well: bool) -> Response:
    status = "pass" if well else "fail"
    check = {
        "description": "the daemon",
        "observedUnit": "",
        "observedValue": int(well),
        "status": status,
    }
    body = {
        "status": status,
        "version": gsmd.__version__,
        "releaseId": 1,
        "checks": {"daemon": check},
    }
    return reply(body, 200 if well else 503)


def build(shared: Shared) -> SmsGate:
    """The surface."""
    return SmsGate(shared)
