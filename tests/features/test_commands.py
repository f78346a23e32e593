"""The commands of two-way, run as programs against a daemon at work."""

import asyncio
import json
import re
from pathlib import Path

from tests.cli.running import Outcome, run
from tests.features.scenes import PHONE, asked, scene
from tests.rig import PATIENCE, Rig


async def gsmd(it: Rig, *arguments: str, stdin: str = "") -> Outcome:
    return await asyncio.to_thread(run, *arguments, socket=it.socket, stdin=stdin)


async def test_the_optout_list_is_seen_changed_exported_and_imported(tmp_path: Path) -> None:
    async with scene(tmp_path, outbound={"country": "FR"}) as (it, _, phone):
        await asked(it, phone, "Stop")
        shown = await gsmd(it, "optout")
        exported = await gsmd(it, "optout", "export")
        refused = await gsmd(it, "send", PHONE, "news")
        overridden = await gsmd(it, "send", "--override", PHONE, "Your parcel is there")
        removed = await gsmd(it, "optout", "remove", PHONE)
        again = await gsmd(it, "optout", "import", "-", stdin=exported.out + "rubbish,,,\n")
        plain = await gsmd(it, "optout", "import", "-", stdin="06 20 00 00 01\n")
        log = await gsmd(it, "optout", "log", PHONE, "--json")
        entries = await gsmd(it, "optout", "--json")

    assert shown.lines[0].startswith(f"{PHONE}\t")
    assert exported.lines[0] == "peer,at,source,note"
    assert exported.lines[1].startswith(f"{PHONE},")
    assert (refused.code, overridden.code) == (1, 0)
    assert removed.err == f"{PHONE} is off the list.\n"
    assert (again.code, again.err.splitlines()[-1]) == (1, "1 added, 0 known, 1 refused.")
    assert plain.err == "1 added, 0 known, 0 refused.\n"
    assert [(entry["wish"], entry["source"]) for entry in log.json] == [
        ("stop", "import"),
        ("start", "request"),
        ("stop", "message"),
    ]
    assert [entry["peer"] for entry in entries.json] == [PHONE, "+33620000001"]


async def test_a_broadcast_goes_to_an_imported_list(tmp_path: Path) -> None:
    people = "peer,name\n+33620000001,Ana\n+33620000002,\nrubbish,Ben\n"
    async with scene(tmp_path) as (it, _, _phone):
        imported = await gsmd(it, "lists", "import", "news", "-", stdin=people)
        lists = await gsmd(it, "lists")
        exported = await gsmd(it, "lists", "export", "news")
        text = "Hello {name|there}"
        forecast = await gsmd(it, "broadcast", "news", text, "--dry-run", "--per-minute", "60")
        sent = await gsmd(it, "broadcast", "news", text, "--wait", "--json")
        await it.network.phone("+33620000002").expect(1, PATIENCE)
        shown = await gsmd(it, "campaigns", "show", sent.json[0]["id"])
        listed = await gsmd(it, "campaigns", "--json")
        late = await gsmd(it, "campaigns", "cancel", sent.json[0]["id"])
        texts = [it.network.phone(f"+3362000000{n}").received[0].text for n in (1, 2)]

    assert imported.code == 1
    assert imported.err.splitlines() == ["rubbish is not a phone number.", "2 added, 0 known."]
    assert lists.lines[0].startswith("news\t2\t")
    assert exported.lines == ["peer,name", "+33620000001,Ana", "+33620000002,"]
    assert forecast.err == "2 messages, 2 parts, in 2 seconds.\n"
    assert sent.json[0]["state"] == "done"
    assert "recipients  2" in shown.out
    assert [campaign["id"] for campaign in listed.json] == [sent.json[0]["id"]]
    assert late.code == 1
    assert texts == ["Hello Ana", "Hello there"]


async def test_a_poll_is_created_shown_with_bars_closed_and_drawn(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, _, phone):
        created = await gsmd(
            it, "poll", "create", "lunch", "Pizza=P", "Salad", "--reply", "{option}!"
        )
        answer = await asked(it, phone, "p")
        shown = await gsmd(it, "poll", "show", "lunch")
        listed = await gsmd(it, "poll")
        early = await gsmd(it, "poll", "draw", "lunch")
        await gsmd(it, "poll", "close", "lunch")
        exported = await gsmd(it, "poll", "export", "lunch")
        drawn = await gsmd(it, "poll", "draw", "lunch")

    assert created.err.startswith("lunch is open. A later draw is bound to ")
    assert answer == "Pizza!"
    assert re.fullmatch(r"Pizza █+ 1 100%", shown.lines[0])
    assert re.fullmatch(r"Salad  +0 +0%", shown.lines[1])
    assert listed.lines == ["lunch\topen\t1\t\t"]
    assert early.code == 1
    assert exported.lines[1].startswith(f"{PHONE},Pizza,")
    assert drawn.lines == [PHONE]
    assert created.err.split()[-1].rstrip(".") in drawn.err


async def test_a_number_is_verified_from_the_command_line(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, _, phone):
        started = await gsmd(it, "verify", "start", PHONE, "--length", "8")
        (message,) = await phone.expect(1, PATIENCE)
        code = (message.text or "").split()[-1].rstrip(".")
        wrong = await gsmd(it, "verify", "check", started.lines[0], "00000000")
        right = await gsmd(it, "verify", "check", started.lines[0], code)
        expected = await gsmd(it, "verify", "expect", "--from", PHONE, "--json")
        phone.send(it.sim.number, expected.json[0]["code"])
        waited = await gsmd(it, "verify", "wait", expected.json[0]["id"])
        late = await gsmd(it, "verify", "expect", "--from", PHONE, "--any")
        timed_out = await gsmd(it, "verify", "wait", late.lines[0], "--timeout", "0.1")

    assert (wrong.code, wrong.err) == (1, "gsmd: It is not.\n")
    assert (right.code, right.err) == (0, "It is.\n")
    assert (waited.code, waited.lines) == (0, [PHONE])
    assert timed_out.code == 5


async def test_figures_are_shown_as_text_csv_and_json(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, client, phone):
        await client.send(PHONE, "hello", tag="greeting")
        await phone.expect(1, PATIENCE)
        text = await gsmd(it, "stats", "--since", "1h")
        by_tag = await gsmd(it, "stats", "--by", "tag", "--csv")
        as_json = await gsmd(it, "stats", "--by", "day", "--json")
        table = await gsmd(it, "stats", "--by", "tag")

    assert re.search(r"accepted  1$", text.out, re.MULTILINE)
    assert by_tag.lines == [
        "group,accepted,sent,delivered,failed,received,answered,response_rate,reply_p50,reply_p90",
        "greeting,1,1,0,0,0,0,0.0,,",
    ]
    assert table.lines == ["greeting\t1\t1\t0\t0\t0\t0\t0.0%\t"]
    assert json.loads(as_json.out)["groups"][0]["accepted"] == 1
