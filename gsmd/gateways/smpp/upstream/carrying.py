"""What the daemon gives a provider's carrier → submit_sm, and the answers back.

Theory of operation. Each message is carried out on its own, up to the provider's window of them; its parts go one after the
other, and everything waits for its turn in `Pace`.

    not written at all → unavailable: the daemon gives it to another one of the route
    written, and the connection ended before the answer → uncertain
    a part is answered ROK → its id is on our disk → the next; all are → sent, with the first one's id as the reference
    ESME_RTHROTTLED, ESME_RMSGQFUL → all wait a while, it is submitted again; for too long: unavailable
    ESME_RSYSERR, ESME_RX_T_APPN → refused, the daemon tries it again in its own time
    anything else → refused for good

A message of which parts are out is never submitted from its beginning in silence: what cannot go on is uncertain.
"""

import asyncio
import contextlib
import itertools
import logging
import secrets
import sqlite3
from collections.abc import Callable
from datetime import datetime

from gsmd.client import AsyncOutboundMessage
from gsmd.config.smpp import SmppProvider
from gsmd.gateways.database import Database
from gsmd.gateways.smpp.connection import NoAnswer, Unsent
from gsmd.gateways.smpp.sending import milliseconds
from gsmd.gateways.smpp.upstream import taken
from gsmd.gateways.smpp.upstream.composing import compose
from gsmd.gateways.smpp.upstream.figures import Figures
from gsmd.gateways.smpp.upstream.pace import Pace
from gsmd.gateways.smpp.upstream.smsc_link import SmscLink
from gsmd.gateways.smpp.upstream.verdicts import SubmitVerdict, verdict_of
from gsmd.pdu import PduError
from gsmd.smpp import Pdu, SmppError, name_of, pdus

log = logging.getLogger(__name__)

UNANSWERED = 60.0
"""Seconds after which an SMSC that does not answer a submit_sm is left: its connection is made anew."""

PATIENCE = 20.0
"""Seconds for which a message waits here for an SMSC that wants us slower, before others of the route may have it."""

_BEGUN_PATIENCE = 120.0  # the same for one of which parts are out
_SPARED = 5.0
_LAST = 1.0  # seconds for the words about what is given back


class GaveUp(Exception):
    """A part is not out, and will not be now. ``verdict`` says what that means for the message."""

    def __init__(self, verdict: SubmitVerdict, why: str) -> None:
        super().__init__(why)
        self.verdict = verdict


class Carrying:
    """Carries messages over one bind, for as long as that is there."""

    def __init__(
        self,
        settings: SmppProvider,
        link: SmscLink,
        pace: Pace,
        figures: Figures,
        database: Database,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._link = link
        self._pace = pace
        self._figures = figures
        self._database = database
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._places = asyncio.Semaphore(settings.window)
        self._references = itertools.count(secrets.randbelow(256))
        self._over = asyncio.Event()
        self.under_way: set[asyncio.Task[None]] = set()

    def begin(self, message: AsyncOutboundMessage) -> None:
        """Carry a message out."""
        task = asyncio.create_task(self._carry(message))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def settled(self, within: float) -> None:
        """Until what is under way now has been answered, or the seconds are over."""
        if self.under_way:
            await asyncio.wait([*self.under_way], timeout=within)

    async def let_go(self, within: float) -> None:
        """Until all is answered, or the seconds are over. What has no turn by then, or no connection, never is written."""
        if not self._link.gone:
            await self.settled(within)
        self._over.set()
        await self.settled(within if self._link.gone else _LAST)

    async def _carry(self, message: AsyncOutboundMessage) -> None:
        try:
            await self._answer(message)
        except Exception as error:
            log.exception("%s: a defect", self._settings.name)
            if not message.answered:
                await message.uncertain(f"a defect of gsmd: {type(error).__name__}: {error}")

    async def _answer(self, message: AsyncOutboundMessage) -> None:
        ids: list[str] = []
        try:
            parts = compose(message, self._settings, next(self._references))
            for part in parts:
                ids.append(await self._submit(part, begun=bool(ids)))
                await self._keep(message, ids, len(parts))
        except (PduError, SmppError) as error:
            await message.refuse(str(error), permanent=True)
        except Unsent as error:
            await self._unsent(message, str(error), begun=bool(ids))
        except NoAnswer as error:
            self._figures.uncertain += 1
            await message.uncertain(str(error))
        except GaveUp as error:
            await self._gave_up(message, error, f"{len(ids)} of {len(parts)} parts", ids)
        else:
            await self._sent(message, ids)

    async def _submit(self, pdu: Pdu, *, begun: bool) -> str:
        """The id that the SMSC gives a part. Errors: `Unsent`, `NoAnswer`, `GaveUp`."""
        last = self._loop.time() + (_BEGUN_PATIENCE if begun else PATIENCE)
        while True:
            async with self._places:
                await self._turn()
                answer = await self._ask(pdu)
            verdict = verdict_of(answer.status)
            if isinstance(answer, pdus.GenericNack) and verdict is SubmitVerdict.SENT:
                verdict = SubmitVerdict.NEVER
            if verdict is SubmitVerdict.SENT:
                self._pace.well()
                return (
                    answer.message_id.decode("latin-1")
                    if isinstance(answer, pdus.SubmitSmResp)
                    else ""
                )
            why = name_of(answer.status)
            if verdict is SubmitVerdict.BROKEN:
                self._link.abort(f"submit_sm is answered {why}")
            now = self._loop.time()
            if verdict is SubmitVerdict.SLOWER or (verdict is SubmitVerdict.AGAIN and begun):
                self._figures.throttled += 1
                if now + self._pace.throttled(now) <= last:
                    continue
            raise GaveUp(verdict, why)

    async def _turn(self) -> None:
        """Wait for its turn in the pace. Errors: `Unsent`, when it will have none."""
        wait = self._pace.take(self._loop.time())
        if wait and not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._over.wait()
        if self._over.is_set():
            raise Unsent(self._link.why or "it ends")

    async def _ask(self, pdu: Pdu) -> Pdu:
        try:
            return await self._link.request(pdu, UNANSWERED)
        except Unsent:
            raise
        except NoAnswer as error:
            self._link.abort(f"submit_sm has no answer: {error}")
            raise

    async def _sent(self, message: AsyncOutboundMessage, ids: list[str]) -> None:
        self._figures.sent += 1
        await message.sent(ids[0] or None)

    async def _keep(self, message: AsyncOutboundMessage, ids: list[str], parts: int) -> None:
        """Write down what the last part is called, at once: its receipt may be here before the next part is out."""
        if not (message.report and ids[-1] and (parts > 1 or taken.is_number(ids[-1]))):
            return
        row = taken.Taken(
            self._settings.name,
            ids[-1],
            ids[0],
            message.id,
            message.to,
            len(ids),
            parts,
            milliseconds(self._now()),
        )
        try:
            await self._database.write(lambda connection: taken.add(connection, row))
        except sqlite3.Error:
            log.exception("%s: receipts of message %s may not find it", row.provider, message.id)

    async def _unsent(self, message: AsyncOutboundMessage, why: str, *, begun: bool) -> None:
        if begun:
            self._figures.uncertain += 1
            await message.uncertain(f"parts of it are out: {why}")
        else:
            await message.unavailable(why, retry_after=_SPARED)

    async def _gave_up(
        self, message: AsyncOutboundMessage, error: GaveUp, out: str, ids: list[str]
    ) -> None:
        why = f"{error}, {out} are out" if ids else str(error)
        if error.verdict is SubmitVerdict.NEVER:
            self._figures.refused += 1
            await message.refuse(why, permanent=True)
        elif ids:
            self._figures.uncertain += 1
            await message.uncertain(why)
        elif error.verdict is SubmitVerdict.AGAIN:
            self._figures.refused += 1
            await message.refuse(why)
        else:
            await message.unavailable(why, retry_after=_SPARED)
