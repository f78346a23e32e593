"""The section ``mqtt``: gsmd at a broker, with devices for Home Assistant."""

from typing import Annotated, Literal

from msgspec import Meta, field

from gsmd.config.errors import Impossible
from gsmd.config.handlers import MatchRule
from gsmd.config.network import Contact, Port
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
Octets = Annotated[
    str, text_like(r"^([0-9A-Fa-f]{2}){1,140}\Z", "1 to 140 octets in hex, like 0a1b")
]
Recipient = Annotated[
    str,
    text_like(
        r"^\+?[0-9]{3,20}\Z|^\+[0-9]{1,14}\*\Z", 'a number, or the beginning of one, like "+336*"'
    ),
]
User = Annotated[str, text_like(r"^\S{1,128}\Z", "the name of a user of the broker")]


class DeviceCommand(Section, frozen=True, kw_only=True):
    """A text that a device understands, or octets in hex. ``{password}`` and ``{value}`` are filled into the text.

    ``port``: the application port that it goes to, and comes from (3GPP TS 23.040 §9.2.3.24.4).
    """

    name: Name
    text: Text | None = None
    data: Octets | None = None
    port: Port | None = None

    def __post_init__(self) -> None:
        if (self.text is None) == (self.data is None):
            raise Impossible("one of text and data", key="text")

    @property
    def asks(self) -> bool:
        """It needs a value."""
        return self.text is not None and "{value}" in self.text


class DeviceConfig(Section, frozen=True, kw_only=True):
    """A device that is spoken to by SMS: a tracker, a router. ``parse``: expressions whose named groups become values."""

    name: Name
    number: Number
    modem: Name | None = None
    password_file: AbsolutePath | None = None
    commands: tuple[DeviceCommand, ...] = ()
    parse: tuple[Regex, ...] = ()

    def __post_init__(self) -> None:
        names = [command.name for command in self.commands]
        if len(set(names)) < len(names):
            raise Impossible("each name once", key="commands")
        secret = any("{password}" in (command.text or "") for command in self.commands)
        if secret and self.password_file is None:
            raise Impossible("a file, for the {password} of a command", key="password_file")


class MqttConfig(Section, frozen=True, kw_only=True):
    """The MQTT gateway. ``discovery`` None: nothing is said to Home Assistant.

    ``recipients`` None: anybody may be written to; else these, the contacts and the devices.

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
    recipients: tuple[Recipient, ...] | None = None
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
