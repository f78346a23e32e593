"""The configuration as frozen values: every key, its type, its default and what it may be.

Durations are float seconds. `gsmd.config.reader` fills these from YAML; the words in
``description`` are what an error says was expected. ``docs/configuration.md`` explains each key.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from msgspec import Meta

from gsmd.config.backoff import Backoff
from gsmd.config.contests import ContestConfig
from gsmd.config.errors import Impossible
from gsmd.config.forms import FormConfig
from gsmd.config.handlers import HandlerConfig
from gsmd.config.twoway import (
    CampaignsConfig,
    DeskConfig,
    GuardConfig,
    KeywordsConfig,
    ListConfig,
    OptOutConfig,
    PollConfig,
    RedactConfig,
    SelftestConfig,
    VerifyConfig,
)
from gsmd.config.types import (
    AbsolutePath,
    Account,
    Arguments,
    Count,
    Country,
    Digits15,
    Iccid,
    Listen,
    Name,
    Number,
    NumberPrefix,
    Regex,
    Seconds,
    Section,
    UsbId,
    Waiting,
    later,
    parse_mode,
    parsed,
    text_like,
)
from gsmd.protocol.method import Role

if TYPE_CHECKING:
    from gsmd.config.fleet import FleetConfig
    from gsmd.config.mail import MailConfig
    from gsmd.config.mqtt import MqttConfig
    from gsmd.config.smpp import SmppConfig
    from gsmd.config.web import WebConfig
else:  # a daemon without gateways does without their sections
    FleetConfig = later("gsmd.config.fleet:FleetConfig")
    MailConfig = later("gsmd.config.mail:MailConfig")
    MqttConfig = later("gsmd.config.mqtt:MqttConfig")
    SmppConfig = later("gsmd.config.smpp:SmppConfig")
    WebConfig = later("gsmd.config.web:WebConfig")

SOCKET_PATH_LIMIT = 107
"""Octets in a Unix socket's path: ``sun_path`` less its terminating zero, unix(7)."""


class SocketConfig(Section, frozen=True, kw_only=True):
    """The Unix socket. ``group`` None: gsmd if there is such a group, else the daemon's own."""

    path: AbsolutePath = Path("/run/gsmd/gsmd.sock")
    group: Account | None = None
    mode: Annotated[int, parsed(parse_mode)] = 0o660

    def __post_init__(self) -> None:
        if len(bytes(self.path)) > SOCKET_PATH_LIMIT:
            raise Impossible(f"a path of at most {SOCKET_PATH_LIMIT} octets", key="path")


class AccessRule(Section, frozen=True, kw_only=True):
    """The rights of one user, or of the members of one group."""

    user: Account | None = None
    group: Account | None = None
    may: tuple[Role, ...]

    def __post_init__(self) -> None:
        if (self.user is None) == (self.group is None):
            raise Impossible("exactly one of user and group")
        if not self.may:
            raise Impossible(
                "at least one of read, send, handle, carry, override, admin", key="may"
            )


class Match(Section, frozen=True, kw_only=True):
    """Properties that identify a modem whatever its port is called. All that are given must be true of it.

    ``interface`` is the number of the USB interface with the AT port.
    """

    imei: Digits15 | None = None
    iccid: Iccid | None = None
    usb: UsbId | None = None
    interface: Annotated[int, Meta(ge=0, le=255, description="a USB interface number")] | None = (
        None
    )

    def __post_init__(self) -> None:
        if self.imei is None and self.iccid is None and self.usb is None:
            raise Impossible("at least one of imei, iccid and usb")
        if self.interface is not None and self.usb is None:
            raise Impossible("usb beside it: an interface is one of a USB device", key="interface")


class Limits(Section, frozen=True, kw_only=True):
    """Sending limits of a modem: seconds from message part to message part, parts per hour and day."""

    interval: Seconds = 0.0
    per_hour: Count | None = None
    per_day: Count | None = None


class CreditConfig(Section, frozen=True, kw_only=True):
    """The query for the balance of a prepaid SIM: its USSD code, the figure in the answer, how often, and what is little."""

    ussd: Annotated[str, text_like(r"^[0-9*#+]{1,40}\Z", 'a USSD code in quotes, like "*100#"')]
    match: Regex = r"([0-9]+(?:[.,][0-9]+)*)"
    every: Waiting = 86_400.0
    low: Annotated[float, Meta(description="a number")] | None = None


class ModemConfig(Section, frozen=True, kw_only=True):
    """A modem. Exactly one of ``port`` and ``match`` says which."""

    name: Name
    port: Annotated[str, text_like(r"^/[^\0]+\Z", "a device's path, like /dev/ttyUSB0")] | None = (
        None
    )
    match: Match | None = None
    enabled: bool = True
    baudrate: Annotated[
        int, Meta(ge=300, le=4_000_000, description="a speed in bit/s, like 115200")
    ] = 115_200
    pin_file: AbsolutePath | None = None
    smsc: Number | None = None
    number: Number | None = None
    storage: Literal["SM", "ME", "MT"] = "SM"
    reception: Literal["storage", "direct"] = "storage"
    limits: Limits = Limits()
    submit_timeout: Waiting = 180.0
    probe_every: Waiting = 60.0
    hang_up: bool = False
    reset_command: Arguments | None = None
    credit: CreditConfig | None = None

    def __post_init__(self) -> None:
        if (self.port is None) == (self.match is None):
            raise Impossible("exactly one of port and match")


class CarrierConfig(Section, frozen=True, kw_only=True):
    """A carrier that is a program at the socket. A name alone stands for one with the defaults."""

    shorthand: ClassVar[str] = "name"

    name: Name
    number: Number | None = None
    limits: Limits = Limits()
    submit_timeout: Waiting = 180.0


class Route(Section, frozen=True, kw_only=True):
    """The modems and carriers that send to numbers that begin with ``to`` (``*``: all), in order of preference.

    Of the routes that fit a number, the one with the longest beginning holds, wherever it stands.
    """

    to: NumberPrefix
    modems: tuple[Name, ...]

    def __post_init__(self) -> None:
        if not self.modems:
            raise Impossible("at least one modem", key="modems")
        if len(set(self.modems)) < len(self.modems):
            raise Impossible("each modem once", key="modems")

    @property
    def prefix(self) -> str:
        """The beginning that a destination has to have; empty for all."""
        return "" if self.to == "*" else self.to


class OutboundConfig(Section, frozen=True, kw_only=True):
    """Defaults for every message we send that does not say otherwise."""

    validity: Waiting = 86_400.0
    report: bool = False
    when_uncertain: Literal["resend", "hold"] = "resend"
    attempts: Count = 5
    retry: Backoff = Backoff()
    country: Country | None = None


class EventsConfig(Section, frozen=True, kw_only=True):
    """The time for which events are kept to be followed (``after``). ``retention`` None: as long as there is room."""

    retention: Waiting | None = 2_592_000.0


class InboundConfig(Section, frozen=True, kw_only=True):
    """Settings for inbound messages. ``retention`` None: kept for ever."""

    incomplete_after: Waiting = 86_400.0
    sweep_every: Waiting = 60.0
    retention: Waiting | None = 7_776_000.0
    answers_within: Waiting = 604_800.0


class LogConfig(Section, frozen=True, kw_only=True):
    """The content of the log. ``show_text``: message texts and whole numbers too."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    show_text: bool = False


class MetricsConfig(Section, frozen=True, kw_only=True):
    """Figures for Prometheus: over HTTP at ``listen``, or written to ``textfile`` every so many seconds."""

    listen: Listen | None = None
    textfile: AbsolutePath | None = None
    every: Waiting = 15.0

    def __post_init__(self) -> None:
        if self.textfile is not None and self.textfile.suffix != ".prom":
            raise Impossible("a file whose name ends in .prom", key="textfile")


class Config(Section, frozen=True, kw_only=True):
    """The whole file. ``access`` None: the defaults of docs/configuration.md hold.

    ``web`` to ``fleet`` are the gateways': None, if there is to be none of that name.
    """

    state_dir: AbsolutePath = Path("/var/lib/gsmd")
    socket: SocketConfig = SocketConfig()
    access: tuple[AccessRule, ...] | None = None
    modems: tuple[ModemConfig, ...]
    carriers: tuple[CarrierConfig, ...] = ()
    routes: tuple[Route, ...] = ()
    outbound: OutboundConfig = OutboundConfig()
    inbound: InboundConfig = InboundConfig()
    events: EventsConfig = EventsConfig()
    handlers: tuple[HandlerConfig, ...] = ()
    log: LogConfig = LogConfig()
    metrics: MetricsConfig = MetricsConfig()
    optout: OptOutConfig = OptOutConfig()
    keywords: KeywordsConfig = KeywordsConfig()
    guard: GuardConfig = GuardConfig()
    verify: VerifyConfig = VerifyConfig()
    lists: tuple[ListConfig, ...] = ()
    campaigns: CampaignsConfig = CampaignsConfig()
    polls: tuple[PollConfig, ...] = ()
    forms: tuple[FormConfig, ...] = ()
    contests: tuple[ContestConfig, ...] = ()
    redact: RedactConfig = RedactConfig()
    desk: DeskConfig = DeskConfig()
    selftest: tuple[SelftestConfig, ...] = ()
    web: WebConfig | None = None
    smpp: SmppConfig | None = None
    mqtt: MqttConfig | None = None
    mail: MailConfig | None = None
    fleet: FleetConfig | None = None

    @property
    def gateways(self) -> tuple[str, ...]:
        """The names of the gateways whose sections are there."""
        known = ("web", "smpp", "mqtt", "mail", "fleet")
        return tuple(name for name in known if getattr(self, name) is not None)

    @property
    def programs(self) -> tuple[CarrierConfig, ...]:
        """The carriers that are programs: those of ``carriers``, and the upstream SMSCs of ``smpp``.

        Where there is neither one of these nor any modem, nobody can be mistaken for another: then it is whatever
        the routes name.
        """
        declared = {each.name: each for each in self.carriers}
        for provider in self.smpp.providers if self.smpp is not None else ():
            declared.setdefault(provider.name, CarrierConfig(name=provider.name))
        if not declared and not self.modems:
            named = dict.fromkeys(name for route in self.routes for name in route.modems)
            return tuple(CarrierConfig(name=name) for name in named)
        return tuple(declared.values())

    @property
    def carries(self) -> tuple[str, ...]:
        """The users that may carry where there is no ``access``: the SMPP gateway's, if it has SMSCs of others to bind to."""
        return ("gsmd-smpp",) if self.smpp is not None and self.smpp.providers else ()

    @property
    def hooks_allow(self) -> tuple[str, ...]:
        """Where web hooks that are made at run time may lead: all that the daemon goes by of the gateways' sections."""
        return self.web.hooks_allow if self.web is not None else ()
