"""A message that is to be carried, and its answers."""

from gsmd.client.submission_tracker import Carried
from gsmd.protocol.errors import Code


class AsyncOutboundMessage(Carried, frozen=True, kw_only=True, dict=True):
    """A whole message from `AsyncClient.carry`, to be answered exactly once.

    Errors of the answers: `Conflict`, if there was one already. A lost connection is none: the answer is told again.
    """

    async def sent(self, reference: str | int | None = None) -> None:
        """The network has it, and calls it ``reference``: by that its reports find back."""
        self.handing.accept(reference)

    async def refuse(
        self, reason: str, *, permanent: bool = False, retry_after: float | None = None
    ) -> None:
        """It did not go out: for good, or for ``retry_after`` seconds; without these, the daemon chooses the time."""
        self.handing.reject(Code.REFUSED, reason, permanent=permanent, retry_after=retry_after)

    async def unavailable(self, reason: str, *, retry_after: float | None = None) -> None:
        """It did not go out, and nothing else would: this carrier gets nothing for so long (5 s, if not said)."""
        self.handing.reject(Code.MODEM_UNAVAILABLE, reason, retry_after=retry_after)

    async def uncertain(self, reason: str) -> None:
        """It may have gone out. The daemon does with it what was asked for that case."""
        self.handing.reject(Code.REFUSED, reason, uncertain=True)
