"""Chatting with one number, and forgetting it."""

import asyncio
from pathlib import Path

import pytest

from gsmd.client import RefusedError
from tests.cli.running import environment, program
from tests.features.scenes import PHONE, asked, gsmd, scene, settled
from tests.rig import PATIENCE, rig

POLL = {"name": "lunch", "options": [{"name": "Pizza"}, {"name": "Salad"}]}
SECRET = "my name is Rumpelstilzchen"


async def test_a_chat_shows_what_was_said_and_sends_what_is_typed(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, client, phone):
        phone.send(it.sim.number, "hello?")
        async with client.events("message.received") as events:
            while not (await client.list()).messages:
                await anext(aiter(events))
        process = await asyncio.create_subprocess_exec(
            *program("chat", PHONE),
            env=environment(it.socket),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        lines = [await process.stdout.readline()]
        process.stdin.write(b"Good morning\n\n")
        lines.append(await process.stdout.readline())
        (message,) = await phone.expect(1, PATIENCE)
        phone.send(it.sim.number, "how are you?")
        lines.append(await process.stdout.readline())
        process.stdin.close()
        status = await process.wait()

    said = [line.decode().rstrip().partition(" ")[2].partition(" ")[2] for line in lines]
    assert said == [f"{PHONE}: hello?", "you: Good morning", f"{PHONE}: how are you?"]
    assert message.text == "Good morning"
    assert status == 0


async def test_a_person_is_shown_and_forgotten_but_not_that_they_opted_out(tmp_path: Path) -> None:
    async with scene(tmp_path, polls=[POLL]) as (it, client, phone):
        await asked(it, phone, "pizza")
        await client.call("lists.add", list="news", members=[{"peer": PHONE, "fields": {"n": "R"}}])
        await asked(it, phone, "STOP")
        await client.send("+33687654321", "hello")
        phone.send(it.sim.number, SECRET)
        await settled(client, 2)
        exported = await gsmd(it, "forget", PHONE, "--export")
        unasked = await gsmd(it, "forget", PHONE)
        forgotten = await gsmd(it, "forget", PHONE, "--yes", "--json")
        on_disk = b"".join(
            (tmp_path / "state" / name).read_bytes() for name in ("gsmd.db", "gsmd.db-wal")
        )
        left = (await client.list()).messages
        poll = await client.call("polls.get", poll="lunch")
        people = (await client.call("lists.get", list="news"))["members"]
        with pytest.raises(RefusedError, match="opted out"):
            await client.send(PHONE, "news")

    person, *messages = exported.json
    assert person["lists"] == ["news"]
    assert [vote["poll"] for vote in person["votes"]] == ["lunch"]
    assert [change["wish"] for change in person["optout"]] == ["stop"]
    assert SECRET in {message["text"] for message in messages}
    assert unasked.code == 1
    assert forgotten.json[0]["messages"] == len(messages) == 5
    assert [message.peer for message in left] == ["+33687654321"]
    assert (poll["votes"], people) == (0, [])
    assert SECRET.encode() not in on_disk


async def test_texts_of_a_handler_and_of_a_tag_are_not_kept(tmp_path: Path) -> None:
    more = {
        "handlers": [{"name": "confessions", "socket": True, "match": {"regex": "name"}}],
        "redact": {"handlers": ["confessions"], "tags": ["password"]},
    }
    async with scene(tmp_path, **more) as (it, client, phone):
        phone.send(it.sim.number, "hello")
        async with client.listen("confessions") as messages:
            phone.send(it.sim.number, SECRET)
            message = await anext(aiter(messages))
            await message.acknowledge()
        sent = await client.send(PHONE, "sesame", tag="password")
        (received,) = await phone.expect(1, PATIENCE)
        await settled(client, 1)
        texts = set()
        while "(redacted)" not in texts:
            texts = {each.text for each in (await client.list()).messages}
    database = (tmp_path / "state" / "gsmd.db").read_bytes()

    assert message.text == SECRET
    assert received.text == "sesame"
    assert sent.text == "******"
    assert texts == {"hello", "(redacted)", "******"}
    assert b"sesame" not in database


async def test_what_was_not_redacted_when_the_daemon_ended_is_at_the_next_start(
    tmp_path: Path,
) -> None:
    handlers = [{"name": "crm", "socket": True}]
    async with rig(tmp_path) as it:
        async with it.running(handlers=handlers) as client:
            async with client.listen("crm") as messages:
                it.network.phone(PHONE).send(it.sim.number, SECRET)
                await (await anext(aiter(messages))).acknowledge()
            await settled(client, 1)
        async with it.running(handlers=handlers, redact={"handlers": ["crm"]}) as client:
            async with asyncio.timeout(PATIENCE):
                while (await client.list()).messages[0].text != "(redacted)":
                    await asyncio.sleep(0)
