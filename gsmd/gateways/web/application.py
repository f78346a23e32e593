"""All that the gateway answers, put together: what is asked for at which path, behind one guard.

``parts`` are looked through in order; each is a beginning of paths and the ASGI application that answers there. A new
surface is a line in `parts_of`.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gsmd.gateways.web.door.guard import Guard
from gsmd.gateways.web.house import House
from gsmd.gateways.web.own.app import Own
from gsmd.gateways.web.own.asked import Office
from gsmd.gateways.web.problems import Problem

if TYPE_CHECKING:
    from gsmd.gateways.web.compat.surface import Surface
    from gsmd.gateways.web.rest.stream import Hub

log = logging.getLogger(__name__)

API = "/api/v1/"


class Part(NamedTuple):
    """The beginning of paths, and who answers there. Without a slash at its end it is whole segments."""

    prefix: str
    app: ASGIApp

    def has(self, path: str) -> bool:
        """True for a path that is answered there."""
        if self.prefix.endswith("/"):
            return path.startswith(self.prefix)
        return path == self.prefix or path.startswith(f"{self.prefix}/")


def parts_of(house: House, surfaces: "Sequence[Surface]") -> list[Part]:
    """All parts, the most particular first."""
    from gsmd.gateways.web.rest.app import Rest
    from gsmd.gateways.web.rest.stream import Hub

    hub = Hub(house.daemon)
    rest = Rest(house.door, house.daemon, hub, sends=house.sends, directory=house.directory)
    others = [Part(prefix, each) for each in surfaces for prefix in each.prefixes]
    return [Part(API, rest), *others, Part("/", _Later(lambda: _pages(house, hub)))]


def _pages(house: House, hub: "Hub") -> ASGIApp:
    from gsmd.gateways.web.pages.frame import Frame

    return Frame(house, hub)


class _Later:
    """An application that is made for its first request, beside others: half of the gateway's start would be the pages'."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None
        self._making = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app or await self._made()
        await app(scope, receive, send)

    async def _made(self) -> ASGIApp:
        async with self._making:
            if self._app is not None:
                return self._app
            app: ASGIApp = await asyncio.to_thread(self._make)
            self._app = app
            return app


class Application:
    """Everything behind the guard."""

    def __init__(self, house: House, parts: Sequence[Part]) -> None:
        issuer = house.settings.public_url or "gsmd"
        self._own = Own(Office(house.directory, house.door, house.signing_in, house.sends, issuer))
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request, scope, receive, send)
        except Problem as problem:
            if problem.status in {408, 413}:
                raise  # the guard's own
            response = problem.response()
        except ClientDisconnect:
            return
        except Exception:
            log.exception("a defect of the gateway, at %s %s", scope["method"], scope["path"])
            text = "a defect of the gateway; its log has the details"
            response = Problem(500, "internal", text).response()
        if response is not None:
            await response(scope, receive, send)

    async def _answer(
        self, request: Request, scope: Scope, receive: Receive, send: Send
    ) -> Response | None:
        path = scope["path"]
        if path.startswith(API) and self._own.knows(path.removeprefix(API)):
            raw: bytes = scope.get("raw_path") or path.encode()
            sent = raw.decode("ascii", "replace").partition("?")[0]
            return await self._own.answer(request, sent.removeprefix(API))
        for part in self._parts:
            if part.has(path):
                await part.app(scope, receive, send)
                return None
        raise Problem(404, "no_such_path", f"there is nothing at {path[:200]}")


def build(house: House, surfaces: "Sequence[Surface]" = ()) -> Guard:
    """The whole of it, with these compatible surfaces."""
    return Guard(Application(house, parts_of(house, surfaces)), house.settings)
