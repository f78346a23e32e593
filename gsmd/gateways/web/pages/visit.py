"""One request for a page: who it is, what they ask for, what the daemon says to it, and the page that comes of it."""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from gsmd.client.errors import GsmdError
from gsmd.gateways.web.accounts.directory import Directory
from gsmd.gateways.web.callers import Caller
from gsmd.gateways.web.daemon import Daemon
from gsmd.gateways.web.house import House
from gsmd.gateways.web.pages import uploads
from gsmd.gateways.web.pages.languages import Language
from gsmd.gateways.web.pages.presence import Presence
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import problems
from gsmd.protocol.method import Method, Role

Question = tuple[Method[Any, Any], dict[str, Any]]
"""A method, and its parameters."""


class Surroundings(Protocol):
    """What a visit finds in the gateway: `gsmd.gateways.web.pages.frame.Frame` is it."""

    house: House
    daemon: Daemon
    directory: Directory
    presence: Presence

    def first(self, visit: "Visit", /) -> str:
        """The path of the first page that the visitor may see."""
        ...

    def render(
        self, visit: "Visit", template: str, status: int, values: Mapping[str, Any], /
    ) -> Response:
        """A page."""
        ...


class Visit:
    """A request. ``words``: those of the path that stand for something. ``caller`` None: somebody who is not signed in.

    ``preferences`` are what the caller has set (`gsmd.gateways.web.accounts.preferences`). ``after``: the event behind which the
    page is made, if that is known.
    """

    def __init__(
        self,
        frame: Surroundings,
        request: Request,
        words: tuple[str, ...],
        caller: Caller | None,
        preferences: Mapping[str, Any],
        language: Language,
    ) -> None:
        self.frame = frame
        self.request = request
        self.words = words
        self.visitor = caller
        self.preferences = preferences
        self.language = language
        self.after: int | None = None
        self.query: dict[str, str] = dict(request.query_params)

    # -- who ----------------------------------------------------------------------------------

    @property
    def caller(self) -> Caller:
        """Whoever is signed in."""
        assert self.visitor is not None
        return self.visitor

    def may(self, *roles: Role) -> bool:
        """True if the visitor has one of the roles."""
        return self.visitor is not None and any(map(self.visitor.may, roles))

    def require(self, *roles: Role) -> None:
        """Errors: `Problem` with 403 unless the visitor has one of the roles."""
        if not self.may(*roles):
            if self.caller.lacks_factor(*roles):
                raise self.second_factor()
            needed = " or ".join(sorted(roles))
            text = self.language.say("This needs the role {role}.").format(role=needed)
            raise Problem(403, "missing_role", text, more={"role": needed})

    def second_factor(self) -> Problem:
        """The problem of who has to show a second factor first."""
        text = self.language.say(
            "This needs a second factor: a passkey, or a code of your telephone."
        )
        return Problem(403, "second_factor_needed", text)

    def fault(self, problem: Problem) -> str:
        """The sentence about what was wrong in a form. Errors: the problem itself, if it is none of the form's."""
        if problem.status >= 500 or problem.reason == "missing_role":
            raise problem
        return str(problem.members["detail"])

    # -- what ---------------------------------------------------------------------------------

    async def form(self) -> dict[str, str]:
        """The fields of a form that was sent; of one that was sent several times, the last. Files: `uploads`."""
        return dict(await self.fields())

    async def uploads(self) -> tuple[dict[str, str], dict[str, bytes]]:
        """The fields of a form with files in it, and the files. Errors: `Problem`."""
        kind = self.request.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            return await self.form(), {}
        try:
            return uploads.read(kind, await self.request.body())
        except ValueError as error:
            raise Problem(400, "bad_form", str(error)) from error

    async def fields(self) -> list[tuple[str, str]]:
        """All of them, in order."""
        kind = self.request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/x-www-form-urlencoded":
            raise Problem(415, "wrong_content_type", "a form of our own pages is expected")
        body = (await self.request.body()).decode("utf-8", "replace")
        try:
            return parse_qsl(body, keep_blank_values=True, max_num_fields=1000)
        except ValueError as error:
            raise Problem(400, "too_many_fields", str(error)) from error

    # -- the daemon ---------------------------------------------------------------------------

    async def ask(self, method: Method[Any, Any], /, **params: Any) -> Any:
        """The result of a method as JSON values; parameters that are None are left out. Errors: `Problem`."""
        if method.roles:
            self.require(*method.roles)
        given = {name: value for name, value in params.items() if value is not None}
        try:
            return await self.frame.daemon.call(method, given, self.caller.actor)
        except GsmdError as error:
            raise problems.from_daemon(error) from error

    async def ask_all(self, *questions: Question) -> list[Any]:
        """The results of several, asked at once, in their order. Errors: `Problem`, the first one there is."""
        return list(await asyncio.gather(*(self.ask(each[0], **each[1]) for each in questions)))

    async def note(self, action: str, subject: str = "") -> None:
        """Put what was done into the audit log."""
        address = self.request.scope["state"]["origin"].address
        await self.frame.directory.note(self.caller.actor, action, subject, address)

    # -- the answer ---------------------------------------------------------------------------

    def render(self, template: str, status: int = 200, /, **values: Any) -> Response:
        """A page made of a template."""
        return self.frame.render(self, template, status, values)

    def go(self, path: str, done: str = "", /, **query: str | None) -> Response:
        """To another page. ``done`` is a word of `gsmd.gateways.web.pages.notices`, which is shown there."""
        given = {name: value for name, value in query.items() if value}
        if done:
            given["done"] = done
        where = f"{path}?{urlencode(given)}" if given else path
        return Response(status_code=303, headers={"Location": where})

    def here(self, **change: str | None) -> str:
        """The address of this page with other values in its query; None takes one away."""
        query = {**self.query, **change}
        query.pop("done", None)
        kept = {name: value for name, value in query.items() if value}
        path = quote(self.request.url.path, safe="/+")
        return f"{path}?{urlencode(kept)}" if kept else path
