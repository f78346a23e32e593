"""A message that was handed over, and its answers."""

from gsmd.client.delivery_tracker import Received


class AsyncInboundMessage(Received, frozen=True, kw_only=True, dict=True):
    """A message from `AsyncClient.listen`, to be answered exactly once.

    Errors of the answers: `Conflict`, if there was one already. A lost connection is none:
    the daemon hands the message over again, and gets the answer then.
    """

    async def reply(self, text: str) -> None:
        """Done, and ``text`` goes to the sender. To a receipt there is no answer: it is done, and nothing goes out."""
        self.exchange.accept(text)

    async def acknowledge(self) -> None:
        """Done."""
        self.exchange.accept()

    async def reject(
        self, reason: str, *, retry_after: float | None = None, permanent: bool = False
    ) -> None:
        """Not done: the daemon tries again, after ``retry_after`` seconds if given, or never."""
        self.exchange.reject(reason, retry_after=retry_after, permanent=permanent)
