"""The class that scripts use. Names and signatures are python-gsmmodem's."""
# ruff: noqa: N803 -- as said

from typing import Any

from gsmd.client.gsmmodem.connected import Callback
from gsmd.client.gsmmodem.facts import Facts
from gsmd.client.gsmmodem.receiving import Receiving


class GsmModem(Receiving, Facts):
    """A modem of the daemon, seen as python-gsmmodem sees one on a serial port.

    ``port`` is the modem's name in gsmd's configuration or its device; None or the path of a
    daemon's socket: all modems. ``socket`` is the daemon's socket, if it is not in the usual place.
    ``handler`` names the queue of received messages; each script has its own unless told otherwise.
    What belongs to a serial port (``baudrate``, ``AT_CNMI``, further arguments) is ignored.
    """

    def __init__(
        self,
        port: str | None = None,
        baudrate: int = 115200,
        incomingCallCallbackFunc: Callback | None = None,
        smsReceivedCallbackFunc: Callback | None = None,
        smsStatusReportCallback: Callback | None = None,
        requestDelivery: bool = True,  # noqa: FBT001, FBT002 -- that library's signature
        AT_CNMI: str = "",
        *_: Any,
        socket: str | None = None,
        handler: str | None = None,
        **__: Any,
    ) -> None:
        super().__init__(port, socket, handler, smsReceivedCallbackFunc)
        self.baudrate = baudrate
        self.incomingCallCallback = incomingCallCallbackFunc
        self.smsStatusReportCallback = smsStatusReportCallback
        self.requestDelivery = requestDelivery
        self.AT_CNMI = AT_CNMI
