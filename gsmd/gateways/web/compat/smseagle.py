"""SMSEagle: API v2 as Uptime Kuma calls it, JSON-RPC as Apprise does, and the older HTTP requests of LibreNMS and others.

The token is the access token: in the header ``access-token``, or as ``access_token``, or as ``pass`` beside any ``login``. What is sent
gets a number, as there. Groups are the lists of gsmd; contacts there are none.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gsmd.gateways.web.compat import ledger
from gsmd.gateways.web.compat.surface import (
    Shared,
    Surface,
    Table,
    fields,
    number_of,
    plain,
    reply,
)
from gsmd.gateways.web.compat.visit import Visit
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest import bodies
from gsmd.protocol import lists

_TRUE = {"1", "true", "yes"}


class SmsEagle(Surface):
    """The three generations of its interface."""

    name = "smseagle"
    prefixes = (
        *("/api/v2", "/jsonrpc", "/http_api"),
        *("/index.php/jsonrpc", "/index.php/http_api"),
    )

    def table(self) -> Table:
        old = [
            (verb, f"{prefix}/http_api/{name}", handle)
            for prefix in ("", "/index.php")
            for name, handle in (("send_sms", self.old_send), ("send_togroup", self.old_to_group))
            for verb in ("GET", "POST")
        ]
        rpc = [("POST", f"{prefix}/jsonrpc/sms", self.rpc) for prefix in ("", "/index.php")]
        return (("POST", "/api/v2/messages/sms", self.send), *rpc, *old)

    def refused(self, problem: Problem) -> Response:
        return plain(_said(problem))

    def refused_at(self, problem: Problem, path: str) -> Response:
        text = _said(problem)
        if path.startswith("/api/v2"):
            return reply({"message": text}, problem.status)
        if "/jsonrpc" in path:
            return reply({"result": {"status": "error", "error_text": text}})
        return self.refused(problem)

    # API v2

    async def send(self, request: Request, _: tuple[str, ...]) -> Response:
        """``POST /api/v2/messages/sms {to: […], text, groups?, encoding?, priority?, …}``."""
        token = request.headers.get("access-token") or request.query_params.get("access_token", "")
        visit = await self.visit(request, token)
        body = await bodies.json_object(request)
        text = body.get("text")
        if not isinstance(text, str) or not text:
            raise Problem(400, "missing_field", "text is missing")
        numbers = [number_of(str(each)) for each in _listed(body.get("to"))]
        for group in _listed(body.get("groups")):
            numbers += await self._members(visit, str(group))
        if body.get("contacts"):
            raise Problem(400, "no_contacts", "there are no contacts here: to, or groups")
        sent = await self._send(visit, numbers, text, body)
        return reply(
            [
                {"status": "queued", "message": "OK", "number": number, "id": seq}
                if seq
                else {"status": "error", "message": error, "number": number}
                for number, seq, error in sent
            ]
        )

    # JSON-RPC

    async def rpc(self, request: Request, _: tuple[str, ...]) -> Response:
        """``POST /jsonrpc/sms {method: "sms.send_sms", params: {…}}``."""
        body = bodies.read_object(await bodies.octets(request))
        params = body.get("params")
        if not isinstance(params, dict):
            raise Problem(400, "wrong_type", "params is missing")
        visit = await self.visit(request, str(params.get("access_token") or params.get("pass", "")))
        match body.get("method"):
            case "sms.send_sms":
                numbers = [number_of(each) for each in str(params.get("to", "")).split(",")]
            case "sms.send_togroup":
                numbers = await self._members(visit, str(params.get("groupname", "")))
            case other:
                raise Problem(400, "unknown_method", f"Unknown method: {str(other)[:40]}")
        sent = await self._send(visit, numbers, str(params.get("message", "")), params)
        many = "," in str(params.get("to", "")) or body["method"] != "sms.send_sms"
        result = _result(sent, many=many, extended=params.get("responsetype") == "extended")
        more = {key: body[key] for key in ("id", "jsonrpc") if key in body}
        return reply({**more, "result": result})

    # HTTP

    async def old_send(self, request: Request, _: tuple[str, ...]) -> Response:
        """``GET /http_api/send_sms?access_token=…&to=…&message=…``: answered with a line of text."""
        said = await fields(request)
        visit = await self._old(request, said)
        numbers = [number_of(each) for each in said.get("to", "").split(",") if each.strip()]
        return await self._old_answer(visit, numbers, said)

    async def old_to_group(self, request: Request, _: tuple[str, ...]) -> Response:
        """The same with ``groupname``."""
        said = await fields(request)
        visit = await self._old(request, said)
        return await self._old_answer(
            visit, await self._members(visit, said.get("groupname", "")), said
        )

    async def _old(self, request: Request, said: Mapping[str, str]) -> Visit:
        return await self.visit(request, said.get("access_token") or said.get("pass", ""))

    async def _old_answer(
        self, visit: Visit, numbers: list[str], said: Mapping[str, str]
    ) -> Response:
        sent = await self._send(visit, numbers, said.get("message", ""), said)
        lines = [f"OK; ID={seq}" if seq else f"Error: {error}" for _, seq, error in sent]
        return plain("\n".join(lines))

    # all of them

    async def _send(
        self, visit: Visit, numbers: list[str], text: str, said: Mapping[str, Any]
    ) -> list[tuple[str, int, str]]:
        """Number, row and error of each."""
        numbers = [each for each in numbers if each]
        if not text:
            raise Problem(400, "missing_field", "Wrong parameters: no text")
        urgent = str(said.get("highpriority") or said.get("priority") or 0)
        flash = str(said.get("flash") or 0).lower() in _TRUE
        body: dict[str, Any] = {"text": text, "flash": flash or None, "modem": said.get("modem")}
        if urgent.isdecimal() and int(urgent[:3]) > 0:
            body["priority"] = min(100, int(urgent[:3]) * 10)
        if said.get("modem_no") is not None:
            names = await visit.names_of_modems()
            number = str(said["modem_no"])
            if not (number.isdecimal() and 1 <= int(number[:3]) <= len(names)):
                raise Problem(400, "no_such_modem", "Wrong parameters: modem_no")
            body["modem"] = names[int(number[:3]) - 1]
        if str(said.get("test") or 0).lower() in _TRUE:
            return [(number, 1, "") for number in numbers]
        sent = await visit.send_each(numbers, body)
        rows = [
            ledger.Sent(
                surface=self.name,
                owner=visit.caller.name,
                id=each["id"] if isinstance(each, dict) else "",
                message=each["id"] if isinstance(each, dict) else "",
                peer=number,
                error="" if isinstance(each, dict) else str(each),
            )
            for number, each in zip(numbers, sent, strict=True)
        ]
        kept = await self.house.directory.write(lambda db: ledger.add_sent(db, rows))
        return [
            (row.peer, 0 if row.error else seq, row.error)
            for row, seq in zip(rows, kept, strict=True)
        ]

    async def _members(self, visit: Visit, name: str) -> list[str]:
        call = visit.call("GET", "/lists/{list}", name)
        call.require(lists.GET)
        found = await call.ask(lists.GET, call.held({}))
        return [str(each["peer"] if isinstance(each, dict) else each) for each in found["members"]]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _result(sent: list[tuple[str, int, str]], *, many: bool, extended: bool) -> Any:
    if extended:
        shown = [
            {"message_id": str(seq), "status": "ok"}
            if seq
            else {"status": "error", "error_text": error}
            for _, seq, error in sent
        ]
    else:
        shown = [f"OK; ID={seq}" if seq else f"Error: {error}" for _, seq, error in sent]  # type: ignore[misc] # texts, in the simple form
    return shown if many else shown[0]


def _said(problem: Problem) -> str:
    return "Invalid access token" if problem.status == 401 else str(problem)


def build(shared: Shared) -> SmsEagle:
    """The surface."""
    return SmsEagle(shared)
