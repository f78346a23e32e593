"""The life of one modem: find it, open it, bring it up, watch over it, recover it, for ever."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from gsmd.at import AtError, Unsolicited
from gsmd.modem import resets
from gsmd.modem.bringup import bring_up, learn_details
from gsmd.modem.device import Device
from gsmd.modem.errors import ModemError, PortBlocked, PortLost, Restarted, Unresponsive
from gsmd.modem.pending_checks import Check
from gsmd.modem.port.discovery import Finder
from gsmd.modem.port.port import off_loop, open_port
from gsmd.modem.port.port_users import explain
from gsmd.modem.recovery import Ladder, Step
from gsmd.modem.session import Session
from gsmd.modem.sim import pin
from gsmd.modem.state import ModemState
from gsmd.modem.watch import Watch

log = logging.getLogger(__name__)

_MOST_RESTARTS = 10
"""Restarts in a row, without having been ready between, after which stronger means are due."""

_BLOCKED_PAUSE_MAX = 10.0
"""Seconds between two tries at a port that somebody else holds."""

_HOLDER_PAUSE = 60.0
"""Seconds between two looks at who holds it: a look goes through the files of every process."""

_GONE_PAUSE_MAX = 5.0
"""Seconds between two tries at a port whose device node is there and does not work."""


class Supervisor:
    """Keeps one `Device` working.

    ``initialised`` starts the sweep, ``react`` gets what the modem says by itself, ``ended`` is
    told when a port is closed.
    """

    def __init__(
        self,
        device: Device,
        finder: Finder,
        pins: pin.PinMemory,
        *,
        initialised: Callable[[], None],
        react: Callable[[Unsolicited], None],
        ended: Callable[[], None],
    ) -> None:
        self._device = device
        self._finder = finder
        self._pins = pins
        self._initialised = initialised
        self._react = react
        self._ended = ended
        self._ladder = Ladder(device.timeouts, hard_reset=device.config.reset_command is not None)
        self._up_since: float | None = None

    async def run(self) -> None:
        """Never returns; ends by cancellation, with the port closed."""
        try:
            while True:
                await self._live_once()
        finally:
            self._device.life.enter(ModemState.STOPPED, "stopped")

    async def _live_once(self) -> None:
        try:
            session = await self._open(await self._find())
            try:
                await self._work(session)
            finally:
                await self._close(session)
        except PortLost as error:
            self._forgive()
            await self._lost(error)
        except (ModemError, AtError) as error:
            self._forgive()
            await self._recover(str(error))

    # -- the port --------------------------------------------------------------------------

    async def _find(self) -> str:
        if self._finder.asks and self._device.life.state is ModemState.STOPPED:
            self._device.life.enter(
                ModemState.ABSENT, f"asking each port for {self._finder.sought}"
            )
        path = await self._finder.find()
        while path is None:
            self._device.facts.port = None
            self._device.life.enter(ModemState.ABSENT, f"waiting for {self._finder.sought}")
            self._ladder.appeared()
            path = await self._finder.appearance()
        return path

    async def _open(self, path: str) -> Session:
        device = self._device
        pause = device.timeouts.retry_first
        now = asyncio.get_running_loop().time
        look_at = now()
        device.life.enter(ModemState.OPENING, f"opening {path}")
        while True:
            try:
                port = device.recorder.wrap(await open_port(path, device.config.baudrate))
                break
            except PortBlocked as error:
                if now() >= look_at:
                    reason = await off_loop(partial(explain, path, error.reason))
                    device.life.enter(ModemState.OPENING, reason)
                    look_at = now() + _HOLDER_PAUSE
                await asyncio.sleep(pause)
                pause = min(pause * 2, _BLOCKED_PAUSE_MAX)
        device.facts.port = path
        return Session(
            device.config,
            device.timeouts,
            device.facts,
            device.hand_over,
            port,
            self._react,
            self._port_lost,
        )

    async def _close(self, session: Session) -> None:
        session.readable = False
        self._device.session = None
        self._ended()
        await self._device.background.cancel()
        await session.line.port.close()

    def _port_lost(self, _why: str) -> None:
        self._device.checks.wake()

    # -- a session -------------------------------------------------------------------------

    async def _work(self, session: Session) -> None:
        device = self._device
        device.session = session
        device.without_sim.opened()
        device.searching.opened()
        device.checks.clear()
        restarts = 0
        while restarts < _MOST_RESTARTS:
            try:
                await bring_up(device, session, self._pins, self._initialised)
                self._up_since = asyncio.get_running_loop().time()
                restarts = 0
                device.settle()
                device.background.start(learn_details(device, session), "details")
                await Watch(device, session).keep()
            except Restarted as error:
                restarts += 1
                await self._sit_out_restart(session, error.reason)
        raise Unresponsive("the modem restarts again and again")

    async def _sit_out_restart(self, session: Session, reason: str) -> None:
        """Wait until the modem has no more to say about its start."""
        device = self._device
        session.readable = False
        device.counters.restarts += 1
        device.life.enter(ModemState.RECOVERING, reason)
        await device.background.cancel()
        while True:
            device.checks.clear()
            await asyncio.sleep(device.timeouts.settle)
            if session.line.lost is not None:
                raise PortLost(session.line.lost)
            if device.checks[Check.RESTART] is None and device.checks[Check.STARTUP_STEP] is None:
                return

    # -- recovery --------------------------------------------------------------------------

    def _forgive(self) -> None:
        """Begin at the bottom of the ladder again after what worked for long."""
        up_since, self._up_since = self._up_since, None
        now = asyncio.get_running_loop().time()
        if up_since is not None and now - up_since >= self._device.config.probe_every:
            self._ladder.worked()

    async def _lost(self, error: PortLost) -> None:
        """Unplugged: when it comes back it is a fresh device, and nothing has to be reset."""
        device = self._device
        device.counters.reconnects += 1
        device.life.enter(ModemState.RECOVERING, error.reason)
        self._ladder.appeared()
        if await self._finder.find() is not None:
            await asyncio.sleep(min(self._ladder.delay(), _GONE_PAUSE_MAX))

    async def _recover(self, reason: str) -> None:
        device = self._device
        plan = self._ladder.failed()
        device.life.enter(ModemState.RECOVERING, f"{reason}; next: {plan.step.value}")
        log.warning(
            "modem %s: %s; in %.1f s: %s", device.config.name, reason, plan.delay, plan.step
        )
        await asyncio.sleep(plan.delay)
        if plan.step is Step.SOFT_RESET:
            device.counters.resets += 1
            await resets.soft(device, await self._finder.find())
        elif plan.step is Step.HARD_RESET:
            device.counters.resets += 1
            await resets.hard(device)
