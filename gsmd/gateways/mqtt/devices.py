"""Devices behind SMS: trackers, routers, gates. A command on a topic is a text to the device; its answer is its state.

Theory of operation. A command goes the way of every send, with the device in its context. An answer is known by
``in_reply_to``, else by its number; the expressions of the configuration make values of it, which are merged into the
state. The state is on the disk before the message is acknowledged, and retained at the broker.

What the state says of a command is of the last one. A device may answer before the network tells that the command was
delivered: what is answered stays so, and nothing that is told of an earlier command changes it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gsmd import numbers
from gsmd.config.mqtt import DeviceConfig
from gsmd.gateways.database import Database
from gsmd.gateways.mqtt import commands, shapes, tables
from gsmd.gateways.mqtt.topics import Topics

Retain = Callable[[str, bytes], Awaitable[None]]

ANSWERED = "answered"
"""What a command is whose answer came; before, it is what its message is."""


class Devices:
    """The devices of the configuration, and the last state of each. ``retain`` has something retained on a topic."""

    def __init__(self, database: Database, retain: Retain, topics: Topics) -> None:
        self._database = database
        self._retained = retain
        self._topics = topics
        self._devices: dict[str, DeviceConfig] = {}
        self._passwords: Mapping[str, str] = {}
        self._told: dict[str, dict[str, Any]] = {}

    async def open(self) -> None:
        """Take up the states of before, of devices that are still configured."""
        self._told = await self._database.read(tables.device_states)
        for name in [*self._told]:
            await (self._retain(name) if name in self._devices else self._drop(name))

    async def forget(self, is_stranger: Callable[[str], Awaitable[bool]]) -> None:
        """Let go of the states of devices whose numbers ``is_stranger`` says the daemon knows nothing of."""
        for name in self._told.keys() & self._devices.keys():
            if await is_stranger(self._devices[name].number):
                await self._drop(name)

    def adopt(self, devices: Sequence[DeviceConfig], passwords: Mapping[str, str]) -> None:
        """Go by this configuration. ``passwords``: by the name of the device."""
        self._devices = {device.name: device for device in devices}
        self._passwords = passwords

    def command(self, name: str, payload: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
        """The parameters of the send that a command is, and its context. Errors: `NotFound`, `Invalid`."""
        device = self._devices.get(name)
        if device is None:
            raise commands.no_such_device(name)
        word, value = commands.read_command(payload)
        params = commands.to_send(device, word, value, self._passwords.get(name))
        return params, {"device": name, "command": word}

    async def accepted(self, message: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        """A command became a message."""
        name = context.get("device")
        if name in self._devices and not self._is_answered(name, message["id"]):
            news = {"command": context["command"], "command_state": message["state"]}
            await self._change(name, {**news, "message": message["id"]})

    async def ended(self, message: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        """The message that a command became came to another state."""
        name = context.get("device")
        if name not in self._devices or self._is_answered(name, message["id"]):
            return
        if self._is_last(name, message["id"]):
            await self._change(name, {"command_state": message["state"]})

    async def received(self, message: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        """A message came in. ``context`` is that of the command it answers, or empty."""
        device = self._devices.get(context.get("device", "")) or self._of(message["peer"])
        if device is None:
            return
        news = commands.read_answer(device, message)
        if "command" in context and self._is_last(device.name, message["in_reply_to"]):
            news["command_state"] = ANSWERED
        news |= {"at": message["created_at"], "text": message["text"], "data": message["data"]}
        await self._change(device.name, news)

    def _is_last(self, name: str, message: str) -> bool:
        return bool(self._told.get(name, {}).get("message") == message)

    def _is_answered(self, name: str, message: str) -> bool:
        state = self._told.get(name, {}).get("command_state")
        return self._is_last(name, message) and state == ANSWERED

    def _of(self, peer: str) -> DeviceConfig | None:
        return next(
            (each for each in self._devices.values() if numbers.is_same_number(each.number, peer)),
            None,
        )

    async def _change(self, name: str, news: Mapping[str, Any]) -> None:
        state = self._told[name] = {"name": name, **self._told.get(name, {}), **news}
        await self._database.write(partial(tables.keep_device, name=name, state=state))
        await self._retain(name)

    async def _drop(self, name: str) -> None:
        del self._told[name]
        await self._database.write(partial(tables.forget_device, name=name))
        await self._retained(self._topics.device(name), b"")

    async def _retain(self, name: str) -> None:
        await self._retained(self._topics.device(name), shapes.encode(self._told[name]))
