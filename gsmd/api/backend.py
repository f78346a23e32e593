"""What the socket needs of the rest of the daemon: `gsmd.core.Service` fulfils it, tests bring their own.

Whatever cannot be done is a `Refused`; the code, the reason and the details go to the caller as they are.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from gsmd.core.requests import (
    DeadLetter,
    HandlerStatus,
    MessageQuery,
    Page,
    SendRequest,
    Story,
    Waiting,
)
from gsmd.core.twoway import TwoWay
from gsmd.handlers.base import Delivery
from gsmd.message import Message, Reply, State
from gsmd.store.ledger import EventBus


class Worker(Protocol):
    """A connected program that takes messages for a handler."""

    max_in_flight: int

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Hand over and wait for the answer. Errors: `HandlerError`, `HandlerGone`."""
        ...


class Modem(Protocol):
    """One modem, as far as callers may touch it. Timeouts are in seconds; None: the modem's own."""

    def status(self) -> Any:
        """A struct of what `modems.list` shows."""
        ...

    async def command(self, line: str, timeout: float | None, /) -> Any:  # noqa: ASYNC109 -- it belongs to the transaction
        """One raw AT command; the reply has ``lines`` and ``result``."""
        ...

    async def ussd(self, code: str, timeout: float | None, /) -> Any:  # noqa: ASYNC109 -- likewise
        """A step of a USSD session; the reply has ``text`` and ``session``."""
        ...

    async def cancel_ussd(self) -> None: ...

    async def reset(self) -> None: ...

    async def unlock(self, pin: str | None = None, /) -> None: ...


class Backend(Protocol):
    """The daemon, seen from the socket."""

    @property
    def events(self) -> EventBus: ...

    @property
    def twoway(self) -> TwoWay: ...

    async def send(self, request: SendRequest) -> Message: ...

    async def get(self, id_: str) -> Message: ...

    async def show(self, id_: str) -> Story: ...

    async def list(self, query: MessageQuery) -> Page: ...

    async def cancel(self, id_: str) -> Message: ...

    async def retry(self, id_: str) -> Message: ...

    async def wait(self, id_: str, state: State, timeout: float | None) -> Message: ...  # noqa: ASYNC109 -- expiry is a refusal with its own code

    async def waiting(self) -> Waiting: ...

    async def subscribe(self, handler: str, worker: Worker, from_: str | None) -> int:
        """From now on ``worker`` gets messages; returns how many are pending."""
        ...

    def unsubscribe(self, handler: str, worker: Worker) -> None: ...

    def tail(self, listener: Callable[[Message], None]) -> Callable[[], None]:
        """Call ``listener`` with every inbound message; returns the function that ends it."""
        ...

    def modems(self) -> Sequence[Any]: ...

    def modem(self, name: str) -> Modem: ...

    async def handlers(self) -> Sequence[HandlerStatus]: ...

    async def dead(
        self, handler: str | None, limit: int, after: str | None
    ) -> Sequence[DeadLetter]: ...

    async def redrive(self, handler: str | None, id_: str | None) -> int: ...

    async def remove_handler(self, name: str) -> int: ...

    async def try_out(self, handler: str, peer: str, text: str) -> Reply | None: ...

    async def purge(self, older_than: float) -> int: ...

    async def store_trouble(self) -> str | None: ...

    async def backup(self, path: str) -> None: ...
