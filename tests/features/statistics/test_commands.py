"""Figures from the command line."""

import asyncio
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


async def test_charts_are_shown_as_text_csv_and_json(tmp_path: Path) -> None:
    async with scene(tmp_path) as (it, client, phone):
        sent = await client.send(PHONE, "hello", report=True)
        await client.wait(sent.id, "delivered", PATIENCE)
        phone.send(it.sim.number, "hello yourself")
        async with asyncio.timeout(PATIENCE):
            while not (await client.list(direction="inbound")).messages:
                await asyncio.sleep(0.05)
        series = await gsmd(it, "stats", "--series", "day")
        as_csv = await gsmd(it, "stats", "--series", "hour", "--csv")
        heatmap = await gsmd(it, "stats", "--heatmap")
        latency = await gsmd(it, "stats", "--latency", "--csv")
        countries = await gsmd(it, "stats", "--countries")
        as_json = await gsmd(it, "stats", "--countries", "--json")
        both = await gsmd(it, "stats", "--countries", "--latency")
        history = await gsmd(it, "modems", "history", next(iter(it.modems)))

    assert re.search(r"\t1\t1\t1\t0\t1\t1$", series.lines[-1])
    assert as_csv.lines[0] == "at,group,accepted,sent,delivered,failed,received,answered"
    assert len(heatmap.lines) == 7
    assert latency.lines[0] == "what,count,p50,p90,p99"
    assert latency.lines[1].startswith("accepted_to_sent,1,")
    assert countries.lines == ["FR\t1\t1\t1\t0\t1\t1\t100.0%\t20.6% to 100.0%"]
    assert json.loads(as_json.out)["countries"][0]["country"] == "FR"
    assert both.code == 2
    assert "--latency" in both.err
    assert any("\tready\t" in line for line in history.lines)
