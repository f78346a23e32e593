"""Sending, and what becomes of it. Names and signatures are python-gsmmodem's.

Two threads may see that a message has come to its end: the one that waits for it in `sendSms`, and
the one that hears events. Whichever is first builds the report, which takes calls to the daemon;
the other waits until it is built, so nobody returns a message without the report it waited for.
"""
# ruff: noqa: N802, N803, N815 -- as said

import threading
from weakref import WeakValueDictionary

from gsmmodem.exceptions import TimeoutException
from gsmmodem.modem import SentSms, Sms, StatusReport

from gsmd.client import Event, PartRecord, errors
from gsmd.client.gsmmodem import outcome
from gsmd.client.gsmmodem.connected import Callback, Connected
from gsmd.protocol.message import Message, State

SEND_TIMEOUT = 40.0
"""Seconds in which the network must take a message: python-gsmmodem's own, prompt and answer."""

_ENDS = frozenset({State.DELIVERED, State.FAILED, State.EXPIRED})


class _Followed:
    """A message on its way to its end. ``awaited``: somebody waits for the report, so no callback gets it."""

    def __init__(self, *, awaited: bool) -> None:
        self.awaited = awaited
        self.settling = threading.Lock()
        """Held while its end is told, by whoever sees it first."""
        self.settled = False


class Sending(Connected):
    """Sends messages and follows them to their end."""

    requestDelivery: bool
    smsStatusReportCallback: Callback | None

    def __init__(self, port: str | None, socket: str | None) -> None:
        super().__init__(port, socket)
        self.sentSms: WeakValueDictionary[str, SentSms] = WeakValueDictionary()
        self._followed: dict[str, _Followed] = {}

    def sendSms(
        self,
        destination: str,
        text: str,
        waitForDeliveryReport: bool = False,  # noqa: FBT001, FBT002 -- that library's signature
        deliveryTimeout: float = 15,
        sendFlash: bool = False,  # noqa: FBT001, FBT002 -- likewise
    ) -> SentSms:
        """Send a text and wait until the network has it, or until it is delivered.

        Errors: CmsError, CmeError, CommandError, TimeoutException. A message that the network
        does not take in time is withdrawn; where it is too late for that, the wait goes on.
        """
        report = self.requestDelivery or waitForDeliveryReport
        with outcome.translated("AT+CMGS"):
            message = self._client.send(
                destination, text, modem=self._name, report=report, flash=sendFlash
            )
        return self._follow(message, deliveryTimeout if waitForDeliveryReport else None)

    def _follow(self, message: Message, delivery: float | None = None) -> SentSms:
        """Wait until the message is sent, and for ``delivery`` seconds until it is delivered."""
        message = self._sent(message)
        sms = SentSms(message.peer, message.text, _reference(self._parts(message.id)))
        self.sentSms[message.id] = sms
        followed = self._followed[message.id] = _Followed(awaited=delivery is not None)
        try:
            with outcome.translated("AT+CMGS"):
                if delivery is not None:
                    message = self._client.wait(message.id, State.DELIVERED, delivery)
                elif self._may_read:
                    message = self._client.get(message.id)  # its report may have come already
        except TimeoutException:
            with followed.settling:  # its end may be told right now
                if not followed.settled:
                    followed.awaited = False  # what comes later is for the callback
                    raise
        else:
            self._settle(message)
        return sms

    def _sent(self, message: Message) -> Message:
        with outcome.translated("AT+CMGS"):
            try:
                message = self._client.wait(message.id, State.SENT, SEND_TIMEOUT)
            except errors.TimedOut:
                self._withdraw(message.id)
                message = self._client.wait(message.id, State.SENT, SEND_TIMEOUT)
        outcome.check_sent(message)
        return message

    def _withdraw(self, id_: str) -> None:
        try:
            self._client.cancel(id_)
        except errors.Conflict:
            return  # it is on its way: nothing to withdraw any more
        raise TimeoutException

    def _parts(self, id_: str) -> list[PartRecord]:
        return self._client.show(id_).parts if self._may_read else []

    def _report(self, message: Message) -> StatusReport:
        """The status report of a message that has come to its end."""
        parts = self._parts(message.id)
        status = StatusReport.DELIVERED
        if message.state is not State.DELIVERED:
            said = [part.tp_status for part in parts if part.tp_status]
            status = said[-1] if said else StatusReport.FAILED
        return StatusReport(
            self,
            Sms.STATUS_RECEIVED_UNREAD,
            _reference(parts),
            message.peer,
            message.sent_at,
            message.delivered_at,
            status,
        )

    def _hear(self, event: Event) -> None:
        super()._hear(event)
        id_ = str(event.fields.get("id"))
        if id_ in self._followed and event.type in {f"message.{state}" for state in _ENDS}:
            self._settle(self._client.get(id_))

    def _settle(self, message: Message) -> None:
        """Tell of the end of a message, once; returns when it has been told."""
        followed = self._followed.get(message.id)
        if message.state not in _ENDS or followed is None:
            return
        with followed.settling:
            if followed.settled:
                return
            report = self._report(message)
            if sms := self.sentSms.get(message.id):
                sms.report = report
            followed.settled = True
            del self._followed[message.id]
            awaited = followed.awaited
        if not awaited and self.smsStatusReportCallback is not None:
            self.smsStatusReportCallback(report)


def _reference(parts: list[PartRecord]) -> int:
    """The last part's message reference, as python-gsmmodem gives it."""
    return parts[-1].message_reference or 0 if parts else 0
