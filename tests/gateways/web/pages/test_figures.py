"""Figures: what is drawn, what is said on top, what can be taken away."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gsmd.gateways.web.pages import charts, health
from gsmd.protocol.method import Role
from tests.gateways.web.pages.scene import PEER, Scene, scene, words
from tests.rig import PATIENCE

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

WELL: dict[str, Any] = {
    "server": {"store": None},
    "modems": [{"name": "north", "state": "ready", "troubles": [], "storage": None}],
    "waiting": {"queued": 0, "held": 0, "oldest_at": None},
    "handlers": [{"name": "crm", "state": "active", "dead": 0, "reason": None}],
    "figures": {"sent": 100, "failed": 1, "failures": [], "sending_time": {"p90": 4.0}},
}


@pytest.mark.parametrize(
    ("change", "tone", "said"),
    [
        ({}, "", ""),
        ({"server": {"store": "the disk is full"}}, "bad", "the disk is full"),
        ({"modems": []}, "bad", "There is no modem"),
        ({"modems": [{"name": "north", "state": "registering", "reason": "no network"}]}, "bad", "no network"),
        ({"waiting": {"queued": 7, "held": 0, "oldest_at": "2026-06-01T11:00:00Z"}}, "bad", "7, the oldest for 60"),
        ({"waiting": {"queued": 7, "held": 0, "oldest_at": "2026-06-01T11:59:00Z"}}, "", ""),
        ({"waiting": {"queued": 0, "held": 2, "oldest_at": None}}, "warn", "somebody to decide: 2"),
        ({"figures": {"sent": 80, "failed": 20, "failures": [{"reason": "cms_38"}]}}, "bad", "20 % of"),
        ({"figures": {"sent": 3, "failed": 2, "failures": []}}, "", ""),
        ({"figures": {"sent": 80, "failed": 0, "sending_time": {"p90": 90.0}}}, "warn", "90 seconds"),
        ({"handlers": [{"name": "crm", "state": "suspended", "dead": 0, "reason": "410"}]}, "bad", "410"),
        ({"handlers": [{"name": "crm", "state": "active", "dead": 3, "reason": None}]}, "warn", "gave up on: 3"),
    ],
)  # fmt: skip
def test_the_line_on_top_says_what_is_wrong(change: dict[str, Any], tone: str, said: str) -> None:
    found = health.findings(health.Seen(**{**WELL, **change}), NOW)
    if not said:
        assert found == []
        return
    assert found[0].tone == tone
    assert said in found[0].text.format(**found[0].values)


def test_the_worst_stands_first() -> None:
    troubles = {
        "handlers": [{"name": "crm", "state": "active", "dead": 3, "reason": None}],
        "modems": [{"name": "north", "state": "failed", "reason": ""}],
    }
    found = health.findings(health.Seen(**{**WELL, **troubles}), NOW)
    assert [each.tone for each in found] == ["bad", "warn"]


def _points(*values: int | None) -> list[dict[str, Any]]:
    return [
        {"at": (NOW + timedelta(hours=n)).isoformat(), "sent": value}
        for n, value in enumerate(values)
    ]


def test_a_gap_in_a_series_is_a_gap() -> None:
    until = (NOW + timedelta(hours=6)).isoformat()
    chart = charts.series(_points(1, 2, None, None, 4, 3), until, {"sent": ("out", "sent")})
    assert chart is not None
    (line,) = chart.lines
    assert line.path.count("M") == 2
    ((x, width),) = chart.gaps
    step = (charts.WIDTH - charts.LEFT) / 6
    assert x == pytest.approx(charts.LEFT + 2 * step, abs=0.2)
    assert width == pytest.approx(2 * step, abs=0.2)
    assert [value for _, value in chart.levels] == [2.0, 4.0]
    assert charts.series([], until, {}) is None


def test_a_single_point_is_a_dot() -> None:
    chart = charts.series(_points(None, 2, None), NOW.isoformat(), {"sent": ("out", "sent")})
    assert chart is not None
    assert chart.lines[0].path == ""
    assert len(chart.lines[0].dots) == 1


@pytest.mark.parametrize(
    ("value", "end"), [(0, 2), (2, 2), (3, 4), (7, 10), (11, 20), (399, 400), (401, 1000)]
)
def test_an_axis_ends_at_a_round_number(value: int, end: float) -> None:
    assert charts.ceiling(value) == end


def test_a_curve_rises_to_the_right() -> None:
    curve = {"curve": [(0.5, 0.1), (5.0, 0.5), (50.0, 1.0)]}
    chart = charts.curves([("out", "sent", curve), ("in", "none", {"curve": []})], {"10 s": 10.0})
    assert chart is not None
    (line,) = chart.lines
    places = [tuple(map(float, each.split())) for each in re.split("[ML]", line.path)[1:]]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
    assert charts.curves([], {}) is None


def test_the_busiest_hour_is_the_darkest() -> None:
    cells = [{"weekday": 1, "hour": h, "received": h} for h in range(24)]
    found = charts.week(cells, "received")
    assert found[0].strength == 0.0
    assert max(each.strength for each in found) == found[-1].strength == 1.0


async def test_each_page_has_its_drawing_its_table_and_its_file(desk: Scene) -> None:
    async with desk.client.events("message.delivered") as events:
        await desk.client.send(PEER, "hello", report=True, tag="autumn")
        await events.receive(PATIENCE)
    await desk.came_in("hi")
    overview = await desk.page("/figures?span=1d")
    assert "All is well" in words(overview)
    assert "1 received before: 0" in words(overview)
    assert 'class="line out"' in overview or "<circle" in overview
    assert overview.count('<rect class="cell"') == 168
    for path in ("times", "failures", "answers", "answers?tag=autumn&span=1y", "times?modem=north"):
        assert "Figures" in words(await desk.page(f"/figures/{path}"))
    for name, column in (
        *(("series", "received"), ("week", "weekday"), ("times", "p90"), ("reasons", "reason")),
        *(("modems", "group"), ("countries", "delivery_low"), ("tags", "response_rate")),
    ):
        answer = await desk.get(f"/figures/table/{name}?span=1d")
        assert column in answer.body.decode().splitlines()[0].split(","), name
        assert "attachment" in answer.header("content-disposition")
    assert (await desk.get("/figures/table/nothing")).status == 404
    assert "span=1d&amp;tag=a%26b" in await desk.page("/figures/times?span=1d&tag=a%26b")
    other = await desk.as_("ben", Role.HANDLE)
    assert (await other.get("/figures")).status == 403


async def test_a_modem_that_is_not_ready_stands_on_top(tmp_path: Path) -> None:
    async with scene(tmp_path) as desk:
        async with desk.client.events("modem.state") as events:
            desk.rig.lines["north"].unplug()
            while (await events.receive(PATIENCE)).fields["state"] == "ready":
                pass
        assert "The modem north is not ready" in words(await desk.page("/figures"))
