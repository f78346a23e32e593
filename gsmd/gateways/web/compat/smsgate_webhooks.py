"""SMSGate's web hooks: who is called with what, with which key the calls are signed, and having them come again.

A hook belongs to an account, which is the name of a token; it is called as long as there is a good token of that name. The key is
``webhooks.signing_key`` of the settings; until somebody sets one, it is one that nobody knows but who reads the settings.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gsmd.gateways.web.accounts import credentials
from gsmd.gateways.web.compat import ledger
from gsmd.gateways.web.compat.callbacks import handler_of
from gsmd.gateways.web.compat.surface import Shared, Surface, Table, reply
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import bodies
from gsmd.protocol import handlers, messages

SURFACE = "smsgate"
INBOUND = ("sms:received", "sms:data-received")
OUTBOUND = ("sms:sent", "sms:delivered", "sms:failed", "sms:cancelled")
KEY = "signing_key"
_HOOKS = 50
_REPLAYED = 1000


class WebHooks:
    """``/webhooks``, ``/settings`` and ``/inbox/refresh``."""

    def __init__(self, surface: Surface, shared: Shared) -> None:
        self._surface = surface
        self._callbacks = shared.callbacks
        self._directory = shared.house.directory

    def table(self) -> Table:
        """What answers where."""
        return (
            ("GET", "/webhooks", self.listing),
            ("POST", "/webhooks", self.add),
            ("DELETE", "/webhooks/{id}", self.remove),
            ("GET", "/settings", self.settings),
            ("PUT", "/settings", self.set_settings),
            ("PATCH", "/settings", self.set_settings),
            ("POST", "/inbox/refresh", self.refresh),
            ("POST", "/messages/inbox/export", self.refresh),
        )

    async def wants_receipts(self, owner: str) -> bool:
        """True if somebody is to be told what becomes of messages."""
        return any(each.event in OUTBOUND for each in await self._of(owner))

    async def collect(self, owner: str) -> str:
        """The handler that is told, which collects from now on. Errors: `GsmdError`."""
        inbound = any(each.event in INBOUND for each in await self._of(owner))
        return await self._callbacks.collect(SURFACE, owner, inbound=inbound)

    async def listing(self, request: Request, _: tuple[str, ...]) -> Response:
        """``GET /webhooks``."""
        visit = await self._surface.visit_by_header(request)
        visit.require(handlers.LIST)
        return reply([_shown(each) for each in await self._of(visit.caller.name)])

    async def add(self, request: Request, _: tuple[str, ...]) -> Response:
        """``POST /webhooks {url, event, id?, deviceId?}``; one of that id is replaced."""
        visit = await self._surface.visit_by_header(request)
        visit.require(handlers.ADD)
        said = await bodies.json_object(request)
        owner, event, url = visit.caller.name, said.get("event"), said.get("url")
        if event not in {*INBOUND, *OUTBOUND}:
            names = ", ".join((*INBOUND, *OUTBOUND))
            raise Problem(400, "unknown_event", f"event is one of {names}")
        id_ = str(said.get("id") or credentials.new_id())
        if not isinstance(url, str) or len(url) > 2000 or len(id_) > 36:
            raise Problem(400, "wrong_type", "url is an address, id has at most 36 characters")
        try:
            await self._callbacks.poster.judge(url)
        except ValueError as error:
            raise Problem(400, "forbidden_destination", f"url: {error}") from error
        device = str(said.get("deviceId") or "")
        if device and device not in await visit.names_of_modems():
            raise Problem(400, "no_such_device", "there is no such device")
        had = await self._of(owner)
        if len(had) >= _HOOKS and id_ not in {each.id for each in had}:
            raise Problem(400, "too_many", f"{_HOOKS} web hooks of one account are enough")
        hook = ledger.Hook(
            id=id_, surface=SURFACE, owner=owner, event=event, url=url, detail=device
        )
        await self._key(owner)
        await self._directory.write(lambda db: ledger.put_hook(db, hook))
        await self._choose(owner)
        return reply(_shown(hook), 201)

    async def remove(self, request: Request, values: tuple[str, ...]) -> Response:
        """``DELETE /webhooks/{id}``."""
        visit = await self._surface.visit_by_header(request)
        visit.require(handlers.ADD)
        owner = visit.caller.name
        await self._directory.write(lambda db: ledger.drop_hook(db, SURFACE, owner, values[0]))
        await self._choose(owner)
        return Response(status_code=204)

    async def settings(self, request: Request, _: tuple[str, ...]) -> Response:
        """``GET /settings``: of a telephone's there is one here, the key."""
        visit = await self._surface.visit_by_header(request)
        visit.require(handlers.ADD)
        return reply({"webhooks": {KEY: await self._key(visit.caller.name)}})

    async def set_settings(self, request: Request, _: tuple[str, ...]) -> Response:
        """``PUT`` or ``PATCH /settings``: others are left alone."""
        visit = await self._surface.visit_by_header(request)
        visit.require(handlers.ADD)
        said = await bodies.json_object(request)
        webhooks = said.get("webhooks")
        key = webhooks.get(KEY) if isinstance(webhooks, dict) else None
        owner = visit.caller.name
        if isinstance(key, str) and 0 < len(key) <= 512:
            await self._directory.write(lambda db: ledger.set_setting(db, SURFACE, owner, KEY, key))
        return reply({"webhooks": {KEY: await self._key(owner)}})

    async def refresh(self, request: Request, _: tuple[str, ...]) -> Response:
        """``POST /inbox/refresh {deviceId?, since, until}``: what came in then comes again to the web hooks."""
        visit = await self._surface.visit_by_header(request)
        visit.require(handlers.REDRIVE)
        visit.require(messages.LIST)
        said = await bodies.json_object(request)
        owner = visit.caller.name
        if not any(each.event in INBOUND for each in await self._of(owner)):
            return Response(status_code=202)
        found = await visit.listing(
            direction="inbound",
            limit=_REPLAYED,
            since=said.get("since"),
            until=said.get("until"),
            modem=said.get("deviceId") or None,
        )
        for each in reversed(found):
            await visit.replay(handler_of(SURFACE, owner), each["id"])
        return Response(status_code=202)

    async def _of(self, owner: str) -> list[ledger.Hook]:
        return await self._directory.read(lambda db: ledger.hooks(db, SURFACE, owner))

    async def _choose(self, owner: str) -> None:
        inbound = any(each.event in INBOUND for each in await self._of(owner))
        await self._callbacks.choose(SURFACE, owner, inbound=inbound)

    async def _key(self, owner: str) -> str:
        key = await self._directory.read(lambda db: ledger.setting(db, SURFACE, owner, KEY))
        if key is None:
            key = new = credentials.new_secret()
            await self._directory.write(lambda db: ledger.set_setting(db, SURFACE, owner, KEY, new))
        return key


def _shown(hook: ledger.Hook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "deviceId": hook.detail or None,
        "url": hook.url,
        "event": hook.event,
    }
