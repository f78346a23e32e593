"""What tells of the gateway and the daemon themselves: ``/server``, ``/health``."""

import asyncio
import time

from starlette.responses import JSONResponse, Response

from gsmd.client.errors import GsmdError
from gsmd.gateways.web.daemon import Daemon
from gsmd.gateways.web.rest.call import QUIET, Call
from gsmd.protocol import server

_FRESH = 1.0
"""Seconds for which the daemon is not asked again: anybody may ask the gateway."""

_PATIENCE = 5.0


async def about_server(call: Call) -> Response:
    """``GET /server``: the daemon, and what the caller (not the gateway) may do."""
    call.require(server.INFO)
    info = await call.ask(server.INFO, await call.parameters())
    return call.answer({**info, "user": call.caller.actor, "roles": sorted(call.caller.roles)})


class Health:
    """Well or not, and nothing else: whoever asks needs no token."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._known_until = 0.0
        self._ready = False
        self._asking = asyncio.Lock()

    def alive(self) -> Response:
        """``GET /health``: the gateway answers."""
        return JSONResponse({"status": "ok"}, headers=QUIET)

    async def ready(self) -> Response:
        """``GET /health/ready``: the daemon answers too, and can put messages on disk."""
        async with self._asking:
            if time.monotonic() >= self._known_until:
                self._ready = await self._is_ready()
                self._known_until = time.monotonic() + _FRESH
        if self._ready:
            return JSONResponse({"status": "ok"}, headers=QUIET)
        return JSONResponse({"status": "unavailable"}, 503, {**QUIET, "Retry-After": "5"})

    async def _is_ready(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                info = await self._daemon.call(server.INFO, {}, "")
        except (GsmdError, TimeoutError):
            return False
        return info.get("store") is None
