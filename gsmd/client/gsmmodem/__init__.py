"""`GsmModem` in the shape of python-gsmmodem's, for scripts that were written for that.

Change the import, give the modem's name (or leave the port as it is), and the
script runs on the daemon: several scripts share one modem, nothing is lost when
one of them is not running, and none of them needs the serial port.
"""

import warnings

with warnings.catch_warnings():
    # python-gsmmodem compiles with warnings about itself, which are nobody else's business
    warnings.simplefilter("ignore")
    from gsmmodem.modem import (
        Call,
        IncomingCall,
        ReceivedSms,
        SentSms,
        Sms,
        StatusReport,
        Ussd,
    )

from gsmd.client.gsmmodem.modem import GsmModem

__all__ = [
    "Call",
    "GsmModem",
    "IncomingCall",
    "ReceivedSms",
    "SentSms",
    "Sms",
    "StatusReport",
    "Ussd",
]
