"""REST as an ASGI application: a request's way from its first octet to its answer."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gsmd.gateways.web.accounts.directory import Directory
from gsmd.gateways.web.daemon import Daemon
from gsmd.gateways.web.door.sends import Sends
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import (
    about,
    audited,
    desk,
    hooks,
    imports,
    leases,
    problems,
    sending,
    streaming,
    waiting,
)
from gsmd.gateways.web.rest.call import Call, Entry, Left
from gsmd.gateways.web.rest.door import Door
from gsmd.gateways.web.rest.plain import plain
from gsmd.gateways.web.rest.router import Router
from gsmd.gateways.web.rest.routes import ROUTES
from gsmd.gateways.web.rest.stream import Hub
from gsmd.gateways.web.rest.tables import as_csv

log = logging.getLogger(__name__)

PREFIX = "/api/v1"

Carry = Callable[[Call], Awaitable[Response]]
Open = Callable[[Request], Awaitable[Response]]

OWN: dict[str, Carry] = {
    "": plain,
    "csv": as_csv,
    "server": about.about_server,
    "send": sending.send,
    "forgiving_send": sending.forgiving_send,
    "campaign": sending.campaign,
    "ask_somebody": sending.ask_somebody,
    "once_more": partial(plain, sent=1),
    "redrive": sending.redrive,
    "message": waiting.message,
    "verification": waiting.verification,
    "verified": waiting.verified,
    "set_conversation": desk.set_conversation,
    "read_conversation": desk.read_conversation,
    "add_handler": hooks.add_handler,
    "remove_handler": hooks.remove_handler,
    "pull": leases.pull,
    "settle": leases.settle,
    "next_message": leases.next_message,
    "settle_one": leases.settle_one,
    "import_list": imports.import_list,
}
"""What carries a route out, by its ``does``."""


class Target:
    """A route of the table with what carries it out, or a path that needs no token."""

    def __init__(
        self, entry: Entry | None, carry: Carry | None = None, open_: Open | None = None
    ) -> None:
        self.entry = entry
        self.carry = carry
        self.open = open_


class Rest:
    """The application. ``door`` lets callers in, ``daemon`` is asked; ``directory`` is told what is worth a record."""

    def __init__(
        self,
        door: Door,
        daemon: Daemon,
        hub: Hub | None = None,
        *,
        sends: Sends | None = None,
        directory: Directory | None = None,
    ) -> None:
        self._door = door
        self._daemon = daemon
        self._sends = sends
        self._directory = directory
        self.hub = hub or Hub(daemon)
        self._health = about.Health(daemon)
        self._router = Router(self._targets())

    def _targets(self) -> list[tuple[str, str, Target]]:
        own: dict[str, Carry] = {**OWN, "stream": partial(streaming.stream, hub=self.hub)}
        targets = [
            (route.verb, route.path, Target(Entry(route), own[route.does])) for route in ROUTES
        ]
        targets += [
            (route.verb, f"{route.path}.csv", Target(Entry(route), as_csv))
            for route in ROUTES
            if route.csv
        ]
        opens: list[tuple[str, Open]] = [
            ("/health", self._alive),
            ("/health/ready", self._is_ready),
            ("/openapi.json", self._openapi),
        ]
        targets += [("GET", path, Target(None, open_=open_)) for path, open_ in opens]
        return targets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Problem as problem:
            response = problem.response()
        except Left:
            return
        except Exception:
            log.exception("a defect of the gateway, at %s %s", scope["method"], scope["path"])
            text = "a defect of the gateway; its log has the details"
            response = Problem(500, "internal", text).response()
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = _path(request.scope)
        found = self._router.find(path) if path is not None else None
        if found is None:
            raise problems.not_here(request.scope["path"])
        verb = request.method
        target = found.targets.get("GET" if verb == "HEAD" else verb)
        if target is None or (verb == "HEAD" and has_effects(target)):
            raise problems.wrong_verb(verb, found.allowed)
        if target.open is not None:
            return await target.open(request)
        assert target.entry is not None
        assert target.carry is not None
        caller = await self._door.authenticate(request)
        call = Call(target.entry, found.values, request, caller, self._daemon, self._sends)
        response = await target.carry(call)
        if self._directory is not None and response.status_code < 400:
            audited.note(self._directory, call)
        return response

    async def _alive(self, _: Request) -> Response:
        return self._health.alive()

    async def _is_ready(self, _: Request) -> Response:
        return await self._health.ready()

    async def _openapi(self, _: Request) -> Response:
        from gsmd.gateways.web.rest.openapi import document

        return Response(document(), media_type="application/json")


def has_effects(target: Target) -> bool:
    """True for the GETs that do more than tell."""
    return target.entry is not None and target.entry.route.does in {"next_message", "stream"}


def _path(scope: Scope) -> str | None:
    """The path behind the prefix, as it was sent; None for another one."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw.decode("ascii", "replace").partition("?")[0]
    if not path.startswith(PREFIX + "/"):
        return None
    return path.removeprefix(PREFIX)
