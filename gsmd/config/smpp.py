"""The section ``smpp``: gsmd as an SMSC to any ESME, and as an ESME to any SMSC."""

from typing import Annotated, Literal

from msgspec import Meta, field

from gsmd.config.errors import Impossible
from gsmd.config.handlers import MatchRule
from gsmd.config.network import Endpoint, Host, ListenAt, Network, PerTime, Port
from gsmd.config.types import AbsolutePath, Name, Section, Waiting, text_like

SystemId = Annotated[
    str,
    text_like(
        r"^[A-Za-z0-9][A-Za-z0-9._-]{0,14}\Z",
        "1 to 15 letters, digits, '.', '_' and '-', a letter or digit first",
    ),
]
RemoteId = Annotated[str, text_like(r"^[!-~]{1,15}\Z", "1 to 15 ASCII characters without blanks")]
Few = Annotated[int, Meta(ge=1, le=64, description="a whole number, 1 to 64")]
WindowSize = Annotated[int, Meta(ge=1, le=1000, description="a whole number, 1 to 1000")]
SourceAddress = Annotated[
    str, text_like(r"^\+?[0-9A-Za-z ._-]{1,20}\Z", "a number or a name of at most 20 characters")
]


class SmppTls(Section, frozen=True, kw_only=True):
    """The port that speaks TLS. ``client_ca``: certificates of clients are asked for, and checked with this."""

    listen: ListenAt = Endpoint("", 3550)
    certificate: AbsolutePath
    key_file: AbsolutePath
    client_ca: AbsolutePath | None = None


class SmppAccount(Section, frozen=True, kw_only=True):
    """An ESME that may bind; ``system_id`` is the name of its handler.

    ``rate`` None: no limit. ``from_``: the networks it may come from.
    """

    system_id: SystemId
    password_file: AbsolutePath
    from_: tuple[Network, ...] = field(name="from", default=("127.0.0.0/8", "::1/128"))
    match: MatchRule | None = None
    modem: Name | None = None
    alphabet: Literal["gsm7", "latin-1", "ascii"] = "gsm7"
    long: Literal["payload", "udh", "sar"] = "payload"
    source: Literal["any", "modem"] = "any"
    binds: Few = 4
    window: WindowSize = 10
    rate: PerTime | None = None
    key: Literal["user_message_reference"] | None = None


class SmppProvider(Section, frozen=True, kw_only=True):
    """An SMSC of others. ``name`` stands in routes like a modem's; ``rate`` None: no limit.

    ``bind`` ``pair``: a transmitter and a receiver in place of a transceiver.
    """

    name: Name
    host: Host
    port: Port = 2775
    tls: bool = False
    ca: AbsolutePath | None = None
    system_id: RemoteId
    password_file: AbsolutePath
    system_type: Annotated[str, text_like(r"^[!-~]{0,12}\Z", "at most 12 ASCII characters")] = ""
    source: SourceAddress | None = None
    alphabet: Literal["gsm7", "latin-1", "ascii"] = "gsm7"
    long: Literal["udh", "sar", "payload"] = "udh"
    bind: Literal["transceiver", "pair"] = "transceiver"
    window: WindowSize = 10
    rate: PerTime | None = None

    def __post_init__(self) -> None:
        if self.ca is not None and not self.tls:
            raise Impossible("tls: true beside it", key="ca")


class SmppConfig(Section, frozen=True, kw_only=True):
    """The SMPP gateway. ``state_dir`` None: ``$STATE_DIRECTORY``, else /var/lib/gsmd-smpp."""

    listen: ListenAt | None = Endpoint("127.0.0.1", 2775)
    tls: SmppTls | None = None
    accounts: tuple[SmppAccount, ...] = ()
    incomplete_after: Waiting = 600.0
    providers: tuple[SmppProvider, ...] = ()
    state_dir: AbsolutePath | None = None
    insecure: bool = False
    metrics: ListenAt | None = None

    def __post_init__(self) -> None:
        if self.metrics is not None and self.metrics.path is not None:
            raise Impossible("an address and a port", key="metrics")
        if self.listen is not None and self.listen.path is not None:
            raise Impossible("an address and a port", key="listen")
        if self.listen is not None and not (self.listen.is_local or self.insecure):
            expected = (
                "a loopback address: passwords are not encrypted here; tls, or insecure: true"
            )
            raise Impossible(expected, key="listen", found=str(self.listen))
        for key, names in (
            ("accounts", [each.system_id for each in self.accounts]),
            ("providers", [each.name for each in self.providers]),
        ):
            if len(set(names)) < len(names):
                raise Impossible("each name once", key=key)
