"""``handlers.*``: everybody who gets messages, and what they gave up on."""

import msgspec

from gsmd.protocol import bounds
from gsmd.protocol.message import Message
from gsmd.protocol.method import ADMIN, HANDLE, READ, Method
from gsmd.protocol.params import Unfit
from gsmd.protocol.types import Limit, Nothing, Params, Timestamp


class HandlerParams(Params, frozen=True):
    """A handler, by its name."""

    handler: str


class DeadParams(Params, frozen=True):
    """A choice of dead letters: of one handler, or of all."""

    handler: str | None = None
    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None


class RedriveParams(Params, frozen=True):
    """Dead letters of one handler or of all: one message's, or ``all``."""

    handler: str | None = None
    id: str | None = None
    all: bool = False

    def __post_init__(self) -> None:
        if (self.id is None) != self.all:
            raise Unfit("exactly one of id and all", "id")


class DryRunParams(Params, frozen=True):
    """A handler, and the message that is made up for it."""

    handler: str
    from_: str = msgspec.field(name="from")
    text: str


class HandlerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A handler and its backlog.

    ``pending`` counts messages not yet acknowledged, ``dead`` those it gave up on.
    ``oldest_at`` is when the oldest pending message came in.
    """

    name: str
    transport: str = ""
    connected: bool = False
    capacity: int = 0
    pending: int = 0
    in_flight: int = 0
    dead: int = 0
    oldest_at: Timestamp | None = None
    last_error: str | None = None


class HandlerList(msgspec.Struct, frozen=True):
    """Every handler, by name."""

    handlers: list[HandlerStatus]


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a handler gave up on, with the reason."""

    handler: str
    attempts: int = 0
    reason: str = ""
    at: Timestamp
    message: Message


class DeadLetters(msgspec.Struct, frozen=True):
    """A page of them, newest first."""

    dead: list[DeadLetter]


class Redriven(msgspec.Struct, frozen=True):
    """The number of messages that are handed over again."""

    redriven: int


class Removed(msgspec.Struct, frozen=True):
    """``written_off``: how many messages are done with for the handler."""

    handler: str
    written_off: int = 0


class DryRun(msgspec.Struct, frozen=True):
    """The reply that a handler would send; None: nothing."""

    reply: str | None


LIST = Method(
    "handlers.list",
    Nothing,
    HandlerList,
    READ,
    "The handlers that take messages, and how much waits for each.",
    call="handlers",
    returns="handlers",
)
DEAD = Method(
    "handlers.dead",
    DeadParams,
    DeadLetters,
    READ,
    "The messages that handlers gave up on, newest first.",
    big=True,
    call="dead",
    returns="dead",
)
REDRIVE = Method(
    "handlers.redrive",
    RedriveParams,
    Redriven,
    HANDLE,
    "Hand dead letters over again: one message's by `id`, or `all: true`.",
)
REMOVE = Method(
    "handlers.remove",
    HandlerParams,
    Removed,
    ADMIN,
    "Let a handler collect no more, and be done with what waits for it (an event of each message);"
    " error 6 for one that is configured or connected.",
    call="remove",
    returns="written_off",
)
TEST = Method(
    "handlers.test",
    DryRunParams,
    DryRun,
    HANDLE,
    "The reply of a handler to a made-up message; nothing is stored or sent.",
    slow=True,
    call="try_out",
    returns="reply",
)

METHODS = (LIST, DEAD, REDRIVE, REMOVE, TEST)
