"""The contract of a feature: hooks that do nothing unless it has something to say, and what they may ask for.

**Theory of operation.** The core moves messages: a modem's frames become inbound messages that handlers
get, requests become outbound messages that modems send. A feature is everything else that gsmd does
with them: opt-out, keywords, polls, codes. It is one folder: ``rules.py`` decides, and is pure;
``table.py`` has its statements; ``feature.py`` has a class on `Feature` that overrides the hooks it needs,
and binds its methods of the socket to the rows of `gsmd.protocol`. Features are built in one place,
`gsmd.core.catalogue`, and asked in the order that stands there. They never import each other: what one
needs of another goes through `Host`, or through a protocol that its constructor is given.

**The way of an inbound message.** All of it in the transaction that stores the message:

1. `Feature.ignores`: is its sender one that nobody wants to hear of? Then 2, 3 and the handlers are left out.
2. `Feature.intercept`: the first that deals with it ends its way; nobody else gets it.
3. `Feature.claim`: the first that claims it names one built-in handler that it goes to, beside those of the
   configuration that match it. `Feature.fallback` is asked only where nobody at all takes it.
4. `Feature.seal`: what of its text nobody else is to read is taken out of it.
5. `Feature.published`: it is stored, and queued for its handlers.

What a built-in handler (`Feature.recipients`) does with a message is an `Effect`. It runs later, in the
transaction that settles the delivery: so it happens once, whatever is killed when. Nothing that was found out
in 3 is kept until then but the handler's name, because a restart may lie between the two.

**The way of an outbound message.** `Feature.may_send` is asked when it is accepted and again when a modem
takes it; `Feature.may_answer` if it is a machine's answer; `Feature.hides` whether its text is forgotten.

**Rules.** A hook that has a `Transaction` runs on the writer's thread: it uses the transaction, its host
and what `Feature.configure` set, waits for nothing, and changes nothing of its own that it could not lose.
What it raises undoes the transaction. What may be sent goes through the host that the hook is given;
no feature keeps one.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from gsmd.config import Config, HandlerConfig, Keyword
from gsmd.protocol.message import Failure, Message, Reply
from gsmd.protocol.messages import SendParams
from gsmd.protocol.method import Bound
from gsmd.protocol.people import Person
from gsmd.store.ledger import Transaction

PREFIX = "gsmd."
"""The beginning of the names of gsmd's own handlers, and of no other's."""


class Claim(NamedTuple):
    """A message is for the built-in handler ``recipient``.

    ``keyword`` is the word of the keyword table that it was understood as, which the message keeps for statistics.
    ``why`` says what it was taken for, to whoever tries a text.
    """

    recipient: str
    keyword: str | None = None
    why: str = ""


class Done(NamedTuple):
    """A row of the keyword table is carried out. ``reply`` answers it; None: the reply that the row has, if any."""

    reply: str | None = None


class Outbox(Protocol):
    """The way out for what features send, each in the transaction that it is a consequence of."""

    def submit(
        self, transaction: Transaction, request: SendParams, *, secret: str | None = None
    ) -> Message:
        """Take on a message. ``secret`` is a piece of its text that is kept nowhere once it is out.

        The same ``key`` returns the first message. Errors: `Refused`.
        """
        ...

    def answer(
        self,
        transaction: Transaction,
        seq: int,
        handler: str,
        reply: Reply,
        *,
        override: bool = False,
        key: str | None = None,
    ) -> bool:
        """Answer an inbound message (``seq``) in the name of a handler: once, or once for each ``key``.

        ``override``: also somebody who opted out. False, and noted in the message's history, if none may be sent.
        """
        ...

    def cancel(self, transaction: Transaction, seq: int, message: Message) -> None:
        """Withdraw a message that is not out yet. Errors: `Refused`."""
        ...

    def forbids(self, transaction: Transaction, destination: str) -> Failure | None:
        """The reason why nothing may be sent there without an override, if there is one."""
        ...


class Host(Outbox, Protocol):
    """The rest of gsmd, as a feature sees it: the way out, and all features, this one included, asked together."""

    def ignores(self, message: Message) -> bool:
        """True if the other side of a message is one that nobody wants to hear of."""
        ...

    def hand_on(self, transaction: Transaction, seq: int, message: Message) -> Sequence[str]:
        """Queue a message that ends a form (``message.form``) for every handler that asks for such; returns their names.

        The event that tells of it has them as ``queued_for``.
        """
        ...

    def decline(self, transaction: Transaction, seq: int, message: Message, handler: str) -> None:
        """``handler`` has no use for what was claimed for it: who takes what nobody took gets it."""
        ...

    def redacted(self, transaction: Transaction, seq: int) -> None:
        """Let all know that a message (``seq``) says nothing any more."""
        ...

    def keyword(
        self, transaction: Transaction, row: Keyword, message: Message, rest: str
    ) -> Done | None:
        """Have a row of the keyword table carried out. None if it belongs to no feature."""
        ...

    def invited(self, transaction: Transaction, message: Message) -> None:
        """Let all know that the sender of a message asked to hear from us."""
        ...

    def withdrew(
        self,
        transaction: Transaction,
        peer: str | None,
        message: Message | None,
        list_: str | None = None,
    ) -> None:
        """Let all know that somebody, or everybody (None), is to get nothing more, or nothing of a list."""
        ...

    def resumed(self, transaction: Transaction, message: Message) -> None:
        """Let all know that the sender of a message takes it back that they wanted nothing from us."""
        ...

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        """``person`` with all that is known of somebody who goes by these numbers."""
        ...

    def forget(self, transaction: Transaction, peer: str) -> int:
        """Erase what features know of a number; returns how many rows that were."""
        ...


Effect = Callable[[Transaction, Host, int, Message], None]
"""The work of a built-in handler on a message (``seq``), in the transaction that settles the delivery.

Errors: `HandlerError`, and anything else, undoes it and counts as a failed delivery: it is tried again later.
"""


class Feature:
    """The base of all features: every hook is there, and does nothing."""

    # its life

    async def open(self) -> None:
        """Take up what the last run left. Errors: `StoreError`, `OSError`: then gsmd does not start."""

    def prepare(self, transaction: Transaction, config: Config) -> None:
        """Put on disk what a configuration names, at the start and before each `configure`.

        What it raises leaves everything as it was: the configuration is not taken.
        """

    def configure(self, config: Config) -> None:
        """Go by another configuration, once all of it is on disk: only switch, nothing here can fail."""

    async def run(self, host: Host) -> None:
        """Do what goes on by itself, until cancelled, or return at once."""

    # what it brings

    def methods(self, host: Host) -> Sequence[Bound]:
        """Its methods of the socket, each bound to its row in `gsmd.protocol`."""
        del host
        return ()

    def recipients(self) -> Mapping[str, Effect]:
        """Its built-in handlers: names that begin with `PREFIX`, the same for ever, and what each does."""
        return {}

    def handlers(self, config: Config) -> Sequence[HandlerConfig]:
        """Handlers that a configuration has it bring besides: they get only what it claims for them."""
        del config
        return ()

    def effect_for(self, config: HandlerConfig) -> Effect | None:
        """The effect of a configured handler whose kind is its own; None for all others."""
        del config
        return None

    # inbound

    def ignores(self, message: Message) -> bool:
        """True if the sender is one that nobody wants to hear of: the message is kept and given to nobody."""
        del message
        return False

    def intercept(self, transaction: Transaction, host: Host, message: Message) -> Message | None:
        """Deal with what nobody is to read, before it is stored; returns what is kept of it.

        None: it is none of that.
        """
        del transaction, host, message
        return None

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """The built-in handler that a text is for, if it is one of this feature's."""
        del transaction, message
        return None

    def seal(self, transaction: Transaction, message: Message, claim: Claim | None) -> Message:
        """The message as it is kept and handed on, without what in it is nobody else's business.

        What was taken out is in no file once the transaction is over, unless the feature keeps it.
        """
        del transaction, claim
        return message

    def fallback(self, message: Message) -> str | None:
        """The built-in handler that takes what nobody took."""
        del message
        return None

    def published(
        self,
        transaction: Transaction,
        host: Host,
        seq: int,
        message: Message,
        claim: Claim | None,
        *,
        ignored: bool,
    ) -> None:
        """A message is in the store, and queued for its handlers: none of them if it is ``ignored``."""

    # outbound

    def may_send(self, transaction: Transaction, destination: str) -> Failure | None:
        """The reason why nothing may be sent there without an override, if there is one."""
        del transaction, destination
        return None

    def may_answer(self, transaction: Transaction, message: Message, text: str) -> Failure | None:
        """The reason why no machine may answer a message with ``text``, if there is one."""
        del transaction, message, text
        return None

    def hides(self, tag: str | None) -> bool:
        """True if the text of an outbound message with this tag is kept nowhere once it is out."""
        del tag
        return False

    # looking for messages

    def saying(self, connection: sqlite3.Connection, search: str) -> Sequence[int] | None:
        """The numbers (``seq``) of all messages in whose text that stands; None: whoever looks has to read the texts."""
        del connection, search
        return None

    # what the others ask for

    def keyword(
        self, transaction: Transaction, host: Host, row: Keyword, message: Message, rest: str
    ) -> Done | None:
        """Carry out a row of the keyword table; None if the row is not for this feature.

        ``rest`` is what follows the word, as it was typed.
        """
        del transaction, host, row, message, rest
        return None

    def invited(self, transaction: Transaction, message: Message) -> None:
        """The sender of a message asked to hear from us."""

    def withdrew(
        self,
        transaction: Transaction,
        host: Host,
        peer: str | None,
        message: Message | None,
        list_: str | None = None,
    ) -> None:
        """Somebody, or everybody (None), is to get nothing more, or nothing of a list. ``message`` said so, if one did."""

    def resumed(self, transaction: Transaction, message: Message) -> None:
        """The sender of a message takes it back that they wanted nothing from us: all is as before."""

    def redacted(self, transaction: Transaction, seq: int) -> None:
        """What a message (``seq``) said is not kept: forget what was made of it, too."""

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        """``person`` with what is known here of somebody who goes by these numbers."""
        del connection, peers
        return person

    def forget(self, transaction: Transaction, peer: str) -> int:
        """Erase what is known of a number; returns how many rows that were.

        It is called again for each batch of their messages. That they want nothing from us has to stay.
        """
        del transaction, peer
        return 0
