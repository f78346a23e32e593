"""Figures from the command line."""

import json
import re
from pathlib import Path

from tests.features.scenes import PHONE, gsmd, scene
from tests.rig import PATIENCE


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
