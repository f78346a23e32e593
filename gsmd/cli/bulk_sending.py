"""``gsmd send --bulk``: every row of a file, with what became of each."""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click

from gsmd.cli import datetimes
from gsmd.cli.bulk import BadRow, Row, read
from gsmd.cli.connection import socket_path
from gsmd.cli.exits import Stop
from gsmd.cli.progress import steps
from gsmd.cli.terminal import emit, emit_json, say
from gsmd.client import AsyncClient, GsmdError, NoDaemon, NotPermitted
from gsmd.protocol.message import Message, to_wire

AT_ONCE = 32
"""Rows under way together: they share the daemon's fsync, and keep their order."""


class Run:
    """One go through a file: tells of each row, and counts."""

    def __init__(self, options: Mapping[str, Any], *, as_json: bool) -> None:
        self._options = {name: value for name, value in options.items() if value is not None}
        self._as_json = as_json
        self._began = datetimes.current()
        self._accepted = 0
        self._before = 0
        self._refused = 0

    async def go(self, rows: Iterator[Row | BadRow], step: Callable[[], None]) -> None:
        """Send every row. Errors: those that every other row would meet too."""
        async with AsyncClient(socket_path()) as client:
            while some := list(islice(rows, AT_ONCE)):
                for row, outcome in zip(some, await self._send(client, some), strict=True):
                    self._tell(row, outcome)
                    step()

    async def _send(
        self, client: AsyncClient, rows: Iterable[Row | BadRow]
    ) -> list[Message | BaseException | None]:
        return await asyncio.gather(
            *(self._ask(client, row) for row in rows), return_exceptions=True
        )

    async def _ask(self, client: AsyncClient, row: Row | BadRow) -> Message | None:
        return (
            None
            if isinstance(row, BadRow)
            else await client.send(**{**self._options, **row.fields})
        )

    def _tell(self, row: Row | BadRow, outcome: Message | BaseException | None) -> None:
        match row, outcome:
            case BadRow(line, reason), _:
                self._refuse(line, reason, {"reason": "bad_row"})
            case Row(line), Message() as message:
                self._accept(line, message)
            case Row(line), GsmdError() as error if not isinstance(error, NoDaemon | NotPermitted):
                self._refuse(line, error.message, error.data)
            case _, BaseException() as error:
                raise error

    def finish(self) -> None:
        """Sum up. Errors: `Stop`, if a row was refused."""
        say(
            f"{self._accepted} accepted, {self._before} had been accepted before, "
            f"{self._refused} refused."
        )
        if self._before and not self._accepted:
            say("To send them all once more: --again")
        if self._refused:
            raise Stop("", advice="Correct the rows and repeat: only they will be sent.")

    def _accept(self, line: int, message: Message) -> None:
        if _older(message.created_at, self._began):
            self._before += 1
        else:
            self._accepted += 1
        if self._as_json:
            emit_json([{"line": line, "message": to_wire(message)}])
        else:
            emit(message.id)

    def _refuse(self, line: int, reason: str, data: Mapping[str, Any]) -> None:
        self._refused += 1
        say(f"line {line}: {reason}")
        if self._as_json:
            emit_json([{"line": line, "error": {"message": reason, **data}}])


def _older(created_at: datetime, began: datetime) -> bool:
    # the daemon's times have whole milliseconds
    return created_at < began.replace(microsecond=began.microsecond // 1000 * 1000)


def send_file(path: Path, options: Mapping[str, Any], *, again: bool, as_json: bool) -> None:
    """Send every row of the file, in order. Errors: `Stop` at the end, if some were refused."""
    if not path.is_file():
        raise click.UsageError(
            f"{path} has to be a file: it is read twice, and again when repeated."
        )
    salt = secrets.token_hex(8) if again else ""
    total = sum(
        1 for _ in read(path)
    )  # and what is no such table is refused before anything goes out
    run = Run(options, as_json=as_json)
    with steps(f"Sending {path.name}", total) as step:
        asyncio.run(run.go(read(path, salt=salt), step))
    run.finish()
