"""All pages as an ASGI application: from a path to a page, for somebody who may see it.

Theory of operation. A request finds its route (`Router`), then its visitor: a session or a trusted proxy's word. Tokens are
for programs and open no page. Who is not signed in is led to the sign-in and back. A page looks with GET, which changes
nothing; a form is sent with POST, which the guard lets through from our own pages alone, and leads to a page that shows
what became of it (303), so that going back and reloading do nothing twice. What is refused is a page too: it says why.

The script asks for the same pages and puts their parts in place (``static/gsmd.js``): there is no second way to do anything.

Pages are made by Jinja2, which escapes all that it is given; nothing is marked as safe, and a test forbids it. They are compressed
here, for a browser on a slow line.
"""

import contextlib
import gzip
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from gsmd.client.errors import GsmdError
from gsmd.gateways.web.accounts import preferences
from gsmd.gateways.web.house import House
from gsmd.gateways.web.pages import languages, statics
from gsmd.gateways.web.pages.notices import NOTICES
from gsmd.gateways.web.pages.page import Page, Route
from gsmd.gateways.web.pages.presence import Presence
from gsmd.gateways.web.pages.templating import environment
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest.router import Router
from gsmd.protocol.method import Role

if TYPE_CHECKING:
    from gsmd.gateways.web.rest.stream import Hub

log = logging.getLogger(__name__)


class Frame:
    """The application. ``hub`` tells browsers what happens; without one pages stay as they are until they are loaded again."""

    def __init__(self, house: House, hub: "Hub | None" = None) -> None:
        from gsmd.gateways.web.pages.registry import PAGES

        self.house = house
        self.daemon = house.daemon
        self.directory = house.directory
        self.presence = Presence(hub)
        self._hub = hub
        self._pages = PAGES
        self._environment = environment()
        self._files = statics.files()
        routes = [(each.verb, each.path, (page, each)) for page in PAGES for each in page.routes]
        self._router: Router[tuple[Page, Route]] = Router(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if scope["path"].startswith(statics.PREFIX):
            response = statics.answer(request, self._files)
        else:
            response = await self._page(request)
        await response(scope, receive, send)

    async def _page(self, request: Request) -> Response:
        visit = self._stranger(request)
        try:
            page, route, words = self._find(request)
            visit = await self._visitor(request, words)
            if visit.visitor is None and not route.open:
                return _to_sign_in(request)
            if page.roles and not route.open:
                visit.require(*page.roles)
            await self._listened(visit)
            response = await route.show(visit)
        except Problem as problem:
            if problem.status in {408, 413}:
                raise
            response = self._refusal(visit, problem)
        except ClientDisconnect:
            raise
        except Exception:
            log.exception("a defect of the gateway, at %s %s", request.method, request.url.path)
            text = visit.language.say("A defect of the gateway; its log has the details.")
            response = self._refusal(visit, Problem(500, "internal", text))
        return _compressed(request, response)

    def _find(self, request: Request) -> tuple[Page, Route, tuple[str, ...]]:
        raw: bytes = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
        found = self._router.find(raw.decode("ascii", "replace").partition("?")[0])
        if found is None:
            raise Problem(404, "no_such_page", "")
        verb = "GET" if request.method == "HEAD" else request.method
        if verb not in found.targets:
            raise Problem(405, "wrong_method", "", headers={"Allow": found.allowed})
        page, route = found.targets[verb]
        return page, route, found.values

    def _stranger(self, request: Request) -> Visit:
        code = languages.accepted(request.headers.get("accept-language", ""))
        return Visit(self, request, (), None, {}, languages.language(code))

    async def _visitor(self, request: Request, words: tuple[str, ...]) -> Visit:
        visit = self._stranger(request)
        visit.words = words
        if "authorization" in request.headers:
            raise Problem(403, "not_a_person", "Pages are for people: a token opens /api/v1 alone.")
        caller = await self.house.door.recognise(request)
        if caller is None:
            return visit
        kept = await self.directory.read(lambda db: preferences.of(db, caller.name))
        code = str(kept.get("language") or visit.language.code)
        return Visit(self, request, words, caller, kept, languages.language(code))

    async def _listened(self, visit: Visit) -> None:
        """Note behind which event the page is made: what happens between that and its script's listening is heard too."""
        if self._hub is None or visit.visitor is None or not visit.may(Role.READ):
            return
        with contextlib.suppress(GsmdError):  # the page itself will say that the daemon is away
            visit.after = await self._hub.newest()

    def _refusal(self, visit: Visit, problem: Problem) -> Response:
        values = {
            "status": problem.status,
            "detail": problem.members["detail"],
            "reason": problem.reason,
        }
        response = self.render(visit, "refusal.html", problem.status, values)
        response.headers.update(problem.headers)
        return response

    # -- making pages ---------------------------------------------------------------------------

    def navigation(self, visit: Visit) -> list[Page]:
        """The pages that the visitor may see, in order."""
        return [
            each
            for each in self._pages
            if each.path
            and visit.visitor is not None
            and (not each.roles or visit.may(*each.roles))
        ]

    def first(self, visit: Visit, /) -> str:
        """The path of the first page that the visitor may see."""
        return next((each.path for each in self.navigation(visit)), "/settings")

    def render(
        self, visit: Visit, template: str, status: int, values: Mapping[str, Any]
    ) -> Response:
        """A page."""
        said = NOTICES.get(visit.query.get("done", ""))
        around = {
            "visit": visit,
            "language": visit.language,
            "_": visit.language.say,
            "ngettext": visit.language.count,
            "translated": lambda words: [
                (key, visit.language.say(each)) for key, each in words.items()
            ],
            "pages": self.navigation(visit),
            "path": visit.request.url.path,
            "theme": visit.preferences.get("theme", ""),
            "notice": visit.language.say(said) if said else "",
            "static": self._files.address,
        }
        text = self._environment.get_template(template).render({**around, **values})
        return Response(text, status, {"Vary": "Cookie, Accept-Language"}, "text/html")


def _to_sign_in(request: Request) -> Response:
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    query = urlencode({"next": path}) if request.method == "GET" and path != "/" else ""
    where = f"/sign-in?{query}" if query else "/sign-in"
    return Response(status_code=303, headers={"Location": where})


def _compressed(request: Request, response: Response) -> Response:
    wanted = "gzip" in request.headers.get("accept-encoding", "")
    if isinstance(response, StreamingResponse):
        return response  # a table to take away, as long as it may be
    if wanted and len(response.body) > 1000 and "content-encoding" not in response.headers:
        response.body = gzip.compress(response.body, 5, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
    return response
