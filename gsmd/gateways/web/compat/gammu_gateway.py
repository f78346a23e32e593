"""sms-gammu-gateway: what Home Assistant's ``rest`` platform is often set to.

``POST /sms`` sends; ``GET /sms`` and ``/sms/{n}`` show what came in; ``GET /getsms`` takes the oldest message that was not taken;
``/signal``, ``/network`` and ``/reset`` are about a modem. The password is the token, the user is anything; unlike there, every path
needs it. What ``/getsms`` hands out is on lease until the answer has gone out: who has left before gets it again.
"""

import asyncio
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from gsmd.client.errors import GsmdError
from gsmd.gateways.web.compat.callbacks import handler_of
from gsmd.gateways.web.compat.surface import Shared, Surface, Table, fields, number_of, reply
from gsmd.gateways.web.compat.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest.call import Call
from gsmd.protocol import inbox, modems

_SHOWN = 100
_LOOK = 0.02
"""Seconds in which somebody who has left is noticed."""
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
        response = reply(_shown(first["message"]))
        if await _is_gone(call):
            await self._settle(visit, {"lease": first["lease"], "extend": 0})
            raise ClientDisconnect
        response.background = BackgroundTask(self._settle, visit, {"lease": first["lease"]})
        return response

    async def _settle(self, visit: Visit, settlement: dict[str, Any]) -> None:
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


async def _is_gone(call: Call) -> bool:
    """True if the caller has closed the connection by now."""
    leaving = asyncio.ensure_future(call.left())
    await asyncio.wait({leaving}, timeout=_LOOK)
    gone = leaving.done()
    leaving.cancel()
    return gone


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
