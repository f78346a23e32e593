"""smpp34 (Rust) as an ESME: see `smpplib_esme`. ``PORT TEXT --form udh|sar|payload [--tls]``: SSL_CERT_FILE names the CA."""

import argparse
import asyncio
import json
import os
import sys
from typing import Any

import smpp34 as typed

smpp34: Any = typed  # its stubs know less than it has


def pieces(text: str) -> list[bytes]:
    octets = text.encode("utf-16-be")
    return [octets[at : at + 132] for at in range(0, len(octets), 132)]


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("text")
    parser.add_argument("--form", choices=["udh", "sar", "payload"], default="udh")
    parser.add_argument("--tls", action="store_true")
    arguments = parser.parse_args()
    host = "localhost" if arguments.tls else "127.0.0.1"
    client = smpp34.Client(host, arguments.port, "crm", "secret", tls=arguments.tls)
    link = await client.connect()
    wanted = []
    parts = pieces(arguments.text)
    for number, part in enumerate(parts, 1):
        more: dict[str, Any] = {"short_message": part}
        if arguments.form == "udh":
            more = {
                "short_message": bytes((5, 0, 3, 0, len(parts), number)) + part,
                "esm_class": 0x40,
            }
        elif arguments.form == "sar":
            more["tlvs"] = [
                smpp34.Tlv(smpp34.TLV_SAR_MSG_REF_NUM, b"\0\7"),
                smpp34.Tlv(smpp34.TLV_SAR_TOTAL_SEGMENTS, bytes((len(parts),))),
                smpp34.Tlv(smpp34.TLV_SAR_SEGMENT_SEQNUM, bytes((number,))),
            ]
        else:
            payload = arguments.text.encode("utf-16-be")
            more = {
                "short_message": b"",
                "tlvs": [smpp34.Tlv(smpp34.TLV_MESSAGE_PAYLOAD, payload)],
            }
        answer = await link.submit_sm(
            "33612345678",
            source_addr="1234",
            dest_addr_ton=1,
            dest_addr_npi=1,
            data_coding=8,
            registered_delivery=1,
            **more,
        )
        wanted.append(answer.message_id)
        if arguments.form == "payload":
            break
    ended: set[str] = set()
    said: list[str] = []
    while not (ended >= set(wanted) and said):
        event = await link.next()
        if event.esm_class & 0x04:
            assert b"stat:DELIVRD" in event.short_message
            ended.add(event.short_message.split(b" ")[0].removeprefix(b"id:").decode())
        else:
            payload = [tlv.value for tlv in event.tlvs if tlv.tag == smpp34.TLV_MESSAGE_PAYLOAD]
            said.append((payload[0] if payload else event.short_message).decode("utf-16-be"))
    await link.unbind()
    print(json.dumps(said[0]))


if __name__ == "__main__":
    asyncio.run(main())
    sys.stdout.flush()
    os._exit(0)  # threads of Rust trip over the end of an interpreter
