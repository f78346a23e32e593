"""The mail server that takes our mail."""

import asyncio
from email.message import EmailMessage

import pytest

from gsmd.config.mail import MailConfig
from gsmd.gateways.mail.smarthost import Smarthost

PATIENCE = 30.0
"""Less than the time that a server has for an answer."""


async def test_who_is_cancelled_waits_for_no_answer_of_the_server() -> None:
    given, ended = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take everything but the mail: what is written then, QUIT too, gets no answer."""
        writer.write(b"220 smarthost\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                given.set()
            elif not given.is_set():
                writer.write(b"250 fine\r\n")
        writer.close()
        await writer.wait_closed()
        ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        smarthost = Smarthost(MailConfig(smarthost=f"smtp://127.0.0.1:{port}"))
        mail = EmailMessage()
        mail["Subject"] = "an SMS"
        mail.set_content("hello")
        sending = asyncio.create_task(smarthost.send(mail, "a@example.org", ["b@example.org"]))
        async with asyncio.timeout(PATIENCE):
            await given.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            await ended.wait()
