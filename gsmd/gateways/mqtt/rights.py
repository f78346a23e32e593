"""What may be asked for over the broker, and who may be written to."""

from collections.abc import Mapping
from typing import Any

from gsmd import numbers
from gsmd.client.errors import Invalid, NotFound, NotPermitted, ProtocolError
from gsmd.config.mqtt import MqttConfig
from gsmd.protocol.errors import Code
from gsmd.protocol.method import OVERRIDE, Method, Role
from gsmd.protocol.methods import METHODS

_OF_A_CONNECTION = frozenset(
    {"inbox.subscribe", "inbox.unsubscribe", "events.subscribe", "events.unsubscribe"}
)
"""Methods that are about the connection that they are asked for on, which is the gateway's."""

_TO_MANY = frozenset({"campaigns.create", "campaigns.resume"})
"""Methods that write to people whom the request does not name."""

_RECIPIENT = {"verify.expect": "from"}
"""Where the recipient does not stand in ``to``."""


class Rights:
    """``may`` and ``recipients`` of the configuration. ``country`` completes national numbers."""

    def __init__(self, settings: MqttConfig, country: str | None) -> None:
        self._may = frozenset(settings.may)
        self._country = country
        self._contacts = settings.contacts
        self._allowed = settings.recipients
        self._devices = settings.devices

    def method(self, name: str) -> Method[Any, Any]:
        """The method that may be asked for. Errors: `ProtocolError` (no such method), `NotPermitted`."""
        row = METHODS.get(name)
        if row is None or name in _OF_A_CONNECTION or row.noun == "carriers":
            text = f"no method {name!r} can be asked for over MQTT"
            raise ProtocolError(text, code=Code.METHOD_NOT_FOUND, reason="no_such_method")
        self.require(row.roles, name)
        return row

    def require(self, roles: frozenset[Role], what: str) -> None:
        """Errors: `NotPermitted` unless one of the roles is among those of ``may``."""
        if not roles or roles & self._may or Role.ADMIN in self._may:
            return
        needed = " or ".join(sorted(roles))
        text = f"{what} needs {needed}, which mqtt.may does not give"
        raise NotPermitted(text, code=Code.NOT_PERMITTED, reason="missing_role", data={})

    def addressed(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """``params`` with a contact's name replaced by the number. Errors: `NotPermitted` for whom nobody may write to."""
        key = _RECIPIENT.get(method, "to")
        found = dict(params)
        to = found.get(key)
        if isinstance(to, int) and not isinstance(to, bool):
            to = self.target(str(to))  # templates of others make a number of +33612345678
        if isinstance(to, str):
            found[key] = to = self._contacts.get(to, to)
        if found.get("override"):
            self.require(OVERRIDE, f"{method} with override")
        if self._allowed is None:
            return found
        if method in _TO_MANY:
            raise self._not_to("everybody on a list")
        if isinstance(to, str) and not self._is_allowed(to):
            raise self._not_to(to)
        return found

    def target(self, word: str) -> str:
        """The number that the last level of a topic means: a contact's, or digits. Errors: `NotFound`, `Invalid`."""
        if (number := self._contacts.get(word)) is not None:
            return number
        if not word.isdecimal() or not word.isascii():
            text = f"{word!r} is neither the name of a contact nor digits"
            raise NotFound(text, code=Code.NOT_FOUND, reason="no_such_contact")
        if len(word) > numbers.SHORT_CODE and not word.startswith("0"):
            return f"+{word}"
        return word

    def _is_allowed(self, to: str) -> bool:
        number = self._spelled(to)
        known = (*self._contacts.values(), *(device.number for device in self._devices))
        return any(number == self._spelled(each) for each in known) or any(
            number.startswith(each[:-1]) if each.endswith("*") else number == self._spelled(each)
            for each in self._allowed or ()
        )

    def _spelled(self, number: str) -> str:
        try:
            return numbers.normalise(number, self._country)
        except numbers.NotANumber:
            return number

    @staticmethod
    def _not_to(whom: str) -> NotPermitted:
        text = f"mqtt.recipients does not allow {whom}"
        return NotPermitted(
            text, code=Code.NOT_PERMITTED, reason="recipient_not_allowed", data={"field": "to"}
        )


def as_object(payload: bytes, decode: Any) -> dict[str, Any]:
    """The JSON object of a payload; nothing at all is an empty one. Errors: `Invalid`."""
    if not payload.strip():
        return {}
    try:
        found = decode(payload)
    except (ValueError, RecursionError, OverflowError) as error:
        raise Invalid(
            f"no JSON: {error}", code=Code.PARSE_ERROR, reason="not_json", data={}
        ) from None
    if not isinstance(found, dict):
        raise Invalid("a JSON object is expected", code=Code.INVALID_PARAMS, reason="not_an_object")
    return found
