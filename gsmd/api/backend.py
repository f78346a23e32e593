"""The parts of the daemon that the socket needs: `gsmd.core.app.App` has them, tests bring their own."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from gsmd.core.carrier import Line
from gsmd.handlers.base import Worker
from gsmd.protocol.events import Event
from gsmd.protocol.gateways import GatewayReportParams
from gsmd.protocol.message import Message
from gsmd.protocol.method import Bound
from gsmd.store.ledger import EventBus


class Subscriptions(Protocol):
    """The place where programs connect to take messages, or to look on."""

    async def subscribe(
        self, handler: str, worker: Worker, from_: str | None, match: dict[str, Any] | None
    ) -> int:
        """From now on ``worker`` gets messages; returns how many are pending. Errors: `Refused`."""
        ...

    def unsubscribe(self, handler: str, worker: Worker) -> None: ...

    def tail(self, listener: Callable[[Message], None]) -> Callable[[], None]:
        """Call ``listener`` with every inbound message; returns the function that ends it."""
        ...


class Carriers(Protocol):
    """The place where programs connect that carry messages."""

    def attach(self, carrier: str, line: Line) -> None:
        """From now on ``line`` gets the carrier's messages. Errors: `Refused`."""
        ...

    def detach(self, carrier: str, line: Line, reason: str | None = None) -> None:
        """It gets no more of them; ``reason`` is told with the carrier."""
        ...


class Gateways(Protocol):
    """The place where gateways say how they are."""

    def report(self, whose: object, user: str, pid: int, report: GatewayReportParams) -> bool:
        """Believe it until `gone`; true if it is the first word of ``whose`` connection. Errors: `Refused`."""
        ...

    def gone(self, whose: object) -> None: ...


class Modems(Protocol):
    """The modems, as far as ``server.info`` counts them."""

    def status(self) -> Sequence[Any]: ...


class Upkeep(Protocol):
    """The store, as far as ``server.info`` tells of it."""

    async def trouble(self) -> str | None:
        """The reason why nothing can be put on disk now; None if all is well."""
        ...


class EventLog(Protocol):
    """The events that were told, for whoever was away."""

    async def newest(self) -> int:
        """The number of the newest event; 0 if there was none."""
        ...

    async def require(self, after: int) -> None:
        """Errors: `Refused` unless everything behind number ``after`` is still there."""
        ...

    async def since(self, after: int, limit: int) -> Sequence[Event]:
        """Up to ``limit`` events behind number ``after``, in order."""
        ...


class Backend(Protocol):
    """The daemon, seen from the socket: its methods, and what a connection can be told of."""

    @property
    def events(self) -> EventBus: ...

    @property
    def event_log(self) -> EventLog: ...

    @property
    def handlers(self) -> Subscriptions: ...

    @property
    def carriers(self) -> Carriers: ...

    @property
    def gateways(self) -> Gateways: ...

    @property
    def modems(self) -> Modems: ...

    @property
    def upkeep(self) -> Upkeep: ...

    def methods(self) -> Sequence[Bound]:
        """Every method but those that are about a connection."""
        ...
