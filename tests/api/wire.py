"""A client without a library: lines of JSON on a Unix socket, each held against the schema of the protocol."""

import asyncio
import contextlib
import itertools
import json
from pathlib import Path
from typing import Any, Self

from tests.api.schema import check, check_from_daemon


class Wire:
    """One raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._ids = itertools.count(1)
        self._methods: dict[Any, str] = {}

    @classmethod
    async def open(cls, path: Path) -> Self:
        return cls(*await asyncio.open_unix_connection(str(path), limit=1 << 26))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()

    def write(self, data: bytes | str) -> None:
        self.writer.write(data.encode() if isinstance(data, str) else data)

    def send(self, value: Any) -> None:
        """One line that is right by the protocol."""
        check(value)
        for one in value if isinstance(value, list) else [value]:
            if "method" in one and "id" in one:
                self._methods[one["id"]] = one["method"]
        self.write(json.dumps(value) + "\n")

    def request(self, method: str, params: Any = None, *, right: bool = True) -> Any:
        """Send a request; returns its id. ``right``: it is so by the protocol."""
        call = {"jsonrpc": "2.0", "id": next(self._ids), "method": method}
        if params is not None:
            call["params"] = params
        if right:
            self.send(call)
        else:
            self.write(json.dumps(call) + "\n")
        return call["id"]

    async def receive(self) -> Any:
        """The next line from the daemon; None at the end."""
        async with asyncio.timeout(20):
            line = await self.reader.readline()
        if not line:
            return None
        assert line.endswith(b"\n")
        value = json.loads(line)
        check_from_daemon(value, self._methods)
        return value

    async def result(self, method: str, params: Any = None) -> Any:
        """Call; nothing but the answer may come."""
        id_ = self.request(method, params)
        answer = await self.receive()
        assert answer["id"] == id_
        assert "error" not in answer, answer
        return answer["result"]

    async def error(self, method: str, params: Any = None) -> Any:
        """Call with something that is wrong; nothing but the error may come."""
        id_ = self.request(method, params, right=False)
        answer = await self.receive()
        assert answer["id"] == id_
        assert "result" not in answer, answer
        return answer["error"]

    async def say(self, data: bytes | str) -> Any:
        """What the daemon answers to a line that need not be right."""
        self.write(data)
        self.write(b"\n")
        return await self.receive()

    async def ended(self) -> bool:
        """The daemon has closed the connection, without another word."""
        return await self.receive() is None
