"""The end of the gateway, as those see it who wait for something just then."""

import asyncio
from pathlib import Path

from gsmd.protocol.method import Role
from tests.gateways.web.house import PATIENCE, all_of, house, parse
from tests.rig import rig


async def test_who_follows_events_is_let_go_and_who_waits_is_told_to_come_again(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as it, it.running() as client, asyncio.timeout(2 * PATIENCE):
        sent = await client.send("+33612345678", "hello", not_before="2099-01-01T00:00:00Z")
        async with house(tmp_path, daemon=it.socket) as home:
            token = home.token("bot", Role.ADMIN)
            head = f"HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
            events, to_events = await home.connect()
            to_events.write(f"GET /api/v1/events {head}".encode())
            await events.readuntil(b"retry: 2000")
            poll, to_poll = await home.connect()
            path = f"/api/v1/messages/{sent.id}?wait=delivered&timeout=50s"
            to_poll.write(f"GET {path} {head}".encode())
            await to_poll.drain()
            while (await home.ask("GET", "/api/v1/me", token=token)).status != 200:
                pass
            await home.gateway.drain()
            assert (await all_of(events)).endswith(b"0\r\n\r\n")
            answer = parse(await all_of(poll))
            assert (answer.status, answer.reason) == (503, "stopping")
            assert answer.header("retry-after")
            to_events.close()
            to_poll.close()
