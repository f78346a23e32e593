"""Each command against a daemon with a simulated modem, a SIM and phones."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.client import AsyncClient
from tests.cli.fake_daemon import PATIENCE
from tests.cli.running import Outcome, environment, program
from tests.rig import Rig, rig

PHONE = "+33612345678"


class Gsmd:
    """Runs ``gsmd`` beside the daemon of this event loop."""

    def __init__(self, built: Rig, client: AsyncClient) -> None:
        self.rig = built
        self.client = client
        self.phone = built.network.phone(PHONE)

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            *program(*arguments),
            env=environment(self.rig.socket),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
        )

    async def run(self, *arguments: str, stdin: str = "") -> Outcome:
        process = await self.start(*arguments)
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate(stdin.encode())
        assert process.returncode is not None
        return Outcome(process.returncode, out.decode(), err.decode())


@pytest.fixture
async def gsmd(tmp_path: Path) -> AsyncIterator[Gsmd]:
    script = 'test "$GSMD_TEXT" != bad || { echo no such customer >&2; exit 1; }; echo "$GSMD_PEER says $GSMD_TEXT"'
    tried = {"name": "echo", "run": ["/bin/sh", "-c", script], "match": {"keyword": "NEVER"}}
    handlers = [{**tried, "reply": True}]
    async with rig(tmp_path) as built, built.running(handlers=handlers) as client:
        await built.ready(client)
        yield Gsmd(built, client)


async def test_a_message_is_sent_and_waited_for_until_it_is_delivered(gsmd: Gsmd) -> None:
    outcome = await gsmd.run("send", PHONE, "--wait", "delivered", stdin="Grüße 😀\n")
    assert (outcome.code, outcome.err) == (0, "")
    (received,) = await gsmd.phone.expect()
    assert received.text == "Grüße 😀"

    id_ = outcome.out.strip()
    shown = await gsmd.run("show", id_)
    assert shown.lines[0] == f"{id_} to {PHONE}: delivered"
    assert "What happened" in shown.out
    assert (await gsmd.run("show", id_[:6])).lines[0] == shown.lines[0]
    (listed,) = (await gsmd.run("outbox", "--json")).json
    assert (listed["id"], listed["state"]) == (id_, "delivered")


async def test_numbers_may_be_typed_as_people_do_and_nonsense_is_refused(gsmd: Gsmd) -> None:
    assert (await gsmd.run("send", "+33 6 12-34.56 (78)", "Hello", "--wait", "sent")).code == 0
    assert (await gsmd.phone.expect())[0].text == "Hello"
    pasted = "\u202atel:+33612345678\u202c"
    assert (await gsmd.run("send", pasted, "Hello again", "--wait", "sent")).code == 0
    assert (await gsmd.phone.expect(2))[1].text == "Hello again"
    outcome = await gsmd.run("send", "abc def", "Hello")
    assert outcome.code == 1
    assert "abc def" in outcome.err


async def test_a_program_answers_an_sms_and_the_inbox_shows_it_handled(gsmd: Gsmd) -> None:
    script = "import json, sys; print('You said', json.load(sys.stdin)['message']['text'])"
    listening = await gsmd.start(
        "listen", "--as", "answering", "--count", "1", "--reply", "--exec", sys.executable, "--", "-c", script
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        while not any(
            one.transport == "socket" and one.connected for one in await gsmd.client.handlers()
        ):
            await asyncio.sleep(0.02)
        gsmd.phone.send("+33600000001", "Hello there")
        (reply,) = await gsmd.phone.expect()
        assert reply.text == "You said Hello there"
        assert await listening.wait() == 0
    (message,) = (await gsmd.run("inbox", "--from", PHONE, "--json")).json
    assert (message["text"], message["state"]) == ("Hello there", "handled")


async def test_a_handler_is_tried_without_an_sms(gsmd: Gsmd) -> None:
    ask = ("handlers", "test", "echo", "--from", PHONE, "--text")
    assert (await gsmd.run(*ask, "Hello")) == (0, f"{PHONE} says Hello\n", "")
    refused = await gsmd.run(*ask, "bad")
    assert (refused.code, refused.err) == (1, "gsmd: echo: no such customer\n")
    assert (await gsmd.run("handlers", "test", "nobody", "--from", "1", "--text", "x")).code == 1
    assert (await gsmd.run("inbox", "--json")).out == ""
    assert gsmd.phone.received == []


async def test_the_modem_is_shown_asked_and_restarted(gsmd: Gsmd) -> None:
    name, state, *_ = (await gsmd.run("modems")).out.split("\t")
    assert (name, state) == ("north", "ready")
    assert "+33600000001" in (await gsmd.run("modems", "show", "north")).out
    signal = await gsmd.run("at", "north", "AT+CSQ")
    assert (signal.code, signal.lines[-1]) == (0, "OK")
    assert (await gsmd.run("at", "north", "AT+NONSENSE")).code == 1
    assert (await gsmd.run("modems", "show", "nobody")).code == 1
    assert (await gsmd.run("modems", "reset", "north")).code == 0


async def test_a_bulk_run_repeated_sends_nothing_twice(gsmd: Gsmd, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(f"to,text\n{PHONE},one\nabc,bad\n{PHONE},two\n")
    first = await gsmd.run("send", "--bulk", str(path))
    assert first.code == 1
    assert "line 3" in first.err
    received = await gsmd.phone.expect(2)
    assert [message.text for message in received] == ["one", "two"]
    path.write_text(f"to,text\n{PHONE},one\n{PHONE},two\n{PHONE},three\n")
    again = await gsmd.run("send", "--bulk", str(path))
    assert again.code == 0
    assert "1 accepted, 2 had been accepted before" in again.err
    assert again.lines[:2] == first.lines


async def test_what_waits_is_shown_with_its_reason_and_can_be_cancelled(gsmd: Gsmd) -> None:
    id_ = (await gsmd.run("send", PHONE, "Later", "--not-before", "2h")).out.strip()
    (row,) = (await gsmd.run("outbox")).lines
    assert row.split("\t")[0] == id_
    assert row.split("\t")[-1] != ""
    assert (await gsmd.run("cancel", id_)).err == f"{id_} to {PHONE} is cancelled.\n"
    assert (await gsmd.run("cancel", "zzz")).code == 1


async def test_waiting_longer_than_the_timeout_has_its_own_exit_code(gsmd: Gsmd) -> None:
    outcome = await gsmd.run(
        "send", PHONE, "Later", "--not-before", "2h", "--wait", "sent", "--timeout", "0.2"
    )
    assert outcome.code == 5
    assert outcome.out != ""


async def test_the_store_is_copied_and_purged_while_everything_runs(
    gsmd: Gsmd, tmp_path: Path
) -> None:
    await gsmd.run("send", PHONE, "Hello", "--wait", "delivered")
    assert (await gsmd.run("backup", str(tmp_path / "copy.db"))).code == 0
    assert (tmp_path / "copy.db").read_bytes().startswith(b"SQLite format 3")
    assert (await gsmd.run("purge", "--older-than", "0s")).err.startswith("1 message ")
    assert (await gsmd.run("outbox", "--json")).out == ""


async def test_completion_knows_modems_and_messages(gsmd: Gsmd) -> None:
    id_ = (await gsmd.run("send", PHONE, "Hello")).out.strip()

    async def complete(*words: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *program(),
            env={
                **environment(gsmd.rig.socket),
                "_GSMD_COMPLETE": "bash_complete",
                "COMP_WORDS": " ".join(words),
                "COMP_CWORD": str(len(words) - 1),
            },
            stdout=asyncio.subprocess.PIPE,
        )
        return (await process.communicate())[0].decode()

    assert "plain,north" in await complete("gsmd", "modems", "show", "n")
    assert f"plain,{id_}" in await complete("gsmd", "show", id_[:3])
    assert "plain,outbox" in await complete("gsmd", "outb")
