"""Received messages and calls. Names and signatures are python-gsmmodem's."""
# ruff: noqa: N802, N803, N815 -- as said

import threading
import time
from itertools import count

from gsmmodem.modem import IncomingCall, ReceivedSms, SentSms, Sms

from gsmd.client import Event, InboundMessage
from gsmd.client.gsmmodem import names, outcome
from gsmd.client.gsmmodem.connected import Callback
from gsmd.client.gsmmodem.sending import Sending
from gsmd.client.gsmmodem.stored import Receiver, Stored
from gsmd.protocol.message import Kind, Message

NO_SUCH_MESSAGE = "+CMS ERROR: 321"
"""Invalid memory index, 3GPP TS 27.005 §3.2.5."""


_RINGS_EVERY = 15.0
"""Seconds without a RING after which the next one is another call."""


class InboundSms(ReceivedSms):  # type: ignore[misc]  # python-gsmmodem has no types
    """A received message that knows which one it is."""

    def __init__(
        self, modem: "Receiving", message: Message, status: int, index: int | None
    ) -> None:
        text = message.text if message.text is not None else message.data
        at = message.service_centre_timestamp or message.created_at
        super().__init__(modem, status, message.peer, at, text, None, [], index)
        self.id = message.id
        self._replies = count(1)

    def reply(self, message: str) -> SentSms:
        """Answer the sender. An answer is sent once, also if the message is handed over again."""
        return self._gsmModem.reply(self, message, next(self._replies))


class Receiving(Sending):
    """Receives messages, by a callback or by asking for them."""

    incomingCallCallback: Callback | None

    def __init__(
        self, port: str | None, socket: str | None, handler: str | None, callback: Callback | None
    ) -> None:
        super().__init__(port, socket)
        self.activeCalls: dict[int, IncomingCall] = {}
        self._rang = 0.0
        self._handler = handler
        self._callback = callback
        self._receiver: Receiver | None = None
        self._stored: Stored
        self._starting = threading.Lock()

    def connect(self, pin: str | None = None, waitingForModemToStartInSeconds: float = 0) -> None:
        super().connect(pin, waitingForModemToStartInSeconds)
        self._handler = self._handler or names.handler_for(self._name)
        self._stored = Stored(self._client, self._handler)
        self._start_receiving()

    def close(self) -> None:
        if self.alive:
            if self._receiver is not None:
                self._receiver.close()
                self._receiver = None
            self._stored.close()
        super().close()

    @property
    def smsReceivedCallback(self) -> Callback | None:
        """Called with each received message; the message is acknowledged when it returns."""
        return self._callback

    @smsReceivedCallback.setter
    def smsReceivedCallback(self, callback: Callback | None) -> None:
        self._callback = callback
        if self.alive:
            self._start_receiving()

    def _start_receiving(self) -> None:
        with self._starting:
            if self._callback is not None and self._receiver is None and self._handler is not None:
                self._stored.close()
                with outcome.translated("AT+CNMI"):
                    self._receiver = Receiver(self._client, self._handler, self._received)

    def _received(self, message: InboundMessage) -> None:
        if self._callback is not None and self._is_ours(message):
            self._callback(InboundSms(self, message, Sms.STATUS_RECEIVED_UNREAD, None))

    def _is_ours(self, message: Message) -> bool:
        ours = self._name is None or message.modem == self._name
        return ours and message.kind in {Kind.TEXT, Kind.DATA}

    def reply(self, sms: InboundSms, text: str, number: int) -> SentSms:
        """The answer to a received message; ``number`` tells several answers apart."""
        key = f"{self._handler}/{sms.id}/{number}"
        with outcome.translated("AT+CMGS"):
            message = self._client.send(
                sms.number,
                text,
                modem=self._name,
                report=self.requestDelivery,
                in_reply_to=sms.id,
                key=key,
            )
        return self._follow(message)

    def listStoredSms(
        self,
        status: int = Sms.STATUS_ALL,
        memory: str | None = None,  # noqa: ARG002 -- the daemon has one memory for all
        delete: bool = False,  # noqa: FBT001, FBT002 -- that library's signature
    ) -> list[InboundSms]:
        """The messages that came in since this script first asked; none, while a callback gets them all."""
        if self._receiver is not None:
            return []
        with outcome.translated("AT+CMGL"):
            self._stored.refresh()
        found = []
        for index, message, seen in self._stored.items():
            read = Sms.STATUS_RECEIVED_READ if seen else Sms.STATUS_RECEIVED_UNREAD
            if not self._is_ours(message):
                self._stored.delete(index)
            elif status in (Sms.STATUS_ALL, read):
                found.append(InboundSms(self, message, read, index))
                if delete:
                    self._stored.delete(index)
        return found

    def processStoredSms(self, unreadOnly: bool = False) -> None:  # noqa: FBT001, FBT002 -- that library's signature
        """Wait until the callback has had what came while the script was not running.

        Errors: ValueError, without a callback.
        """
        del unreadOnly  # nothing of it has been read
        if self._receiver is None:
            raise ValueError("GsmModem.smsReceivedCallback not set")
        self._receiver.catch_up()

    def readStoredSms(self, index: int, memory: str | None = None) -> InboundSms:
        """A message that was listed. Errors: CmsError 321, if there is none at this index."""
        found = [sms for sms in self.listStoredSms(memory=memory) if sms.index == int(index)]
        if not found:
            outcome.check_result("AT+CMGR", NO_SUCH_MESSAGE)
        return found[0]

    def deleteStoredSms(self, index: int, memory: str | None = None) -> None:  # noqa: ARG002 -- one memory
        """Done with a message that was listed. Errors: CmsError 321, if there is none at this index."""
        if not self._stored.delete(int(index)):
            outcome.check_result("AT+CMGD", NO_SUCH_MESSAGE)

    def deleteMultipleStoredSms(self, delFlag: int = 4, memory: str | None = None) -> None:
        """Done with all that were listed before (1, 2, 3), or with all (4). Errors: ValueError."""
        if not 0 < delFlag <= 4:
            raise ValueError('"delFlag" must be in range [1,4]')
        status = Sms.STATUS_ALL if delFlag == 4 else Sms.STATUS_RECEIVED_READ
        self.listStoredSms(status, memory, delete=True)

    def _hear(self, event: Event) -> None:
        super()._hear(event)
        if event.type == "modem.called" and self._name in (None, event.fields.get("modem")):
            self._called(event.fields.get("number"))

    def _called(self, number: str | None) -> None:
        ringing = (call for call in self.activeCalls.values() if call.number == number)
        call = next(ringing, None)
        if call is not None and time.monotonic() - self._rang > _RINGS_EVERY:
            del self.activeCalls[call.id]  # that one has ended unanswered
            call = None
        self._rang = time.monotonic()
        if call is None:
            id_ = max(self.activeCalls, default=0) + 1
            call = self.activeCalls[id_] = IncomingCall(self, number, None, None, id_, "VOICE")
        else:
            call.ringCount += 1
        if self.incomingCallCallback is not None:
            self.incomingCallCallback(call)
