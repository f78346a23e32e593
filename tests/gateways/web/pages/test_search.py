"""Searching."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gsmd.gateways.web.pages.search_query import Misunderstood, parameters
from tests.gateways.web.pages.scene import PEER, Scene, words

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("parcel", {"search": "parcel"}),
        ('"the blue one"', {"search": "the blue one"}),
        (
            "from:+33612345678 blue",
            {"peer": "+33612345678", "direction": "inbound", "search": "blue"},
        ),
        ("to:+336 state:failed", {"peer": "+336", "direction": "outbound", "state": "failed"}),
        (
            "tag:autumn modem:north is:outbound",
            {"tag": "autumn", "modem": "north", "direction": "outbound"},
        ),
        ("before:2026-03-01", {"until": "2026-03-01T00:00:00+00:00"}),
        ("after:7d", {"since": "2026-03-03T12:00:00+00:00"}),
        ("after:yesterday", {"since": "2026-03-09T00:00:00+00:00"}),
        ("at 10:30 http://x", {"search": "at 10:30 http://x"}),
        ("", {}),
    ],
)
def test_operators_are_parameters_and_the_rest_is_words(
    query: str, expected: dict[str, Any]
) -> None:
    assert parameters(query, NOW) == expected


@pytest.mark.parametrize("query", ["state:lost", "is:north", "before:soon"])
def test_a_value_that_cannot_be_is_told(query: str) -> None:
    with pytest.raises(Misunderstood):
        parameters(query, NOW)


async def test_a_search_finds_and_is_kept_and_let_go(desk: Scene) -> None:
    await desk.came_in("where is my parcel")
    await desk.came_in("never mind", "+33612345679")
    page = words(await desk.page(f"/search?q=from:%2B{PEER[1:]}+parcel"))
    assert "where is my parcel" in page
    assert "never mind" not in page
    where = await desk.done("/search/keep", q="parcel", name="parcels")
    assert "parcels" in words(await desk.page(where))
    await desk.done("/search/let-go", name="parcels")
    assert "parcels" not in words(await desk.page("/search"))
    wrong = await desk.get("/search?q=state:lost")
    assert wrong.status == 422
    assert "state: cannot be lost" in words(wrong.body.decode())
