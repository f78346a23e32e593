"""query_sm, cancel_sm, replace_sm: about an account's own submissions, by message id or by addresses."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from gsmd.client.errors import GsmdError
from gsmd.gateways.database import Database
from gsmd.gateways.smpp import outcomes, tables
from gsmd.gateways.smpp.accounts import Account
from gsmd.gateways.smpp.content import content_of, piece_of
from gsmd.gateways.smpp.daemon_line import DaemonLine
from gsmd.gateways.smpp.ledger import Ledger
from gsmd.gateways.smpp.receipts import outcome_details
from gsmd.gateways.smpp.refusal import Refusal
from gsmd.gateways.smpp.tables import Submission
from gsmd.smpp import CommandStatus, MessageState, pdus, times

S = CommandStatus
_FINAL = frozenset({"delivered", "failed", "expired", "cancelled"})


class Questions:
    """Answers them."""

    def __init__(self, database: Database, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self._database = database
        self._ledger = ledger
        self._now = now

    async def query(
        self, account: Account, line: DaemonLine, pdu: pdus.QuerySm
    ) -> pdus.QuerySmResp:
        """Errors: `Refusal` (RQUERYFAIL)."""
        id_ = pdu.message_id.decode("latin-1")
        rows = await self._rows(account, id_)
        if not rows:
            if await self._is_incomplete(account, id_):
                return pdus.QuerySmResp(
                    message_id=pdu.message_id, message_state=MessageState.ENROUTE
                )
            raise Refusal(S.RQUERYFAIL, f"no message {id_!r} of this account")
        try:
            history = await line.call("messages.show", {"id": rows[0].id})
        except GsmdError as error:
            raise Refusal(S.RQUERYFAIL, str(error)) from error
        return self._told(pdu.message_id, history)

    def _told(self, id_: bytes, history: dict[str, Any]) -> pdus.QuerySmResp:
        message = history["message"]
        if message["state"] not in _FINAL:
            state = outcomes.state_of(message)
            return pdus.QuerySmResp(message_id=id_, message_state=state)
        tp_status, done = outcome_details(history)
        outcome = outcomes.outcome_of(message["state"], message["error"], tp_status)
        ended = done or _ended(history)
        return pdus.QuerySmResp(
            message_id=id_,
            final_date=b"" if ended is None else times.absolute(ended),
            message_state=outcome.state,
            error_code=min(outcome.error, 0xFF),
        )

    async def cancel(self, account: Account, line: DaemonLine, pdu: pdus.CancelSm) -> None:
        """One by its id, or all from one address to another. Errors: `Refusal` (RCANCELFAIL)."""
        if pdu.message_id:
            rows: Sequence[Submission] = await self._rows(account, pdu.message_id.decode("latin-1"))
        else:
            await self._ledger.settle()
            rows = await self._database.read(
                lambda connection: tables.open_to(
                    connection, account.name, pdu.service_type, pdu.source, pdu.destination
                )
            )
        cancelled = 0
        why = "there is no such message of this account"
        for row in rows:
            try:
                await line.call("messages.cancel", {"id": row.id})
            except GsmdError as error:
                why = str(error)
            else:
                cancelled += 1
        if not cancelled:
            raise Refusal(S.RCANCELFAIL, why)

    async def replace(self, account: Account, line: DaemonLine, pdu: pdus.ReplaceSm) -> None:
        """Another text, in the data_coding that it was submitted in. Errors: `Refusal` (RREPLACEFAIL), `SmppError`."""
        rows = await self._rows(account, pdu.message_id.decode("latin-1"))
        if len(rows) != 1:
            raise Refusal(S.RREPLACEFAIL, "there is no such message of this account, or several")
        if pdu.schedule_delivery_time or pdu.validity_period:
            raise Refusal(S.RREPLACEFAIL, "its times cannot be changed")
        (row,) = rows
        piece = piece_of(pdu.short_message, row.data_coding, 0)
        text = content_of([piece], account.alphabet).get("text")
        if text is None:
            raise Refusal(S.RREPLACEFAIL, "it is no text")
        try:
            await line.call("messages.replace", {"id": row.id, "text": text})
        except GsmdError as error:
            raise Refusal(S.RREPLACEFAIL, str(error)) from error

    async def _rows(self, account: Account, id_: str) -> list[Submission]:
        def look(connection: sqlite3.Connection) -> list[Submission]:
            return tables.told_as(connection, account.name, id_)

        await self._ledger.settle()
        return await self._database.read(look)

    async def _is_incomplete(self, account: Account, id_: str) -> bool:
        whole = id_.partition(".")[0]

        def look(connection: sqlite3.Connection) -> bool:
            found = connection.execute(
                "SELECT 1 FROM long_message WHERE id = ? AND account = ?", (whole, account.name)
            )
            return found.fetchone() is not None

        return await self._database.read(look)


def _ended(history: dict[str, Any]) -> datetime | None:
    """The time of the last thing that happened to a message."""
    events = history["events"]
    return datetime.fromisoformat(events[-1]["at"]) if events else None
