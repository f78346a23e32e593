"""The pages in a browser: each flow from end to end, on a telephone's width and a desk's."""

import re
from typing import Any

import pytest

from gsmd.cli.demo_life import BEN, CARLA, NORTH, SOUTH, TRICK
from tests.browser.chromium import LARGE, PATIENCE, SMALL, context
from tests.browser.conftest import Stage
from tests.browser.looks import ON_A_DESK, ON_A_TELEPHONE
from tests.rig import PATIENCE as SECONDS
from tests.tools import needs

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
expect = playwright.expect
expect.set_options(timeout=PATIENCE)

pytestmark = needs("chromium")


HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    " \u202efdp.eciovni https://xn--pple-43d.com Z" + "\u0301" * 60
)


@ON_A_TELEPHONE
async def test_a_message_comes_in_live_and_is_answered(stage: Stage, size: dict[str, int]) -> None:
    page = await stage.signed_in(viewport=size)
    await expect(page.get_by_text("All done")).to_be_visible()
    await stage.came_in("is the shop open on Saturday?", CARLA, NORTH)
    thread = page.locator(".thread", has_text="is the shop open")
    await expect(thread).to_be_visible()
    await expect(thread.locator(".count-chip")).to_have_count(1)
    await thread.click()
    await page.wait_for_url(re.compile(r"/inbox/\+336"))
    await expect(page.locator("#reading form")).to_have_count(0)  # it is read
    await page.fill("textarea", "Yes — until “six”")
    await expect(page.locator("#count")).to_contain_text("1 SMS")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".ours .bubble")).to_have_text("Yes — until “six”")
    await expect(page.locator("textarea")).to_have_value("")
    (received,) = await stage.network.phone(CARLA).expect(1, SECONDS)
    assert received.text == "Yes — until “six”"
    await expect(page.locator(".ours .meta")).to_contain_text("delivered")  # without a reload
    await stage.came_in("great, thanks!", CARLA, NORTH)
    await expect(page.locator(".talk")).to_contain_text("great, thanks!")


@ON_A_DESK
async def test_a_conversation_is_taken_noted_and_closed(stage: Stage, size: dict[str, int]) -> None:
    await stage.came_in("help", BEN, SOUTH)
    page = await stage.signed_in(viewport=size)
    await page.goto(f"/inbox/{BEN}")
    await page.click("text=Take it")
    await expect(page.locator("#standing")).to_contain_text("anna")
    await page.click("summary:has-text('More')")
    await page.fill("input[name=labels]", "support, urgent")
    await page.click("button:has-text('Save')")
    await expect(page.locator("#standing")).to_contain_text("urgent")
    await page.click("summary:has-text('More')")
    await page.fill("input[name=text]", "calls back at nine")
    await page.click("button:has-text('Note it')")
    await expect(page.locator(".talk .note")).to_contain_text("calls back at nine")
    await page.click("button:has-text('Close')")
    await expect(page.locator("#standing")).to_contain_text("closed")
    await stage.came_in("one more thing", BEN, SOUTH)
    await expect(page.locator("#standing")).to_contain_text("open")


async def test_two_people_see_each_other_answering(stage: Stage) -> None:
    await stage.came_in("hello?", BEN, SOUTH)
    anna = await stage.signed_in("anna", viewport=LARGE)
    ben = await stage.signed_in("ben", viewport=SMALL)
    for page in (anna, ben):
        await page.goto(f"/inbox/{BEN}")
    await ben.type("textarea", "Hi")
    await expect(anna.locator("#others")).to_contain_text("ben is answering")


@ON_A_TELEPHONE
async def test_a_new_message_its_cost_its_story_and_the_search(
    stage: Stage, size: dict[str, int]
) -> None:
    page = await stage.signed_in(viewport=size)
    await page.click("text=New")
    await page.fill("input[name=to]", CARLA)
    await page.fill("textarea", "Your parcel is here 猫" + "x" * 60)
    await expect(page.locator("#count")).to_contain_text("2 SMS")
    await expect(page.locator("#count .mark")).to_have_text("猫")
    await page.click("button:has-text('Send')")
    await page.wait_for_url(re.compile(r"/inbox/\+336"))
    await stage.network.phone(CARLA).expect(1, SECONDS)
    await page.click(".ours .meta a")
    await expect(page.locator(".story")).to_contain_text("It is on the telephone")
    await page.goto("/search")
    await page.fill("main input[name=q]", f"to:{CARLA} parcel")
    await page.keyboard.press("Enter")
    await expect(page.locator(".thread")).to_have_count(1)
    await page.click("button:has-text('Keep this search')")
    await expect(page.locator(".kept")).to_contain_text("parcel")


@ON_A_DESK
async def test_a_modem_is_asked_and_restarted(stage: Stage, size: dict[str, int]) -> None:
    page = await stage.signed_in(viewport=size)
    await page.goto("/modems/north")
    await page.fill("input[name=code]", "*100#")
    await page.click("button:has-text('Call')")
    await expect(page.locator(".bubble, .problem").first).to_be_visible()
    await page.click("button:has-text('Restart the modem')")
    await expect(page.locator(".notice")).to_contain_text("starts again")
    await expect(page.locator("#state .chip")).to_have_text("ready")


@ON_A_TELEPHONE
async def test_what_was_given_up_is_handed_over_again(stage: Stage, size: dict[str, int]) -> None:
    async with stage.client.events("delivery.dead") as events:
        stage.network.phone(BEN).send(SOUTH, "HELPME please")
        await events.receive(SECONDS)
    page = await stage.signed_in(viewport=size)
    await page.goto("/queues/handlers")
    await page.click("a:has-text('archive')")
    await expect(page.locator("#handler")).to_contain_text("exit status 1")
    await page.goto("/queues/dead")
    await expect(page.locator("#dead")).to_contain_text("HELPME please")
    await page.click("button:has-text('Hand all over again')")
    await expect(page.locator(".notice")).to_contain_text("once more")


@ON_A_DESK
async def test_somebody_is_invited_and_a_token_is_made(stage: Stage, size: dict[str, int]) -> None:
    page = await stage.signed_in(viewport=size)
    await page.goto("/settings/people")
    await page.fill("input[name=name]", "carla")
    await page.click("button:has-text('Make a link')")
    link = await page.locator("code.secret").inner_text()
    profile = await context(stage.browser, stage.base, viewport=size)
    other = stage.watch(await profile.new_page())
    await other.goto(link)
    await expect(other.locator("h1")).to_have_text("Welcome, carla")
    await page.goto("/settings/tokens")
    await page.fill("input[name=name]", "shop")
    await page.click("button:has-text('Make it')")
    await expect(page.locator("code.secret")).to_contain_text("gsmd_")
    await page.goto("/setup")
    await page.fill("input[name=to]", CARLA)
    await page.click("button:has-text('Send it')")
    await expect(page.locator(".story")).to_be_visible()


@ON_A_TELEPHONE
async def test_a_hostile_text_is_inert_and_visible(stage: Stage, size: dict[str, int]) -> None:
    await stage.came_in(HOSTILE, TRICK, NORTH)
    page = await stage.signed_in(viewport=size)
    await page.goto(f"/inbox/{TRICK}")
    bubble = page.locator(".bubble")
    await expect(bubble).to_contain_text("<script>document.title='owned'</script>")
    await expect(bubble.locator(".mark[title*='RIGHT-TO-LEFT OVERRIDE']")).to_have_text("RLO")
    await expect(bubble.locator("a, img, script")).to_have_count(0)
    assert "owned" not in await page.title()
    sizes = await page.evaluate(
        "() => { const b = document.querySelector('.bubble'); const s = getComputedStyle(b);"
        " return [s.overflow, s.contain, document.documentElement.scrollWidth, innerWidth]; }"
    )
    assert sizes[0] == "hidden"
    assert "paint" in sizes[1]
    assert sizes[2] <= sizes[3]


async def test_keys_alone_are_enough(stage: Stage) -> None:
    await stage.came_in("first", BEN, SOUTH)
    await stage.came_in("second", CARLA, NORTH)
    page = await stage.signed_in(viewport=LARGE)
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble")).to_have_text("first")
    await page.keyboard.press("r")
    await page.keyboard.type("answered by keys")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".ours .bubble")).to_have_text("answered by keys")
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(page.locator("#standing")).to_contain_text("closed")
    await page.keyboard.press("?")
    await expect(page.locator("dialog#keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Tab")
    outlined = await page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert outlined != "none"


@ON_A_DESK
async def test_without_a_script_all_can_be_read_and_answered(
    stage: Stage, size: dict[str, int]
) -> None:
    await stage.came_in("can you read me?", BEN, SOUTH)
    page = await stage.signed_in("plain", viewport=size, java_script_enabled=False)
    await page.click(".thread")
    await expect(page.locator(".bubble")).to_have_text("can you read me?")
    await page.click("button:has-text('Mark as read')")
    await expect(page.locator("#reading form")).to_have_count(0)
    await page.fill("textarea", "perfectly")
    await page.click(".composer button.primary")
    await expect(page.locator(".ours .bubble")).to_have_text("perfectly")
    for path in ("/search?q=read", "/queues", "/modems?all=1", "/settings", "/more"):
        await page.goto(path)
        await expect(page.locator("h1")).to_be_visible()


async def test_the_first_page_is_light(stage: Stage) -> None:
    page = await stage.signed_in(viewport=SMALL)
    profile = await context(
        stage.browser, stage.base, viewport=SMALL, storage_state=await page.context.storage_state()
    )
    fresh = stage.watch(await profile.new_page())
    sizes: list[int] = []

    async def measured(request: Any) -> None:
        if "/api/v1/events" not in request.url:
            told = await request.sizes()
            sizes.append(told["responseBodySize"] + told["responseHeadersSize"])

    fresh.on("requestfinished", measured)
    await fresh.goto("/inbox", wait_until="load")
    await fresh.wait_for_timeout(500)
    assert len(sizes) <= 8
    assert sum(sizes) <= 30 * 1024
