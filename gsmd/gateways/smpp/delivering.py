"""From what the daemon hands to an account's handler to deliver_sm, and the answer back.

Theory of operation. `inbox.deliver` is an inbound message, or a receipt. It is acknowledged when its deliver_sm, or all
of them, were answered with ROK. A status after which another try is worth it is "not done"; any other makes it a
dead letter, which can be redriven. A connection that ends gives it back by itself. Of a message in several
parts each answered part is noted on the disk, so that another bind is given only the others. A receipt can be quicker than
the gateway's own file, which tells whom it is for: then it is "not done", and comes again.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from gsmd.client import protocol_state
from gsmd.client._async.link import AsyncLink
from gsmd.client.errors import GsmdError
from gsmd.gateways.database import Database
from gsmd.gateways.smpp import segments, tables
from gsmd.gateways.smpp.bind import Bind
from gsmd.gateways.smpp.connection import NoAnswer
from gsmd.gateways.smpp.content import write
from gsmd.gateways.smpp.numbers import SimNumbers
from gsmd.gateways.smpp.outcomes import Outcome, outcome_of
from gsmd.gateways.smpp.receipts import Receipts, deliver, outcome_details
from gsmd.gateways.smpp.tables import Submission
from gsmd.protocol.jsonrpc import Request
from gsmd.smpp import Address, CommandStatus, MessageState, Pdu, decode, esm_class, name_of, pdus
from gsmd.smpp.status import TEMPORARY

log = logging.getLogger(__name__)

_AT_ONCE = 50
"""Receipts of our own making that are looked at together."""

_ON_ITS_WAY = timedelta(seconds=30)
"""The age up to which a message may end sooner than its submission is on the disk."""

_PAUSE = 5.0
"""Seconds until a receipt of our own making is tried again."""


class NotDelivered(Exception):
    """An ESME has not taken it. ``permanent``: it never will."""

    def __init__(self, why: str, *, permanent: bool = False) -> None:
        super().__init__(why)
        self.permanent = permanent


class Delivering:
    """Hands over to binds."""

    def __init__(
        self,
        database: Database,
        receipts: Receipts,
        sims: SimNumbers,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._receipts = receipts
        self._sims = sims
        self._now = now

    async def hand_over(self, bind: Bind, link: AsyncLink, request: Request) -> None:
        """Carry out `inbox.deliver` over a bind, and answer it."""
        try:
            if "receipt" in request.params:
                await self._receipt(bind, request.params)
            else:
                await self._inbound(bind, request.params["message"])
        except NotDelivered as error:
            line = protocol_state.rejecting(
                request.id, str(error), retry_after=None, permanent=error.permanent
            )
        except NoAnswer as error:
            if not bind.receives:
                return  # it goes back with the connection to the daemon
            line = protocol_state.rejecting(
                request.id, str(error), retry_after=None, permanent=False
            )
        except Exception:
            log.exception("%s: a defect", request.method)
            line = protocol_state.rejecting(
                request.id,
                "a defect: see the log of the gateway",
                retry_after=None,
                permanent=False,
            )
        else:
            line = protocol_state.accepting(request.id, None)
        link.write(line)

    async def own_receipts(self, bind: Bind) -> None:
        """Hand over receipts of our own making for as long as the bind is there."""
        account = bind.account
        assert account is not None
        while True:
            account.own_receipts.clear()
            waiting = await self._database.read(
                lambda connection: tables.open_receipts(connection, account.name, _AT_ONCE)
            )
            mine = [each for each in waiting if each.id not in account.claimed]
            for each in mine[:1]:
                account.claimed.add(each.id)
                try:
                    if await self._own(bind, decode(each.pdu)):
                        await self._database.write(partial(tables.receipt_done, id_=each.id))
                finally:
                    account.claimed.discard(each.id)
            if not mine:
                await account.own_receipts.wait()

    async def _own(self, bind: Bind, pdu: Pdu) -> bool:
        """True if a receipt of our own needs no other try."""
        try:
            await self._send(bind, pdu)
        except NotDelivered as error:
            if error.permanent:
                log.warning("a receipt is not wanted: %s", error)
                return True
            await asyncio.sleep(_PAUSE)
        except NoAnswer:
            await asyncio.sleep(_PAUSE)
        else:
            return True
        return False

    async def _inbound(self, bind: Bind, message: dict[str, Any]) -> None:
        account = bind.account
        assert account is not None
        written = write(message, account.alphabet, account.settings.long, bind.session.version)
        source = Address.of(message["peer"])
        destination = Address.of(self._sims.number_of(message["modem"]))
        done: set[int] = set()
        if len(written) > 1:
            name = f"{account.name} {message['id']}"
            done = await self._database.read(
                lambda connection: tables.delivered_parts(connection, name)
            )
        for number, each in enumerate(written):
            if number in done:
                continue
            pdu = pdus.DeliverSm(
                tlvs=each.tlvs,
                source=source,
                destination=destination,
                esm_class=each.esm_class,
                data_coding=each.data_coding,
                short_message=each.short_message,
            )
            await self._send(bind, pdu)
            if number + 1 < len(written):
                await self._mark(name, number)
        account.delivered += 1

    async def _mark(self, name: str, number: int) -> None:
        at = round(self._now().timestamp() * 1000)
        await self._database.write(
            lambda connection: tables.mark_part(connection, name, number, at)
        )

    async def _receipt(self, bind: Bind, params: dict[str, Any]) -> None:
        message, told = params["message"], params["receipt"]
        row = await self._database.read(
            lambda connection: tables.submission(connection, message["id"])
        )
        assert bind.account is not None
        if row is None and await self._may_come(bind.account.name, message):
            raise NotDelivered("what was submitted is not written down yet")
        if row is None or row.account != bind.account.name:
            log.debug("message %s ended, and no ESME was told that there is one", message["id"])
            return
        outcome, done = await self._outcome(bind, message, told)
        delivered = outcome.state is MessageState.DELIVERED
        submitted = datetime.fromisoformat(message["created_at"])

        def make(id_: str, reference: int | None) -> pdus.DeliverSm:
            return deliver(
                id_,
                outcome,
                source=row.destination,
                destination=row.source,
                submitted=submitted,
                done=done,
                parts=1 if row.parts is not None else message["parts"],
                reference=reference,
            )

        if row.parts is not None:
            await self._parts(row, told["number"], make, delivered=delivered)
            return
        if esm_class.wanted(row.registered).covers(delivered=delivered):
            await self._send(bind, make(row.told, row.reference))
            bind.account.delivered += 1
        await self._end(row)

    async def _may_come(self, account: str, message: dict[str, Any]) -> bool:
        """A submission of which nothing is known: it may be on its way to the file, or one of parts from before a crash."""
        age = self._now() - datetime.fromisoformat(message["created_at"])
        if abs(age) < _ON_ITS_WAY:
            return True
        return await self._database.read(
            lambda connection: segments.is_any_whole(connection, account)
        )

    async def _parts(
        self,
        row: Submission,
        number: int,
        make: Callable[[str, int | None], Pdu],
        *,
        delivered: bool,
    ) -> None:
        def wanted(registered: int) -> bool:
            return esm_class.wanted(registered).covers(delivered=delivered)

        def job(connection: sqlite3.Connection) -> None:
            self._receipts.keep_parts(connection, row, number, make, wanted)
            tables.end(connection, [row.id])

        await self._database.write(job)
        self._receipts.news(row.account)

    async def _end(self, row: Submission) -> None:
        await self._database.write(lambda connection: tables.end(connection, [row.id]))

    async def _outcome(
        self, bind: Bind, message: dict[str, Any], told: dict[str, Any]
    ) -> tuple[Outcome, datetime]:
        """What a receipt says, and of when: the network's time if it told one, else ours."""
        tp_status, discharged = None, None
        assert bind.account is not None
        if told["state"] in ("delivered", "failed", "expired"):
            try:
                history = await bind.account.line.call("messages.show", {"id": message["id"]})
            except GsmdError as error:
                log.debug("message %s: %s", message["id"], error)
            else:
                tp_status, discharged = outcome_details(history)
        at = datetime.fromisoformat(told["at"])
        return outcome_of(told["state"], message["error"], tp_status), discharged or at

    async def _send(self, bind: Bind, pdu: Pdu) -> None:
        """Errors: `NotDelivered`, `NoAnswer`."""
        answer = await bind.deliver(pdu)
        if answer.status == CommandStatus.ROK and answer.command != pdus.GenericNack.command:
            return
        raise NotDelivered(name_of(answer.status), permanent=answer.status not in TEMPORARY)
