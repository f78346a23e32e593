"""The section ``web``: pages and REST. The daemon goes by one key of it, ``hooks_allow``; the rest is the web gateway's."""

from typing import Annotated, Literal

from msgspec import Meta

from gsmd.config.errors import Impossible
from gsmd.config.network import (
    Endpoint,
    HostName,
    HostOrNetwork,
    ListenAt,
    PerTime,
    Proxy,
    Rate,
    TlsFiles,
)
from gsmd.config.types import AbsolutePath, Section, Waiting, text_like
from gsmd.protocol.method import Role

Compat = Literal[
    "smsgate", "gammu-gateway", "smseagle", "playsms", "kannel", "twilio", "massenversand"
]

HeaderName = Annotated[
    str, text_like(r"^[A-Za-z0-9-]{1,64}\Z", "the name of an HTTP header, like Remote-User")
]
PublicUrl = Annotated[
    str,
    text_like(
        r"^https?://[^\s/?#@]+/?\Z", "http:// or https:// and a host, like https://sms.example.org"
    ),
]


class RateConfig(Section, frozen=True, kw_only=True):
    """Requests for each token, and for each address without a valid one. None: no limit."""

    per_token: PerTime | None = None
    per_address: PerTime | None = Rate(60, 60.0)


class SendsConfig(Section, frozen=True, kw_only=True):
    """Messages that each token and each user may send. None: no limit.

    ``confirm_over``: a person who starts a campaign to more recipients says how many they are. None: nobody is asked.
    """

    per_token: PerTime | None = None
    per_user: PerTime | None = None
    confirm_over: Annotated[int, Meta(ge=0)] | None = 100


class LinksConfig(Section, frozen=True, kw_only=True):
    """Short links with counted clicks, at this host. None: there are none."""

    domain: HostName | None = None


class WebConfig(Section, frozen=True, kw_only=True):
    """The web gateway. ``idle_exit``: seconds without work after which it ends, if systemd keeps its socket; None: never.

    ``require_second_factor``: roles that a person with a password alone may not use. ``state_dir`` None: ``$STATE_DIRECTORY``, else /var/lib/gsmd-web.
    """

    listen: ListenAt = Endpoint("127.0.0.1", 8090)
    public_url: PublicUrl | None = None
    tls: TlsFiles | None = None
    trusted_proxies: tuple[Proxy, ...] = ()
    user_header: HeaderName | None = None
    state_dir: AbsolutePath | None = None
    hooks_allow: tuple[HostOrNetwork, ...] = ()
    rate: RateConfig = RateConfig()
    sends: SendsConfig = SendsConfig()
    compat: tuple[Compat, ...] = ()
    links: LinksConfig = LinksConfig()
    require_second_factor: tuple[Role, ...] = ()
    idle_exit: Waiting | None = 600.0
    insecure: bool = False

    def __post_init__(self) -> None:
        safe = self.listen.is_local or self.tls or self.trusted_proxies or self.insecure
        if not safe:
            raise Impossible(
                "a loopback address, or tls or trusted_proxies beside it (or insecure: true)",
                key="listen",
                found=str(self.listen),
            )
        if self.user_header is not None and not self.trusted_proxies:
            raise Impossible("trusted_proxies beside it: who may say it", key="user_header")
        if "unix" in self.trusted_proxies and self.listen.path is None:
            raise Impossible("unix only with listen: unix:…", key="trusted_proxies")
        if len(set(self.compat)) < len(self.compat):
            raise Impossible("each once", key="compat")
