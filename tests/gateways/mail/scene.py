"""A daemon with simulated modems, the mail gateway beside it, a smarthost that says what a test wants, and clients."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import yaml
from aiosmtpd.smtp import SMTP

from gsmd.client import AsyncClient, Message
from gsmd.config import parse
from gsmd.gateways.gateway import Surroundings
from gsmd.gateways.mail.gateway import MailGateway
from gsmd.handler_kinds import HANDLER_KINDS
from tests.rig import Rig, rig

PATIENCE = 90.0
PHONE = "+33612345678"
SIM = "+33600000001"
ADDRESS = "33612345678@sms.local"
ANNA = "anna@example.org"
OPS = "ops@example.org"


class Smarthost:
    """Takes mail, or answers with ``answer`` (for each recipient: ``refused``). ``mails`` are those that it took."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.answer = "250 OK"
        self.refused: dict[str, str] = {}
        self.news = asyncio.Event()
        self.port = 0
        self._server: asyncio.Server | None = None
        self._doors: list[_Null] = []

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
            self.envelopes.append((envelope.mail_from, [*envelope.rcpt_tos]))
        self.news.set()
        return self.answer

    async def start(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(
            self._door, "127.0.0.1", self.port, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]

    @property
    def is_down(self) -> bool:
        return self._server is None

    async def crash(self) -> None:
        """It is gone, in the middle of what it was told."""
        for each in [*self._doors]:
            if isinstance(each.transport, asyncio.Transport):
                each.transport.abort()
        await self.stop()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _door(self) -> "_Null":
        self._doors = [each for each in self._doors if each.transport is not None]
        self._doors.append(_Null(self, hostname="localhost", loop=asyncio.get_running_loop()))
        return self._doors[-1]

    async def mail(self, number: int = 1) -> Any:
        """The mail with that number, once there are so many."""
        await self.until(lambda: len(self.mails) >= number)
        return self.mails[number - 1]

    async def until(self, there: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not there():
                self.news.clear()
                await self.news.wait()


class _Null(SMTP):
    """aiosmtpd, that takes mail without a sender too."""

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if arg is not None and arg.upper().startswith("FROM:<>"):
            assert self.envelope is not None
            self.envelope.mail_from = "<>"
            await self.push("250 OK")
            return
        await super().smtp_MAIL(arg)


class Scene:
    """``client`` is the daemon's; ``gateway`` the one at work."""

    def __init__(self, built: Rig, client: AsyncClient, smarthost: Smarthost) -> None:
        self.rig = built
        self.client = client
        self.smarthost = smarthost
        self.gateway: MailGateway

    def config(self, **more: Any) -> Any:
        section = {
            "listen": "127.0.0.1:0",
            "state_dir": str(self.rig.directory / "mail"),
            "from": ["*@example.org"],
            "smarthost": f"smtp://127.0.0.1:{self.smarthost.port}",
            "forward": [{"match": {"unclaimed": True}, "to": [OPS]}],
            **more,
        }
        text = yaml.safe_dump({"mail": section})
        return parse(self.rig.configuration() + text, "test.yaml", HANDLER_KINDS)

    @asynccontextmanager
    async def at_work(self, **more: Any) -> AsyncIterator[MailGateway]:
        """The gateway, stopped in good order at the end."""
        surroundings = Surroundings(daemon=self.rig.socket, state_dir=self.rig.directory / "mail")
        gateway = MailGateway(self.config(**more), surroundings)
        ready = asyncio.Event()
        task = asyncio.create_task(gateway.serve(ready.set))
        try:
            async with asyncio.timeout(PATIENCE):
                waiting = asyncio.create_task(ready.wait())
                await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if task.done():
                    await task
            self.gateway = gateway
            yield gateway
        finally:
            async with asyncio.timeout(PATIENCE):
                await gateway.drain()
                await task

    @asynccontextmanager
    async def connected(self, **options: Any) -> AsyncIterator[aiosmtplib.SMTP]:
        """A client's connection."""
        client = aiosmtplib.SMTP(
            hostname="127.0.0.1",
            port=self.gateway.port,
            timeout=PATIENCE,
            **{"start_tls": False, **options},
        )
        async with client:
            yield client

    async def send(
        self,
        mail: EmailMessage | bytes | str,
        to: str | Sequence[str] = ADDRESS,
        sender: str = ANNA,
        **options: Any,
    ) -> str:
        """Hand a mail to the gateway; its answer to the content. Errors: `aiosmtplib.SMTPException`."""
        content = mail.as_bytes() if isinstance(mail, EmailMessage) else mail
        async with self.connected() as client:
            _, answer = await client.sendmail(sender, to, content, **options)
        return answer

    async def outbox(self) -> list[Message]:
        """What was sent, the oldest first."""
        return [*reversed((await self.client.list(direction="outbound")).messages)]

    def say(self, text: str, phone: str = PHONE, sim: str = SIM) -> None:
        """Somebody texts."""
        self.rig.network.phone(phone).send(sim, text)

    async def handled(self) -> None:
        """Until every message that came in is handled."""
        async with asyncio.timeout(PATIENCE):
            while any(
                message.state == "received"
                for message in (await self.client.list(direction="inbound")).messages
            ):
                await asyncio.sleep(0.02)


@asynccontextmanager
async def scene(
    directory: Path, modems: Sequence[str] = ("north",), **more: Any
) -> AsyncIterator[Scene]:
    """The daemon, the smarthost and the gateway at work, the modem ready."""
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(rig(directory, modems))
        client = await stack.enter_async_context(
            built.running(outbound={"report": True, "country": "FR"})
        )
        await built.ready(client)
        smarthost = Smarthost()
        await smarthost.start()
        stack.push_async_callback(smarthost.stop)
        found = Scene(built, client, smarthost)
        await stack.enter_async_context(found.at_work(**more))
        yield found


def mail(text: str, subject: str = "", message_id: str | None = None, **more: str) -> EmailMessage:
    """A mail as a program writes it."""
    message = EmailMessage()
    message["From"], message["To"] = ANNA, ADDRESS
    if subject:
        message["Subject"] = subject
    if message_id is not None:
        message["Message-ID"] = message_id
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def answer_to(original: Any, text: str, sender: str = ANNA) -> EmailMessage:
    """An answer as a program writes it, to a mail of the gateway's."""
    message = EmailMessage()
    message["From"], message["To"] = sender, original["Reply-To"]
    message["Subject"] = f"Re: {original['Subject']}"
    message["Message-ID"] = f"<{abs(hash((text, sender)))}@example.org>"
    message["In-Reply-To"] = original["Message-ID"]
    message["References"] = f"{original['References']} {original['Message-ID']}"
    quoted = "\n".join(f"> {line}" for line in original.get_content().splitlines())
    message.set_content(f"{text}\n\nOn 2 Jan 2026 at 04:04, {original['From']} wrote:\n{quoted}\n")
    return message
