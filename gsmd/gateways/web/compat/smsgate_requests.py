"""What SMSGate's programs say, as parameters of ours."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from gsmd.gateways.web.compat.surface import in_query
from gsmd.gateways.web.compat.visit import RECIPIENTS, Visit
from gsmd.gateways.web.problems import Problem


class Query:
    """The usual parameters of listings."""

    def __init__(self, request: Request) -> None:
        self._said = {name: values[-1] for name, values in in_query(request).items()}
        self._from, self._to = self._moment("from"), self._moment("to")

    def text(self, name: str) -> str:
        """A parameter as it stands there, else empty."""
        return self._said.get(name, "")

    def has(self, at: float) -> bool:
        """True for a moment in the span that is asked for."""
        return (self._from is None or at >= self._from) and (self._to is None or at <= self._to)

    def page(self, entries: list[Any], most: int) -> list[Any]:
        """The entries that are asked for."""
        limit, offset = self._number("limit", 50), self._number("offset", 0)
        return entries[offset : offset + max(1, min(limit, most))]

    def _number(self, name: str, usual: int) -> int:
        text = self.text(name)
        if not text:
            return usual
        if not (text.isascii() and text.isdigit()):
            raise Problem(400, "wrong_type", f"{name} is a number")
        return int(text[:9])

    def _moment(self, name: str) -> float | None:
        text = self.text(name).replace(" ", "+")
        try:
            return datetime.fromisoformat(text).timestamp() if text else None
        except ValueError as error:
            raise Problem(400, "wrong_type", f"{name} is a time as RFC 3339 has it") from error


def numbers_of(said: Mapping[str, Any]) -> list[str]:
    """The recipients, each once. Errors: `Problem`."""
    numbers = said.get("phoneNumbers")
    if not isinstance(numbers, list) or not all(isinstance(each, str) for each in numbers):
        raise Problem(400, "wrong_type", "phoneNumbers is a list of numbers")
    if not 0 < len(numbers) <= RECIPIENTS:
        raise Problem(400, "impossible_value", f"phoneNumbers: from 1 to {RECIPIENTS}")
    return list(dict.fromkeys(numbers))


def id_of(said: Mapping[str, Any]) -> str:
    """The id of the caller's own, empty if there is none. Errors: `Problem`."""
    id_ = said.get("id") or ""
    if not isinstance(id_, str) or len(id_) > 36 or not id_.isprintable():
        raise Problem(400, "wrong_type", "id has at most 36 characters")
    return id_


def content_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Text or data. Errors: `Problem`."""
    if said.get("isEncrypted"):
        raise Problem(400, "encrypted", "encrypted messages cannot be sent here: isEncrypted")
    if said.get("mmsMessage"):
        raise Problem(400, "no_mms", "there is no MMS here")
    text, data = said.get("textMessage"), said.get("dataMessage")
    if isinstance(text, dict) and isinstance(text.get("text"), str):
        return {"text": text["text"]}
    if isinstance(data, dict) and isinstance(data.get("data"), str):
        try:
            octets = base64.b64decode(data["data"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise Problem(400, "wrong_type", "dataMessage.data is Base64") from error
        return {"data": octets.hex(), "ports": {"destination": data.get("port")}}
    if isinstance(said.get("message"), str):
        return {"text": said["message"]}
    raise Problem(400, "nocontent_of", "No message content provided")


def terms_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """How long, when, how urgently. Errors: `Problem`."""
    terms: dict[str, Any] = {"report": bool(said.get("withDeliveryReport", True))}
    if said.get("ttl") is not None and said.get("validUntil") is not None:
        raise Problem(400, "wrong_type", "ttl or validUntil, not both")
    seconds = said.get("ttl")
    if said.get("validUntil") is not None:
        seconds = _seconds_until(str(said["validUntil"]))
    if seconds is not None:
        if not isinstance(seconds, int | float) or seconds <= 0:
            raise Problem(400, "impossible_value", "ttl and validUntil lie ahead")
        terms["validity"] = terms["send_within"] = float(seconds)
    if said.get("scheduleAt") is not None:
        terms["not_before"] = str(said["scheduleAt"])
    priority = said.get("priority")
    if isinstance(priority, int) and priority:
        terms["priority"] = max(-100, min(100, priority))
    return terms


def _seconds_until(text: str) -> float:
    try:
        until = datetime.fromisoformat(text)
    except ValueError as error:
        raise Problem(400, "wrong_type", "validUntil is a time as RFC 3339 has it") from error
    return (until.astimezone(UTC) - datetime.now(UTC)).total_seconds()


async def modem_of(visit: Visit, said: Mapping[str, Any]) -> str | None:
    """The modem that a device or the number of a SIM stands for. Errors: `Problem`."""
    if said.get("deviceId"):
        return str(said["deviceId"])
    number = said.get("simNumber")
    if number is None:
        return None
    names = await visit.names_of_modems()
    if not isinstance(number, int) or not 1 <= number <= len(names):
        raise Problem(400, "impossible_value", f"simNumber: from 1 to {len(names)}")
    return names[number - 1]
