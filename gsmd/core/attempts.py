"""The last hand-overs of a handler, for whoever asks why nothing arrives.

In memory: on disk each message has its story anyway, and one more row for every try would wear an SD card.
"""

from collections import deque
from urllib.parse import urlsplit

from gsmd.clock import Clock, Milliseconds
from gsmd.handlers.base import Delivery, Handler, HandlerError
from gsmd.protocol import bounds
from gsmd.protocol.handlers import Attempt
from gsmd.store.tables.messages import moment


class AttemptLog:
    """Remembers so many hand-overs. ``address`` is where they went, if they were posted."""

    def __init__(self, address: str | None) -> None:
        self.host = None if address is None else host_of(address)
        self._last: deque[Attempt] = deque(maxlen=bounds.ATTEMPTS)

    def add(
        self,
        delivery: Delivery,
        handler: Handler,
        failure: HandlerError | None,
        clock: Clock,
        began: Milliseconds,
    ) -> None:
        """Note a hand-over that is just over; ``began`` is the clock's monotonic time then."""
        took = clock.monotonic() - began
        self._last.append(
            Attempt(
                at=moment(Milliseconds(clock.wall() - took)),
                id=delivery.message.id,
                attempt=delivery.attempt,
                seconds=took / 1000,
                status=handler.status_of(delivery),
                error=None if failure is None else failure.reason,
                host=self.host,
            )
        )

    def succeed(self, former: "AttemptLog") -> None:
        """Go on where ``former`` ends."""
        self._last.extendleft(former.newest(bounds.ATTEMPTS))

    def newest(self, limit: int) -> list[Attempt]:
        """The newest first."""
        return list(self._last)[: -limit - 1 : -1]


def host_of(address: str) -> str:
    """The host, and the port if it is given, of an address: the rest of it may be a secret."""
    return urlsplit(address).netloc.rpartition("@")[2]
