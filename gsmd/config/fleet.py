"""The section ``fleet``: many boxes, one NATS JetStream."""

from typing import Annotated, Literal

from gsmd.config.errors import Impossible
from gsmd.config.types import AbsolutePath, Section, Url, Waiting, text_like

NatsUrl = Annotated[
    str,
    text_like(
        r"^(nats|tls|ws|wss)://[^\s/?#@]+\Z",
        "nats:// or tls://, a host and perhaps a port, like tls://nats.example.org:4222",
    ),
]
Token = Annotated[str, text_like(r"^[A-Za-z0-9_-]{1,32}\Z", "1 to 32 letters, digits, '_' and '-'")]


class FleetConfig(Section, frozen=True, kw_only=True):
    """The agent of this box. ``box`` None: the machine's name. ``monitor``: where the server tells its settings.

    ``state_dir`` None: ``$STATE_DIRECTORY``, else /var/lib/gsmd-fleet.
    """

    servers: tuple[NatsUrl, ...] = ("nats://127.0.0.1:4222",)
    credentials_file: AbsolutePath | None = None
    ca: AbsolutePath | None = None
    box: Token | None = None
    replicas: Literal[1, 3, 5] = 3
    pools: tuple[Token, ...] = ("default",)
    require_sync: bool = True
    monitor: Url | None = None
    ack_wait: Waiting = 60.0
    give_up: Waiting = 60.0
    use_within: Waiting = 120.0
    state_dir: AbsolutePath | None = None

    def __post_init__(self) -> None:
        if not self.servers:
            raise Impossible("at least one", key="servers")
        if not self.pools or len(set(self.pools)) < len(self.pools):
            raise Impossible("at least one, each once", key="pools")
