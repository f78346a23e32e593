"""gsmd mail between real servers: swaks → postfix → gsmd → phones, and phones → gsmd → postfix → dovecot → answers.

``python -m tests.gateways.mail.servers.play`` (``make mail-servers``), as root: postfix starts as root only.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiosmtplib

from tests import tools
from tests.gateways.mail.hostile import SAMPLES
from tests.gateways.mail.killing import _free_port
from tests.gateways.mail.scene import PATIENCE, PHONE, Scene, Smarthost, answer_to
from tests.gateways.mail.servers.dovecot import Dovecot
from tests.gateways.mail.servers.postfix import Postfix
from tests.rig import rig

DOMAIN = "sms.example.org"
ANNA, BOB = "anna@example.org", "bob@example.org"
CUSTOMER = "+33612345999"
MOTHER = "+33612345777"


class Play:
    """The servers at work, and what is done with them."""

    def __init__(self, it: Scene, postfix: Postfix, dovecot: Dovecot) -> None:
        self.it = it
        self.postfix = postfix
        self.dovecot = dovecot

    async def swaks(self, to: str, body: str, *more: str) -> int:
        """Send through postfix; the exit code: 0, or 24 where the recipient is refused."""
        process = await asyncio.create_subprocess_exec(
            *(tools.path("swaks"), "--server", f"127.0.0.1:{self.postfix.port}"),
            *("--from", ANNA, "--to", to, "--body", body, "--hide-all", *more),
        )
        return await process.wait()

    async def send(self, content: bytes, to: str, sender: str = ANNA) -> None:
        """Hand a mail to postfix, as a mail program does."""
        client = aiosmtplib.SMTP(
            hostname="127.0.0.1", port=self.postfix.port, start_tls=False, timeout=PATIENCE
        )
        async with client:
            await client.sendmail(sender, to, content)

    async def received(self, number: str, count: int) -> Sequence[Any]:
        """What a phone got, once there is so much."""
        phone = self.it.rig.network.phone(number)
        async with asyncio.timeout(PATIENCE):
            while len(phone.received) < count:
                await asyncio.sleep(0.05)
        return phone.received

    # -- scenes ---------------------------------------------------------------------------------

    async def there_and_back(self) -> None:
        """swaks sends; the phone answers; the answer is in the mailbox, and can be answered."""
        assert await self.swaks(f"33612345678@{DOMAIN}", "Is all well?") == 0
        assert (await self.received(PHONE, 1))[0].text == "Is all well?"
        (sent,) = await self.it.outbox()
        await self.it.client.wait(sent.id, "delivered", timeout=PATIENCE)
        self.it.say("Yes")
        got = await self.dovecot.mail("anna", 1)
        assert got.get_content().strip() == "Yes"
        await self.send(answer_to(got, "Good").as_bytes(), address_of(got))
        assert (await self.received(PHONE, 2))[1].text == "Good"
        assert (await self.it.outbox())[-1].in_reply_to is not None

    async def refused(self) -> None:
        """Who writes to nobody hears of it at RCPT, from postfix."""
        for to in ("nobody", "list-none", "33612345678901234567"):
            assert await self.swaks(f"{to}@{DOMAIN}", "x") == 24, to

    async def told(self) -> None:
        """A delivery report is a notification in the mailbox."""
        before = len(await self.dovecot.mails("anna"))
        client = aiosmtplib.SMTP(
            hostname="127.0.0.1", port=self.postfix.port, start_tls=False, timeout=PATIENCE
        )
        async with client:
            await client.sendmail(
                *(
                    ANNA,
                    f"33612345678@{DOMAIN}",
                    b"Subject: a\r\nMessage-ID: <d@example.org>\r\n\r\nx",
                ),
                rcpt_options=["NOTIFY=SUCCESS"],
            )
        got = await self.dovecot.mail("anna", before + 1)
        assert got.get_content_type() == "multipart/report", got
        assert "delivered" in got["Subject"], got["Subject"]

    async def several(self) -> None:
        """A customer's text is in both mailboxes; what one answers, the other sees; eight programs in four languages."""
        before = len(await self.dovecot.mails("anna"))
        self.it.say("Is the parcel here?", phone=CUSTOMER)
        got = await self.dovecot.mail("anna", before + 1)
        also = await self.dovecot.mail("bob", 1)
        assert also["Message-ID"] == got["Message-ID"]
        samples = sorted(SAMPLES.glob("*.eml"))
        for number, sample in enumerate(samples, 1):
            await self.send(sample.read_bytes(), address_of(got))
            copy = await self.dovecot.mail("bob", 1 + number)
            assert got["References"].split()[0] in copy["References"].split()
        texts = [each.text for each in await self.received(CUSTOMER, len(samples))]
        wanted = [each.with_suffix(".txt").read_text(encoding="utf-8").strip() for each in samples]
        assert sorted(texts) == sorted(wanted), (texts, wanted)
        print(f"{len(samples)} answers of mail programs came as what the person wrote")

    async def program_answers(self) -> None:
        """A mail program itself reads the mailbox by IMAP and answers, with its own quoting, headers and signature."""
        before = len(await self.dovecot.mails("bob"))
        phone = len(self.it.rig.network.phone(MOTHER).received)
        self.it.say("Grüße! When do you come? 🎂", phone=MOTHER)
        got = await self.dovecot.mail("bob", before + 1)
        await self.s_nail(
            "bob", f"reply {before + 1}", "At eight. Ça te va?", "", "On the way: flowers"
        )
        text = (await self.received(MOTHER, phone + 1))[-1].text
        assert text == "At eight. Ça te va?\n\nOn the way: flowers", text
        assert (await self.it.outbox())[-1].in_reply_to is not None
        copy = (await self.dovecot.mail("anna", len(await self.dovecot.mails("anna"))))[
            "References"
        ]
        assert got["Message-ID"] in copy

    async def s_nail(self, name: str, command: str, *text: str) -> None:
        """Let s-nail carry out a command in a mailbox; ``text`` is what is typed, above the quote."""
        settings = {
            "v15-compat": "",
            "folder": f"imap://{name}:secret@127.0.0.1:{self.dovecot.imap}",
            "imap-auth": "login",
            "mta": f"smtp://127.0.0.1:{self.postfix.port}",
            "smtp-auth": "none",
            "from": f"Bob <{name}@example.org>",
            "hostname": "example.org",
            "quote": "",
            "indentprefix": "> ",
            "ttycharset": "utf-8",
            "sendcharsets": "utf-8",
            "record": "/dev/null",
            "Sign": "-- \nBob\nsent by hand",
        }
        given = [part for key, value in settings.items() for part in ("-S", f"{key}={value}")]
        process = await asyncio.create_subprocess_exec(
            *(tools.path("s-nail"), "-n", "-#", *given, "-f", "+INBOX"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={"HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )
        typed = "\n".join((command, *text, "~.", "exit", ""))
        output, _ = await process.communicate(typed.encode())
        assert process.returncode == 0, output.decode()

    async def daemon_away(self, stack: AsyncExitStack, daemon: AsyncExitStack) -> None:
        """postfix keeps what the gateway cannot take, and brings it once."""
        before = len(self.it.rig.network.phone(PHONE).received)
        await daemon.aclose()
        content = b"Message-ID: <away@example.org>\r\nSubject: Later\r\n\r\nLater"
        await self.send(content, f"33612345678@{DOMAIN}", BOB)
        async with asyncio.timeout(PATIENCE):
            while "451 4.3.0" not in self.postfix.log.read_text():
                await asyncio.sleep(0.1)
        self.it.client = await stack.enter_async_context(running(self.it))
        assert (await self.received(PHONE, before + 1))[-1].text == "Later"


def running(it: Scene) -> Any:
    return it.rig.running(outbound={"report": True, "country": "FR"})


def address_of(mail: Any) -> str:
    return str(mail["Reply-To"].addresses[0].addr_spec)


@asynccontextmanager
async def servers(directory: Path) -> AsyncIterator[tuple[Play, AsyncExitStack]]:
    """All of it at work, and what ends the daemon."""
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(rig(directory))
        daemon = await stack.enter_async_context(AsyncExitStack())
        smtp, lmtp, imap, gateway = (_free_port() for _ in range(4))
        smarthost = Smarthost()  # never started: its place is postfix's
        smarthost.port = smtp
        it = Scene(built, None, smarthost)  # type: ignore[arg-type] # the client comes with the daemon
        it.client = await daemon.enter_async_context(running(it))
        await built.ready(it.client)
        dovecot = Dovecot(directory / "dovecot", lmtp=lmtp, imap=imap)
        stack.callback(dovecot.stop)
        await dovecot.start()
        postfix = Postfix(directory / "postfix", port=smtp, mailboxes=lmtp, gateway=gateway)
        await postfix.start()
        stack.callback(postfix.stop)
        section = {"listen": f"127.0.0.1:{gateway}", "domain": DOMAIN}
        forward = [{"match": {"unclaimed": True}, "to": [ANNA, BOB]}]
        await stack.enter_async_context(it.at_work(**section, forward=forward))
        yield Play(it, postfix, dovecot), daemon


async def main() -> None:
    """Errors: AssertionError, TimeoutError."""
    with tempfile.TemporaryDirectory(prefix="gsmd-mail-servers-") as name:
        os.chmod(name, 0o755)  # noqa: PTH101 -- postfix's own user reads there
        async with AsyncExitStack() as stack, servers(Path(name)) as (play, daemon):
            try:
                scenes = (play.there_and_back, play.refused, play.told, play.several)
                for scene in (*scenes, play.program_answers):
                    await scene()
                    print(f"{scene.__name__}: as it should be")
                await play.daemon_away(stack, daemon)
                print("daemon_away: as it should be")
            except BaseException:
                print(play.postfix.log.read_text()[-6000:], file=sys.stderr)
                raise


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("postfix starts as root only")
    asyncio.run(main())
