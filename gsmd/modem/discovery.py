"""Where a modem is."""

import asyncio
from pathlib import Path

from gsmd.config import ModemConfig
from gsmd.modem.timeouts import Timeouts


def resolve(config: ModemConfig) -> str | None:
    """The path of the modem's port, None while it is not there."""
    if config.port is not None and Path(config.port).exists():
        return config.port
    return None


def describe(config: ModemConfig) -> str:
    """What is looked for, for people."""
    return config.port or str(config.match)


async def appearance(config: ModemConfig, timeouts: Timeouts) -> str:
    """Wait until the modem's port is there; returns its path."""
    while True:
        path = resolve(config)
        if path is not None:
            return path
        await asyncio.sleep(timeouts.hot_plug_poll)
