"""Campaigns from the command line."""

from pathlib import Path

from tests.features.scenes import gsmd, scene
from tests.rig import PATIENCE


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
