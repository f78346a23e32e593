"""Another configuration while the daemon runs: as a whole, or not at all."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from gsmd.api.server import Server
from gsmd.config import Config, ConfigError, Problem, load
from gsmd.core.app import App
from gsmd.daemon.exporter import CannotExport, Exporter
from gsmd.daemon.message_log import MessageLog
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.process import logs
from gsmd.store.engine.errors import StoreError

log = logging.getLogger(__name__)

FIXED = ("state_dir", "socket")
"""Settings that hold until the daemon is started again."""


class Parts(msgspec.Struct, frozen=True):
    """The parts of the daemon that go by the configuration."""

    app: App
    server: Server
    exporter: Exporter
    message_log: MessageLog


async def reload(path: Path, former: Config, parts: Parts) -> Config:
    """Go by what is in ``path`` from now on; returns the configuration that holds, old or new."""
    try:
        config = await asyncio.to_thread(load, path, HANDLER_KINDS)
        if moved := [name for name in FIXED if getattr(config, name) != getattr(former, name)]:
            log.error(
                "the configuration is not taken: %s can change only when gsmd is started again",
                " and ".join(moved),
            )
            return former
        await _apply(config, former, parts)
    except (ConfigError, CannotExport, StoreError) as error:
        log.error("the configuration is not taken, nothing has changed:\n%s", error)  # noqa: TRY400 -- the reason says it
        return former
    log.info("the configuration of %s holds from now on", path)
    return config


async def _apply(config: Config, former: Config, parts: Parts) -> None:
    """First what may fail, and can be taken back; then what cannot fail."""
    grant = _granting(config, parts.server)
    telling = await parts.exporter.prepare(config.metrics)
    try:
        await parts.app.reload(config)
    except BaseException:
        await parts.exporter.abandon(telling)
        raise
    grant()
    await parts.exporter.adopt(telling)
    parts.message_log.show_text = config.log.show_text
    if config.log != former.log:
        logs.configure(config.log)


def _granting(config: Config, server: Server) -> Callable[[], None]:
    try:
        return server.granting(config.access, config.carries)
    except KeyError as error:  # it was there when the configuration was read
        raise ConfigError(
            Problem("configuration", None, "access", "users and groups that exist", str(error))
        ) from error
