"""What the supervisor of a modem has to look into. Anybody may raise a concern; one task sees to them."""

import asyncio


class Concerns:
    """Each attribute is None, or the reason as people read it.

    ``restart``: the modem started anew. ``startup_step``: it came a step further in its start.
    ``silence``: it did not answer. ``sim``: its SIM may be another one, or none.
    ``doubt``: its settings may be lost. ``network``: it may have lost the network.
    """

    def __init__(self) -> None:
        self.restart: str | None = None
        self.startup_step: str | None = None
        self.silence: str | None = None
        self.sim: str | None = None
        self.doubt: str | None = None
        self.network: str | None = None
        self._raised = asyncio.Event()

    def clear(self) -> None:
        """Begin anew: the port was just opened."""
        self.restart = self.startup_step = self.silence = None
        self.sim = self.doubt = self.network = None
        self._raised.clear()

    def wake(self) -> None:
        """There is something to see to."""
        self._raised.set()

    async def wait(self, limit: float) -> None:
        """Until somebody wakes, or ``limit`` seconds have passed."""
        try:
            async with asyncio.timeout(limit):
                await self._raised.wait()
        except TimeoutError:
            pass
        self._raised.clear()
