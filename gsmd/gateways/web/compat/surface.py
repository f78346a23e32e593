"""The frame of every surface: from a path to what answers there, and from what is wrong to how its programs read it."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gsmd.client.errors import GsmdError
from gsmd.gateways.web.compat.callbacks import Callbacks
from gsmd.gateways.web.compat.visit import Visit
from gsmd.gateways.web.door.authentication import basic
from gsmd.gateways.web.house import House
from gsmd.gateways.web.problems import Problem, unauthenticated
from gsmd.gateways.web.rest import bodies, problems
from gsmd.gateways.web.rest.parameters import query_of
from gsmd.gateways.web.rest.router import Router

log = logging.getLogger(__name__)

Handle = Callable[[Request, tuple[str, ...]], Awaitable[Response]]
Table = Sequence[tuple[str, str, Handle]]


class Shared:
    """What all surfaces of a gateway use."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.callbacks = Callbacks(house.daemon, house.directory, house.settings.hooks_allow)


class Surface:
    """Another gateway's interface. ``prefixes``: the beginnings of its paths, whole segments."""

    name: str
    prefixes: tuple[str, ...]

    def __init__(self, shared: Shared) -> None:
        self.house = shared.house
        self.callbacks = shared.callbacks
        self._router = Router(self.table())

    def table(self) -> Table:
        """HTTP method, path and what answers there."""
        raise NotImplementedError

    def refused(self, problem: Problem) -> Response:
        """What is wrong, in the surface's own words."""
        raise NotImplementedError

    def refused_at(self, problem: Problem, path: str) -> Response:
        """The same where it is another form at another path."""
        del path
        return self.refused(problem)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what the daemon refuses, and its being away, in the surface's words too."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except (Problem, GsmdError) as error:
            problem = error if isinstance(error, Problem) else problems.from_daemon(error)
            if problem.status in {408, 413}:
                raise problem from error  # the guard's own
            response = self.refused_at(problem, scope["path"])
            for name, value in problem.headers.items():
                response.headers.setdefault(name, value)
        except ClientDisconnect:
            return
        except Exception:
            # the path alone: a query has the token in it
            log.exception("a defect of %s, at %s %s", self.name, scope["method"], scope["path"])
            text = "a defect of the gateway; its log has the details"
            response = self.refused_at(Problem(500, "internal", text), scope["path"])
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
        path = raw.decode("ascii", "replace").partition("?")[0]
        found = self._router.find(path.rstrip("/") or "/")
        if found is None:
            raise Problem(404, "no_such_path", f"there is nothing at {path[:200]}")
        handle = found.targets.get(request.method)
        if handle is None:
            text = f"{request.method} is not for this path; {found.allowed} is"
            raise Problem(405, "wrong_method", text, headers={"Allow": found.allowed})
        return await handle(request, found.values)

    # who asks

    async def visit(self, request: Request, token: str) -> Visit:
        """The request of whoever has this token. Errors: `Problem` with 401 or 429."""
        caller = await self.house.door.by_token(request, token)
        return Visit(request, caller, self.house)

    async def visit_by_header(self, request: Request) -> Visit:
        """The same by the header Authorization: Bearer, or Basic with the token as password. Errors: `Problem`."""
        shown = request.headers.get("authorization", "")
        scheme, _, value = shown.strip().partition(" ")
        token = value.strip() if scheme.lower() == "bearer" else basic(shown)[1]
        if not token:
            self.house.door.count_stranger(request)
            raise unauthenticated()
        return await self.visit(request, token)


async def fields(request: Request, *, blanks: bool = False) -> dict[str, str]:
    """What a program says in the query and in the body, a form or JSON; of equal names the body's. Errors: `Problem`.

    ``blanks``: also what a form leaves empty.
    """
    said = {name: values[-1] for name, values in in_query(request).items()}
    if request.method == "POST":
        body = await bodies.text_or_members(request, blanks=blanks)
        if isinstance(body, dict):
            said |= {name: _text(value) for name, value in body.items() if value is not None}
    return said


def in_query(request: Request) -> dict[str, list[str]]:
    """The values of each name in the query. Errors: `Problem`."""
    return query_of(request.scope.get("query_string", b""))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return msgspec.json.encode(value).decode()


def number_of(text: str) -> str:
    """A number as people write it to gateways that want no +: what is clearly international gets one."""
    bare = text.strip()
    if bare.startswith("00") and bare[2:].isdigit():
        return f"+{bare[2:]}"
    return bare


def reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON."""
    return Response(msgspec.json.encode(value), status, dict(headers or {}), "application/json")


def plain(text: str, status: int = 200) -> Response:
    """A line of text."""
    return Response(text, status, media_type="text/plain")
