"""Watching over a modem that works: when it gives a reason, and now and then."""

import asyncio

from gsmd.modem.bringup import raise_interruption
from gsmd.modem.device import Device
from gsmd.modem.errors import Restarted
from gsmd.modem.link import commands
from gsmd.modem.link.line_errors import CommandTimeout
from gsmd.modem.pending_checks import Check
from gsmd.modem.resets import interfere
from gsmd.modem.session import Session
from gsmd.modem.sim.simcard import SimState, look_at_sim
from gsmd.modem.state import ModemState

SUSPICION_PAUSE = 30.0
"""Seconds between two looks at settings for a banner: some modems repeat theirs every few seconds."""


class Watch:
    """Makes the checks that are due in one session."""

    def __init__(self, device: Device, session: Session) -> None:
        self._device = device
        self._session = session
        self._loop = asyncio.get_running_loop()
        self._next_signal = self._loop.time() + device.timeouts.signal
        self._next_check = self._loop.time() + device.config.probe_every
        self._next_suspicion = 0.0

    async def keep(self) -> None:
        """Until something ends it. Errors: `Restarted`, `PortLost`, `Unresponsive`, `AtError`."""
        device, session = self._device, self._session
        while True:
            await device.checks.wait(self._pause())
            raise_interruption(device, session)
            await self._make_checks()
            device.settle()

    def _pause(self) -> float:
        if self._device.life.state is ModemState.REGISTERING:
            return self._device.timeouts.registration
        due = self._next_check
        if self._device.checks[Check.SETTINGS_SUSPECT] is not None:
            due = min(due, self._next_suspicion)
        return max(due - self._loop.time(), 0.01)

    async def _make_checks(self) -> None:
        checks = self._device.checks
        if (silence := checks.take(Check.SILENCE)) is not None:
            await self._wake_up(silence)
        if (step := checks[Check.STARTUP_STEP]) is not None:
            raise Restarted(f"the modem said {step}")
        if (news := checks.take(Check.SIM)) is not None:
            await self._look_at_sim(news)
        if checks.take(Check.RECEPTION) is not None and self._session.hands_over:
            async with self._session.turn:
                await self._session.have_it_stored()
            self._device.changed()
        if checks[Check.SETTINGS_SUSPECT] is not None and self._loop.time() >= self._next_suspicion:
            await self._look_at_suspect_settings(checks.take(Check.SETTINGS_SUSPECT) or "")
        if self._loop.time() >= self._next_check:
            await self._check_settings()
        await self._look_at_network()

    async def _wake_up(self, reason: str) -> None:
        """The mildest means: ESC, and AT until it is in step again."""
        self._device.life.enter(ModemState.RECOVERING, reason)
        async with self._session.turn:
            await self._session.line.resync()
        await self._check_settings()

    async def _check_settings(self) -> None:
        """Also of a modem that talks: one that waited in vain for +CNMA announces nothing any more."""
        self._next_check = self._loop.time() + self._device.config.probe_every
        async with self._session.turn:
            prepared = await self._session.still_prepared()
        if not prepared:
            raise Restarted("the modem has lost its settings")

    async def _look_at_sim(self, why: str) -> None:
        async with self._session.turn:
            found = await look_at_sim(self._session.line)
            self._device.remark = found.remark
            same = found.state is SimState.READY and await self._session.same_sim()
        if not same:
            raise Restarted(f"the SIM is not the one it was ({why})")
        await self._check_settings()

    async def _look_at_suspect_settings(self, why: str) -> None:
        """One that does not answer just now starts, most probably: then it is given time for that."""
        self._next_suspicion = self._loop.time() + SUSPICION_PAUSE
        try:
            await self._check_settings()
        except CommandTimeout as error:
            raise Restarted(f"the modem said {why}, and does not answer") from error

    async def _look_at_network(self) -> None:
        device, session = self._device, self._session
        news = device.checks.take(Check.NETWORK)
        waiting = device.life.state is ModemState.REGISTERING
        if news is not None or (waiting and not session.registration.registered):
            async with session.turn:
                await session.look_at_registration()
        if waiting and (means := device.searching.take()) is not None:
            await interfere(device, session, means)
        if self._loop.time() >= self._next_signal:
            self._next_signal = self._loop.time() + device.timeouts.signal
            async with session.turn:
                device.facts.signal_dbm = await commands.known(commands.signal(session.line))
