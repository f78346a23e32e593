"""Being a carrier: messages to be carried, as an asynchronous iterator."""

from pathlib import Path
from typing import Any

from gsmd.client import errors
from gsmd.client._async.link import AsyncLink
from gsmd.client._async.outbound import AsyncOutboundMessage
from gsmd.client._async.stream import AsyncStream
from gsmd.client.parameters import to_wire
from gsmd.client.submission_tracker import SubmissionTracker, carried
from gsmd.protocol.jsonrpc import Request


class AsyncSubmissionStream(AsyncStream):
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

    async def receive(self) -> AsyncOutboundMessage:
        """The next message to be carried. Errors: `NoDaemon` once closed."""
        while True:
            item = await self._hear()
            if isinstance(item, Request) and item.method == "carrier.submit":
                assert self._link is not None
                handing = self._tracker.take(self._link, item)
                if handing is not None:
                    return carried(AsyncOutboundMessage, handing, item.params)

    async def detach(self, reason: str | None = None) -> None:
        """Be given nothing more, and say why. What has come is still to be answered, until `close`. Errors: `GsmdError`."""
        self._reconnect = False
        if self._link is not None:
            params = to_wire({"carrier": self.carrier, "reason": reason})
            await self._link.request("carriers.detach", params, self._timeout)

    async def __anext__(self) -> AsyncOutboundMessage:
        try:
            return await self.receive()
        except errors.NoDaemon:
            if self._closed:
                raise StopAsyncIteration from None
            raise

    async def _subscribe(self, link: AsyncLink) -> Any:
        for report in [*self._tracker.reports(self.carrier)] if self._attached_before else []:
            await link.request("carriers.report", report, self._timeout)
        try:
            result = await super()._subscribe(link)
        except errors.Conflict:
            if (
                self._attached_before
            ):  # the daemon has not heard yet that the old connection is gone
                raise errors.gone(self._path) from None
            raise
        self._attached_before = True
        return result
