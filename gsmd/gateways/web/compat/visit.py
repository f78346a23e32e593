"""One request to a surface on its way: who sent it, and what the daemon is asked for it, as REST would ask.

All that a token may do and may not is decided by the routes of REST: a visit makes the call that a request to REST would
have been, and holds it to roles, narrowing and limits in the same places. What REST puts on record is put there too.
"""

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import Any

from starlette.requests import Request

from gsmd.gateways.web.callers import Caller
from gsmd.gateways.web.house import House
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import audited, narrowing, problems
from gsmd.gateways.web.rest.call import Call, Entry
from gsmd.gateways.web.rest.plain import require_seen
from gsmd.gateways.web.rest.routes import ROUTES
from gsmd.protocol import handlers, messages, modems
from gsmd.protocol.method import Method, Role

RECIPIENTS = 100
"""Recipients of one request, at most."""


@cache
def entry(verb: str, path: str) -> Entry:
    """The route of REST that a call goes by."""
    return next(Entry(route) for route in ROUTES if (route.verb, route.path) == (verb, path))


class Visit:
    """A request whose caller is known."""

    def __init__(self, request: Request, caller: Caller, house: House) -> None:
        self.request = request
        self.caller = caller
        self._house = house

    def call(self, verb: str, path: str, *in_path: str) -> Call:
        """The call that a request to REST would be."""
        # the query is in the surface's words, not in ours
        route = entry(verb, path)
        return Call(route, in_path, self.request, self.caller, self._house.daemon, query={})

    async def carry_out(self, call: Call, given: Mapping[str, Any]) -> Any:
        """What the daemon says to the call; that it was made is on record. Errors: `Problem`."""
        result = await call.ask(call.route.method, given)
        audited.note(self._house.directory, call)
        return result

    def require(self, method: Method[Any, Any]) -> None:
        """Errors: `Problem` with 403 unless the caller has a role of the method."""
        if not any(map(self.caller.may, method.roles)):
            raise problems.missing_role(" or ".join(sorted(method.roles)), "do that")

    async def send(self, body: Mapping[str, Any], told: str | None = None) -> dict[str, Any]:
        """The message, accepted. ``told`` is the handler that is told what becomes of it. Errors: `Problem`."""
        self._house.sends.take(self.caller)
        return await self._send(body, told)

    async def send_each(
        self, numbers: list[str], body: Mapping[str, Any], told: str | None = None, *, key: str = ""
    ) -> list[dict[str, Any] | Problem]:
        """One message each, or why there is none. Errors: `Problem` where there is nobody, too many, or no message at all.

        Once there is one nothing is an error of the whole any more: whoever tried it all again would send that twice. ``key``: with the
        number behind it the key of each.
        """
        if not 0 < len(numbers) <= RECIPIENTS:
            text = f"from 1 to {RECIPIENTS} recipients at a time"
            raise Problem(422, "impossible_value", text, field="to")
        self._house.sends.take(self.caller, len(numbers))
        keys: list[dict[str, str]] = [{"key": f"{key} {each}"} if key else {} for each in numbers]
        results = await asyncio.gather(*(
            self._attempt({**body, "to": each, **keyed}, told)
            for each, keyed in zip(numbers, keys, strict=True)
        ))  # fmt: skip
        if all(isinstance(each, Problem) for each in results):
            first = results[0]
            assert isinstance(first, Problem)
            raise first
        return results

    async def _attempt(self, body: Mapping[str, Any], told: str | None) -> dict[str, Any] | Problem:
        try:
            return await self._send(body, told)
        except Problem as problem:
            return problem

    async def _send(self, body: Mapping[str, Any], told: str | None) -> dict[str, Any]:
        call = self.call("POST", "/messages")
        call.require(messages.SENDING)
        given = call.held({name: value for name, value in body.items() if value is not None})
        if given.get("override") and not self.caller.may(Role.OVERRIDE):
            raise problems.missing_role("override", "write to those who opted out", "override")
        if told is not None:
            given |= {"handler": told, "receipt": "sent"}
        message: dict[str, Any] = await self.carry_out(call, given)
        return message

    async def own(self, id_: str) -> dict[str, Any]:
        """A message that this caller sent: the role is asked for, and that it is theirs is known. Errors: `Problem`."""
        self.require(messages.GET)
        call = self.call("GET", "/messages/{id}", id_)
        message: dict[str, Any] = await call.ask(messages.GET, {"id": id_})
        return message

    async def owns(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        """The same for several; what is gone is left out."""
        found = await asyncio.gather(*map(self.own, ids), return_exceptions=True)
        for each in found:
            gone = isinstance(each, Problem) and each.status == 404
            if isinstance(each, BaseException) and not gone:
                raise each
        return {each["id"]: each for each in found if isinstance(each, dict)}

    async def message(self, id_: str) -> dict[str, Any]:
        """A message, if it is within what the caller may see. Errors: `Problem`."""
        call = self.call("GET", "/messages/{id}", id_)
        call.require(messages.GET)
        given = call.held({})
        if narrowing.is_narrowed(self.caller):
            await require_seen(call, id_)
        message: dict[str, Any] = await call.ask(messages.GET, given)
        return message

    async def listing(self, **choice: Any) -> list[dict[str, Any]]:
        """Messages, newest first, that the caller may see. Errors: `Problem`."""
        call = self.call("GET", "/messages")
        call.require(messages.LIST)
        call.query = {name: [str(each)] for name, each in choice.items() if each is not None}
        found = await self.carry_out(call, call.held({}))
        kept: list[dict[str, Any]] = narrowing.filtered(self.caller, "messages", found)["messages"]
        return kept

    async def modems(self) -> list[dict[str, Any]]:
        """The modems that the caller may use, in order. Errors: `Problem`."""
        call = self.call("GET", "/modems")
        call.require(modems.LIST)
        found = narrowing.filtered(self.caller, "modems", await call.ask(modems.LIST, {}))
        listed: list[dict[str, Any]] = found["modems"]
        return listed

    async def names_of_modems(self) -> list[str]:
        """The names of the modems that the caller may use, whatever else they may. Errors: `Problem`."""
        found = await self.call("GET", "/modems").ask(modems.LIST, {})
        shown = narrowing.filtered(self.caller, "modems", found)["modems"]
        return [each["name"] for each in shown]

    async def replay(self, handler: str, id_: str) -> None:
        """Hand a message over once more. Errors: `Problem`."""
        call = self.call("POST", "/handlers/{handler}/redrive", handler)
        call.require(handlers.REDRIVE)
        await self.carry_out(call, {"handler": handler, "id": id_, "replay": True})
