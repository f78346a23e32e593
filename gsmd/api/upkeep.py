"""``server.*`` and ``store.*``: the daemon itself, and what it keeps."""

import os
from typing import TYPE_CHECKING, Any

from gsmd import __version__
from gsmd.api import params, values
from gsmd.core.requests import Code, Refused

if TYPE_CHECKING:
    from gsmd.api.session import Session

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
        "user": session.caller.name,
        "roles": sorted(session.roles),
    }


async def purge(session: "Session", p: params.Purge) -> Any:
    older_than = values.seconds(p.older_than, "older_than")
    return {"purged": await session.server.backend.purge(older_than)}


async def backup(session: "Session", p: params.Backup) -> Any:
    if not p.path.startswith("/") or "\0" in p.path:
        text = "path: an absolute path; the daemon's working directory is not the caller's"
        raise Refused(Code.INVALID, text, reason="impossible_value", field="path")
    await session.server.backend.backup(p.path)
    return {"path": p.path}
