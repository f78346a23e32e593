"""The control socket: one JSON object a line in, one out.

``{"do": "text", "from": "+336…", "to": "modem1", "text": "Hello"}`` is answered with
``{"ok": true, "parts": 1}``, what cannot be done with ``{"ok": false, "error": "…"}``.
"""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gsmd.simulator import traffic, trouble
from gsmd.simulator.simulation import Simulation
from gsmd.simulator.verbs import VerbError, carry_out

_LONGEST_LINE = 1 << 20

SUBJECTS = (traffic, trouble)
"""The modules that fill the table of verbs."""


class ControlSocket:
    """Listens at ``path`` while it is entered; only its owner may connect."""

    def __init__(self, simulation: Simulation, path: Path) -> None:
        self._simulation = simulation
        self._path = path
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path, limit=_LONGEST_LINE)
        self._path.chmod(0o600)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            # a line that is too long, or a peer that went away, ends the connection
            with suppress(ValueError, ConnectionError, asyncio.CancelledError):
                while line := await reader.readline():
                    writer.write(await self._answer(line))
                    await writer.drain()
        finally:
            self._connections.discard(task)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, line: bytes) -> bytes:
        return json.dumps(await self._result(line), ensure_ascii=False).encode() + b"\n"

    async def _result(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
        except ValueError as error:
            return {"ok": False, "error": f"this is not JSON: {error}"}
        if not isinstance(request, dict):
            return {"ok": False, "error": "a request is an object"}
        try:
            return {"ok": True, **await carry_out(self._simulation, request)}
        except VerbError as error:
            return {"ok": False, "error": str(error)}
