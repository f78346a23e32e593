"""Hostile mail, from a seed: mutants of real mail, and what is built to overwhelm a reader of mail.

As a program, ``python -m tests.gateways.mail.hostile [COUNT] [SEED]``: that many through the gateway (`make fuzz-mail`).
"""

import asyncio
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiosmtplib

from tests.gateways.mail.scene import ADDRESS, ANNA, Scene, mail, scene

SAMPLES = Path(__file__).parents[2] / "data/mail/answers"

_PIECES = (
    *(b"\r\n", b"\r\n\r\n", b"\r", b"\n", b"\0", b"=", b"=?", b"?=", b"=?utf-8?b?!!!?=", b"=?x?q?=00=0d=0a?="),
    *(b"--", b'boundary=""', b'boundary="a\r\nb"', b"charset=utf-7", b"charset=idna", b"charset=zip", b"charset=undefined"),
    *(b"charset*0*=x''%ff", b"Content-Type: message/rfc822\r\n", b"Content-Type: multipart/mixed\r\n"),
    *(b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: x-uuencode\r\n", b"\xff\xfe\xfd", b">"),
    *(b"<blockquote type=cite>", b"<!--", b"<![CDATA[", b"<div id=divRplyFwdMsg>", b"&#x110000;", b"&#xd800;", b"<a href=//>"),
    *(b"\xed\xa0\x80", b"\xf0\x9f\x8e\x89", b"wrote:\r\n", b"From: a@b\r\nTo: c\r\nSubject: d\r\n", b".\r\n", b"..", b"\xe2\x80\xae"),
    *(b"Message-ID: <x\r\n y@z>\r\n", b"Subject: a\r\n\tBcc: eve@example.com\r\n", b"References: " + b"<a@b> " * 300),
)  # fmt: skip


def mutants(seed: int, count: int) -> Iterator[bytes]:
    """Real mail with a few things wrong with it."""
    chance = random.Random(seed)
    originals = [path.read_bytes() for path in sorted(SAMPLES.glob("*.eml"))]
    for _ in range(count):
        content = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 8)):
            _mutate(content, chance, originals)
        yield bytes(content)


def _mutate(content: bytearray, chance: random.Random, originals: list[bytes]) -> None:
    at = chance.randrange(len(content) + 1)
    until = min(len(content), at + chance.choice((1, 4, 40, 400)))
    match chance.randrange(7):
        case 0:
            content[at:at] = chance.choice(_PIECES)
        case 1:
            del content[at:until]
        case 2:
            content[at:at] = content[at:until] * chance.choice((1, 2, 30))
        case 3 if content:
            content[at % len(content)] = chance.randrange(256)
        case 4:
            other = chance.choice(originals)
            begin = chance.randrange(len(other))
            content[at:until] = other[begin : begin + 300]
        case 5:
            content[at:until] = bytes(chance.randrange(256) for _ in range(until - at))
        case _:
            del content[max(at, 200) :]


def bombs() -> dict[str, bytes]:
    """What is built to overwhelm, by what it is."""
    head = b"From: anna@example.org\r\nSubject: x\r\nMessage-ID: <b@example.org>\r\nMIME-Version: 1.0\r\n"
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (each, each)
        for each in range(3000)
    )
    inside = b"Content-Type: message/rfc822\r\n\r\n" * 20_000
    many = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 20_000
    html = b"Content-Type: text/html\r\n\r\n"
    return {
        "nested parts": head + nested,
        "mails in mails": head + inside,
        "many parts": head + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + many,
        "a long header": head + b"X-Long: " + b"a" * 900_000 + b"\r\n\r\nx",
        "many headers": head + b"X-A: b\r\n" * 100_000 + b"\r\nx",
        "a folded subject": head + b"Subject: " + b"a\r\n " * 200_000 + b"\r\n\r\nx",
        "encoded words": b"Subject: " + b"=?utf-8?b?4pyT?= " * 40_000 + b"\r\n\r\n",
        "references": head + b"References: " + b"<a@" * 300_000 + b"\r\n\r\nx",
        "open elements": head + html + b"<div>" * 180_000 + b"x",
        "open tags": head + html + b"<" * 900_000,
        "attributes": head + html + b"<a " + b"b=c " * 200_000 + b">x",
        "entities": head + html + b"&#x41;" * 150_000,
        "tags": head + html + b"<a " * 300_000,
        "ends": head + html + b"</a" * 300_000,
        "declarations": head + html + b"<![CDATA[" * 100_000,
        "comments": head + html + b"<!--" * 200_000,
        "quoted printable": head + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * 300_000,
        "flowed": head + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"a \r\n" * 200_000,
        "marks": head + b"\r\n" + b">" * 900_000,
        "lines": head + b"\r\n" + b"\r\n" * 450_000,
        "colons": head + b"\r\n" + b"a: b\r\n" * 150_000,
        "announcements": head + b"\r\n" + b"On 10:00 2026 a\r\n" * 50_000,
        "a rule": head + b"\r\n" + b"-" * 900_000,
        "spaces": head + b"\r\n" + b" " * 900_000 + b"x",
        "an ever longer word": head + b"Content-Type: text/plain; charset=utf-16\r\n\r\n" + b"\xd8\x00" * 400_000,
    }  # fmt: skip


async def overwhelm(stage: Scene, contents: Iterator[bytes]) -> dict[int, int]:
    """Hand each to the gateway; how often each code was the answer. Errors: AssertionError for an answer that is none."""
    counts: dict[int, int] = {}
    async with stage.connected() as client:
        for number, content in enumerate(contents):
            await client.mail(ANNA)
            await client.rcpt(ADDRESS)
            try:
                code, text = await client.data(content)
            except aiosmtplib.SMTPResponseException as error:
                code, text = error.code, error.message
            counts[code] = counts.get(code, 0) + 1
            assert code in {250, 550, 552, 554}, (number, code, text)
            assert re.fullmatch(r"\d\.\d\.\d [ -~]{8,500}", text), text
    return counts


async def survives(stage: Scene, counts: dict[int, int]) -> None:
    """What was answered 250 is there, and the gateway is as well as before."""
    messages, after = set(), None
    while True:
        page = await stage.client.list(direction="outbound", limit=1000, after=after)
        messages |= {message.text for message in page.messages}
        after = page.next
        if after is None:
            break
    assert len(messages) <= counts.get(250, 0)
    assert bool(messages) == bool(counts.get(250))
    answer = await stage.send(mail("All is well", message_id="<last@example.org>"))
    assert "queued as" in answer
    async with asyncio.timeout(60):
        message = await stage.client.get(answer.rsplit(" ", 1)[1])
    assert message.text == "All is well"


async def _main(count: int, seed: int) -> None:
    with tempfile.TemporaryDirectory(prefix="gsmd-mail-") as directory:
        async with scene(Path(directory)) as stage:
            counts = await overwhelm(stage, mutants(seed, count))
            print(f"{count} mutants of seed {seed}:", counts)
            print(f"{len(bombs())} bombs:", await overwhelm(stage, iter(bombs().values())))
            await survives(stage, counts)
            print("all is well")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    asyncio.run(_main(given[0] if given else 10_000, given[1] if len(given) > 1 else 1))
