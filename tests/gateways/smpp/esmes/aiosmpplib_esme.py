"""aiosmpplib as an ESME: see `smpplib_esme`. ``PORT TEXT``; a long text is a message_payload."""

import argparse
import asyncio
import json

from aiosmpplib import (
    ESME,
    NPI,
    TON,
    AbstractHook,
    DeliverSm,
    PhoneNumber,
    SmppMessage,
    SubmitSm,
    SubmitSmResp,
)


class Hook(AbstractHook):  # type: ignore[misc] # it ships no types that mypy finds
    def __init__(self) -> None:
        self.waiting: set[str] = set()
        self.ended: set[str] = set()
        self.said: list[str] = []
        self.sent = 0
        self.news = asyncio.Event()

    async def sending(self, smpp_message: SmppMessage, pdu: bytes, client_id: str) -> None:
        self.sent += isinstance(smpp_message, SubmitSm) and pdu[7] == 4

    async def received(self, smpp_message: SmppMessage | None, pdu: bytes, client_id: str) -> None:
        if isinstance(smpp_message, SubmitSmResp):
            self.waiting.add(smpp_message.message_id)
        elif isinstance(smpp_message, DeliverSm):
            if smpp_message.is_receipt():
                receipt = smpp_message.parse_receipt()
                assert receipt["stat"] == "DELIVRD", receipt
                self.ended.add(str(receipt["id"]))
            else:
                self.said.append(smpp_message.message_payload or smpp_message.short_message)
        self.news.set()

    async def send_error(self, smpp_message: SmppMessage, error: Exception, client_id: str) -> None:
        raise error


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("text")
    arguments = parser.parse_args()
    hook = Hook()
    esme = ESME("127.0.0.1", arguments.port, "crm", "secret", hook=hook, log_level=40)
    running = asyncio.create_task(esme.start())
    await esme.broker.enqueue(
        SubmitSm(
            short_message=arguments.text,
            source=PhoneNumber("1234"),
            destination=PhoneNumber("33612345678", TON.INTERNATIONAL, NPI.ISDN),
            encoding="ucs2",
            registered_delivery=1,
            auto_message_payload=True,
            log_id="1",
        )
    )
    while not (hook.sent and hook.waiting and hook.said and len(hook.ended) >= hook.sent):
        hook.news.clear()
        await hook.news.wait()
    assert hook.ended == hook.waiting
    await esme.stop()
    running.cancel()
    print(json.dumps(hook.said[0]))


if __name__ == "__main__":
    asyncio.run(main())
