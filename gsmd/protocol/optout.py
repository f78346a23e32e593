"""``optout.*``: who wants no messages from us."""

import msgspec

from gsmd.protocol import bounds
from gsmd.protocol.method import OVERRIDE, READ, SEND, Method
from gsmd.protocol.types import Limit, PageParams, Params, Timestamp


class OptOutParams(Params, frozen=True):
    """A number; ``note`` and ``source`` say who asked for it, and how."""

    peer: str
    note: str | None = None
    source: str | None = None


class OptOutLogParams(Params, frozen=True):
    """The audit trail, of one number or of all."""

    peer: str | None = None
    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None


class OptOut(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who wants no messages from us, and how that came; ``message`` is the id of the one that said so."""

    peer: str
    at: Timestamp
    source: str = ""
    message: str | None = None
    note: str | None = None
    actor: str | None = None


class OptOutChange(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody opted out or in: ``wish`` is ``stop`` or ``start``."""

    at: Timestamp
    peer: str
    wish: str = ""
    source: str = ""
    message: str | None = None
    note: str | None = None
    actor: str | None = None


class OptOuts(msgspec.Struct, frozen=True):
    """A page, by number; ``next`` is the ``after`` of the following one."""

    optouts: list[OptOut]
    next: str | None = None


class OptOutLog(msgspec.Struct, frozen=True):
    """A page, newest first."""

    changes: list[OptOutChange]
    next: str | None = None


class OptedOut(msgspec.Struct, frozen=True):
    """``added``: whether that is new."""

    peer: str
    added: bool = False


class OptedIn(msgspec.Struct, frozen=True):
    """``removed``: whether the number had opted out."""

    peer: str
    removed: bool = False


LIST = Method("optout.list", PageParams, OptOuts, READ, "The people who opted out, by number.")
LOG = Method(
    "optout.log",
    OptOutLogParams,
    OptOutLog,
    READ,
    "The history of opting out and in: number, time and way, newest first.",
)
ADD = Method(
    "optout.add",
    OptOutParams,
    OptedOut,
    SEND,
    "Send nothing more to this number; false if it had opted out before.",
    returns="added",
)
REMOVE = Method(
    "optout.remove",
    OptOutParams,
    OptedIn,
    OVERRIDE,
    "The number may be written to again; false if it might be before.",
    returns="removed",
)

METHODS = (LIST, LOG, ADD, REMOVE)
