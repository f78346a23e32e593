"""What devices behind SMS are told. Nothing here does I/O."""

from typing import Any

import msgspec

from gsmd.client.errors import Invalid, NotFound
from gsmd.config.mqtt import DeviceConfig
from gsmd.protocol.errors import Code


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
