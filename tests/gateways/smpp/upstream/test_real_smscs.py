"""SMSCs that are not ours as providers: smpp34's server and node-smpp's; and gsmd's own gateway, over TLS."""

import asyncio
import json
import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import smpp34 as typed

from gsmd import smpp
from gsmd.client import AsyncClient
from gsmd.smpp import MessageState
from tests import tools
from tests.gateways.smpp.certificates import certificates
from tests.gateways.smpp.scene import Scene
from tests.gateways.smpp.scene import scene as smsc_scene
from tests.gateways.smpp.test_esmes import MODULES
from tests.gateways.smpp.upstream.smsc import PATIENCE, PHONE, Smsc, receipt, sky
from tests.tools import needs

smpp34: Any = typed  # its stubs know less than it has
TEXT = (
    "Grüße, Привет, 世界 🎉: a long text that takes several messages, whatever it is coded in. " * 3
)


class Rusty:
    """smpp34's server: it takes every bind, gives ids in hex, and tells of them in decimal."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.texts: list[bytes] = []
        self.esme: Any = None

    async def run(self) -> None:
        taken = 0xAB00
        while True:
            event = await self.server.next()
            if isinstance(event, smpp34.Esme):
                self.esme = event
            elif isinstance(event, smpp34.SubmitSmEvent):
                taken += 1
                self.texts.append(event.short_message[6:])
                event.accept(f"{taken:X}")
                told = receipt(str(taken), MessageState.DELIVERED).encode()
                await self.esme.deliver_sm(
                    source_addr=event.destination_addr,
                    destination_addr="us",
                    esm_class=4,
                    short_message=told,
                )


async def test_the_server_of_smpp34(tmp_path: Path) -> None:
    port = free_port()
    rusty = Rusty(smpp34.Server("127.0.0.1", port))
    await rusty.server.start()
    running = asyncio.create_task(rusty.run())
    try:
        standing = Smsc()
        standing.port = port
        async with sky(tmp_path, standing) as it:
            message = await it.client.send(PHONE, TEXT)
            await it.reaches(message.id, "delivered")
            assert b"".join(rusty.texts).decode("utf-16-be") == TEXT
            await rusty.esme.deliver_sm(
                source_addr="33612345678",
                source_addr_ton=1,
                destination_addr="us",
                data_coding=8,
                short_message="世界 🎉".encode("utf-16-be"),
            )
            async with asyncio.timeout(PATIENCE):
                while not (came := (await it.client.list(direction="inbound")).messages):
                    await asyncio.sleep(0.02)
            assert (came[0].text, came[0].peer) == ("世界 🎉", PHONE)
    finally:
        running.cancel()
        await rusty.server.stop()


@pytest.mark.peer
@needs("node")
@pytest.mark.skipif(not (MODULES / "smpp").exists(), reason="node-smpp: make esmes has it")
async def test_the_server_of_node_smpp(tmp_path: Path) -> None:
    script = Path(__file__).parent / "node_smsc.js"
    process = await asyncio.create_subprocess_exec(
        *(tools.path("node"), str(script)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "NODE_PATH": str(MODULES)},
    )
    assert process.stdout is not None
    try:
        standing = Smsc()
        standing.port = int(await process.stdout.readline())
        async with sky(tmp_path, standing) as it:
            message = await it.client.send(PHONE, TEXT)
            await it.reaches(message.id, "delivered")
            shown = ""
            while shown != TEXT:
                async with asyncio.timeout(PATIENCE):
                    shown = json.loads(await process.stdout.readline())
            assert await comes(it.client) == "Привет 🎉"
    finally:
        process.kill()
        await process.wait()


@needs("openssl")
async def test_a_gsmd_is_the_provider_of_another_over_tls(tmp_path: Path) -> None:
    files = certificates(tmp_path)
    tls = {
        "listen": "127.0.0.1:0",
        "certificate": str(files.certificate),
        "key_file": str(files.key),
    }
    far, near = tmp_path / "far", tmp_path / "near"
    far.mkdir()
    near.mkdir()
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(smsc_scene(far, tls=tls))
        standing = Smsc()
        standing.port = upstream.tls_port
        it = await stack.enter_async_context(
            sky(near, standing, host="localhost", system_id="crm", tls=True, ca=str(files.ca))
        )
        message = await it.client.send(PHONE, TEXT)
        (got,) = await upstream.rig.network.phone(PHONE).expect(1, timeout=PATIENCE)
        assert got.text == TEXT
        await it.reaches(message.id, "delivered")
        upstream.rig.network.phone(PHONE).send("+33600000001", TEXT)
        assert await comes(it.client) == TEXT
        await restarted(upstream, it.client)


async def comes(client: AsyncClient) -> str | None:
    async with asyncio.timeout(PATIENCE):
        while not (messages := (await client.list(direction="inbound")).messages):
            await asyncio.sleep(0.02)
    return messages[0].text


async def restarted(upstream: Scene, client: AsyncClient) -> None:
    """The bind that the SMSC ends is made again."""
    account = upstream.gateway._accounts.get("crm")
    assert account is not None
    (bind,) = account.binds
    assert bind.session.state is smpp.SessionState.BOUND_TRX
    await bind.end(PATIENCE)
    message = await client.send(PHONE, "again")
    await client.wait(message.id, "delivered", timeout=PATIENCE)


def free_port() -> int:
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
