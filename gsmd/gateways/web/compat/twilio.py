"""Twilio's messages: sending, looking, status callbacks, and the web hook for what comes in.

``/2010-04-01/Accounts/{sid}/…``: the account's sid is anything, its auth token is a token of gsmd (Basic). A message's sid is ``SM`` and
our id in hex. ``From`` chooses the modem with that number or name, if there is one. What becomes of a message with ``StatusCallback`` is posted
there, signed; so is what comes in, to ``SmsUrl`` of a number, and the TwiML that answers may hold a reply.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gsmd.gateways.web.compat import ledger
from gsmd.gateways.web.compat.surface import Shared, Surface, Table, fields, in_query, reply
from gsmd.gateways.web.compat.twilio_calls import Calls
from gsmd.gateways.web.compat.twilio_shapes import API, id_of, number_sid, resource
from gsmd.gateways.web.compat.twilio_signing import key_of
from gsmd.gateways.web.compat.visit import Visit
from gsmd.gateways.web.door.authentication import basic
from gsmd.gateways.web.problems import Problem
from gsmd.protocol import handlers, messages, modems

_CODES = {"opted_out": 21610, "blocked": 21610, "bad_number": 21211, "missing_role": 20403}
_BY_STATUS = {401: 20003, 403: 20403, 404: 20404, 405: 20004, 429: 20429, 503: 20503}


class Twilio(Surface):
    """Messages and numbers of an account."""

    name = "twilio"
    prefixes = (f"/{API}",)

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        calls = Calls(self.callbacks, shared.house.daemon)
        self.callbacks.serve(self.name, calls.tell)

    def table(self) -> Table:
        account = f"/{API}/Accounts/{{account}}"
        return (
            ("POST", f"{account}/Messages.json", self.send),
            ("GET", f"{account}/Messages.json", self.listing),
            ("GET", f"{account}/Messages/{{sid}}", self.fetch),
            ("POST", f"{account}/Messages/{{sid}}", self.update),
            ("GET", f"{account}/IncomingPhoneNumbers.json", self.numbers),
            ("GET", f"{account}/IncomingPhoneNumbers/{{sid}}", self.number),
            ("POST", f"{account}/IncomingPhoneNumbers/{{sid}}", self.set_number),
        )

    def refused(self, problem: Problem) -> Response:
        code = _CODES.get(problem.reason) or _BY_STATUS.get(problem.status, 20001)
        status = 400 if problem.status == 422 else problem.status
        if problem.reason in {"opted_out", "blocked"}:
            status = 400
        more = {"more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
        text = "Authenticate" if status == 401 else str(problem)
        return reply({"code": code, "message": text, **more}, status)

    # -- messages ---------------------------------------------------------------------------

    async def send(self, request: Request, values: tuple[str, ...]) -> Response:
        """``POST Messages.json``: To, From, Body, StatusCallback, ValidityPeriod, SendAt."""
        visit = await self.visit_by_header(request)
        said = await fields(request)
        if said.get("MediaUrl"):
            raise Problem(400, "no_media", "there is no MMS here: Body alone")
        if not said.get("To"):
            raise Problem(400, "bad_number", "A 'To' phone number is required.")
        body: dict[str, Any] = {"to": said["To"], "text": said.get("Body") or None}
        if not body["text"]:
            raise Problem(400, "no_text", "Message body is required.")
        body["modem"] = await self._modem_of(visit, said.get("From", ""))
        if said.get("ValidityPeriod", "").isdecimal():
            body["validity"] = body["send_within"] = float(said["ValidityPeriod"][:9])
        if said.get("SendAt"):
            body["not_before"] = said["SendAt"]
        url, owner, told = said.get("StatusCallback", ""), visit.caller.name, None
        if url:
            await self._judge(url)
            body["report"] = True
            told = await self.callbacks.collect(self.name, owner, inbound=False)
        message = await visit.send(body, told)
        if url:
            row = ledger.Sent(
                surface=self.name,
                owner=owner,
                id=message["id"],
                message=message["id"],
                peer=message["peer"],
                url=url,
                secret=key_of(_token_of(request)),
                detail=f"{values[0]} {said.get('From', '')}",
            )
            await self.house.directory.write(lambda db: ledger.add_sent(db, [row]))
            self.callbacks.look_again()
        return reply(resource(message, values[0], said.get("From", "")), 201)

    async def fetch(self, request: Request, values: tuple[str, ...]) -> Response:
        """``GET Messages/{sid}.json``."""
        visit = await self.visit_by_header(request)
        message = await self._message(visit, id_of(values[1]))
        return reply(resource(message, values[0]))

    async def listing(self, request: Request, values: tuple[str, ...]) -> Response:
        """``GET Messages.json``: To, From, PageSize."""
        visit = await self.visit_by_header(request)
        query = {name: each[-1] for name, each in in_query(request).items()}
        asked = query.get("PageSize", "50")
        size = min(1000, max(1, int(asked[:6]))) if asked.isdecimal() else 50
        direction = "outbound" if query.get("To") else "inbound" if query.get("From") else None
        peer = query.get("To") or query.get("From")
        found = await visit.listing(direction=direction, peer=peer, limit=size)
        path = request.url.path
        return reply(
            {
                "messages": [resource(each, values[0]) for each in found],
                "page": 0,
                "page_size": size,
                "start": 0,
                "end": max(0, len(found) - 1),
                "uri": path,
                "first_page_uri": path,
                "next_page_uri": None,
                "previous_page_uri": None,
            }
        )

    async def update(self, request: Request, values: tuple[str, ...]) -> Response:
        """``POST Messages/{sid}.json`` with Status=canceled."""
        visit = await self.visit_by_header(request)
        said = await fields(request)
        if said.get("Status") != "canceled":
            raise Problem(400, "wrong_type", "Status can become canceled, and nothing else")
        id_ = id_of(values[1])
        await self._message(visit, id_)
        call = visit.call("POST", "/messages/{id}/cancel", id_)
        call.require(messages.CANCEL)
        return reply(resource(await visit.carry_out(call, {"id": id_}), values[0]))

    async def _message(self, visit: Visit, id_: str) -> dict[str, Any]:
        owner = visit.caller.name
        row = await self.house.directory.read(lambda db: ledger.sent_message(db, self.name, id_))
        own = row is not None and row.owner == owner
        return await (visit.own(id_) if own else visit.message(id_))

    async def _modem_of(self, visit: Visit, sender: str) -> str | None:
        if not sender:
            return None
        found = await visit.call("GET", "/modems").ask(modems.LIST, {})
        for each in found["modems"]:
            if sender in {each["name"], each["number"]}:
                return str(each["name"])
        return None

    async def _judge(self, url: str) -> None:
        try:
            await self.callbacks.poster.judge(url)
        except ValueError as error:
            raise Problem(400, "forbidden_destination", str(error)) from error

    # -- numbers ----------------------------------------------------------------------------

    async def numbers(self, request: Request, values: tuple[str, ...]) -> Response:
        """``GET IncomingPhoneNumbers.json``: the modems."""
        visit = await self.visit_by_header(request)
        found = [await self._number(visit, each, values[0]) for each in await visit.modems()]
        wanted = request.query_params.get("PhoneNumber")
        found = [each for each in found if wanted in {None, each["phone_number"]}]
        path = request.url.path
        return reply(
            {
                "incoming_phone_numbers": found,
                "page": 0,
                "page_size": 50,
                "start": 0,
                "end": max(0, len(found) - 1),
                "uri": path,
                "first_page_uri": path,
                "next_page_uri": None,
                "previous_page_uri": None,
            }
        )

    async def number(self, request: Request, values: tuple[str, ...]) -> Response:
        """``GET IncomingPhoneNumbers/{sid}.json``."""
        visit = await self.visit_by_header(request)
        modem = await self._modem(visit, values[1])
        return reply(await self._number(visit, modem, values[0]))

    async def set_number(self, request: Request, values: tuple[str, ...]) -> Response:
        """``POST IncomingPhoneNumbers/{sid}.json``: SmsUrl, empty for none."""
        visit = await self.visit_by_header(request)
        visit.require(handlers.ADD)
        modem = await self._modem(visit, values[1])
        said = await fields(request, blanks=True)
        owner, name = visit.caller.name, str(modem["name"])
        if "SmsUrl" not in said:
            return reply(await self._number(visit, modem, values[0]))
        if url := said["SmsUrl"]:
            await self._judge(url)
            hook = ledger.Hook(
                id=name,
                surface=self.name,
                owner=owner,
                event="received",
                url=url,
                secret=key_of(_token_of(request)),
                detail=values[0],
            )
            await self.house.directory.write(lambda db: ledger.put_hook(db, hook))
        else:
            await self.house.directory.write(
                lambda db: ledger.drop_hook(db, self.name, owner, name)
            )
        left = await self.house.directory.read(lambda db: ledger.hooks(db, self.name, owner))
        await self.callbacks.choose(self.name, owner, inbound=bool(left))
        return reply(await self._number(visit, modem, values[0]))

    async def _modem(self, visit: Visit, sid: str) -> dict[str, Any]:
        wanted = sid.removesuffix(".json")
        for each in await visit.modems():
            if wanted in {number_sid(each["name"]), each["name"], each["number"]}:
                return each
        raise Problem(404, "not_found", "The requested resource was not found")

    async def _number(self, visit: Visit, modem: Mapping[str, Any], account: str) -> dict[str, Any]:
        owner, name = visit.caller.name, modem["name"]
        found = await self.house.directory.read(lambda db: ledger.hooks(db, self.name, owner))
        url = next((each.url for each in found if each.id == name), None)
        sid = number_sid(name)
        return {
            "sid": sid,
            "account_sid": account,
            "friendly_name": name,
            "phone_number": modem["number"] or name,
            "sms_url": url,
            "sms_method": "POST",
            "status": "in-use",
            "api_version": API,
            "capabilities": {"sms": True, "voice": False, "mms": False, "fax": False},
            "uri": f"/{API}/Accounts/{account}/IncomingPhoneNumbers/{sid}.json",
        }


def _token_of(request: Request) -> str:
    """The token as it was shown: what the other side checks signatures with."""
    shown = request.headers.get("authorization", "")
    return basic(shown)[1] or shown.partition(" ")[2].strip()


def build(shared: Shared) -> Twilio:
    """The surface."""
    return Twilio(shared)
