"""The same for programs that do one thing after the other: a loop of its own, on a thread."""

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from gsmd.fleet.campaigns import CampaignRecord, Recipient
from gsmd.fleet.client import DEFAULT, AsyncFleetClient
from gsmd.fleet.codes import CodeChecked

T = TypeVar("T")


class FleetClient:
    """As `AsyncFleetClient`, with calls that wait. Connects when it is made; close it, or use it with ``with``."""

    def __init__(
        self,
        servers: str | Sequence[str] = DEFAULT,
        *,
        credentials_file: str | Path | None = None,
        ca: str | Path | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="gsmd-fleet", daemon=True
        )
        self._thread.start()
        try:
            self._fleet = self._run(
                _made(servers, credentials_file=credentials_file, ca=ca, timeout=timeout)
            )
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the engine."""
        if self._thread.is_alive():
            self._run(self._fleet.close())
            self._end()

    def send(self, to: str, text: str | None = None, **params: Any) -> str:
        """Put a message in; returns its id once the engine has it. Parameters as `AsyncFleetClient.send`."""
        return self._run(self._fleet.send(to, text, **params))

    def show(self, id_: str) -> dict[str, Any] | None:
        """What is known of a message; None if nothing is."""
        return self._run(self._fleet.show(id_))

    def status(self) -> dict[str, Any]:
        """The engine and what stands in it."""
        return self._run(self._fleet.status())

    def boxes(self) -> list[dict[str, Any]]:
        """Each box that was heard of within the last 90 s, with its SIMs."""
        return self._run(self._fleet.boxes())

    def uncertain(self) -> list[dict[str, Any]]:
        """Those of which nobody knows whether they went out."""

        async def all_of_them() -> list[dict[str, Any]]:
            return [each async for each in self._fleet.uncertain()]

        return self._run(all_of_them())

    def resend(self, id_: str) -> bool:
        """Send an uncertain message again, which may make it twice; false if it is not uncertain."""
        return self._run(self._fleet.resend(id_))

    def start_code(self, to: str, **params: Any) -> str:
        """Text a one-time code; returns the id that `check_code` takes. Parameters as `FleetCodes.start`."""
        return self._run(self._fleet.codes.start(to, **params))

    def check_code(self, id_: str, code: str) -> CodeChecked:
        """Whether this is the code."""
        return self._run(self._fleet.codes.check(id_, code))

    def tally(self, poll: str) -> dict[str, Any]:
        """The votes of all boxes in a poll."""
        return self._run(self._fleet.tally(poll))

    def campaign(
        self, id_: str, text: str, recipients: Iterable[Recipient | str], **params: Any
    ) -> CampaignRecord:
        """Write to many; returns when all of it is put in. Parameters as `FleetCampaigns.put_in`."""
        return self._run(self._fleet.campaigns.put_in(id_, text, recipients, **params))

    def cancel_campaign(self, id_: str) -> bool:
        """Nothing more of it goes out; false if there is no such campaign."""
        return self._run(self._fleet.campaigns.cancel(id_))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _made(servers: str | Sequence[str], **more: Any) -> AsyncFleetClient:
    return await AsyncFleetClient(servers, **more).__aenter__()
