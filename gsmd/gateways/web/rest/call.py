"""One request on its way: who sent it, which route it took, and what the daemon is asked for it."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gsmd.client.errors import GsmdError
from gsmd.gateways.web.callers import Caller
from gsmd.gateways.web.daemon import Daemon
from gsmd.gateways.web.door.sends import Sends
from gsmd.gateways.web.problems import second_factor
from gsmd.gateways.web.rest import bodies, problems
from gsmd.gateways.web.rest.narrowing import Narrowing
from gsmd.gateways.web.rest.parameters import Reader, query_of
from gsmd.gateways.web.rest.routes import Route
from gsmd.protocol.method import Method, Role

QUIET = {"Cache-Control": "no-store"}
"""Headers of every answer: it is about people."""

_ABOUT = ("to", "peer", "list", "name", "pattern", "poll")
"""Parameters that say whom or what a call is about, where the path does not."""


class Entry:
    """A route with all that is built for it once."""

    def __init__(self, route: Route) -> None:
        self.route = route
        self.reader = Reader(route)
        self.narrowing = Narrowing(route)


class Call:
    """A request that found its route, and whose caller is known. ``about``: whom its body is about, for the record."""

    def __init__(
        self,
        entry: Entry,
        in_path: tuple[str, ...],
        request: Request,
        caller: Caller,
        daemon: Daemon,
        sends: Sends | None = None,
        *,
        query: dict[str, list[str]] | None = None,
    ) -> None:
        self.route = entry.route
        self.request = request
        self.caller = caller
        self._daemon = daemon
        self.sends = sends
        self._reader = entry.reader
        self._narrowing = entry.narrowing
        self.in_path = in_path
        self.about = ""
        self.query = query_of(request.scope.get("query_string", b"")) if query is None else query

    # who may

    def require(self, method: Method[Any, Any]) -> None:
        """Errors: `Problem` with 403 unless the caller has a role of the method."""
        if not (any(map(self.caller.may, method.roles)) if method.roles else self.caller.roles):
            if self.caller.lacks_factor(*method.roles):
                raise second_factor()
            needed = " or ".join(sorted(method.roles)) or "a role"
            raise problems.missing_role(needed, f"call {self.route.verb} {self.route.path}")

    def require_role(self, role: Role, what: str, field: str | None = None) -> None:
        """Errors: `Problem` with 403 unless the caller has the role, which it takes to do ``what``."""
        if self.caller.may(role):
            return
        raise (
            second_factor()
            if self.caller.lacks_factor(role)
            else problems.missing_role(role, what, field)
        )

    # what is asked for

    async def parameters(self) -> dict[str, Any]:
        """The parameters of the method from path, query and body, checked and within the token's narrowing.

        Errors: `Problem`.
        """
        body = await bodies.json_object(self.request) if self.route.has_body else {}
        return self.held(body)

    def held(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The same for a body that was read already."""
        given = self._reader.gather(self.in_path, self.query, body)
        given = {name: value for name, value in given.items() if value is not None}
        self._narrowing.hold(self.caller, given)
        self.about = str(next((given[each] for each in _ABOUT if given.get(each)), ""))[:200]
        return self._reader.check(given)

    def hold(self, given: dict[str, Any]) -> None:
        """Hold parameters to the token's narrowing. Errors: `Problem`."""
        self._narrowing.hold(self.caller, given)

    def one(self, name: str) -> str | None:
        """A query parameter of the gateway's own, None if it is left out."""
        values = self.query.get(name)
        return values[-1] if values else None

    # the daemon

    async def ask(self, method: Method[Any, Any], given: Mapping[str, Any]) -> Any:
        """The result of a method as JSON values. Errors: `Problem`."""
        try:
            return await self._daemon.call(method, given, self.caller.actor)
        except GsmdError as error:
            raise problems.from_daemon(error) from error

    async def ask_patiently(self, method: Method[Any, Any], given: Mapping[str, Any]) -> Any:
        """The same for what takes its time: not longer than the caller waits. Errors: `Problem`, `Left`."""
        asking = asyncio.ensure_future(self.ask(method, given))
        await self.either(asking)
        if not asking.done():
            asking.cancel()
            raise Left
        return await asking

    async def either(self, waiting: "asyncio.Future[Any]") -> None:
        """Return when ``waiting`` is done, or the caller has left."""
        leaving = asyncio.ensure_future(self.left())
        try:
            await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            waiting.cancel()
            raise
        finally:
            leaving.cancel()

    async def left(self) -> None:
        """Return when the caller has closed the connection."""
        while (await self.request.receive())["type"] != "http.disconnect":
            pass

    # the answer

    def answer(
        self, result: Any, status: int | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The result as JSON; a page that has a ``next`` says so in ``Link`` too."""
        all_headers = {**QUIET, **(headers or {})}
        following = result.get("next") if isinstance(result, dict) else None
        if isinstance(following, str) and self.route.verb == "GET":
            all_headers["Link"] = f'<{self._with("after", following)}>; rel="next"'
        body = msgspec.json.encode(result)
        return Response(body, status or self.route.status, all_headers, "application/json")

    def _with(self, name: str, value: str) -> str:
        """The address of this request with another value of a query parameter."""
        query = {**self.query, name: [value]}
        return f"{quote(self.request.url.path)}?{urlencode(query, doseq=True)}"


class Left(Exception):
    """The caller closed the connection: there is nobody to answer."""
