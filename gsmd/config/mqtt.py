"""The section ``mqtt``: gsmd at a broker, with devices for Home Assistant."""

from typing import Annotated, Literal

from msgspec import Meta, field

from gsmd.config.errors import Impossible
from gsmd.config.handlers import MatchRule
from gsmd.config.network import Contact
from gsmd.config.types import AbsolutePath, Name, Number, Regex, Section, Text, text_like
from gsmd.protocol.method import Role

BrokerUrl = Annotated[
    str,
    text_like(
        r"^mqtts?://[^\s/?#@]+\Z",
        "mqtt:// or mqtts://, a host and perhaps a port, like mqtt://127.0.0.1:1883",
    ),
]
BaseTopic = Annotated[
    str, text_like(r"^[^\s+#/$][^\s+#]{0,99}(?<!/)\Z", "a topic without +, # and blanks, like gsmd")
]
User = Annotated[str, text_like(r"^\S{1,128}\Z", "the name of a user of the broker")]


class DeviceCommand(Section, frozen=True, kw_only=True):
    """A text that a device understands. ``{password}`` and ``{value}`` are filled in."""

    name: Name
    text: Text


class DeviceConfig(Section, frozen=True, kw_only=True):
    """A device that is spoken to by SMS: a tracker, a router. ``parse``: expressions whose named groups become values."""

    name: Name
    number: Number
    modem: Name | None = None
    password_file: AbsolutePath | None = None
    commands: tuple[DeviceCommand, ...] = ()
    parse: tuple[Regex, ...] = ()


class MqttConfig(Section, frozen=True, kw_only=True):
    """The MQTT gateway. ``discovery`` None: nothing is said to Home Assistant.

    ``state_dir`` None: ``$STATE_DIRECTORY``, else /var/lib/gsmd-mqtt.
    """

    broker: BrokerUrl = "mqtt://127.0.0.1:1883"
    user: User | None = None
    password_file: AbsolutePath | None = None
    ca: AbsolutePath | None = None
    client_id: Annotated[
        str, text_like(r"^[A-Za-z0-9_-]{1,64}\Z", "a name of 1 to 64 letters and digits")
    ] = "gsmd"
    base_topic: BaseTopic = "gsmd"
    discovery: Literal["homeassistant"] | None = "homeassistant"
    may: tuple[Role, ...] = (Role.READ, Role.SEND, Role.HANDLE)
    match: MatchRule | None = None
    contacts: dict[Name, Contact] = field(default_factory=dict)
    devices: tuple[DeviceConfig, ...] = ()
    keep_alive: Annotated[int, Meta(ge=5, le=3600, description="seconds, 5 to 3600")] = 30
    state_dir: AbsolutePath | None = None

    def __post_init__(self) -> None:
        if self.password_file is not None and self.user is None:
            raise Impossible("user beside it", key="password_file")
        if self.ca is not None and not self.broker.startswith("mqtts:"):
            raise Impossible("a broker that begins with mqtts:", key="ca")
        names = [device.name for device in self.devices]
        if len(set(names)) < len(names):
            raise Impossible("each name once", key="devices")
