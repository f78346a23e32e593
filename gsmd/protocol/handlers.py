"""``handlers.*``: everybody who gets messages, and what they gave up on."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds
from gsmd.protocol.message import Message, Receipt
from gsmd.protocol.method import HANDLE, READ, Method
from gsmd.protocol.params import Unfit
from gsmd.protocol.types import Limit, Name, Nothing, Params, Seconds, Timestamp


class HandlerParams(Params, frozen=True):
    """A handler, by its name."""

    handler: str


class AddParams(Params, frozen=True):
    """A handler made at run time: with ``post`` a web hook, without it a name for programs that connect or pull.

    ``match``, ``timeout``, ``concurrency`` and ``retry`` are what they are in the configuration. ``secret`` signs;
    left out, one that the hook has stays. ``receipts``: the ends of all messages that are sent in its name go to it.
    """

    name: Name
    match: dict[str, Any] | None = None
    post: str | None = None
    secret: Annotated[str, Meta(min_length=1, max_length=bounds.SECRET)] | None = None
    receipts: bool = False
    timeout: Seconds | None = None
    concurrency: int | None = None
    retry: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.post is None:
            for key in ("secret", "receipts", "timeout", "concurrency", "retry"):
                if getattr(self, key):
                    raise Unfit(f"{key} needs post", "post")

    def __repr__(self) -> str:
        return f"AddParams(name={self.name!r}, …)"  # no log and no traceback shows the secret


class AttemptsParams(Params, frozen=True):
    """A handler, and how many of its last hand-overs."""

    handler: str
    limit: Limit = bounds.USUAL_PAGE


class DeadParams(Params, frozen=True):
    """A choice of dead letters: of one handler, or of all."""

    handler: str | None = None
    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None


class RedriveParams(Params, frozen=True):
    """Dead letters of one handler or of all: one message's, or ``all``.

    ``replay``: message ``id`` goes to ``handler`` whatever has become of it there, or if it was never for it.
    """

    handler: str | None = None
    id: str | None = None
    all: bool = False
    replay: bool = False

    def __post_init__(self) -> None:
        if self.replay and (self.id is None or self.handler is None):
            raise Unfit("replay needs a handler and an id", "handler" if self.id else "id")
        if (self.id is None) != self.all:
            raise Unfit("exactly one of id and all", "id")


class DryRunParams(Params, frozen=True):
    """A handler, and the message that is made up for it; with ``""`` for the handler only what the message would be taken for."""

    handler: str
    from_: str = msgspec.field(name="from")
    text: str


class Origin(StrEnum):
    """The place where a handler was made."""

    CONFIGURED = "configured"
    ADDED = "added"  # by handlers.add: a web hook
    SUBSCRIBED = "subscribed"  # a name that a program gave
    BUILT_IN = "built_in"


class HandlerState(StrEnum):
    """Whether messages are handed over to a handler."""

    ACTIVE = "active"
    SUSPENDED = "suspended"  # it said that it wants no more; what comes is kept


class HandlerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A handler and its backlog.

    ``pending`` counts messages not yet acknowledged, ``dead`` those it gave up on.
    ``oldest_at`` is when the oldest pending message came in. ``host`` is where a web hook leads, and ``reason`` why it
    is suspended. ``match`` is the choice of one that was made at run time.
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
    origin: Origin = Origin.CONFIGURED
    state: HandlerState = HandlerState.ACTIVE
    reason: str | None = None
    host: str | None = None
    match: dict[str, Any] | None = None


class HandlerList(msgspec.Struct, frozen=True):
    """Every handler, by name."""

    handlers: list[HandlerStatus]


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a handler gave up on, or a ``receipt`` for one of ours, with the reason."""

    handler: str
    attempts: int = 0
    reason: str = ""
    at: Timestamp
    message: Message
    receipt: Receipt | msgspec.UnsetType = msgspec.UNSET


class DeadLetters(msgspec.Struct, frozen=True):
    """A page of them, newest first."""

    dead: list[DeadLetter]


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over that is over. ``attempt`` counts those of the message from 1; ``error`` None: acknowledged.

    ``status`` is the HTTP status that a web hook was answered with, ``host`` where it led; ``seconds`` how long it took.
    """

    at: Timestamp
    id: str
    attempt: int
    seconds: float
    status: int | None = None
    error: str | None = None
    host: str | None = None


class Attempts(msgspec.Struct, frozen=True):
    """The last ones, newest first, as far as the daemon that runs remembers."""

    attempts: list[Attempt]


class Resumed(msgspec.Struct, frozen=True):
    """``resumed``: false if the handler was not suspended."""

    handler: str
    resumed: bool


class Redriven(msgspec.Struct, frozen=True):
    """The number of messages that are handed over again."""

    redriven: int


class Removed(msgspec.Struct, frozen=True):
    """``written_off``: how many messages are done with for the handler."""

    handler: str
    written_off: int = 0


class DryRun(msgspec.Struct, frozen=True):
    """The reply that a handler would send; None: nothing.

    ``goes_to``: the handlers that get such a message, ``taken_for`` why, in words (docs/twoway.md has the order).
    ``keyword``: the one of the table that it is for.
    """

    reply: str | None
    goes_to: list[str] = []
    taken_for: str = ""
    keyword: str | None = None


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
    "Hand dead letters over again: one message's by `id`, or `all: true`. With `replay: true` a message that came in goes to"
    " a handler whatever has become of it there, or if it was never for it.",
)
ADD = Method(
    "handlers.add",
    AddParams,
    HandlerStatus,
    HANDLE,
    "A handler is there that no configuration names, from now on and after restarts: a web hook (`post`), or a name for"
    " programs that connect or pull. A web hook of that name that was added before is replaced, what waits for it stays;"
    " error 6 if another handler has the name. A `regex` in `match` that may take long needs role admin.",
    slow=True,
    call="add_handler",
)
REMOVE = Method(
    "handlers.remove",
    HandlerParams,
    Removed,
    HANDLE,
    "Let a handler collect no more, and be done with what waits for it (an event of each message);"
    " error 6 for one that is configured or connected. All but added web hooks need role admin.",
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

RESUME = Method(
    "handlers.resume",
    HandlerParams,
    Resumed,
    HANDLE,
    "Messages go again to a web hook that was suspended.",
    call="resume_handler",
)
ATTEMPTS = Method(
    "handlers.attempts",
    AttemptsParams,
    Attempts,
    READ,
    "The last hand-overs of a handler, newest first: those that the running daemon remembers.",
    call="attempts",
    returns="attempts",
)

METHODS = (LIST, DEAD, REDRIVE, ADD, REMOVE, RESUME, ATTEMPTS, TEST)
