"""``gsmd device``: devices behind SMS that handlers of the configuration describe."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gsmd.cli.connection import daemon
from gsmd.cli.exits import Exit, Stop
from gsmd.cli.options import configuration_option, daemon_options
from gsmd.cli.terminal import emit, emit_json

if TYPE_CHECKING:
    from gsmd.handlers.device import DeviceSettings


@click.command()
@click.argument("name")
@click.argument("command", required=False)
@click.argument("value", required=False)
@configuration_option
@daemon_options
def device(name: str, command: str | None, value: str | None, config: Path, as_json: bool) -> None:
    """Send COMMAND to the device that the handler NAME is for; without one, show its state.

    Prints the id of the message. The answer is in the state once it has come.
    """
    settings = _settings(config, name)
    if command is None:
        _show(settings, name, as_json=as_json)
        return
    params = _params(settings, name, command, value)
    with daemon() as client:
        message: dict[str, Any] = client.call("messages.send", **params)
    if as_json:
        emit_json([message])
    else:
        emit(str(message["id"]))


def _settings(path: Path, name: str) -> "DeviceSettings":
    from gsmd.cli.check import explain
    from gsmd.config import ConfigError, load
    from gsmd.handler_kinds import HANDLER_KINDS
    from gsmd.handlers.device import DeviceSettings

    try:
        config = load(path, HANDLER_KINDS)
    except ConfigError as error:
        raise Stop(explain(error), Exit.CONFIGURATION) from None
    found = {
        each.name: each.settings
        for each in config.handlers
        if isinstance(each.settings, DeviceSettings)
    }
    if name not in found:
        known = ", ".join(found) or "none"
        raise Stop(f"{path} has no handler {name} that is for a device; it has: {known}")
    return found[name]


def _params(
    settings: "DeviceSettings", name: str, command: str, value: str | None
) -> dict[str, Any]:
    from gsmd.client.errors import GsmdError
    from gsmd.gateways.mqtt.commands import to_send

    password = None
    if settings.password_file is not None:
        try:
            password = settings.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise Stop(f"the password of {name} cannot be read: {error}") from None
    try:
        params = to_send(settings.described(name), command, value, password)
    except GsmdError as error:
        raise Stop(error.message) from None
    return {**params, "handler": name, "receipt": "sent", "tag": command}


def _show(settings: "DeviceSettings", name: str, *, as_json: bool) -> None:
    from gsmd.handlers.device import read

    try:
        state = read(settings.state)
    except OSError as error:
        raise Stop(f"the state of {name} cannot be read: {error}") from None
    if as_json:
        emit_json([state])
        return
    for key, value in state.items():
        emit(f"{key}: {value}")
