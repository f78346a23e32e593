"""Notifications through Apprise, against a real mail server."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from msgspec.structs import replace

from gsmd.handlers.base import Delivery, DeliveryMarks, HandlerError
from gsmd.handlers.notify import NotifyHandler, NotifySettings
from tests.handlers.messages import INBOUND
from tests.rig import rig

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # within Apprise


class Mailbox:
    """Takes every mail, or none."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refuses = False
        self.port = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        if self.refuses:
            return "451 later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", loop=loop), "127.0.0.1", 0
    )
    mailbox.port = server.sockets[0].getsockname()[1]
    yield mailbox
    server.close()
    await server.wait_closed()


def address(mailbox: Mailbox) -> str:
    host = f"127.0.0.1:{mailbox.port}"
    return f"mailto://{host}?from=gsmd@example.org&to=me@example.org&mode=insecure"


def handler(file: Path, marks: DeliveryMarks | None = None) -> NotifyHandler:
    return NotifyHandler("night", NotifySettings(notify=file), marks)


DELIVERY = Delivery("night", 1, replace(INBOUND, text="The cellar is under water — ✓"))


async def test_a_message_is_mailed_and_tried_again_while_the_server_refuses(
    mailbox: Mailbox, tmp_path: Path
) -> None:
    file = tmp_path / "night.urls"
    file.write_text(f"# the night shift\n{address(mailbox)}\n")
    night = handler(file)
    mailbox.refuses = True
    with pytest.raises(HandlerError, match=r"^not taken by mailto$"):
        await night.deliver(DELIVERY)
    mailbox.refuses = False
    assert await night.deliver(DELIVERY) is None

    (mail,) = mailbox.mails
    assert mail["Subject"] == f"SMS from {DELIVERY.message.peer}"
    assert "The cellar is under water — ✓" in mail.get_body(("plain", "html")).get_content()
    assert night.capacity == 4


async def test_who_was_told_is_not_told_again_because_another_was_not(
    mailbox: Mailbox, tmp_path: Path
) -> None:
    file = tmp_path / "night.urls"
    file.write_text(f"{address(mailbox)}\njson://127.0.0.1:1/nobody\n")
    night = handler(file)
    for _ in range(2):
        with pytest.raises(HandlerError, match=r"^not taken by json$"):
            await night.deliver(DELIVERY)

    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("content", [None, "", "# nothing\n", "rubbish-without-scheme\n"])
async def test_a_file_without_an_address_is_an_error_that_tells_no_secret(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "night.urls"
    if content is not None:
        file.write_text(content)
    with pytest.raises(HandlerError) as caught:
        await handler(file).deliver(DELIVERY)

    assert "://" not in caught.value.reason


async def test_many_are_told_at_once(mailbox: Mailbox, tmp_path: Path) -> None:
    file = tmp_path / "night.urls"
    file.write_text(address(mailbox))
    night = handler(file)
    deliveries = [
        Delivery("night", 1, replace(INBOUND, id=f"m{n}", text=f"n {n}")) for n in range(4)
    ]
    await asyncio.gather(*map(night.deliver, deliveries))

    assert len(mailbox.mails) == 4


async def test_who_was_told_is_not_told_again_after_a_restart(
    mailbox: Mailbox, tmp_path: Path
) -> None:
    file = tmp_path / "night.urls"
    file.write_text(f"{address(mailbox)}\njson://127.0.0.1:1/nobody\n")
    handlers = [{"name": "night", "notify": str(file)}]
    async with rig(tmp_path) as it:
        it.network.phone("+33612345678").send(it.sim.number, "The cellar is under water")
        for _ in range(2):
            async with (
                it.running(handlers=handlers) as client,
                client.events("delivery.failed") as events,
            ):
                await anext(aiter(events))
        file.write_text(f"{address(mailbox)}\n")
        async with (
            it.running(handlers=handlers) as client,
            client.events("message.handled") as events,
        ):
            if not (await client.list(state="handled")).messages:
                await anext(aiter(events))

    assert len(mailbox.mails) == 1
