"""What devices behind SMS are told, and what is made of their answers. Nothing here does I/O."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from gsmd.client.errors import Invalid, NotFound
from gsmd.config.mqtt import DeviceConfig
from gsmd.protocol.errors import Code

OWN = frozenset({"at", "text", "data", "command", "command_state", "message", "name"})
"""Members of a device's state that are the gateway's."""

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})\Z", re.ASCII)
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}\Z", re.ASCII)


def values_of(device: DeviceConfig) -> list[str]:
    """The values that the device's answers can have, in the order of the expressions."""
    groups: dict[str, None] = {}
    for expression in device.parse:
        groups.update(dict.fromkeys(re.compile(expression).groupindex))
    return [each for each in groups if each not in OWN]


def read_command(payload: bytes) -> tuple[str, str | None]:
    """A command's name and its value: the name alone, or JSON ``{"command": …, "value": …}``. Errors: `Invalid`."""
    try:
        text = payload.decode().strip()
        found = msgspec.json.decode(text) if text.startswith("{") else {"command": text}
    except (ValueError, RecursionError, OverflowError) as error:
        raise Invalid(
            f"no command: {error}", code=Code.PARSE_ERROR, reason="not_json", data={}
        ) from None
    name, value = found.get("command"), found.get("value")
    if not isinstance(name, str) or not (value is None or isinstance(value, str | int | float)):
        text = 'the name of a command, or {"command": …, "value": …}'
        raise Invalid(text, code=Code.INVALID_PARAMS, reason="not_a_command", data={})
    return name, None if value is None else str(value)


def to_send(
    device: DeviceConfig, name: str, value: str | None, password: str | None
) -> dict[str, Any]:
    """The parameters of `messages.send` for a command. Errors: `NotFound`, `Invalid`."""
    command = next((each for each in device.commands if each.name == name), None)
    if command is None:
        known = ", ".join(each.name for each in device.commands) or "none"
        text = f"{device.name} has no command {name!r}; it has: {known}"
        raise NotFound(text, code=Code.NOT_FOUND, reason="no_such_command", data={})
    if command.asks and value is None:
        text = f"{name} needs a value"
        raise Invalid(text, code=Code.INVALID, reason="no_value", data={"field": "value"})
    params: dict[str, Any] = {"to": device.number, "report": True}
    if device.modem is not None:
        params["modem"] = device.modem
    if command.text is not None:
        filled = command.text.replace("{password}", password or "")
        params["text"] = filled.replace("{value}", value or "")
    else:
        params["data"] = command.data
    if command.port is not None:
        params["ports"] = {"destination": command.port, "source": command.port}
    return params


def no_such_device(name: str) -> NotFound:
    """The error for a device that is not configured."""
    return NotFound(
        f"there is no device {name!r}", code=Code.NOT_FOUND, reason="no_such_device", data={}
    )


def read_answer(device: DeviceConfig, message: Mapping[str, Any]) -> dict[str, Any]:
    """The values in a message of the device: of its text, or of its octets in hex."""
    content = message["text"] if message["text"] is not None else message["data"] or ""
    found: dict[str, Any] = {}
    for expression in device.parse:
        if (match := re.search(expression, content)) is not None:
            found.update(
                (name, _typed(value))
                for name, value in match.groupdict().items()
                if value is not None and name not in OWN
            )
    return found


def _typed(value: str) -> str | int | float:
    """A number where it is written as one: ``48.85`` and ``7``, not ``007``."""
    if _WHOLE.match(value):
        return int(value)
    return float(value) if _FRACTION.match(value) else value
