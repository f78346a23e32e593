"""smpplib as an ESME: ``PORT TEXT --form udh|payload [--ca FILE]``. Ends with 0 once all receipts and a long text came.

All ESMEs here do the same, each with its own library and nothing of gsmd: bind as transceiver, send TEXT with
receipts, wait for each receipt, and for one inbound text that is a long one. What came in is the last line, as JSON.
"""

import argparse
import json
import ssl

import smpplib.client
import smpplib.consts
import smpplib.gsm


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("text")
    parser.add_argument("--form", choices=["udh", "payload"], default="udh")
    parser.add_argument("--ca")
    arguments = parser.parse_args()
    context = None
    if arguments.ca:
        context = ssl.create_default_context(cafile=arguments.ca)
        context.check_hostname = False  # it tells the context no name
    client = smpplib.client.Client(
        "localhost" if context else "127.0.0.1", arguments.port, ssl_context=context
    )
    waiting: set[str] = set()
    ended: set[str] = set()
    said: list[str] = []

    def sent(pdu: object) -> None:
        waiting.add(pdu.message_id.decode())  # type: ignore[attr-defined] # smpplib has no types

    def received(pdu: object) -> None:
        if pdu.esm_class & 0x04:  # type: ignore[attr-defined] # smpplib has no types
            assert b"stat:DELIVRD" in pdu.short_message, pdu.short_message  # type: ignore[attr-defined] # likewise
            ended.add(pdu.receipted_message_id.decode())  # type: ignore[attr-defined] # likewise
        else:
            octets = pdu.message_payload or pdu.short_message  # type: ignore[attr-defined] # likewise
            said.append(octets.decode("utf-16-be"))

    client.set_message_sent_handler(sent)
    client.set_message_received_handler(received)
    client.connect()
    client.bind_transceiver(system_id="crm", password="secret")
    common = {
        "source_addr_ton": smpplib.consts.SMPP_TON_UNK,
        "source_addr": "1234",
        "dest_addr_ton": smpplib.consts.SMPP_TON_INTL,
        "destination_addr": "33612345678",
        "registered_delivery": True,
    }
    count = 1
    if arguments.form == "payload":
        client.send_message(
            short_message=b"",
            message_payload=arguments.text.encode("utf-16-be"),
            data_coding=8,
            **common,
        )
    else:
        parts, data_coding, esm_class = smpplib.gsm.make_parts(arguments.text)
        count = len(parts)
        for part in parts:
            client.send_message(
                short_message=part, data_coding=data_coding, esm_class=esm_class, **common
            )
    while not (len(ended) == count and ended == waiting and said):
        client.read_once()
    client.unbind()
    client.disconnect()
    print(json.dumps(said[0]))


if __name__ == "__main__":
    main()
