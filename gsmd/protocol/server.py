"""``server.*`` and ``store.*``: the daemon itself, and what it keeps."""

from enum import StrEnum

import msgspec

from gsmd.protocol.method import ADMIN, ANYBODY, Method
from gsmd.protocol.types import AbsolutePath, Nothing, Params, Seconds

PROTOCOL_VERSION = 1
"""Counts changes of the protocol that break clients."""


class Level(StrEnum):
    """From which severity on the daemon logs."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogLevelParams(Params, frozen=True):
    """``level`` None: leave it as it is."""

    level: Level | None = None


class PurgeParams(Params, frozen=True):
    """The age that a finished message must have to be deleted."""

    older_than: Seconds


class BackupParams(Params, frozen=True):
    """A new file, as the daemon sees it."""

    path: AbsolutePath


class ServerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The daemon. ``uptime`` is in seconds; ``roles`` is what the caller may do.

    ``store`` is why nothing can be put on disk, None if all is well.
    """

    version: str
    protocol: int = 1
    pid: int = 0
    uptime: float = 0.0
    socket: str = ""
    modems: int = 0
    store: str | None = None
    user: str = ""
    roles: list[str] = []


class LogLevel(msgspec.Struct, frozen=True):
    """From which severity on the daemon logs now."""

    level: str


class Purged(msgspec.Struct, frozen=True):
    """The number of finished messages that were deleted."""

    purged: int


class BackedUp(msgspec.Struct, frozen=True):
    """The path of the copy."""

    path: str


INFO = Method(
    "server.info",
    Nothing,
    ServerInfo,
    ANYBODY,
    "The daemon, and what the caller may do; `store` is why nothing can be put on disk, null if all is well.",
    call="info",
)
LOG_LEVEL = Method(
    "server.log_level",
    LogLevelParams,
    LogLevel,
    ADMIN,
    "The log level of the daemon, after changing it if `level` is given; until it starts again.",
    call="log_level",
    returns="level",
)
PURGE = Method(
    "store.purge",
    PurgeParams,
    Purged,
    ADMIN,
    "Delete messages that came to their end longer ago than this.",
    slow=True,
    call="purge",
    returns="purged",
)
BACKUP = Method(
    "store.backup",
    BackupParams,
    BackedUp,
    ADMIN,
    "Copy the database into a new file, while everything goes on; answered once the copy is complete.",
    slow=True,
    call="backup",
)

METHODS = (INFO, LOG_LEVEL, PURGE, BACKUP)
