"""Figures: right, and by index."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gsmd.client import Invalid
from gsmd.protocol.message import State
from tests.features.scenes import PHONE, asked, scene
from tests.rig import PATIENCE
from tests.store.tables.records import connection

__all__ = ["connection"]

KEYWORDS = {"table": [{"word": "INFO", "reply": "Open."}]}


async def test_the_delivery_rate_is_of_those_whose_fate_is_known(tmp_path: Path) -> None:
    async with scene(tmp_path) as (_, client, _phone):
        known = await client.send(PHONE, "one", report=True)
        await client.wait(known.id, State.DELIVERED, PATIENCE)
        unknown = await client.send(PHONE, "two", report=False)
        await client.wait(unknown.id, State.SENT, PATIENCE)
        figures = await client.call("stats.get")

    assert (figures["sent"], figures["delivered"]) == (2, 1)
    assert figures["delivery_rate"] == 1.0


async def test_what_was_sent_delivered_and_answered_is_counted(tmp_path: Path) -> None:
    more = {"keywords": KEYWORDS, "outbound": {"report": True}}
    async with scene(tmp_path, **more) as (it, client, phone):
        sent = await client.send(PHONE, "Are you there?", tag="ping")
        await client.wait(sent.id, State.DELIVERED, PATIENCE)
        await client.call("optout.add", peer="+33600009999")
        await client.call("optout.remove", peer="+33600009999")
        await asked(it, phone, "info")
        answer = (await client.list(direction="outbound")).messages[0]
        await client.wait(answer.id, State.DELIVERED, PATIENCE)
        by_tag = await client.call("stats.get", by="tag")
        by_day = await client.call(
            "stats.get", by="day", since=datetime.now(UTC) - timedelta(days=1)
        )
        by_keyword = await client.call("stats.get", by="keyword")
        nothing = await client.call("stats.get", until="2020-01-01T00:00:00Z")
        with pytest.raises(Invalid):
            await client.call("stats.get", by="weather")

    assert (by_tag["accepted"], by_tag["sent"], by_tag["delivered"], by_tag["failed"]) == (
        2,
        2,
        2,
        0,
    )
    assert (by_tag["received"], by_tag["answered"]) == (1, 1)
    assert by_tag["delivery_rate"] == 1.0
    assert by_tag["response_rate"] == 0.5
    assert by_tag["delivery_time"]["p99"] is not None
    assert [(g["group"], g["sent"], g["answered"]) for g in by_tag["groups"]] == [("ping", 1, 1)]
    (keyword,) = by_keyword["groups"]
    assert (keyword["group"], keyword["received"], keyword["answered"]) == ("INFO", 1, 1)
    assert keyword["response_rate"] == 1.0
    assert keyword["reply_time"]["p50"] < PATIENCE
    assert sum(g["sent"] for g in by_day["groups"]) == 2
    assert nothing["accepted"] == nothing["received"] == 0
    assert nothing["delivery_rate"] is None
    assert nothing["reply_time"] == {"p50": None, "p90": None, "p99": None}
