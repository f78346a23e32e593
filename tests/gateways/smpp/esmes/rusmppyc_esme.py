"""rusmppyc (Rust, SMPP 5.0) as an ESME: see `smpplib_esme`. ``PORT TEXT --form udh|payload [--tls]`` (SSL_CERT_FILE: the CA)."""

import argparse
import asyncio
import json
import os
import sys
from typing import Any

import rusmppyc as untyped
from rusmppyc import rusmppyc as values

rusmppyc: Any = untyped
R: Any = values


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("text")
    parser.add_argument("--form", choices=["udh", "payload"], default="udh")
    parser.add_argument("--tls", action="store_true")
    arguments = parser.parse_args()
    url = f"{'smpps://localhost' if arguments.tls else 'smpp://127.0.0.1'}:{arguments.port}"
    client, events = await rusmppyc.Client.connect(
        url, max_command_length=65_536, response_timeout=30_000
    )
    await client.bind_transceiver(system_id="crm", password="secret")
    octets = arguments.text.encode("utf-16-be")
    size = 132
    parts = [octets[at : at + size] for at in range(0, len(octets), size)]
    common = {
        "source_addr": "1234",
        "destination_addr": "33612345678",
        "dest_addr_ton": R.Ton.International(),
        "dest_addr_npi": R.Npi.Isdn(),
        "data_coding": R.DataCoding.Ucs2(),
        "registered_delivery": R.RegisteredDelivery.request_all(),
    }
    wanted: set[str] = set()
    ended: set[str] = set()
    said: list[str] = []

    async def submit(**fields: Any) -> None:
        answer = await client.submit_sm(**common, **fields)
        wanted.add(bytes(answer.message_id).rstrip(b"\0").decode())

    async def listen() -> None:
        async for event in events:
            pdu = getattr(getattr(event, "_0", None), "pdu", None)
            body: Any = getattr(pdu, "_0", None)
            if type(body).__name__ != "DeliverSm":
                continue
            await client.deliver_sm_resp(event._0.sequence_number)
            receipt = "McDeliveryReceipt" in repr(body.esm_class) or "id:" in repr(
                bytes(body.short_message)[:3]
            )
            if receipt:
                text = bytes(body.short_message)
                assert b"stat:DELIVRD" in text
                ended.add(text.split(b" ")[0].removeprefix(b"id:").decode())
            else:
                payload = [_payload(tlv) for tlv in body.tlvs]
                found = [each for each in payload if each]
                said.append((found[0] if found else bytes(body.short_message)).decode("utf-16-be"))

    listening = asyncio.create_task(listen())
    if arguments.form == "payload":
        value = R.MessageSubmissionRequestTlvValue.MessagePayload(R.MessagePayload([*octets]))
        await submit(tlvs=[value])
    else:
        udhi = R.EsmClass(gsm_features=R.GsmFeatures.UdhiIndicator())
        for number, part in enumerate(parts, 1):
            header = bytes((5, 0, 3, 0, len(parts), number))
            await submit(short_message=header + part, esm_class=udhi)
    while not (ended >= wanted and said):
        if listening.done():
            await listening
            raise EOFError
        await asyncio.sleep(0.05)
    await client.unbind()
    print(json.dumps(said[0]))


def _payload(tlv: Any) -> bytes:
    value = getattr(tlv, "value", None)
    body: Any = getattr(value, "_0", None)
    if "MessagePayload" not in type(value).__name__ and "MessagePayload" not in repr(value)[:60]:
        return b""
    return bytes(getattr(body, "value", body))


if __name__ == "__main__":
    asyncio.run(main())
    sys.stdout.flush()
    os._exit(0)  # threads of Rust trip over the end of an interpreter
