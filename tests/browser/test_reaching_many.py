"""Campaigns, votes, forms, contests and keywords in a browser: what lives, and what is taken away."""

import re
from pathlib import Path

import pytest

from gsmd.cli.demo_life import BEN, CARLA, NORTH, SOUTH
from tests.browser.chromium import PATIENCE
from tests.browser.conftest import Stage
from tests.browser.looks import ON_A_DESK, ON_A_TELEPHONE
from tests.rig import PATIENCE as SECONDS
from tests.tools import needs

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
expect = playwright.expect
expect.set_options(timeout=PATIENCE)

pytestmark = needs("chromium")


@ON_A_TELEPHONE
async def test_a_file_becomes_a_campaign_that_is_watched(
    stage: Stage, size: dict[str, int], tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"number;name\n{BEN};Ben\n{CARLA};Carla\nnobody;x\n", encoding="cp1252")
    page = await stage.signed_in(viewport=size)
    await page.goto("/lists")
    await page.fill("#f-list", "news")
    await page.set_input_files("#f-file", file)
    await page.click("button:has-text('Put them on the list')")
    await expect(page.locator(".notice")).to_contain_text("2 are new on the list")
    await expect(page.locator(".hint")).to_contain_text("nobody")
    async with page.expect_download() as download:
        await page.click(".take a:has-text('CSV')")
    taken = Path(await (await download.value).path()).read_text()
    assert f"'{BEN},Ben" in taken
    await page.goto("/campaigns/new?list=news")
    await page.fill("textarea >> nth=0", "Hello {name}, come on Friday. “Bye”")
    await page.fill("input[name=tag]", "autumn")
    await page.fill("input[name=quiet_from]", "")
    await page.click("button:has-text('Show me')")
    await expect(page.locator("#forecast")).to_contain_text("2 people get it")
    await page.click("button:has-text('Write to 2 people')")
    await page.wait_for_url(re.compile(r"/campaigns/[a-z0-9]+"))
    await expect(page.locator("#progress")).to_contain_text(re.compile(r"delivered\s*2"))
    (received,) = await stage.network.phone(BEN).expect(1, SECONDS)
    assert received.text == "Hello Ben, come on Friday. “Bye”"


@ON_A_DESK
async def test_a_vote_grows_on_the_wall_of_the_room(stage: Stage, size: dict[str, int]) -> None:
    page = await stage.signed_in(viewport=size)
    await page.goto("/polls")
    await page.click("summary:has-text('A new vote')")
    await page.fill("input[name=poll]", "lunch")
    await page.fill("input[name=question]", "What is for lunch?")
    await page.fill("textarea[name=options]", "pizza: margherita\nsoup")
    await page.click("button:has-text('Open the vote')")
    await page.click("a:has-text('For the screen')")
    await expect(page.locator("aside")).to_contain_text(NORTH)
    await expect(page.locator("aside .qr")).to_be_visible()
    await expect(page.locator("#total")).to_contain_text("0 votes")
    stage.network.phone(BEN).send(SOUTH, "VOTE margherita")
    await expect(page.locator("#total")).to_contain_text("1 vote")
    await expect(page.locator(".leads")).to_contain_text("pizza")
    stage.network.phone(CARLA).send(NORTH, "VOTE soup")
    await expect(page.locator("#total")).to_contain_text("2 votes")
    await page.click("a:has-text('Back')")
    await page.click("button:has-text('Close')")
    await page.click("button:has-text('Draw')")
    await expect(page.locator(".winners li")).to_have_count(1)


@ON_A_TELEPHONE
async def test_a_form_and_a_contest_fill_while_somebody_looks(
    stage: Stage, size: dict[str, int]
) -> None:
    page = await stage.signed_in(viewport=size)
    await page.goto("/contests/summer")
    await page.fill("input[name=count]", "2")
    async with page.expect_download() as download:
        await page.click("button:has-text('Make them')")
    codes = Path(await (await download.value).path()).read_text().split()
    stage.network.phone(BEN).send(SOUTH, f"WIN {codes[0]}")
    await expect(page.locator("#entries")).to_contain_text(BEN)
    await page.goto("/forms/feedback")
    await page.fill("input[name=to]", CARLA)
    await page.click("button:text-is('Ask')")
    await expect(page.locator("#counts")).to_contain_text("1 under way")
    await stage.network.phone(CARLA).expect(1, SECONDS)
    stage.network.phone(CARLA).send(NORTH, "5")
    await expect(page.locator("#questions")).to_contain_text("mean 5.0")


@ON_A_DESK
async def test_a_text_is_tried_and_a_bad_day_is_said_on_top(
    stage: Stage, size: dict[str, int]
) -> None:
    page = await stage.signed_in(viewport=size)
    await page.goto("/keywords")
    await page.fill("input[name=text]", "info?")
    await page.keyboard.press("Enter")
    await expect(page.locator(".tried")).to_contain_text("the keyword INFO")
    await expect(page.locator(".answer .bubble")).to_contain_text("We are open from 9 to 18")
    await page.goto("/figures")
    await expect(page.locator("#health")).to_contain_text("All is well")
    async with stage.client.events("delivery.dead") as events:
        stage.network.phone(BEN).send(SOUTH, "HELPME please")
        await events.receive(SECONDS)
    await expect(page.locator("#health")).to_contain_text("archive gave up on: 1")
    await page.select_option("#f-span", "30d")
    await page.wait_for_url(re.compile("span=30d"))
    async with page.expect_download() as download:
        await page.click("summary:has-text('As a table') >> nth=0")
        await page.click("a[href*='table/series']:has-text('CSV')")
    assert "received" in Path(await (await download.value).path()).read_text()
