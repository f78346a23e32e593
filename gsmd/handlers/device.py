"""A device behind SMS, a tracker or a gate: what it texts becomes values, in a file that says how it is.

Theory of operation. The file is a JSON object (`gsmd.devices`), put in the place of the former one and on the disk before
the message is acknowledged; whoever wants to know reads it, whenever they like. Commands go out by ``gsmd device``, in the
name of the handler: so what becomes of them, and what answers them, comes back to it. The command's name is the tag of its
message. Answers and receipts come in any order.

Expressions are searched for in a process of their own (`gsmd.process.expressions`): a device's number can be anybody's, and a
text made for an expression would keep the daemon from its modems.
"""

import asyncio
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from gsmd import devices
from gsmd.config import HandlerSettings
from gsmd.config.handlers import MatchRule
from gsmd.config.mqtt import DeviceCommand, DeviceConfig
from gsmd.config.types import AbsolutePath, Name, Number, Regex
from gsmd.handlers.base import Delivery, DeliveryMarks, Handler, HandlerError
from gsmd.numbers import is_same_number
from gsmd.process.expressions import groups_in
from gsmd.protocol.message import Message, Reply, to_wire

log = logging.getLogger(__name__)


class DeviceSettings(HandlerSettings, frozen=True, kw_only=True):
    """``device``: its number. ``state``: the file. The others are as in ``mqtt.devices``."""

    kind: ClassVar[str] = "device"

    device: Number
    state: AbsolutePath
    modem: Name | None = None
    password_file: AbsolutePath | None = None
    commands: tuple[DeviceCommand, ...] = ()
    parse: tuple[Regex, ...] = ()

    def __post_init__(self) -> None:
        self.described("device")

    def described(self, name: str) -> DeviceConfig:
        """The device, as a gateway would have it. Errors: `Impossible`."""
        return DeviceConfig(
            name=name,
            number=self.device,
            modem=self.modem,
            password_file=self.password_file,
            commands=self.commands,
            parse=self.parse,
        )

    @property
    def own_match(self) -> MatchRule | None:
        return MatchRule(from_=(self.device,))

    @property
    def wants_receipts(self) -> bool | None:
        return False


class DeviceHandler(Handler):
    """Keeps the file, one message after the other."""

    def __init__(
        self, name: str, settings: DeviceSettings, _marks: DeliveryMarks | None = None
    ) -> None:
        self.name = name
        self._settings = settings
        self._busy = False

    @property
    def capacity(self) -> int:
        return 0 if self._busy else 1

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """There is never a reply. Errors: `HandlerError`."""
        self._busy = True
        try:
            await self._change(delivery)
        except ChildProcessError as error:
            raise HandlerError(str(error)) from error
        except OSError as error:
            raise HandlerError(f"{self._settings.state}: {error.strerror}") from error
        finally:
            self._busy = False
        return None

    async def _change(self, delivery: Delivery) -> None:
        path, message = self._settings.state, delivery.message
        before = {"name": self.name, **await asyncio.to_thread(read, path)}
        if delivery.receipt is not None:
            state = _told(before, message, str(delivery.receipt.state))
        elif is_same_number(self._settings.device, message.peer):
            state = devices.heard(before, to_wire(message), await self._values(message))
        else:
            return  # the match of the configuration has more than the device in it
        if state is not None:
            await asyncio.to_thread(write, path, state)

    async def _values(self, message: Message) -> dict[str, Any]:
        content = devices.content_of(to_wire(message))
        return devices.values(await groups_in(self._settings.parse, content, self.name))


def read(path: Path) -> dict[str, Any]:
    """The state in a file; empty if there is none, or something else. Errors: `OSError`."""
    try:
        found = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError:
        log.warning("%s is no state of a device: it is written anew", path)
        return {}
    return found if isinstance(found, dict) else {}


def write(path: Path, state: Mapping[str, Any]) -> None:
    """Put a state in the place of the former one, and on the disk. Errors: `OSError`."""
    new = path.with_name(f"{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(state) + b"\n")
        file.flush()
        os.fsync(descriptor)
    new.replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _told(state: Mapping[str, Any], message: Message, became: str) -> dict[str, Any] | None:
    """The state once something became of a command, which may be told after what became of a later one."""
    if devices.is_last(state, message.id) and state.get("command") is not None:
        return devices.ended(state, message.id, became)
    asked = to_wire(message)["created_at"]
    if not devices.is_last(state, message.id) and asked < state.get("asked_at", ""):
        return None
    changed = devices.commanded(state, message.tag or "", message.id, became)
    return None if changed is None else {**changed, "asked_at": asked}
