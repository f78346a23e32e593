"""smpp.twisted3 (Jasmin's engine) as an ESME: see `smpplib_esme`. ``PORT TEXT --form udh|sar [--tls]``."""

import argparse
import json
from typing import Any

from smpp.pdu.operations import SubmitSM
from smpp.pdu.pdu_types import (
    AddrNpi,
    AddrTon,
    DataCoding,
    DataCodingDefault,
    EsmClass,
    EsmClassGsmFeatures,
    EsmClassMode,
    EsmClassType,
    RegisteredDelivery,
    RegisteredDeliveryReceipt,
)
from smpp.twisted.client import SMPPClientTransceiver
from smpp.twisted.config import SMPPClientConfig
from twisted.internet import defer, reactor


class Esme:
    """Sends, and hears."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.wanted: set[bytes] = set()
        self.ended: set[bytes] = set()
        self.said: list[str] = []
        self.error = ""
        self.done: Any = defer.Deferred()

    @defer.inlineCallbacks  # type: ignore[untyped-decorator] # twisted is not installed where this is checked
    def run(self) -> Any:
        try:
            config = SMPPClientConfig(
                host="127.0.0.1",
                port=self.arguments.port,
                username="crm",
                password="secret",
                useSSL=self.arguments.tls,
            )
            client = SMPPClientTransceiver(config, self.heard)
            smpp = yield client.connectAndBind()
            octets = self.arguments.text.encode("utf-16-be")
            parts = [octets[at : at + 132] for at in range(0, len(octets), 132)]
            for number, part in enumerate(parts, 1):
                answer = yield smpp.sendDataRequest(self.part(part, number, len(parts)))
                self.wanted.add(answer.response.params["message_id"])
            self.look()
            yield self.done
            yield smpp.unbindAndDisconnect()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the loop has to end
            self.error = repr(error)
        reactor.stop()

    def part(self, part: bytes, number: int, total: int) -> Any:
        common = {
            "source_addr": "1234",
            "destination_addr": "33612345678",
            "dest_addr_ton": AddrTon.INTERNATIONAL,
            "dest_addr_npi": AddrNpi.ISDN,
            "data_coding": DataCoding(schemeData=DataCodingDefault.UCS2),
            "registered_delivery": RegisteredDelivery(
                RegisteredDeliveryReceipt.SMSC_DELIVERY_RECEIPT_REQUESTED
            ),
        }
        if self.arguments.form == "sar":
            return SubmitSM(
                short_message=part,
                sar_msg_ref_num=7,
                sar_total_segments=total,
                sar_segment_seqnum=number,
                **common,
            )
        features = [EsmClassGsmFeatures.UDHI_INDICATOR_SET]
        return SubmitSM(
            short_message=bytes((5, 0, 3, 0, total, number)) + part,
            esm_class=EsmClass(EsmClassMode.DEFAULT, EsmClassType.DEFAULT, features),
            **common,
        )

    def heard(self, smpp: Any, pdu: Any) -> None:
        del smpp
        text = pdu.params.get("message_payload") or pdu.params["short_message"]
        if pdu.params["esm_class"].type is EsmClassType.SMSC_DELIVERY_RECEIPT:
            assert b"stat:DELIVRD" in text
            self.ended.add(text.split(b" ")[0].removeprefix(b"id:"))
        else:
            self.said.append(text.decode("utf-16-be"))
        self.look()

    def look(self) -> None:
        if self.wanted and self.ended >= self.wanted and self.said and not self.done.called:
            self.done.callback(None)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("text")
    parser.add_argument("--form", choices=["udh", "sar"], default="udh")
    parser.add_argument("--tls", action="store_true")
    esme = Esme(parser.parse_args())
    reactor.callWhenRunning(esme.run)
    reactor.run()
    if esme.error:
        raise SystemExit(esme.error)
    print(json.dumps(esme.said[0]))


if __name__ == "__main__":
    main()
