"""The section ``mail``: SMS from mail, and mail from SMS."""

from typing import Annotated

from msgspec import Meta, field

from gsmd.config.errors import Impossible
from gsmd.config.handlers import MatchRule
from gsmd.config.network import Contact, Endpoint, HostName, ListenAt, Network, Octets, TlsFiles
from gsmd.config.types import AbsolutePath, Count, Name, Section, text_like

Mailbox = Annotated[
    str, text_like(r"^[^\s@<>,;]{1,64}@[^\s@<>,;]{1,255}\Z", "a mail address, like ops@example.org")
]
MailPattern = Annotated[
    str,
    text_like(
        r"^(\*|[^\s@<>,;]{1,64}@[^\s@<>,;]{1,255})\Z",
        'a mail address with * for anything, in quotes, like "*@example.org"',
    ),
]
Smarthost = Annotated[
    str,
    text_like(
        r"^(smtps?|smtp\+starttls)://[^\s/?#@]+\Z",
        "smtp://, smtps:// or smtp+starttls://, a host and a port, like smtp://127.0.0.1:25",
    ),
]


class MailForward(Section, frozen=True, kw_only=True):
    """Messages that become mail, and to whom it goes."""

    match: MatchRule = MatchRule()
    to: tuple[Mailbox, ...]

    def __post_init__(self) -> None:
        if not self.to:
            raise Impossible("at least one address", key="to")


class MailConfig(Section, frozen=True, kw_only=True):
    """The mail gateway. ``listen`` None: no mail comes in; ``smarthost`` None: none goes out.

    ``state_dir`` None: ``$STATE_DIRECTORY``, else /var/lib/gsmd-mail.
    """

    listen: ListenAt | None = Endpoint("127.0.0.1", 2525)
    tls: TlsFiles | None = None
    users_file: AbsolutePath | None = None
    domain: HostName = "sms.local"
    contacts: dict[Name, Contact] = field(default_factory=dict)
    from_: tuple[MailPattern, ...] = field(name="from", default=())
    networks: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")
    max_parts: Annotated[int, Meta(ge=1, le=255, description="a whole number, 1 to 255")] = 6
    max_size: Octets = 1 << 20
    per_sender: Count | None = None
    smarthost: Smarthost | None = "smtp://127.0.0.1:25"
    smarthost_user: Annotated[str, text_like(r"^\S{1,128}\Z", "the name of a user")] | None = None
    smarthost_password_file: AbsolutePath | None = None
    sender: Mailbox | None = None
    forward: tuple[MailForward, ...] = ()
    state_dir: AbsolutePath | None = None

    def __post_init__(self) -> None:
        if (self.smarthost_user is None) != (self.smarthost_password_file is None):
            raise Impossible("smarthost_user and smarthost_password_file together")
        if self.forward and self.smarthost is None:
            raise Impossible("a smarthost beside it", key="forward")
