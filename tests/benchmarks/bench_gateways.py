"""What the gateways for mail and MQTT keep of memory, at rest and at work: ``make bench-gateways``.

Resident memory (RSS), and the most that there was of it, in MiB. The goal for each is 35 at rest after work.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiosmtplib

from tests.gateways.mail.hostile import bombs
from tests.gateways.mail.killing import Stage as MailStage
from tests.gateways.mail.killing import _free_port
from tests.gateways.mail.scene import Smarthost, mail
from tests.gateways.mqtt.killing import stage as mqtt_stage
from tests.rig import rig

GOAL = 35.0
PATIENCE = 300.0


def resident(pid: int) -> tuple[float, float]:
    """RSS now, and the most so far; MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    values = dict(line.split(":", 1) for line in lines)
    return tuple(int(values[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[return-value] # two names


def forget_the_most(pid: int) -> None:
    """The most counts from now on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def say(pid: int, what: str) -> float:
    now, most = resident(pid)
    print(f"  {what:<44} {now:6.1f}   most {most:6.1f}", flush=True)
    forget_the_most(pid)
    return now


def large() -> dict[str, bytes]:
    """Mail of about 800 kB, by what it is: as people send it."""
    head = b"Message-ID: <%d@example.org>\r\nFrom: anna@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    line = b"A" * 76 + b"\r\n"
    return {
        "800 kB, a photo beside a short text": head
        % 1
        + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n'
        b"Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename=a.jpg\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + line * 10_250 + b"--b--\r\n",
        "800 kB of HTML": head % 2
        + b"Content-Type: text/html\r\n\r\n<p>hello</p>"
        + b"<div class=x>&nbsp;</div>\r\n" * 30_000,
        "800 kB of text": head % 3
        + b"\r\nhello\r\n"
        + b"> quoted, and quoted again and again\r\n" * 21_000,
        "800 kB of quoted-printable": head % 4
        + b"Content-Transfer-Encoding: quoted-printable\r\n\r\nhello\r\n"
        + b"> =C3=A4=C3=B6=C3=BC=C3=9F=20=\r\n" * 26_000,
    }


async def of_mail(directory: Path, count: int) -> float:
    """The gateway for mail; the worst at rest."""
    smarthost = Smarthost()
    await smarthost.start()
    async with rig(directory) as built:
        stage = MailStage(built, smarthost, _free_port())
        try:
            for name in ("run", "mail"):
                stage.start(name)
            await stage.collects()
            pid = stage._running["mail"].pid
            print("gsmd mail", flush=True)
            found = [say(pid, "started")]
            for number in range(count):
                await stage.deliver(
                    mail(f"out {number}", message_id=f"<s{number}@x.org>").as_bytes()
                )
            found.append(say(pid, f"after {count} mails in"))
            for number in range(count):
                built.network.phone(f"+336110000{number % 50:02d}").send(
                    built.sim.number, f"in {number}"
                )
            async with asyncio.timeout(PATIENCE):
                while len(smarthost.mails) < count:
                    await asyncio.sleep(0.1)
            found.append(say(pid, f"after {count} mails out"))
            for name, content in large().items():
                await refused_or_not(stage, content)
                found.append(say(pid, name))
            for name in (
                "many parts",
                "nested parts",
                "a long header",
                "attributes",
                "many headers",
            ):
                await refused_or_not(stage, bombs()[name])
                found.append(say(pid, name))
        finally:
            stage.stop()
            await smarthost.stop()
    return max(found)


async def refused_or_not(stage: MailStage, content: bytes) -> None:
    with suppress(aiosmtplib.SMTPResponseException):
        await stage.deliver(content)


async def of_mqtt(directory: Path, count: int) -> float:
    """The gateway for MQTT; the worst at rest."""
    async with mqtt_stage(directory, 1, count) as it:
        it.daemon.start()
        it.gateway.start()
        await it.witness.until("gsmd/north/availability", lambda h: h.payload == b"online")
        assert it.gateway._process is not None
        pid = it.gateway._process.pid
        print("gsmd mqtt", flush=True)
        found = [say(pid, "started")]
        await asyncio.gather(it._come_in(), it._go_out(with_key=False))
        await it._until_nothing_is_missing(PATIENCE)
        found.append(say(pid, f"after {count} messages each way"))
        for number in range(count):
            it.witness.publish(
                "gsmd/bridge/request/messages.list", {"limit": 1000, "transaction": number}, qos=0
            )
        await until(lambda: len(it.witness.on("gsmd/bridge/response/messages.list")) >= count)
        found.append(say(pid, f"after {count} lists of all of them"))
        for number in range(50):
            it.witness.publish("gsmd/send", "x" * 250_000 + str(number))
        await until(
            lambda: len([h for h in it.witness.on("gsmd/sent") if b"error" in h.payload]) >= 50
        )
        found.append(say(pid, "after 50 payloads of 250 kB that are none"))
    return max(found)


async def until(what: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not what():
            await asyncio.sleep(0.1)


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--only", choices=["mail", "mqtt"])
    options = parser.parse_args()
    began, worst = time.monotonic(), 0.0
    for name, measure in (("mail", of_mail), ("mqtt", of_mqtt)):
        if options.only in {None, name}:
            with tempfile.TemporaryDirectory() as directory:
                worst = max(worst, await measure(Path(directory), options.count))
    print(
        f"the worst at rest: {worst:.1f} MiB, the goal {GOAL:g}; {time.monotonic() - began:.0f} s"
    )
    return int(worst > GOAL)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
