"""``gsmd demo --web``: there is life in it, and the link lets somebody in."""

import asyncio
from pathlib import Path

from gsmd.cli import demo_life, demo_web
from gsmd.cli.demo import demo
from tests.rig import PATIENCE


async def test_phones_write_vote_join_win_and_answer_and_a_campaign_goes_out(
    tmp_path: Path,
) -> None:
    async with (
        asyncio.timeout(4 * PATIENCE),
        demo_web.stage(tmp_path, demo_web.free_port()) as (network, client),
    ):
        life = demo_life.Life(network, client, pause=0.02)
        async with client.events("message.received") as events:
            begun = asyncio.create_task(life.begin())
            for _each in demo_life.OPENING:
                await events.receive(PATIENCE)
            await begun
        while sum((await client.polls.get("lunch")).tally) < 4:
            await asyncio.sleep(0.05)
        while (await client.contests.get("summer")).redeemed < len(demo_life.PLAYERS):
            await asyncio.sleep(0.05)
        while (await client.forms.get("feedback")).counts["finished"] < len(demo_life.FEEDBACK) - 1:
            await asyncio.sleep(0.05)
        tags = {campaign.tag for campaign in (await client.campaigns.list()).campaigns}
        assert tags == {"autumn", "summer-menu"}
        conversations = await client.conversations.list(label="support")
        assert [each.peer for each in conversations.conversations] == [demo_life.BEN]


async def test_the_link_is_an_invitation_to_the_gateway_that_runs(tmp_path: Path) -> None:
    port = demo_web.free_port()
    async with demo_web.stage(tmp_path, port):
        link = demo_web.link(tmp_path, port)
        path = link.removeprefix(f"http://127.0.0.1:{port}")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
        )
        async with asyncio.timeout(PATIENCE):
            assert b"Welcome, demo" in await reader.read()
        writer.close()


def test_the_option_is_documented() -> None:
    assert "--web" in {each for option in demo.params for each in option.opts}
