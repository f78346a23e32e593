"""A modem without a line: slots that messages lie in, and a script of what becomes of submissions."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from gsmd.at import AtError, FinalResult
from gsmd.clock import Clock
from gsmd.config import ModemConfig
from gsmd.modem import (
    Counters,
    Listener,
    ModemState,
    ModemStatus,
    ModemUnavailable,
    StoredEntry,
    SubmitRefused,
    SubmitUncertain,
)
from gsmd.pdu import Frame, Submit

Step = Exception | asyncio.Event | None
"""What becomes of a submission: an error, a wait (the network takes its time), or nothing special."""


class AnswerLost(SubmitUncertain):
    """The network took it, and nobody heard."""

    def __init__(self) -> None:
        super().__init__("the answer was lost")


class FakeModem:
    """Does at once what the core asks. ``log`` tells the order of what was done."""

    def __init__(
        self, config: ModemConfig, listener: Listener["FakeModem"], *, clock: Clock, **_: Any
    ) -> None:
        self.config = config
        self.name = config.name
        self.listener = listener
        self.sim: str | None = f"sim-of-{config.name}"
        self.state = ModemState.ABSENT
        self.reason = "not started"
        self.slots: dict[int, str] = {}
        self.undeletable: set[int] = set()
        self.capacity = 30
        self.sent: list[Submit] = []
        self.times: list[int] = []
        self.more: list[bool] = []
        self.script: deque[Step] = deque()
        self.refuse: Callable[[Submit], Exception | None] = lambda _submit: None
        self.reference = 0
        self.log: list[str] = []
        self.sweeps = 0
        self.named: set[str] = set()  # storages that sweeps were told of
        self.submitting = asyncio.Event()
        self._clock = clock

    announces = True

    @property
    def can_read(self) -> bool:
        return self.state in {ModemState.READY, ModemState.REGISTERING}

    @property
    def can_send(self) -> bool:
        return self.state is ModemState.READY

    async def run(self) -> None:
        await self.appear()
        await asyncio.Event().wait()

    async def appear(self) -> None:
        self.state, self.reason = ModemState.READY, "registered"
        self._tell()
        await self.listener.initialised(self)

    def vanish(self, state: ModemState = ModemState.ABSENT) -> None:
        self.state, self.reason = state, "unplugged"
        self._tell()

    # messages that lie in it

    def arrive(self, *frames: str, hint: bool = True) -> None:
        """The network brings frames, as long as there is room."""
        for frame in frames:
            index = next(i for i in range(1, self.capacity + 1) if i not in self.slots)
            self.slots[index] = frame
            if hint:
                self.listener.arrived(self, "SM", index)

    async def sweep(self, named: Collection[str] = ()) -> list[StoredEntry]:
        self.sweeps += 1
        self.named |= set(named)
        self._require(self.can_read)
        await asyncio.sleep(0)
        self.log.append("list")
        return [StoredEntry("SM", index, 0, frame) for index, frame in sorted(self.slots.items())]

    async def read(self, storage: str, index: int) -> StoredEntry | None:
        self._require(self.can_read)
        await asyncio.sleep(0)
        self.log.append(f"read {index}")
        return StoredEntry(storage, index, 0, self.slots[index]) if index in self.slots else None

    async def delete(self, entries: Sequence[StoredEntry]) -> list[StoredEntry]:
        self._require(self.can_read)
        await asyncio.sleep(0)
        kept = [entry for entry in entries if entry.index in self.undeletable]
        for entry in entries:
            if entry not in kept:
                self.slots.pop(entry.index, None)
                self.log.append(f"delete {entry.index}")
        return kept

    # messages that go out

    async def submit(
        self, frame: Frame, *, commit: Callable[[], Awaitable[None]], more: bool = False
    ) -> int:
        self._require(self.can_send)
        await commit()
        self.submitting.set()
        submit = Submit.decode(frame.tpdu)
        step = self.script.popleft() if self.script else None
        if isinstance(step, asyncio.Event):
            await step.wait()
        error = step if isinstance(step, Exception) else self.refuse(submit)
        if error is not None:
            if isinstance(error, AnswerLost):
                self.sent.append(submit)
            raise error
        self.sent.append(submit)
        self.times.append(self._clock.monotonic())
        self.more.append(more)
        self.reference = (self.reference + 1) % 256
        self.log.append(f"sent {submit.user_data.text}")
        return self.reference

    def answer_late(self, reference: int) -> None:
        """The +CMGS of what got no answer comes after all."""
        self.listener.submitted(self, reference)

    @property
    def texts(self) -> list[str | None]:
        return [submit.user_data.text for submit in self.sent]

    def status(self) -> ModemStatus:
        blank = dict.fromkeys(ModemStatus.__struct_fields__)
        known = {
            "name": self.name,
            "state": self.state,
            "reason": self.reason,
            "since": datetime.now(UTC),
            "roaming": False,
            "counters": Counters(),
        }
        return ModemStatus(**{**blank, **known})  # type: ignore[arg-type] # the names and types stand above

    def _require(self, able: bool) -> None:
        if not able:
            raise ModemUnavailable(self.reason)

    def _tell(self) -> None:
        self.listener.changed(self)


def refused(cms: int, *, text_given: bool = False) -> SubmitRefused:
    """The error for ``+CMS ERROR: <cms>``. ``text_given``: after Ctrl-Z."""
    result = FinalResult(f"+CMS ERROR: {cms}", ok=False, cms=cms)
    return SubmitRefused(AtError("AT+CMGS=20", (), result), text_given=text_given)
