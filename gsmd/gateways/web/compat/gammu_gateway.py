"""sms-gammu-gateway: what Home Assistant's ``rest`` platform is often set to.

``POST /sms`` sends; ``GET /sms`` and ``/sms/{n}`` show what came in; ``GET /getsms`` takes the oldest message that was not taken;
``/signal``, ``/network`` and ``/reset`` are about a modem. The password is the token, the user is anything; unlike there, every path
needs it. What ``/getsms`` hands out is on lease until it is seen that the answer was read (`gsmd.gateways.web.answer_line`): whoever was cut off
before gets it again.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gsmd.client.errors import GsmdError
from gsmd.gateways.web.answer_line import line_of
from gsmd.gateways.web.compat.callbacks import handler_of
from gsmd.gateways.web.compat.surface import Shared, Surface, Table, fields, number_of, reply
from gsmd.gateways.web.compat.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import inbox, modems

_SHOWN = 100
_EMPTY = {"Date": "", "Number": "", "State": "", "Text": ""}


class GammuGateway(Surface):
    """Its paths at the root."""

    name = "gammu-gateway"
    prefixes = ("/sms", "/getsms", "/signal", "/network", "/reset")

    def table(self) -> Table:
        return (
            ("POST", "/sms", self.send),
            ("GET", "/sms", self.all),
            ("GET", "/sms/{n}", self.one),
            ("GET", "/getsms", self.take),
            ("GET", "/signal", self.signal),
            ("GET", "/network", self.network),
            ("GET", "/reset", self.reset),
        )

    def refused(self, problem: Problem) -> Response:
        return reply({"message": str(problem)}, problem.status)

    async def send(self, request: Request, _: tuple[str, ...]) -> Response:
        """``POST /sms {text, number, smsc?, unicode?}``; several numbers with commas."""
        visit = await self.visit_by_header(request)
        said = await fields(request)
        if not said.get("text") or not said.get("number"):
            raise Problem(404, "missing_field", "Parameters 'text' and 'number' are required.")
        numbers = [number_of(each) for each in said["number"].split(",") if each.strip()]
        sent = await visit.send_each(numbers, {"text": said["text"]})
        shown = [each["id"] if isinstance(each, dict) else str(each) for each in sent]
        return reply({"status": 200, "message": str(shown)})

    async def all(self, request: Request, _: tuple[str, ...]) -> Response:
        """What came in last, the oldest first."""
        visit = await self.visit_by_header(request)
        return reply([_shown(each) for each in await self._inbox(visit)])

    async def one(self, request: Request, values: tuple[str, ...]) -> Response:
        """The nth of these, from 0 on."""
        visit = await self.visit_by_header(request)
        found = await self._inbox(visit)
        number = int(values[0]) if values[0].isdecimal() and len(values[0]) < 6 else len(found)
        if number >= len(found):
            raise Problem(404, "not_found", f"Sms with id '{values[0][:20]}' not found")
        return reply(_shown(found[number]))

    async def take(self, request: Request, _: tuple[str, ...]) -> Response:
        """The oldest message that was not taken; empty members if there is none."""
        visit = await self.visit_by_header(request)
        visit.require(inbox.PULL)
        name = handler_of(self.name, visit.caller.name)
        call = visit.call("POST", "/handlers/{handler}/pull", name)
        match: dict[str, Any] = {}
        if visit.caller.modems is not None:
            match["modem"] = sorted(visit.caller.modems)
        if visit.caller.handlers is not None or visit.caller.tags is not None:
            text = "this token is narrowed to what a message that comes in has not"
            raise Problem(403, "outside_token", text)
        pulled = await call.ask(inbox.PULL, {"handler": name, "max": 1, "match": match})
        if not pulled["messages"]:
            return reply(_EMPTY)
        first = pulled["messages"][0]

        async def settle(heard: bool) -> None:  # noqa: FBT001 -- it says what it is
            await self._settle(visit, first["lease"], heard=heard)

        return _Handed(request, _shown(first["message"]), settle)

    async def _settle(self, visit: Visit, lease: str, *, heard: bool) -> None:
        settlement = {"lease": lease} if heard else {"lease": lease, "extend": 0}
        try:
            await self.house.daemon.call(inbox.SETTLE, {"settle": [settlement]}, visit.caller.actor)
        except GsmdError:
            return  # it comes again

    async def signal(self, request: Request, _: tuple[str, ...]) -> Response:
        """Signal strength, of ``?modem=`` or of the first one."""
        modem = await self._modem(await self.visit_by_header(request))
        dbm = modem["signal_dbm"]
        quality = 0 if dbm is None else max(0, min(31, round((dbm + 113) / 2)))
        percent = -1 if dbm is None else round(quality * 100 / 31)
        strength = -1 if dbm is None else dbm
        return reply({"SignalStrength": strength, "SignalPercent": percent, "BitErrorRate": -1})

    async def network(self, request: Request, _: tuple[str, ...]) -> Response:
        """The network; of what gsmd does not ask modems for, the members are empty."""
        modem = await self._modem(await self.visit_by_header(request))
        at_home = "RoamingNetwork" if modem["roaming"] else "HomeNetwork"
        known = {"home": at_home, "registered": at_home, "roaming": "RoamingNetwork"}
        state = (
            at_home if modem["operator"] else known.get(modem["registration"] or "", "NoNetwork")
        )
        empty = dict.fromkeys(
            ("NetworkCode", "CID", "LAC", "GPRS", "PacketState", "PacketCID", "PacketLAC"), ""
        )
        return reply({"NetworkName": modem["operator"] or "Unknown", "State": state, **empty})

    async def reset(self, request: Request, _: tuple[str, ...]) -> Response:
        """Reset the modem."""
        visit = await self.visit_by_header(request)
        visit.require(modems.RESET)
        modem = await self._modem(visit)
        call = visit.call("POST", "/modems/{modem}/reset", modem["name"])
        await visit.carry_out(call, call.held({}))
        return reply({"status": 200, "message": "Reset done"})

    async def _inbox(self, visit: Visit) -> list[dict[str, Any]]:
        found = await visit.listing(direction="inbound", limit=_SHOWN)
        return [each for each in reversed(found) if each["kind"] == "text"]

    async def _modem(self, visit: Visit) -> dict[str, Any]:
        wanted = visit.request.query_params.get("modem")
        for each in await visit.modems():
            if wanted in {None, each["name"]}:
                return each
        raise Problem(404, "not_found", "there is no such modem")


class _Handed(Response):
    """What is handed out once: ``settle`` is told whether it came to the caller."""

    def __init__(
        self, request: Request, value: Any, settle: Callable[[bool], Awaitable[None]]
    ) -> None:
        headers = {"Connection": "close"}
        super().__init__(msgspec.json.encode(value), 200, headers, "application/json")
        self._request = request
        self._settle = settle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 -- ASGI's shape
        line = line_of(self._request)
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body, "more_body": line is not None})
        await self._settle(line is None or await line.is_heard())


def _shown(message: dict[str, Any]) -> dict[str, str]:
    taken = message["state"] == "handled"
    return {
        "Date": message["created_at"][:19].replace("T", " "),
        "Number": message["peer"],
        "State": "Read" if taken else "UnRead",
        "Text": message["text"] or "",
    }


def build(shared: Shared) -> GammuGateway:
    """The surface."""
    return GammuGateway(shared)
