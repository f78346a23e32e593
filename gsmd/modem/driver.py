"""One modem: what the core may ask of it. Its life cycle is in `gsmd.modem.supervisor`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from gsmd.at import AtError, Reply, Severity, Unsolicited
from gsmd.clock import Clock, Milliseconds
from gsmd.config import ModemConfig
from gsmd.modem import quirks
from gsmd.modem.calls import Calls
from gsmd.modem.credit import CreditWatch
from gsmd.modem.device import Device
from gsmd.modem.direct import DirectDeliveries
from gsmd.modem.errors import (
    ModemUnavailable,
    PinRefused,
    PortLost,
    Restarted,
    SettingsLost,
    SubmitRefused,
    SubmitUncertain,
    Unresponsive,
)
from gsmd.modem.listener import Listener
from gsmd.modem.pending_checks import Check
from gsmd.modem.port.discovery import Finder
from gsmd.modem.port.recorder import Recorder
from gsmd.modem.reception import Reception
from gsmd.modem.session import Session, changes_settings
from gsmd.modem.sim import pin
from gsmd.modem.sim.simcard import SimState, is_sim_trouble, look_at_sim
from gsmd.modem.state import ModemState
from gsmd.modem.status import Counters, ModemStatus, shown
from gsmd.modem.storage.stored_entry import StoredEntry
from gsmd.modem.supervisor import Supervisor
from gsmd.modem.timeouts import Timeouts
from gsmd.modem.urc_reactions import reactions
from gsmd.modem.ussd.answer import UssdReply
from gsmd.modem.ussd.dialogue import Ussd
from gsmd.pdu import Frame

_STORAGE_FULL = 322


class Modem:
    """One modem, by its configuration. Run `run`; everything else may be called meanwhile.

    ``state_dir`` is where it is remembered which PIN a SIM has refused; None: not beyond this process.
    """

    def __init__(
        self,
        config: ModemConfig,
        listener: Listener["Modem"],
        *,
        clock: Clock,
        timeouts: Timeouts | None = None,
        state_dir: Path | None = None,
        finder: Finder | None = None,
    ) -> None:
        self.config = config
        self.name = config.name
        self._timeouts = timeouts or Timeouts()
        self._listener = listener
        device = Device(config, self._timeouts, clock, self._changed)
        self._device = device
        self._ussd = Ussd(partial(listener.ussd, self))
        self._reception = reception = Reception(
            device,
            arrived=partial(listener.arrived, self),
            direct=partial(listener.direct, self),
            storage_full=partial(listener.storage_full, self),
            storage_level=lambda high: listener.storage_level(self, high=high),
        )
        self._direct = DirectDeliveries(device, reception.handed_over)
        self._urcs = reactions(
            device,
            Calls(device, partial(listener.called, self)),
            self._direct,
            self._ussd,
            arrived=reception.arrived,
            storage_full=partial(listener.storage_full, self),
            submitted=partial(listener.submitted, self),
        )
        self._credit = CreditWatch(
            config.credit,
            clock,
            low=partial(listener.credit_low, self),
            changed=partial(listener.changed, self),
        )
        self._supervisor = Supervisor(
            device,
            finder or Finder(config, self._timeouts),
            pin.PinMemory(state_dir / f"{config.name}.pin.json" if state_dir else None),
            initialised=self._initialised,
            react=self._heard,
            ended=self._ended,
        )

    async def run(self) -> None:
        """Keep the modem working, for ever. Ends by cancellation, with the port closed."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._credit.run(self), name=f"{self.name} credit")
            await self._supervisor.run()

    # -- what it is ------------------------------------------------------------------------

    @property
    def state(self) -> ModemState:
        return self._device.life.state

    @property
    def reason(self) -> str:
        """The reason for its state, for people."""
        return self._device.life.reason

    @property
    def since(self) -> Milliseconds:
        """The time at which it entered its state, by the wall clock."""
        return self._device.life.since

    @property
    def counters(self) -> Counters:
        return self._device.counters

    @property
    def sim(self) -> str | None:
        """The identity that parts and reports belong to: IMSI, else ICCID, else the modem's name."""
        return self._device.facts.imsi or self._device.facts.iccid or self.name

    @property
    def troubles(self) -> tuple[str, ...]:
        """Signs against its working well although nothing failed, each a sentence for people."""
        return tuple(self._device.troubles)

    @property
    def announces(self) -> bool:
        """It tells of what comes in, as far as that can be known: sweeps are for what goes wrong."""
        return self._reception.announced

    @property
    def can_read(self) -> bool:
        """The SIM can be read."""
        session = self._device.session
        return session is not None and session.readable

    @property
    def can_send(self) -> bool:
        """The SIM can be read and there is a network, as far as the modem can tell."""
        return self.state is ModemState.READY and self.can_read

    @property
    def recorder(self) -> Recorder:
        """The recorder of its line."""
        return self._device.recorder

    def status(self) -> ModemStatus:
        """The status of the modem, as it is shown."""
        device = self._device
        credit = self._credit.of(self.sim)
        return shown(self.name, device.life, device.facts, device.counters, device.troubles, credit)

    # -- messages --------------------------------------------------------------------------

    async def sweep(self, named: Collection[str] = ()) -> list[StoredEntry]:
        """All messages that were received and are stored; ``named``: storages that hints were about.

        Errors: `ModemUnavailable`.
        """
        async with self._reading() as session:
            entries = await session.storage.sweep(named)
            self.counters.read += len(entries)
            self._reception.swept(session, entries)
            if session.storage.more:
                self._reception.begin_anew()  # it may have lain there for long
                self._device.background.start(self._listener.initialised(self), "sweep")
            return entries

    async def read(self, storage: str, index: int) -> StoredEntry | None:
        """The slot that a hint named; None: it is empty, and the message may be in another one.

        Errors: `ModemUnavailable`.
        """
        async with self._reading() as session:
            entry = await session.storage.read(storage, index)
            self.counters.read += entry is not None
            return entry

    async def delete(self, entries: Sequence[StoredEntry]) -> list[StoredEntry]:
        """Free the slots; returns those that could not be freed. Errors: `ModemUnavailable`."""
        async with self._reading() as session:
            kept = await session.storage.delete(entries)
            self.counters.deleted += len(entries) - len(kept)
            self._reception.used(session)
            return kept

    async def submit(
        self, frame: Frame, *, commit: Callable[[], Awaitable[None]], more: bool = False
    ) -> int:
        """Send one message part; returns its message reference.

        ``commit`` runs while the prompt is awaited; nothing is sent before it has returned.
        ``more``: another part follows at once.
        Errors: `SubmitRefused`, `SubmitUncertain`, `ModemUnavailable`, and what ``commit`` raises.
        """
        if not self.can_send:
            raise self._device.unavailable()
        try:
            async with self._reading() as session:
                reference = await session.submit(frame, commit=commit, more=more)
        except SubmitRefused as error:
            self.counters.refused += 1
            if error.severity is Severity.UNKNOWN and session.registration.lte_only:
                # that is how LTE without SMS looks: the next message would fare no better
                error.severity = Severity.MODEM
            if error.cms == _STORAGE_FULL:
                self._listener.storage_full(self)
            raise
        except SubmitUncertain as error:
            self.counters.uncertain += 1
            self._was_silent(error.reason)
            raise
        self.counters.sent += 1
        return reference

    # -- for administrators ----------------------------------------------------------------

    async def command(self, line: str, timeout: float | None = None) -> Reply:  # noqa: ASYNC109 -- a part of the contract with the core
        """A command as somebody typed it, between two of ours. Errors: `ModemUnavailable`, `ValueError`."""
        line = line.strip()
        if not line.isascii() or not line.isprintable() or line[:2].upper() != "AT":
            raise ValueError("a command is one line of ASCII that begins with AT")
        async with self._turn() as session:
            reply = await session.raw(line, timeout)
        if changes_settings(line):
            self._device.checks.request(Check.SETTINGS_SUSPECT, f"{line} by hand")
        return reply

    async def ussd(self, code: str, timeout: float | None = None) -> UssdReply:  # noqa: ASYNC109 -- a part of the contract with the core
        """A USSD code, or the answer to a menu. Errors: `UssdFailed`, `ModemUnavailable`."""
        session = self._device.session
        if session is None:
            raise self._device.unavailable()
        async with self._translated():
            return await self._ussd.ask(session, code, timeout or self._timeouts.ussd)

    async def cancel_ussd(self) -> None:
        """Leave a menu without an answer. Errors: `ModemUnavailable`."""
        session = self._device.session
        if session is None:
            raise self._device.unavailable()
        await self._ussd.cancel(session)

    async def unlock(self, pin_code: str | None = None) -> None:
        """Give the SIM its PIN: ``pin_code``, else what is in ``pin_file``.

        Errors: `PinRefused`, `ModemUnavailable`.
        """
        if pin_code is None:
            pin_code = await asyncio.to_thread(pin.from_file, self.config.pin_file)
        async with self._turn() as session:
            found = await look_at_sim(session.line)
            if found.state in {SimState.READY, SimState.PUK_NEEDED}:
                # it would be a wrong try for a PIN2 or a PUK
                raise PinRefused(
                    f"the SIM does not ask for its PIN: {found.remark or found.reason}"
                )
            await pin.give(session.line, pin_code)
        self._device.checks.request(Check.SIM, "unlocked")

    async def reset(self) -> None:
        """Restart the modem. Errors: `ModemUnavailable`."""
        async with self._turn() as session:
            self.counters.resets += 1
            await session.restart()
        self._device.checks.request(Check.RESTART, "reset by hand")

    # -- from and to the supervisor --------------------------------------------------------

    def _heard(self, event: Unsolicited) -> None:
        session = self._device.session
        if session is not None:
            if session.connecting:
                session.line.place.nudge()
            self._urcs.dispatch(event, quirks.indications(session.profile))

    def _changed(self) -> None:
        self._credit.wake()
        self._listener.changed(self)

    def _initialised(self) -> None:
        self._reception.begin_anew()
        if self._device.session is not None:
            self._direct.prepared(self._device.session)
        self._device.background.start(self._listener.initialised(self), "sweep")

    def _ended(self) -> None:
        self._ussd.lost()
        self._direct.forget()

    def _was_silent(self, reason: str) -> None:
        self._device.checks.request(Check.SILENCE, reason)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Session]:
        if not self.can_read:
            raise self._device.unavailable()
        async with self._turn() as session:
            if not session.readable:
                raise self._device.unavailable()
            yield session

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[Session]:
        session = self._device.session
        if session is None:
            raise self._device.unavailable()
        async with session.turn:
            if session is not self._device.session:
                raise self._device.unavailable()
            async with self._translated():
                yield session

    @asynccontextmanager
    async def _translated(self) -> AsyncIterator[None]:
        """Turn errors on the line into those that callers know; the supervisor looks into them."""
        try:
            yield
        except AtError as error:
            if is_sim_trouble(error):
                self._device.checks.request(Check.SIM, error.text)
            raise ModemUnavailable(str(error)) from error
        except Unresponsive as error:
            self.counters.timeouts += 1
            self._was_silent(error.reason)
            raise ModemUnavailable(error.reason) from error
        except SettingsLost as error:
            self._device.checks.request(Check.RESTART, error.reason)
            raise ModemUnavailable(error.reason) from error
        except (PortLost, Restarted) as error:
            raise ModemUnavailable(error.reason) from error
