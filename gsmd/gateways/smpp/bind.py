"""One connection of an ESME: who it is, what it asks for, what it is handed.

Theory of operation. `SmppConnection` carries octets, keeps time and slows down who asks for too much. `Requests` carries
out what an ESME asks for. After a positive bind the connection is a worker of its account's handler (`DaemonLine`), with as
many messages in flight as the account's window.

An end, whoever wants it, goes: no more is read, what is under way is answered, unbind if that is polite, close. What an
ESME has answered before it went is brought to the daemon; what it has not goes back with the connection to the daemon.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import msgspec

from gsmd.gateways.smpp.accounts import Account
from gsmd.gateways.smpp.connection import SmppConnection
from gsmd.gateways.smpp.daemon_line import DaemonLine
from gsmd.gateways.smpp.requests import Requests
from gsmd.smpp import CommandStatus, Limits, Pdu, Role, Session, pdus, response_to
from gsmd.smpp.status import for_version

log = logging.getLogger(__name__)

THEIR_WINDOW = 100
"""Requests of one bind that may be under way; what comes beyond that is not read."""

UNANSWERED = 60.0
"""Seconds after which a deliver_sm without an answer is taken for not delivered."""

_LAST = 10.0
"""Seconds for what was answered, when a bind is gone."""

_TLVS_SINCE = 0x34


class Bind(SmppConnection):
    """A connection of an ESME, from its making to its end."""

    def __init__(self, requests: Requests, limits: Limits, *, secure: bool) -> None:
        super().__init__(Session(Role.SMSC, their_window=THEIR_WINDOW), limits)
        self.account: Account | None = None
        self.secure = secure
        self._inbox: DaemonLine | None = None
        self._requests = requests
        self._work: Coroutine[Any, Any, None] | None = None
        self._places = asyncio.Semaphore(1)
        self._handing: set[asyncio.Task[Any]] = set()

    @property
    def receives(self) -> bool:
        """Messages can be handed to it."""
        return self.session.receives and not self.gone

    def attach(self, account: Account) -> None:
        """It is bound to this account, as soon as its positive answer is written."""
        self.account = account
        self.session.window = account.settings.window + 1
        self._places = asyncio.Semaphore(account.settings.window)

    def work(self, work: Coroutine[Any, Any, None], inbox: DaemonLine) -> None:
        """It receives: ``work`` begins when it is bound, and ``inbox`` is closed when it ends."""
        self._inbox, self._work = inbox, work

    def hand(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that hands something over: it ends by itself when the bind is gone."""
        self._start(work, self._handing)

    async def deliver(self, pdu: Pdu) -> Pdu:
        """Send a deliver_sm as soon as there is a place; returns its answer. Errors: `NoAnswer`."""
        if self.session.version < _TLVS_SINCE:
            pdu = msgspec.structs.replace(pdu, tlvs=())
        async with self._places:
            return await self.request(pdu, UNANSWERED)

    def refuse(self, request: Pdu, status: CommandStatus) -> Pdu:
        """The answer with a status that this bind knows."""
        return response_to(request.command)(0, for_version(status, self.session.version))

    # -- what a connection asks ---------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return self.host if self.account is None else self.account.name

    def _welcome(self) -> bool:
        return self._requests.connected(self)

    async def _carry_out(self, request: Pdu) -> Pdu:
        if isinstance(request, pdus.Bind):
            return await self._requests.authenticate(self, request)
        return await self._requests.carry_out(self, request)

    def _bound(self) -> None:
        if self._work is not None:
            work, self._work = self._work, None
            self.run(work)

    def _gone(self, why: str) -> None:
        if self.account is not None:
            log.info("%s: the bind from %s is gone: %s", self.account.name, self.host, why)
        self._requests.lost(self)
        if self._work is not None:
            self._work.close()
        if self._inbox is not None:
            self._start(self._leave(self._inbox), self._requests.leaving)

    async def _leave(self, inbox: DaemonLine) -> None:
        try:
            if self._handing:
                await asyncio.wait({*self._handing}, timeout=_LAST)
            for task in self._handing:
                task.cancel()
        finally:
            await inbox.close()
