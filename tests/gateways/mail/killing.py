"""Gateway, daemon and mail server killed one by one at random while messages go both ways; phones and mailboxes judge.

As a program, ``python -m tests.gateways.mail.killing [COUNT] [SEED]``: so many each way (`make crash-mail`).
"""

import asyncio
import random
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiosmtplib
import yaml

from gsmd.client import AsyncClient, GsmdError
from tests.gateways.mail.scene import ANNA, OPS, SIM, Smarthost, mail
from tests.rig import Rig, rig

PATIENCE = 240.0
PHONE = "+33612345678"


class Stage:
    """The daemon and the gateway as processes, which are killed and started again."""

    def __init__(self, built: Rig, smarthost: Smarthost, port: int) -> None:
        self.rig = built
        self.smarthost = smarthost
        self.port = port
        self.kills: dict[str, int] = defaultdict(int)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._file = built.directory / "gsmd.yaml"
        section = {
            "listen": f"127.0.0.1:{port}",
            "state_dir": str(built.directory / "mail"),
            "from": ["*@example.org"],
            "smarthost": f"smtp://127.0.0.1:{smarthost.port}",
            "forward": [{"to": [OPS]}],
        }
        self._file.write_text(built.configuration() + yaml.safe_dump({"mail": section}))

    def start(self, name: str) -> None:
        arguments = [sys.executable, "-m", "gsmd", name, "-c", str(self._file)]
        with (self.rig.directory / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(arguments, stdout=log, stderr=log)

    async def kill(self, name: str, chance: random.Random) -> None:
        """It is gone, without a word, and there again a little later."""
        self.kills[name] += 1
        if name == "smarthost":
            await self.smarthost.crash()
            await asyncio.sleep(chance.uniform(0, 1))
            await self.smarthost.start()
            return
        self._running[name].send_signal(signal.SIGKILL)
        await asyncio.to_thread(self._running[name].wait)
        await asyncio.sleep(chance.uniform(0, 0.3))
        self.start(name)

    def stop(self) -> None:
        for process in self._running.values():
            process.kill()
            process.wait()

    async def collects(self) -> None:
        """Until the forward is known to the daemon."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    async with AsyncClient(self.rig.socket) as client:
                        ready = (await client.modems())[0].state == "ready"
                        if ready and any(each.name == "mail-1" for each in await client.handlers()):
                            return
                except GsmdError:
                    pass
                await asyncio.sleep(0.1)

    async def deliver(self, content: bytes) -> str:
        """As a mail server does: again and again until it hears 250."""
        async with asyncio.timeout(PATIENCE):
            while True:
                client = aiosmtplib.SMTP(
                    hostname="127.0.0.1", port=self.port, start_tls=False, timeout=20
                )
                try:
                    async with client:
                        _, answer = await client.sendmail(ANNA, "33612345678@sms.local", content)
                        return answer
                except aiosmtplib.SMTPRecipientsRefused as error:
                    if any(each.code >= 500 for each in error.recipients):
                        raise
                except aiosmtplib.SMTPResponseException as error:
                    if error.code >= 500:
                        raise
                except (aiosmtplib.SMTPException, OSError):
                    pass
                await asyncio.sleep(0.1)


async def trial(
    directory: Path, count: int, seed: int, kills: int, every: float = 1.0
) -> dict[str, int]:
    """Messages each way among so many kills; how often who was killed. Errors: AssertionError for what is lost or doubled."""
    chance = random.Random(seed)
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(rig(directory))
        smarthost = Smarthost()
        await smarthost.start()
        stack.push_async_callback(smarthost.stop)
        stage = Stage(built, smarthost, _free_port())
        stack.callback(stage.stop)
        for name in ("run", "mail"):
            stage.start(name)
        await stage.collects()
        phone = built.network.phone(PHONE)

        async def from_phone() -> None:
            for number in range(count):
                phone.send(SIM, f"in {number}")
                await asyncio.sleep(every / 3)

        async def from_mail() -> None:
            for number in range(count):
                content = mail(f"out {number}", message_id=f"<{number}@example.org>")
                answer = await stage.deliver(content.as_bytes())
                assert "queued as" in answer
                await asyncio.sleep(every / 3)

        async def killer() -> None:
            for _ in range(kills):
                await asyncio.sleep(chance.uniform(0.3, 1.5) * every)
                await stage.kill(chance.choice(("run", "mail", "smarthost")), chance)

        async with asyncio.TaskGroup() as group:
            for work in (from_phone(), from_mail(), killer()):
                group.create_task(work)
        await _judge(stage, count)
        return dict(stage.kills)


async def _judge(stage: Stage, count: int) -> None:
    if stage.smarthost.is_down:
        await stage.smarthost.start()
    for name in ("run", "mail"):
        if stage._running[name].poll() is not None:
            stage.start(name)
    wanted = {f"in {number}" for number in range(count)}
    async with asyncio.timeout(PATIENCE):
        while not wanted <= {_text(each) for each in stage.smarthost.mails}:
            await asyncio.sleep(0.1)
    ids: dict[str, set[str]] = defaultdict(set)
    for each in stage.smarthost.mails:
        ids[_text(each)].add(each["Message-ID"])
    assert all(len(ids[text]) == 1 for text in wanted), "a repeated mail has another id"
    sent = {f"out {number}" for number in range(count)}
    phone = stage.rig.network.phone(PHONE)
    async with asyncio.timeout(PATIENCE):
        while not sent <= {each.text for each in phone.received}:
            await asyncio.sleep(0.1)
    async with AsyncClient(stage.rig.socket) as client:
        texts: list[str | None] = []
        after = None
        while True:
            page = await client.list(direction="outbound", limit=1000, after=after)
            texts += [message.text for message in page.messages]
            if (after := page.next) is None:
                break
    assert sorted(map(str, texts)) == sorted(sent), "a mail became another number of messages"


def _text(mailed: Any) -> str:
    return str(mailed.get_content()).strip()


def _free_port() -> int:
    import socket

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    with tempfile.TemporaryDirectory(prefix="gsmd-mail-") as where:
        number, seed = (*given, 1000, 1)[:2] if not given else (*given, 1)[:2]
        killed = asyncio.run(trial(Path(where), number, seed, number // 5, 0.3))
        print("nothing lost, nothing doubled; killed:", killed)
