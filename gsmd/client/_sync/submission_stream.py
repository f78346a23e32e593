"""Being a carrier: messages to be carried, as a blocking iterator."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gsmd.client import errors
from gsmd.client._sync.link import SocketLink
from gsmd.client._sync.outbound import OutboundMessage
from gsmd.client._sync.stream import Stream
from gsmd.client.submission_tracker import SubmissionTracker, carried
from gsmd.protocol.jsonrpc import Request


class SubmissionStream(Stream):
    """The messages that a carrier of the configuration is to carry, one after the other.

    Each is to be answered; until then it counts as being with this program, also when the next one is asked for. What
    is not answered when the connection ends is uncertain to the daemon.
    """

    def __init__(
        self,
        path: Path,
        carrier: str,
        *,
        max_in_flight: int,
        reconnect: bool,
        timeout: float | None,
    ) -> None:
        self.carrier = carrier
        self._tracker = SubmissionTracker(max_in_flight)
        self._attached_before = False
        params: dict[str, Any] = {"carrier": carrier, "max_in_flight": max_in_flight}
        super().__init__(path, "carriers.attach", params, reconnect=reconnect, timeout=timeout)

    def receive(self) -> OutboundMessage:
        """The next message to be carried. Errors: `NoDaemon` once closed."""
        while True:
            item = self._hear(None)
            if isinstance(item, Request) and item.method == "carrier.submit":
                handing = self._tracker.take(self._link, item)
                if handing is not None:
                    return carried(OutboundMessage, handing, item.params)

    def __iter__(self) -> Iterator[OutboundMessage]:
        try:
            yield from self._each(self.receive)
        finally:
            if not self._managed:
                self.close()

    def _subscribe(self, link: SocketLink) -> Any:
        for report in [*self._tracker.reports(self.carrier)] if self._attached_before else []:
            link.request("carriers.report", report, self._timeout)
        try:
            result = super()._subscribe(link)
        except errors.Conflict:
            if (
                self._attached_before
            ):  # the daemon has not heard yet that the old connection is gone
                raise errors.gone(self._path) from None
            raise
        self._attached_before = True
        return result
