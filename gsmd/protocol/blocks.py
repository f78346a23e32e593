"""``blocks.*``: senders whose messages are kept and given to nobody."""

import msgspec

from gsmd.protocol.method import READ, SEND, Method
from gsmd.protocol.types import PageParams, Params, Timestamp


class BlockParams(Params, frozen=True):
    """A number, a sender's name, or a pattern with ``*`` for anything."""

    pattern: str
    note: str | None = None


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A sender, or a pattern, that is blocked."""

    pattern: str
    at: Timestamp
    note: str | None = None
    actor: str | None = None


class BlockChange(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody was blocked or unblocked: ``wish`` is ``block`` or ``unblock``."""

    at: Timestamp
    pattern: str
    wish: str = ""
    note: str | None = None
    actor: str | None = None


class BlockPage(msgspec.Struct, frozen=True):
    """A page of those blocked by hand, and all of the configuration."""

    blocks: list[Block]
    configured: list[str] = []
    next: str | None = None


class BlockLog(msgspec.Struct, frozen=True):
    """A page, newest first."""

    changes: list[BlockChange]
    next: str | None = None


class Blocked(msgspec.Struct, frozen=True):
    """The pattern as it is compared; ``added``: whether that is new."""

    pattern: str
    added: bool = False


class Unblocked(msgspec.Struct, frozen=True):
    """The pattern as it is compared; ``removed``: whether it was there."""

    pattern: str
    removed: bool = False


LIST = Method(
    "blocks.list", PageParams, BlockPage, READ, "Senders blocked by hand, and by `guard.block`."
)
LOG = Method(
    "blocks.log",
    PageParams,
    BlockLog,
    READ,
    "The history of blocking and unblocking, newest first.",
)
ADD = Method(
    "blocks.add",
    BlockParams,
    Blocked,
    SEND,
    "Block a number, a name, or all that fit a pattern with `*`.",
)
REMOVE = Method("blocks.remove", BlockParams, Unblocked, SEND, "Hear of them again.")

METHODS = (LIST, LOG, ADD, REMOVE)
