"""From an open port to a modem whose messages can be read."""

import asyncio
import logging
from collections.abc import Callable

from gsmd.at import AtError
from gsmd.modem.device import Device
from gsmd.modem.errors import PinRefused, PortLost, Restarted, Unresponsive, WrongModem
from gsmd.modem.link import commands
from gsmd.modem.pending_checks import Check
from gsmd.modem.resets import interfere
from gsmd.modem.session import Session
from gsmd.modem.sim import pin
from gsmd.modem.sim.simcard import SimState, look_at_sim
from gsmd.modem.state import ModemState

log = logging.getLogger(__name__)

_STEPS_TO_A_SWEEP = 8
"""Turns of the loop until whoever was told that messages can be read has begun to."""

_WAITING = {
    SimState.PIN_NEEDED: ModemState.PIN_NEEDED,
    SimState.PUK_NEEDED: ModemState.PUK_NEEDED,
    SimState.MISSING: ModemState.SIM_MISSING,
    SimState.BUSY: ModemState.SIM_BUSY,
}


async def bring_up(
    device: Device, session: Session, pins: pin.PinMemory, readable: Callable[[], None]
) -> None:
    """Identify the modem, unlock the SIM, prepare for messages, look for the network.

    ``readable`` is called as soon as messages can be read: that needs no network.
    Errors: `Restarted`, `PortLost`, `Unresponsive`, `WrongModem`.
    """
    asking = "asking the modem who it is"
    device.life.enter(ModemState.IDENTIFYING, asking)
    async with session.turn:
        await session.connect(
            lambda: device.life.enter(ModemState.IDENTIFYING, "the modem does not answer yet")
        )
        device.life.enter(ModemState.IDENTIFYING, asking)
        await session.identify()
        await _check_imei(device, session)
    await _prepare(device, session, pins)
    readable()
    for _ in range(_STEPS_TO_A_SWEEP):
        await asyncio.sleep(0)
    # what follows is behind the first sweep, which needs none of it
    async with session.turn:
        await session.ask_imei()
    async with session.turn:
        await session.switch_on()
    await session.follow_registration()


async def learn_details(device: Device, session: Session) -> None:
    """Ask for details that are good to know and nobody waits for; between two questions others may talk."""
    line, facts, slow = session.line, device.facts, device.timeouts.slow
    async with session.turn:
        await commands.accepts(line, "+CLIP=1")
    async with session.turn:
        facts.signal_dbm = await commands.known(commands.signal(line))
    async with session.turn:
        facts.smsc = await commands.known(commands.service_centre(line, slow))
    async with session.turn:
        facts.iccid = facts.iccid or await session.iccid()
    async with session.turn:
        facts.revision = await commands.first_text(line, "+CGMR", "+GMR")
    async with session.turn:
        facts.number = await commands.known(commands.own_number(line, slow))
    async with session.turn:
        await commands.accepts(line, "+COPS=3,0")  # names, not numbers
        facts.operator = await commands.known(commands.operator(line, slow))
    device.changed()


def raise_interruption(device: Device, session: Session) -> None:
    """Raise the error that ends whatever is under way. Errors: `PortLost`, `Restarted`."""
    if session.line.lost is not None:
        raise PortLost(session.line.lost)
    if device.checks[Check.RESTART] is not None:
        raise Restarted(f"the modem restarted: {device.checks[Check.RESTART]}")


async def _check_imei(device: Device, session: Session) -> None:
    wanted = device.config.match.imei if device.config.match is not None else None
    if wanted is None:
        return
    await session.ask_imei()
    found = device.facts.imei
    if found is not None and not found.startswith(wanted[:14]):
        raise WrongModem(f"the modem at {device.facts.port} has the IMEI {found}, not {wanted}")


async def _prepare(device: Device, session: Session, pins: pin.PinMemory) -> None:
    deadline = None
    while True:
        await _wait_for_sim(device, session, pins)
        loop = asyncio.get_running_loop()
        deadline = deadline or loop.time() + device.timeouts.sim_patience
        device.checks.take(Check.STARTUP_STEP)
        try:
            async with session.turn:
                await session.prepare_messages()
        except AtError as error:
            if loop.time() > deadline:
                raise Unresponsive(f"the modem does not get ready for messages: {error}") from error
            device.life.enter(ModemState.SIM_BUSY, f"not ready for messages yet: {error.text}")
            await device.checks.wait(_pause(device, deadline))
            raise_interruption(device, session)
        else:
            break


async def _wait_for_sim(device: Device, session: Session, pins: pin.PinMemory) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + device.timeouts.sim_patience
    while True:
        device.checks.take(Check.SIM)
        async with session.turn:
            state, reason, device.remark = await look_at_sim(session.line)
        if state is SimState.READY:
            device.without_sim.over()
            return
        async with session.turn:
            await session.switch_on()  # without its radio some see no SIM either
        if state is SimState.PIN_NEEDED:
            refusal = await _give_pin(device, session, pins)
            if refusal is None:
                continue
            reason = refusal
        device.life.enter(_WAITING[state], reason)
        if state is SimState.BUSY and loop.time() > deadline:
            raise Unresponsive(f"the SIM does not get ready: {reason}")
        busy = state is SimState.BUSY
        pause = _pause(device, deadline) if busy else device.timeouts.sim_check
        if state is SimState.MISSING:
            pause = min(pause, await _interfere(device, session))
        await device.checks.wait(pause)
        raise_interruption(device, session)


def _pause(device: Device, deadline: float) -> float:
    """Seconds until a SIM that is busy is asked again: at first in quick succession, mostly it just starts."""
    timeouts = device.timeouts
    passed = asyncio.get_running_loop().time() - (deadline - timeouts.sim_patience)
    return min(timeouts.sim_retry, max(timeouts.sim_retry / 5, passed / 5))


async def _interfere(device: Device, session: Session) -> float:
    """Do what is due about a SIM that is said to be missing; seconds until the next thing is."""
    device.without_sim.stands()
    if (means := device.without_sim.take()) is not None:
        await interfere(device, session, means)
    return device.without_sim.due_in()


async def _give_pin(device: Device, session: Session, pins: pin.PinMemory) -> str | None:
    """Give the PIN from the file, if that can do no harm; why not, else None."""
    pin_file = device.config.pin_file
    if pin_file is None:
        return "the SIM asks for its PIN, and no pin_file is configured"
    try:
        async with session.turn:
            card = await session.iccid() or f"the SIM of {device.config.name}"
            await pin.unlock(session.line, session.profile, pins, card, pin_file)
    except PinRefused as error:
        return error.reason
    return None
