"""The opt-out list from the command line."""

from pathlib import Path

from tests.features.scenes import PHONE, asked, gsmd, scene


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
