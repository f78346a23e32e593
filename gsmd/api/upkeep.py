"""``server.*`` and ``store.*``: the daemon itself, and what it keeps."""

import logging
import os
from typing import TYPE_CHECKING, Any

from gsmd import __version__
from gsmd.api import params, values
from gsmd.api.encoding import plain
from gsmd.core.requests import Code, Refused

if TYPE_CHECKING:
    from gsmd.api.session import Session

log = logging.getLogger(__name__)

PROTOCOL_VERSION = 1
"""Counts changes of the protocol that break clients."""


async def info(session: "Session", _: params.Nothing) -> Any:
    server = session.server
    return {
        "version": __version__,
        "protocol": PROTOCOL_VERSION,
        "pid": os.getpid(),
        "uptime": server.uptime,
        "socket": str(server.path),
        "modems": len(server.backend.modems()),
        "store": await server.backend.store_trouble(),
        "user": session.caller.name,
        "roles": sorted(session.roles),
    }


async def log_level(_: "Session", p: params.LogLevel) -> Any:
    """Until the daemon is started again, or reloads another ``log`` section."""
    root = logging.getLogger()
    if p.level is not None:
        root.setLevel(p.level.upper())
        log.warning("the log tells everything from %s on", p.level)
    return {"level": logging.getLevelName(root.level).lower()}


async def waiting(session: "Session", _: params.Nothing) -> Any:
    return plain(await session.server.backend.waiting())


async def purge(session: "Session", p: params.Purge) -> Any:
    older_than = values.seconds(p.older_than, "older_than")
    return {"purged": await session.server.backend.purge(older_than)}


async def backup(session: "Session", p: params.Backup) -> Any:
    if not p.path.startswith("/") or "\0" in p.path:
        text = "path: an absolute path; the daemon's working directory is not the caller's"
        raise Refused(Code.INVALID, text, reason="impossible_value", field="path")
    await session.server.backend.backup(p.path)
    return {"path": p.path}
