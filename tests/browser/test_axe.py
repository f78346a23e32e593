"""No page keeps people out: axe-core finds nothing serious, nothing scrolls sideways."""

from typing import TYPE_CHECKING

import pytest

from gsmd.cli.demo_life import BEN, CARLA, NORTH, SOUTH, TRICK
from tests.browser.conftest import Stage
from tests.browser.looks import LOOKS
from tests.browser.test_flows import HOSTILE
from tests.browser.tools_of_npm import AXE, axe_lacks
from tests.rig import PATIENCE
from tests.tools import needs

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = [
    needs("chromium"),
    pytest.mark.skipif(bool(axe_lacks()), reason=axe_lacks()),
]

PATHS = (
    *("/inbox", f"/inbox/{BEN}", f"/inbox/{TRICK}", "/compose", "/search", "/search?q=hello", "/queues"),
    *("/queues/handlers", "/queues/handlers/archive", "/queues/dead", "/modems?all=1", "/modems/north"),
    *("/settings", "/settings/people", "/settings/tokens", "/settings/audit", "/setup", "/more"),
    *(f"/people/{BEN}", "/nothing", "/campaigns", "/campaigns/new?list=news", "/lists", "/lists/news"),
    *("/polls", "/polls/lunch", "/polls/lunch/screen", "/forms", "/forms/feedback", "/contests"),
    *("/contests/summer", "/codes?text=VOTE", "/keywords", "/figures", "/figures/times"),
    *("/figures/failures", "/figures/answers"),
)  # fmt: skip


@LOOKS
async def test_no_page_has_a_serious_finding_of_axe(
    stage: Stage, size: dict[str, int], scheme: str
) -> None:
    paths = (*PATHS, *await _life(stage))
    page = await stage.signed_in(viewport=size, color_scheme=scheme)
    found = {path: lacks for path in paths if (lacks := await _examined(page, path))}
    assert not found, "\n".join(f"{path}: {each}" for path in found for each in found[path])


async def _life(stage: Stage) -> tuple[str, ...]:
    """Something on every page; the paths of what has a number."""
    client = stage.client
    async with client.events("delivery.dead") as events:
        stage.network.phone(BEN).send(SOUTH, "HELPME 👍 مرحبا")
        await events.receive(PATIENCE)
    await client.polls.create("lunch", ["pizza", "soup"], question="What is for lunch?")
    await client.contests.generate("summer", 3)
    await client.forms.start("feedback", CARLA)
    await client.lists.add("news", [{"peer": CARLA, "fields": {"name": "Carla"}}, BEN])
    campaign = await client.campaigns.create("news", "Hello {name}", per_minute=1)
    message = await client.send(CARLA, "hello", report=True)
    async with client.events("poll.vote") as events:
        stage.network.phone(BEN).send(SOUTH, "VOTE pizza")
        await events.receive(PATIENCE)
    await stage.came_in(HOSTILE, TRICK, NORTH)
    return f"/messages/{message.id}", f"/campaigns/{campaign.id}"


async def _examined(page: "Page", path: str) -> list[str]:
    await page.goto(path)
    await page.evaluate(AXE.read_text())
    result = await page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    serious = [
        f"{each['id']}: {each['nodes'][0]['html'][:200]} {each['nodes'][0]['failureSummary'][:200]}"
        for each in result["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
    if await page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
        serious.append("it scrolls sideways")
    return serious
