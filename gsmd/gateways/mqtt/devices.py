"""Devices behind SMS: trackers, routers, gates. A command on a topic is a text to the device; its answer is its state.

Theory of operation. A command goes the way of every send, with the device in its context. An answer is known by
``in_reply_to``, else by its number; the expressions of the configuration make values of it, which are merged into the
state. The state is on the disk before the message is acknowledged, and retained at the broker.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from gsmd import numbers
from gsmd.config.mqtt import DeviceConfig
from gsmd.gateways.database import Database
from gsmd.gateways.mqtt import commands, shapes, tables
from gsmd.gateways.mqtt.states import States
from gsmd.gateways.mqtt.topics import Topics


class Devices:
    """The devices of the configuration, and the last state of each."""

    def __init__(self, database: Database, states: States, topics: Topics) -> None:
        self._database = database
        self._states = states
        self._topics = topics
        self._devices: dict[str, DeviceConfig] = {}
        self._passwords: Mapping[str, str] = {}
        self._told: dict[str, dict[str, Any]] = {}

    async def open(self) -> None:
        """Take up the states of before."""
        self._told = await self._database.read(tables.device_states)
        for name in self._told.keys() & self._devices.keys():
            await self._retain(name)

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
        """A command became a message, or that came to another state."""
        if (name := context.get("device")) in self._devices:
            news = {"command": context["command"], "command_state": message["state"]}
            await self._change(name, {**news, "message": message["id"]})

    async def received(self, message: Mapping[str, Any], context: Mapping[str, Any]) -> None:
        """A message came in. ``context`` is that of the command it answers, or empty."""
        device = self._devices.get(context.get("device", "")) or self._of(message["peer"])
        if device is None:
            return
        news = commands.read_answer(device, message)
        if "command" in context:
            news["command"] = context["command"]
            news["command_state"] = "answered"
        news |= {"at": message["created_at"], "text": message["text"], "data": message["data"]}
        await self._change(device.name, news)

    def _of(self, peer: str) -> DeviceConfig | None:
        return next(
            (each for each in self._devices.values() if numbers.is_same_number(each.number, peer)),
            None,
        )

    async def _change(self, name: str, news: Mapping[str, Any]) -> None:
        state = self._told[name] = {"name": name, **self._told.get(name, {}), **news}
        await self._database.write(partial(tables.keep_device, name=name, state=state))
        await self._retain(name)

    async def _retain(self, name: str) -> None:
        await self._states.put(self._topics.device(name), shapes.encode(self._told[name]))
