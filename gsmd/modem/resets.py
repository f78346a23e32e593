"""Restarting a modem that does not answer, and what else helps one that stands still."""

import asyncio
import logging
import os
from contextlib import suppress

from gsmd.modem.device import Device
from gsmd.modem.errors import ModemError, Restarted
from gsmd.modem.link import commands
from gsmd.modem.port.port import open_port
from gsmd.modem.quirks import profile_of
from gsmd.modem.session import Session
from gsmd.modem.standstill import Means

log = logging.getLogger(__name__)


async def soft(device: Device, path: str | None) -> None:
    """Tell the modem at ``path`` to restart, without waiting for an answer it will not give."""
    if path is None:
        return
    try:
        port = await open_port(path, device.config.baudrate)
    except ModemError as error:
        log.info("modem %s cannot be restarted: %s", device.config.name, error.reason)
        return
    try:
        for command in profile_of(device.facts.family).soft_reset:
            # ESC in a line of its own: to some modems it is a part of the command
            port.write(f"\x1b\rAT{command}\r".encode("ascii"))
            await asyncio.sleep(device.timeouts.reset / 3)
    except ModemError:
        pass  # it went away: that is what was wanted
    finally:
        await port.close()
    await asyncio.sleep(device.timeouts.reset)


async def hard(device: Device) -> None:
    """Run the configured program, which cuts the power or resets the USB port.

    Its environment says which modem: ``GSMD_MODEM``, ``GSMD_PORT``.
    """
    command = device.config.reset_command
    assert command is not None
    environment = {
        **os.environ,
        "GSMD_MODEM": device.config.name,
        "GSMD_PORT": device.facts.port or device.config.port or "",
    }
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, env=environment
        )
    except OSError as error:
        log.error("modem %s: %s: %s", device.config.name, command[0], error.strerror)  # noqa: TRY400 -- the reason says it
        return
    try:
        async with asyncio.timeout(device.timeouts.reset_command):
            status = await process.wait()
        log.info("modem %s: %s ended with %d", device.config.name, command[0], status)
    except TimeoutError:
        log.warning("modem %s: %s takes too long and is killed", device.config.name, command[0])
    finally:
        with suppress(ProcessLookupError):
            if process.returncode is None:
                process.kill()
                await process.wait()
    await asyncio.sleep(device.timeouts.reset)


async def interfere(device: Device, session: Session, means: Means) -> None:
    """Try ``means``. Errors: `Restarted` if the modem has to be brought up again; those of `Line.run`."""
    log.warning("modem %s: %s: %s", device.config.name, device.life.reason, means)
    if means is Means.HARD_RESET:
        device.counters.resets += 1
        await hard(device)
    else:
        async with session.turn:
            if means is Means.OPERATOR:
                await commands.accepts(session.line, "+COPS=0", device.timeouts.search)
                return
            if means is Means.RADIO:
                await session.cycle_radio()
            else:
                device.counters.resets += 1
                await session.restart()
    raise Restarted(f"{device.life.reason}: {means}")
