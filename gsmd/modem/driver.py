"""One modem: its supervised life cycle, and what the core may ask of it."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from gsmd.at import AtError, Reply, Unsolicited
from gsmd.clock import Clock, Milliseconds
from gsmd.config import ModemConfig
from gsmd.modem import commands, discovery, notices, pin
from gsmd.modem.background import Background
from gsmd.modem.errors import (
    ModemError,
    ModemUnavailable,
    PinRefused,
    PortBlocked,
    PortLost,
    Restarted,
    SubmitRefused,
    SubmitUncertain,
    Unresponsive,
)
from gsmd.modem.listener import Listener, StoredEntry
from gsmd.modem.port import open_port
from gsmd.modem.recovery import Ladder, Step
from gsmd.modem.session import Session
from gsmd.modem.simcard import SimState, look_at_sim
from gsmd.modem.state import Lifecycle, ModemState
from gsmd.modem.status import Counters, Facts, ModemStatus
from gsmd.modem.submit import Frame
from gsmd.modem.timeouts import Timeouts

T = TypeVar("T")
log = logging.getLogger(__name__)

DOUBT_PAUSE = 30.0
"""Some modems repeat a doubtful banner every few seconds: seconds between two looks."""

_WAITING = {
    SimState.PIN_NEEDED: ModemState.PIN_NEEDED,
    SimState.PUK_NEEDED: ModemState.PUK_NEEDED,
    SimState.MISSING: ModemState.SIM_MISSING,
    SimState.BUSY: ModemState.SIM_BUSY,
}


class Modem:
    """One modem, by its configuration. Run `run`; everything else may be called meanwhile."""

    def __init__(
        self,
        config: ModemConfig,
        listener: Listener,
        *,
        clock: Clock,
        timeouts: Timeouts | None = None,
        state_dir: Path | None = None,
    ) -> None:
        self.config = config
        self.name = config.name
        self.counters = Counters()
        self._listener = listener
        self._timeouts = timeouts or Timeouts()
        self._facts = Facts()
        self._life = Lifecycle(config.name, clock, self._changed)
        self._ladder = Ladder(self._timeouts, hard_reset=config.reset_command is not None)
        self._pins = pin.PinMemory(state_dir / f"{config.name}.pin.json" if state_dir else None)
        self._session: Session | None = None
        self._background = Background(config.name)
        self._wake = asyncio.Event()
        self._restart: str | None = None
        self._suspect: str | None = None
        self._again: str | None = None
        self._sim_news = False
        self._doubt_at = 0.0
        self._direct: deque[str] = deque()
        self._acknowledging = False
        self._told_of_call = False
        self._rings = 0

    # -- what it is ------------------------------------------------------------------------

    @property
    def state(self) -> ModemState:
        return self._life.state

    @property
    def reason(self) -> str:
        return self._life.reason

    @property
    def since(self) -> Milliseconds:
        return self._life.since

    @property
    def sim(self) -> str | None:
        """The identity that parts and reports belong to: IMSI, else ICCID, else the modem's name."""
        return self._facts.imsi or self._facts.iccid or self.name

    @property
    def can_read(self) -> bool:
        return self._session is not None and self._session.readable

    @property
    def can_send(self) -> bool:
        return self.state is ModemState.READY

    def status(self) -> ModemStatus:
        facts = self._facts
        return ModemStatus(
            name=self.name,
            state=self.state,
            reason=self.reason,
            since=datetime.fromtimestamp(self.since / 1000, UTC),
            port=facts.port,
            manufacturer=facts.manufacturer,
            model=facts.model,
            revision=facts.revision,
            imei=facts.imei,
            imsi=facts.imsi,
            iccid=facts.iccid,
            number=facts.number,
            operator=facts.operator,
            registration=facts.registration,
            roaming=facts.roaming,
            signal_dbm=facts.signal_dbm,
            smsc=facts.smsc,
            storage=facts.storage,
            counters=self.counters,
        )

    # -- life cycle ------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep the modem working, for ever. Ends by cancellation, with the port closed."""
        try:
            while True:
                await self._live_once()
        finally:
            self._life.enter(ModemState.STOPPED, "stopped")

    async def _live_once(self) -> None:
        try:
            path = await self._find()
            session = await self._open(path)
            try:
                await self._work(session)
            finally:
                await self._end(session)
        except PortLost as error:
            self._ladder.appeared()
            self.counters.reconnects += 1
            self._life.enter(ModemState.RECOVERING, error.reason)
            await asyncio.sleep(min(self._ladder.delay(), 1.0))
        except (ModemError, AtError) as error:
            await self._recover(str(error))

    async def _find(self) -> str:
        path = discovery.resolve(self.config)
        if path is None:
            self._facts.port = None
            self._life.enter(ModemState.ABSENT, f"waiting for {discovery.describe(self.config)}")
            self._ladder.appeared()
            path = await discovery.appearance(self.config, self._timeouts)
        return path

    async def _open(self, path: str) -> Session:
        while True:
            self._life.enter(ModemState.OPENING, f"opening {path}")
            try:
                port = await open_port(path, self.config.baudrate)
                break
            except PortBlocked as error:
                self._life.enter(ModemState.OPENING, error.reason)
                await asyncio.sleep(self._ladder.delay())
        self._facts.port = path
        return Session(
            self.config, self._timeouts, self._facts, port, self._unsolicited, self._port_lost
        )

    async def _work(self, session: Session) -> None:
        self._session = session
        self._restart = self._suspect = self._again = None
        while True:
            try:
                await self._bring_up(session)
                await self._watch(session)
            except Restarted as error:
                await self._sit_out_restart(session, error.reason)

    async def _end(self, session: Session) -> None:
        self._session = None
        session.readable = False
        await self._background.cancel()
        await session.line.port.close()

    async def _sit_out_restart(self, session: Session, reason: str) -> None:
        session.readable = False
        self.counters.restarts += 1
        self._life.enter(ModemState.RECOVERING, reason)
        while self._restart is not None:
            self._restart = None
            await asyncio.sleep(self._timeouts.settle)
        if session.line.lost is not None:
            raise PortLost(session.line.lost)

    async def _recover(self, reason: str) -> None:
        plan = self._ladder.failed()
        self._life.enter(
            ModemState.RECOVERING, f"{reason}; in {plan.delay:.0f} s: {plan.step.value}"
        )
        await asyncio.sleep(plan.delay)
        if plan.step is Step.SOFT_RESET:
            await self._soft_reset()

    async def _soft_reset(self) -> None:
        path = discovery.resolve(self.config)
        if path is None:
            return
        self.counters.resets += 1
        try:
            port = await open_port(path, self.config.baudrate)
        except ModemError:
            return
        port.write(b"\x1bAT+CFUN=1,1\r")
        await asyncio.sleep(self._timeouts.reset)
        await port.close()

    # -- from an open port to ready --------------------------------------------------------

    async def _bring_up(self, session: Session) -> None:
        self._life.enter(ModemState.IDENTIFYING, "asking the modem who it is")
        async with session.turn:
            await session.connect()
            await session.identify()
        await self._wait_for_sim(session)
        await self._prepare_messages(session)
        self._background.start(self._listener.initialised(self), "sweep")
        async with session.turn:
            await session.follow_registration()
        self._settle()
        self._background.start(self._learn_details(session), "details")

    async def _wait_for_sim(self, session: Session) -> None:
        busy_until = asyncio.get_running_loop().time() + self._timeouts.sim_patience
        while True:
            self._sim_news = False
            async with session.turn:
                state, reason = await look_at_sim(session.line)
            if state is SimState.READY:
                return
            self._life.enter(_WAITING[state], reason)
            if state is SimState.BUSY:
                if asyncio.get_running_loop().time() > busy_until:
                    raise Unresponsive(f"the SIM stays busy: {reason}")
                await asyncio.sleep(self._timeouts.sim_retry)
                continue
            if state is SimState.PIN_NEEDED and await self._give_pin(session):
                continue
            await self._sleep_until_woken(self._timeouts.sim_check)
            self._raise_concerns(session)

    async def _give_pin(self, session: Session) -> bool:
        if self.config.pin_file is None:
            self._life.enter(ModemState.PIN_NEEDED, "the SIM asks for its PIN; no pin_file is set")
            return False
        try:
            async with session.turn:
                card = await session.iccid() or self.name
                await pin.unlock(
                    session.line, session.profile, self._pins, card, self.config.pin_file
                )
        except PinRefused as error:
            self._life.enter(ModemState.PIN_NEEDED, error.reason)
            return False
        return True

    async def _prepare_messages(self, session: Session) -> None:
        until = asyncio.get_running_loop().time() + self._timeouts.sim_patience
        while True:
            self._again = None
            try:
                async with session.turn:
                    await session.prepare_messages()
            except AtError as error:
                if asyncio.get_running_loop().time() > until:
                    raise
                self._life.enter(ModemState.SIM_BUSY, f"not ready for messages yet: {error.text}")
                await asyncio.sleep(self._timeouts.sim_retry)
            else:
                return

    async def _learn_details(self, session: Session) -> None:
        """What is good to know and nobody waits for; between two questions others may talk."""
        line, facts, slow = session.line, self._facts, self._timeouts.slow
        async with session.turn:
            await commands.accepts(line, "+CLIP=1")
        async with session.turn:
            facts.revision = await commands.text(line, "+CGMR")
        async with session.turn:
            facts.signal_dbm = await _known(commands.signal(line))
        async with session.turn:
            facts.smsc = await _known(commands.service_centre(line, slow))
        async with session.turn:
            facts.iccid = facts.iccid or await session.iccid()
        async with session.turn:
            facts.number = await _known(commands.own_number(line, slow))
        async with session.turn:
            await commands.accepts(line, "+COPS=3,0")
            facts.operator = await _known(commands.operator(line, slow))
        self._changed()

    def _settle(self) -> None:
        """Ready, or waiting for the network, by what is known of it."""
        session = self._session
        if session is None or not session.readable:
            return
        registration = session.registration
        self._facts.registration = registration.word
        self._facts.roaming = registration.roaming
        if registration.may_send:
            self._ladder.worked()
            self._life.enter(ModemState.READY, registration.reason)
        else:
            self._life.enter(ModemState.REGISTERING, registration.reason)

    # -- watching over it ------------------------------------------------------------------

    async def _watch(self, session: Session) -> None:
        while True:
            await self._sleep_until_woken(self._next_look())
            self._raise_concerns(session)
            async with session.turn:
                await self._look_after(session)
            self._settle()

    def _next_look(self) -> float:
        if self.state is ModemState.REGISTERING:
            return self._timeouts.registration
        return self.config.probe_every

    async def _look_after(self, session: Session) -> None:
        loop = asyncio.get_running_loop()
        if self._suspect is not None:
            reason, self._suspect = self._suspect, None
            self._life.enter(ModemState.RECOVERING, reason)
            await session.line.resync()
            await self._check_settings(session)
        elif self._again is not None:
            await asyncio.sleep(0)
            raise Restarted(f"the modem said {self._again}")
        elif loop.time() - session.line.heard_at >= self.config.probe_every * 0.9:
            await self._check_settings(session)
            self._facts.signal_dbm = await _known(commands.signal(session.line))
        if self.state is ModemState.REGISTERING:
            await session.look_at_registration()

    async def _check_settings(self, session: Session) -> None:
        if not await session.still_prepared():
            raise Restarted("the modem has lost its settings")

    async def _sleep_until_woken(self, limit: float) -> None:
        try:
            async with asyncio.timeout(limit):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    def _raise_concerns(self, session: Session) -> None:
        if session.line.lost is not None:
            raise PortLost(session.line.lost)
        if self._restart is not None:
            raise Restarted(f"the modem restarted ({self._restart})")

    # -- what the core may ask -------------------------------------------------------------

    async def sweep(self) -> list[StoredEntry]:
        """Everything that was received and is stored. Errors: `ModemUnavailable`."""
        async with self._readable() as session:
            entries = await session.storage.sweep()
            self._facts.storage = session.storage.use
            self.counters.read += len(entries)
            return entries

    async def read(self, storage: str, index: int) -> StoredEntry | None:
        """The slot that a hint named; None: it is empty. Errors: `ModemUnavailable`."""
        async with self._readable() as session:
            entry = await session.storage.read(storage, index)
            self.counters.read += entry is not None
            return entry

    async def delete(self, entries: Sequence[StoredEntry]) -> list[StoredEntry]:
        """Free the slots; returns those that could not be freed. Errors: `ModemUnavailable`."""
        async with self._readable() as session:
            kept = await session.storage.delete(entries)
            self.counters.deleted += len(entries) - len(kept)
            return kept

    async def submit(
        self, frame: Frame, *, commit: Callable[[], Awaitable[None]], more: bool = False
    ) -> int:
        """Send one message part; returns its message reference.

        ``commit`` runs while the prompt is awaited; nothing is sent before it has returned.
        Errors: `SubmitRefused`, `SubmitUncertain`, `ModemUnavailable`, and what ``commit`` raises.
        """
        if not self.can_send:
            raise ModemUnavailable(f"{self.state}: {self.reason}")
        try:
            async with self._readable() as session:
                reference = await session.submit(frame, commit=commit, more=more)
        except SubmitRefused:
            self.counters.refused += 1
            raise
        except SubmitUncertain as error:
            self.counters.uncertain += 1
            self._doubt(error.reason)
            raise
        self.counters.sent += 1
        return reference

    async def command(self, line: str, timeout: float | None = None) -> Reply:  # noqa: ASYNC109 -- a part of the contract with the core
        """A command as somebody typed it. Errors: `ModemUnavailable`."""
        async with self._turn() as session:
            return await commands.raw(session.line, line, timeout)

    async def unlock(self, pin_code: str | None = None) -> None:
        """Give the SIM its PIN: ``pin_code``, else what is in ``pin_file``. Errors: `PinRefused`, `ModemUnavailable`."""
        if pin_code is None:
            if self.config.pin_file is None:
                raise PinRefused("no PIN was given and no pin_file is set")
            pin_code = pin.read_pin(self.config.pin_file)
        async with self._turn() as session:
            await pin.give(session.line, pin_code)
        self._sim_news = True
        self._wake.set()

    async def reset(self) -> None:
        """Restart the modem. Errors: `ModemUnavailable`."""
        async with self._turn() as session:
            self.counters.resets += 1
            for reset in session.profile.soft_reset:
                if await commands.accepts(session.line, reset):
                    break
            self._restart = "reset by hand"
            self._wake.set()

    @asynccontextmanager
    async def _readable(self) -> AsyncIterator[Session]:
        if not self.can_read:
            raise ModemUnavailable(f"{self.state}: {self.reason}")
        async with self._turn() as session:
            if not session.readable:
                raise ModemUnavailable(f"{self.state}: {self.reason}")
            yield session

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[Session]:
        session = self._session
        if session is None:
            raise ModemUnavailable(f"{self.state}: {self.reason}")
        async with session.turn:
            if session is not self._session:
                raise ModemUnavailable(f"{self.state}: {self.reason}")
            try:
                yield session
            except AtError as error:
                raise ModemUnavailable(str(error)) from error
            except Unresponsive as error:
                self.counters.timeouts += 1
                self._doubt(error.reason)
                raise ModemUnavailable(error.reason) from error
            except (PortLost, Restarted) as error:
                raise ModemUnavailable(error.reason) from error

    def _doubt(self, reason: str) -> None:
        """It may have died: whoever watches over it has a look at once."""
        self._suspect = reason
        self._wake.set()

    # -- what the modem says by itself -----------------------------------------------------

    def _changed(self) -> None:
        self._listener.changed(self)

    def _port_lost(self, _why: str) -> None:
        self._wake.set()

    def _unsolicited(self, event: Unsolicited) -> None:  # noqa: C901 -- one case per kind of notice
        notice = notices.parse(event)
        session = self._session
        if notice is None or session is None:
            return
        match notice:
            case notices.Arrived(storage, index):
                self._listener.arrived(self, storage, index)
            case notices.Direct(frame):
                self._take_direct(session, frame)
            case notices.RegistrationNews(domain, status):
                session.registration = session.registration.with_domain(domain, status)
                if self.state in {ModemState.READY, ModemState.REGISTERING}:
                    self._settle()
            case notices.SignalNews(rssi):
                self._facts.signal_dbm = commands.dbm(rssi)
            case notices.StorageFull():
                self._listener.storage_full(self)
            case notices.Restart(banner):
                self._restart = banner
                session.line.give_up_with(Restarted(f"the modem restarted ({banner})"))
                self._wake.set()
            case notices.StartupStep(banner):
                self._again = banner
                self._wake.set()
            case notices.SimNews():
                self._sim_news = True
                self._wake.set()
            case _:
                pass

    def _take_direct(self, session: Session, frame: str) -> None:
        self._direct.append(frame)
        if not self._acknowledging:
            self._acknowledging = True
            self._background.start(self._hand_over_direct(session), "direct delivery")

    async def _hand_over_direct(self, session: Session) -> None:
        try:
            while self._direct:
                await self._listener.direct(self, self._direct[0])
                self._direct.popleft()
                if session.acknowledges:
                    async with session.turn:
                        session.acknowledges = await commands.accepts(session.line, "+CNMA")
        finally:
            self._acknowledging = False


async def _known(asked: Awaitable[T]) -> T | None:
    try:
        return await asked
    except AtError:
        return None
