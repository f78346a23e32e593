"""The doors of gsmd, and a good program at each: what it has no answer to it sends again, under the same key.

A door takes a text (`Door.put`), hears what phones sent to it and the ends of what went in (`Door.serve`).
"""

import asyncio
import email
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from email import policy
from typing import Any

import aiohttp
import aiosmtplib

from gsmd import smpp
from gsmd.client import AsyncClient, GsmdError
from gsmd.fleet.client import AsyncFleetClient
from gsmd.fleet.link import EngineAway, EngineRefused
from gsmd.fleet.record import Phase
from gsmd.fleet.subjects import INBOX
from gsmd.smpp import Tag, pdus, tlv
from tests.gateways.mail.scene import ANNA, mail
from tests.gateways.mqtt.mosquitto import Program
from tests.gateways.smpp.scene import PASSWORD, SOURCE, Esme
from tests.soak.books import Books
from tests.soak.world import World

AGAIN = 1.0
"""Seconds before what failed is tried again."""


def key_of(text: str) -> str:
    """What makes it certain that a text is sent once: its first three words."""
    return "-".join(text.split()[:3])


def content_of(pdu: pdus.DeliverSm) -> bytes:
    """What it says, wherever it stands: what is long stands in message_payload (SMPP 5.0 §4.8.4.36)."""
    payload = tlv.find(pdu.tlvs, Tag.MESSAGE_PAYLOAD)
    return pdu.short_message if payload is None else payload


class Door(ABC):
    """``tells``: of every end of what went in."""

    name = ""
    tells = True

    def __init__(self, world: World, books: Books) -> None:
        self.world = world
        self.books = books

    @abstractmethod
    async def put(self, to: str, text: str) -> None:
        """Put a message in; returns once gsmd has it."""

    @abstractmethod
    async def serve(self) -> None:
        """Hear what comes out, for ever."""

    async def insist(self, attempt: Callable[[], Awaitable[Any]], *passing: type[Exception]) -> Any:
        """Repeat it until it is done. ``passing``: errors that pass."""
        while True:
            try:
                return await attempt()
            except passing:
                await asyncio.sleep(AGAIN)


class SocketDoor(Door):
    """A program at the daemon's own socket."""

    name = "socket"

    async def put(self, to: str, text: str) -> None:
        await self.insist(
            lambda: self.world.client.send(
                to, text, key=key_of(text), handler=self.name, receipt=True
            ),
            GsmdError,
        )

    async def serve(self) -> None:
        async with AsyncClient(self.world.socket).listen(self.name, max_in_flight=8) as inbox:
            async for message in inbox:
                if message.receipt is None:
                    self.books.hear(self.name, message.text or "", message.id)
                else:
                    self.books.ended[message.text or ""].add(message.receipt.state)
                await message.acknowledge()


class RestDoor(Door):
    """A program over HTTP, which pulls."""

    name = "rest"

    async def put(self, to: str, text: str) -> None:
        body = {"to": to, "text": text, "handler": self.name, "receipt": True}
        await self.insist(
            lambda: self._post("/messages", body, {"Idempotency-Key": key_of(text)}),
            aiohttp.ClientError,
            TimeoutError,
        )

    async def serve(self) -> None:
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                pulled = await self._post("/handlers/rest/pull", {"max": 20, "wait": 20})
                settled = []
                for each in pulled["messages"]:
                    message = each["message"]
                    if "receipt" in each:
                        self.books.ended[message["text"]].add(each["receipt"]["state"])
                    else:
                        self.books.hear(self.name, message["text"], message["id"])
                    settled.append({"lease": each["lease"]})
                if settled:
                    await self._post("/handlers/rest/settle", {"settle": settled})
                continue
            await asyncio.sleep(AGAIN)

    async def _post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
        said = {"Authorization": f"Bearer {self.world.token}", **(headers or {})}
        async with (
            asyncio.timeout(90),
            self.world.http.post(self.world.web + path, json=body, headers=said) as answer,
        ):
            answer.raise_for_status()
            return await answer.json()


class SmppDoor(Door):
    """An ESME, which now and then binds anew."""

    name = "smpp"

    def __init__(self, world: World, books: Books) -> None:
        super().__init__(world, books)
        self._esme: Esme | None = None
        self._bound = asyncio.Condition()
        self._texts: dict[str, str] = {}
        self._early: dict[str, str] = {}

    async def put(self, to: str, text: str) -> None:
        """The connection is not given up while a submit is under way: there is no key in SMPP."""
        async with self._bound:
            await self._bound.wait_for(lambda: self._esme is not None)
            assert self._esme is not None
            while True:
                answer = await self._esme.submit(
                    text.encode(),
                    source=SOURCE,
                    destination=smpp.Address(1, 1, to[1:].encode()),
                    registered_delivery=1,
                )
                if answer.status == 0:
                    break
                assert answer.status in {smpp.CommandStatus.RSYSERR, smpp.CommandStatus.RTHROTTLED}
                await asyncio.sleep(AGAIN)
            id_ = answer.message_id.decode()
            self._texts[id_] = text
            if id_ in self._early:
                self.books.ended[text].add(self._early.pop(id_))

    async def serve(self) -> None:
        while True:
            try:
                esme = await Esme.connect(self.world.ports["smpp"])
            except OSError:
                await asyncio.sleep(AGAIN)
                continue
            answer = await esme.ask(pdus.BindTransceiver(system_id=b"crm", password=PASSWORD))
            if answer.status == 0:
                async with self._bound:
                    self._esme = esme
                    self._bound.notify_all()
                with suppress(TimeoutError):
                    async with asyncio.timeout(120):
                        await self._listen(esme)
                async with self._bound:
                    self._esme = None
            await esme.close()
            while not esme.inbox.empty():  # acknowledged before the end
                self._heard(esme.inbox.get_nowait())

    async def _listen(self, esme: Esme) -> None:
        while True:
            self._heard(await esme.inbox.get())

    def _heard(self, pdu: pdus.DeliverSm) -> None:
        content = content_of(pdu)
        if not pdu.esm_class & 0x04:
            self.books.hear(self.name, content.decode(), "")
            return
        receipt = smpp.read_receipt(content)
        assert receipt is not None
        if receipt.message_id in self._texts:
            self.books.ended[self._texts[receipt.message_id]].add(receipt.state.name.lower())
        else:
            self._early[receipt.message_id] = receipt.state.name.lower()


class MqttDoor(Door):
    """A program at the broker."""

    name = "mqtt"

    async def put(self, to: str, text: str) -> None:
        self.program.publish(
            "gsmd/send", {"to": to, "text": text, "key": key_of(text), "transaction": text}
        )

    async def serve(self) -> None:
        self.program = Program(self.world.broker.port, ("gsmd/+/received", "gsmd/sent"), "soak")
        taken = 0
        try:
            while True:
                await self.program.more()
                for each in self.program.heard[taken:]:
                    taken += 1
                    self._heard(each.topic, each.json)
        finally:
            self.program.close()

    def _heard(self, topic: str, told: dict[str, Any]) -> None:
        if told.get("event_type") == "call":
            return
        if topic != "gsmd/sent":
            self.books.hear(self.name, told["text"], told["id"])
        elif told.get("state") in {"sent", "delivered", "failed", "expired", "cancelled"}:
            self.books.ended[told["transaction"]].add(told["state"])
        elif told["status"] == "error":
            self.books.trouble.append(f"mqtt: {told}")


class MailDoor(Door):
    """A mail server that hands mail over, and gets some. It is told only of what fails."""

    name = "mail"
    tells = False

    async def put(self, to: str, text: str) -> None:
        content = mail(text, message_id=f"<{key_of(text)}@example.org>").as_bytes()

        async def attempt() -> None:
            client = aiosmtplib.SMTP(
                hostname="127.0.0.1", port=self.world.ports["mail"], start_tls=False, timeout=60
            )
            async with client:
                await client.sendmail(ANNA, f"{to[1:]}@sms.local", content)

        await self.insist(attempt, aiosmtplib.SMTPException, OSError)

    async def serve(self) -> None:
        while True:
            self.world.smarthost.news.clear()
            if not self.world.smarthost.mails:
                await self.world.smarthost.news.wait()
            for each in self.world.smarthost.mails:
                found = email.message_from_bytes(each.as_bytes(), policy=policy.default)
                text = str(found.get_content()).strip()
                self.books.hear(self.name, text, str(found["Message-ID"]))
            self.world.smarthost.mails.clear()
            self.world.smarthost.envelopes.clear()


class FleetDoor(Door):
    """A program somewhere, behind the engine."""

    name = "fleet"

    async def put(self, to: str, text: str) -> None:
        await self.insist(
            lambda: self.fleet.send(to, text, key=key_of(text)), EngineAway, EngineRefused
        )

    async def serve(self) -> None:
        async with AsyncFleetClient(self.world.engine.url, timeout=60.0) as self.fleet:
            after = 0
            while True:
                with suppress(EngineAway, EngineRefused):
                    after = await self._look(after)
                await asyncio.sleep(5)

    async def _look(self, after: int) -> int:
        """What came in anywhere since, and the ends of what went out."""
        import msgspec

        while (found := await self.fleet.link.next(INBOX, "sms.inbox.>", after + 1)) is not None:
            after = found.seq
            message = msgspec.json.decode(found.data)
            message = message.get("message", message)
            if str(message["text"]).startswith(self.name):
                self.books.hear(self.name, message["text"], message["id"])
        for text in self.books.unended([self.name]):
            record = await self.fleet.record(key_of(text))
            if record is not None and record.state in {Phase.SENT, Phase.FAILED}:
                self.books.ended[text].add(record.state.value)
        return after


DOORS: tuple[type[Door], ...] = (SocketDoor, RestDoor, SmppDoor, MqttDoor, MailDoor, FleetDoor)
