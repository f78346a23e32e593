"""Devices behind SMS: trackers, routers, gates. A command on a topic is a text to the device; its answer is its state.

Theory of operation. A command goes the way of every send, with the device in its context. An answer is known by
``in_reply_to``, else by its number; the expressions of the configuration make values of it, which are merged into the
state. The state is on the disk before the message is acknowledged, and retained at the broker. Messages change it one after the
other: expressions are searched for in a process of their own, with an end.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gsmd import devices, numbers
from gsmd.config.mqtt import DeviceConfig
from gsmd.gateways.database import Database
from gsmd.gateways.mqtt import commands, shapes, tables
from gsmd.gateways.mqtt.topics import Topics
from gsmd.process.expressions import groups_in

Retain = Callable[[str, bytes], Awaitable[None]]


class Devices:
    """The devices of the configuration, and the last state of each. ``retain`` has something retained on a topic."""

    def __init__(self, database: Database, retain: Retain, topics: Topics) -> None:
        self._database = database
        self._retained = retain
        self._topics = topics
        self._devices: dict[str, DeviceConfig] = {}
        self._passwords: Mapping[str, str] = {}
        self._told: dict[str, dict[str, Any]] = {}
        self._hearing = asyncio.Lock()

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
        if (name := context.get("device")) in self._devices:
            command = context["command"]
            state = devices.commanded(self._state(name), command, message["id"], message["state"])
            await self._change(name, state)

    async def ended(self, message: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        """The message that a command became came to another state."""
        if (name := context.get("device")) in self._devices:
            state = devices.ended(self._state(name), message["id"], message["state"])
            await self._change(name, state)

    async def received(self, message: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        """A message came in. ``context`` is that of the command it answers, or empty."""
        device = self._devices.get(context.get("device", "")) or self._of(message["peer"])
        if device is None:
            return
        async with self._hearing:
            groups = await groups_in(device.parse, devices.content_of(message), device.name)
            state = devices.heard(self._state(device.name), message, devices.values(groups))
            await self._change(device.name, state)

    def _of(self, peer: str) -> DeviceConfig | None:
        return next(
            (each for each in self._devices.values() if numbers.is_same_number(each.number, peer)),
            None,
        )

    def _state(self, name: str) -> dict[str, Any]:
        return {"name": name, **self._told.get(name, {})}

    async def _change(self, name: str, state: dict[str, Any] | None) -> None:
        if state is None:
            return
        self._told[name] = state
        await self._database.write(partial(tables.keep_device, name=name, state=state))
        await self._retain(name)

    async def _drop(self, name: str) -> None:
        del self._told[name]
        await self._database.write(partial(tables.forget_device, name=name))
        await self._retained(self._topics.device(name), b"")

    async def _retain(self, name: str) -> None:
        await self._retained(self._topics.device(name), shapes.encode(self._told[name]))
