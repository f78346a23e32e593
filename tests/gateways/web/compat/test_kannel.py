"""A real Kannel whose SMSC we are: its smsbox takes a message, its bearerbox sends it to us and hears what became of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from gsmd.client.errors import NoDaemon
from gsmd.gateways.web.daemon import Daemon
from tests.gateways.web.compat.stage import NUMBER, Stage, ear, free_port, stage
from tests.tools import needs

BARE = NUMBER.removeprefix("+")

CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = x
smsbox-port = {box}
log-file = {directory}/bearerbox.log
log-level = 0
dlr-storage = internal

group = smsc
smsc = http
smsc-id = gsmd
system-type = kannel
send-url = {url}/cgi-bin/sendsms
port = {port}
smsc-username = kannel
smsc-password = {token}
dlr-url = http://127.0.0.1:{port}/?username=kannel&password={token}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
log-file = {directory}/smsbox.log

group = sendsms-user
username = shop
password = secret
"""


@asynccontextmanager
async def kannel(directory: Path, it: Stage, token: str) -> AsyncIterator[int]:
    """A bearerbox and a smsbox; the port of the latter's sendsms."""
    ports = {name: free_port() for name in ("admin", "box", "port", "sendsms")}
    path = directory / "kannel.conf"
    path.write_text(CONFIGURATION.format(directory=directory, url=it.url, token=token, **ports))
    running = []
    try:
        for program, port in (("bearerbox", ports["box"]), ("smsbox", ports["sendsms"])):
            running.append(
                await asyncio.create_subprocess_exec(
                    *(program, "-v", "4", str(path)),
                    stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.DEVNULL,
                )
            )
            await listening(port)
        yield ports["sendsms"]
    finally:
        for process in reversed(running):
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def listening(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.1)


async def get(port: int, target: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {target} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    async with asyncio.timeout(60):
        answer = (await reader.read()).decode()
    writer.close()
    return answer


@needs("bearerbox", "smsbox")
async def test_kannel_sends_by_us_and_hears_what_became_of_it(tmp_path: Path) -> None:
    async with (
        stage(tmp_path, "kannel") as it,
        ear() as other,
        kannel(tmp_path, it, it.web.token()) as port,
    ):
        calls = quote(f"{other.url}/dlr?type=%d")
        query = f"username=shop&password=secret&from=123&to={BARE}&text=Hello+from+Kannel"
        answer = await get(port, f"/cgi-bin/sendsms?{query}&dlr-mask=31&dlr-url={calls}")
        assert "0: Accepted for delivery" in answer
        assert await it.arrives() == ["Hello from Kannel"]
        heard = {(await other.hear()).target}
        while "/dlr?type=1" not in heard:
            heard.add((await other.hear()).target)


async def test_a_program_is_answered_as_kannel_answers(tmp_path: Path) -> None:
    async with stage(tmp_path, "kannel") as it, ear() as other:
        token = it.web.token()
        who = f"/cgi-bin/sendsms?user=shop&pass={token}"
        to = f"&to={BARE}"
        answer = await it.web.ask("GET", f"{who}{to}&text=%E9t%E9&charset=ISO-8859-1")
        assert (answer.status, answer.body) == (202, b"0: Accepted for delivery")
        assert await it.arrives() == ["été"]
        refused = await it.web.ask("GET", f"/cgi-bin/sendsms?user=a&pass=b{to}&text=x")
        assert (refused.status, refused.body) == (403, b"Authorization failed for sendsms")
        assert (await it.web.ask("GET", f"{who}&text=x")).status == 400
        url = quote(f"{other.url}/?t=%d&p=%P&id=%I")
        await it.web.ask("GET", f"{who}{to}&text=hi&dlr-mask=1&dlr-url={url}")
        heard = await other.hear()
        assert heard.target.startswith(f"/?t=1&p=%2B{BARE}&id=")


async def test_what_went_to_one_is_not_tried_again_for_the_sake_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Daemon.call

    async def away_for_one(self: Daemon, method: Any, params: Any, actor: str) -> Any:
        if params.get("to") == "+33612345699":
            raise NoDaemon("no daemon: it went away in between")
        return await call(self, method, params, actor)

    monkeypatch.setattr(Daemon, "call", away_for_one)
    async with stage(tmp_path, "kannel") as it:
        who = f"/cgi-bin/sendsms?user=shop&pass={it.web.token()}&text=hi"
        answer = await it.web.ask("GET", f"{who}&to={BARE}+33612345699+nobody")
        text = b"0: Accepted for delivery Denied receivers are: +33612345699 nobody"
        assert (answer.status, answer.body) == (202, text)
        assert await it.arrives() == ["hi"]
        assert (await it.web.ask("GET", f"{who}&to=33612345699")).status == 503
