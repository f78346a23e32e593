"""Hostile mail: no crash, no loss, a clear answer to each."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

import aiosmtplib
import pytest

from gsmd.gateways.mail import reading
from tests.gateways.mail.hostile import bombs, mutants, overwhelm, survives
from tests.gateways.mail.scene import ADDRESS, ANNA, mail, scene

ENOUGH = 60.0
"""Seconds that no mail takes, however slow the machine is."""


def test_a_mutant_is_read_or_said_to_be_unreadable() -> None:
    for content in mutants(seed=7, count=400):
        try:
            found = reading.read(content, domain="sms.local", ours=("@sms.local",))
        except reading.Unreadable:
            continue
        else:
            assert "\n" not in found.subject
            assert found.message_id is None or found.message_id.isprintable()


@pytest.mark.parametrize("name", sorted(bombs()))
def test_a_bomb_is_read_in_little_time_or_not_at_all(name: str) -> None:
    began = time.process_time()
    with suppress(reading.Unreadable):
        reading.read(bombs()[name], domain="sms.local", ours=("@sms.local",))
    assert time.process_time() - began < ENOUGH


def test_a_mail_is_refused_for_the_number_of_its_parts_and_not_for_what_they_say() -> None:
    head = b'From: anna@example.org\r\nContent-Type: multipart/mixed; boundary="%s"\r\n\r\n'
    dump = b"--\r\n-- Content-Type: multipart/mixed, message/rfc822\r\n--b2\r\n" * 3000
    plain = b"--b\r\n\r\nhello\r\n--b\r\nContent-Disposition: attachment; filename=a.sql\r\n\r\n"
    found = reading.read(head % b"b" + plain + dump + b"--b--\r\n", domain="sms.local")
    assert (found.text, found.attachments) == ("hello", ("a.sql",))
    for boundary in (b"", b"b"):
        parts = (b"--%s\r\n\r\nx\r\n" % boundary) * (reading.MOST_PARTS + 1)
        with pytest.raises(reading.Unreadable, match="parts"):
            reading.read(head % boundary + parts, domain="sms.local")


async def test_mutants_and_bombs_are_answered_and_nothing_is_lost(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        counts = await overwhelm(stage, mutants(seed=1, count=60))
        assert counts[250]
        await overwhelm(stage, iter([bombs()["mails in mails"], bombs()["a long header"]]))
        await survives(stage, counts)


async def test_thirty_megabytes_are_refused_and_cost_no_memory(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        async with stage.connected() as client:
            await client.ehlo()
            code, text = await client.execute_command(b"MAIL FROM:<anna@example.org> SIZE=30000000")
            assert code == 552
            assert "1048576" in text
            await client.mail(ANNA)
            await client.rcpt(ADDRESS)
            with pytest.raises(aiosmtplib.SMTPDataError) as caught:
                await client.data(b"x" * 30_000_000)
            assert caught.value.code == 552
        await stage.send(mail("still here"))
        assert [each.text for each in await stage.outbox()] == ["still here"]


async def test_a_command_that_is_none_is_answered_with_an_error(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.gateway.port)
        await reader.readline()
        for line in (
            b"EHLO",
            b"MAIL FROM:<anna@example.org>",
            b"EHLO there",
            b"MAIL FROM:<a@b>\rRCPT TO:<c@d>",
            b"MAIL FROM:<" + b"a" * 5000 + b"@example.org>",
            b"MAIL FROM:<anna@example.org> NOTIFY=\x00",
            b"RCPT TO:<33612345678@sms.local>",
            b"\xff\xfe",
            b"AUTH PLAIN AAAA",
            b"DATA",
            b"BDAT 100 LAST",
            b"STARTTLS",
        ):
            writer.write(line + b"\r\n")
            while (answer := await reader.readline())[3:4] == b"-":
                pass
            assert answer[:1] in b"45" or line == b"EHLO there", (line, answer)
        writer.write(b"NOOP\r\n")
        assert (await reader.readline()).startswith(b"250")
        writer.close()
        await writer.wait_closed()


async def test_what_a_sender_writes_never_gets_into_headers_of_our_notices(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        content = (
            b"Subject: =?utf-8?q?a=0D=0ABcc:_eve@example.com?=\r\n"
            b"Message-ID: <1@example.org>\r\n"
            b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
            b"--b\r\n\r\nhello\r\n--b\r\nContent-Type: image/png\r\n"
            b"Content-Disposition: attachment; filename*=utf-8''a%0D%0Ab.png\r\n\r\nx\r\n--b--\r\n"
        )
        await stage.send(content)
        notice = await stage.smarthost.mail()
        assert notice["Bcc"] is None
        assert notice["Subject"] == "SMS: a Bcc: eve@example.com"
        assert stage.smarthost.envelopes == [("<>", [ANNA])]
