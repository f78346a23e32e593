"""Drives a modem with python-gsmmodem and prints what happens, a JSON array a line.

Usage: gsmmodem_client.py PORT NUMBER [text]
"""

import json
import sys
import threading
import warnings
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its regular expressions are old
    from gsmmodem.modem import GsmModem, ReceivedSms, StatusReport


def say(*what: Any) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    port, number = sys.argv[1:3]
    stopped = threading.Event()

    def received(sms: ReceivedSms) -> None:
        say("received", sms.number, sms.text)
        if sms.text == "stop":
            stopped.set()

    def reported(report: StatusReport) -> None:
        say("reported", report.number, report.reference, report.deliveryStatus)

    modem = GsmModem(
        port, 115200, smsReceivedCallbackFunc=received, smsStatusReportCallback=reported
    )
    modem.smsTextMode = "text" in sys.argv
    modem.connect()
    say("identity", modem.manufacturer, modem.model, modem.imei, modem.imsi, modem.networkName)
    say("signal", modem.signalStrength, modem.smsc, modem.ownNumber)
    sent = modem.sendSms(number, "Hi from gsmmodem", waitForDeliveryReport=True, deliveryTimeout=20)
    say("sent", sent.status, sent.report.deliveryStatus)
    menu = modem.sendUssd("*123#")
    say("ussd", menu.message, menu.sessionActive)
    say("ussd", menu.reply("2").message)
    # last: it leaves +CSCS at UCS2, in which it cannot write a USSD code
    modem.sendSms(number, "Grüße €, 你好", waitForDeliveryReport=True, deliveryTimeout=20)
    modem.processStoredSms()
    say("ready")
    stopped.wait(20)
    modem.close()


main()
