"""One connection to an SMSC of others: our side of it."""

import logging
from collections.abc import Awaitable, Callable

from gsmd.gateways.smpp.connection import SmppConnection
from gsmd.smpp import CommandStatus, Limits, Pdu, Role, Session, name_of, pdus, response_to

log = logging.getLogger(__name__)

Take = Callable[[Pdu, Callable[[], bool]], Awaitable[CommandStatus]]
"""Puts a deliver_sm or data_sm where it is safe; returns the status of its answer. It is told how to see if that can be given."""

_THEIR_WINDOW = 100
_RESERVE = 4  # places for unbind and the like


class BindRefused(Exception):
    """The SMSC lets us not in."""


class SmscLink(SmppConnection):
    """A connection to the SMSC ``provider``. ``take`` is called for each message and receipt that it hands over."""

    def __init__(self, provider: str, take: Take, window: int, limits: Limits) -> None:
        session = Session(Role.ESME, window=window + _RESERVE, their_window=_THEIR_WINDOW)
        super().__init__(session, limits)
        self._provider = provider
        self._take = take
        self.why = ""
        """The reason of its end."""

    async def bind(self, request: pdus.Bind, within: float) -> None:
        """Bind. Errors: `BindRefused`, `NoAnswer`."""
        answer = await self.request(request, within)
        if answer.status or not self.session.bound:
            raise BindRefused(f"{request.command} is answered {name_of(answer.status)}")
        self._is_bound()

    @property
    def _name(self) -> str:
        return self._provider

    async def _carry_out(self, request: Pdu) -> Pdu:
        status = CommandStatus.RINVCMDID
        if isinstance(request, pdus.DeliverSm | pdus.DataSm):
            status = await self._take(request, lambda: not self.gone)
        return response_to(request.command)(0, status)

    def _gone(self, why: str) -> None:
        self.why = why
