"""Pictures of every page, on the life of ``gsmd demo --web``: ``python -m tests.browser.screenshots [--to DIRECTORY] [PAGE …]``.

For docs/web.md without ``--all``: each at one width. With it: every page at both widths, light and dark, to look at.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gsmd.cli import demo_life, demo_web
from tests.browser import history
from tests.browser.chromium import LARGE, SMALL, chromium, context

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

DOCS = Path(__file__).parents[2] / "docs/images/web"

PAGES: dict[str, str] = {
    "inbox": "/inbox",
    "conversation": f"/inbox/{demo_life.CARLA}",
    "search": "/search?q=parcel",
    "campaigns": "/campaigns",
    "campaign": "/campaigns/",
    "campaign-new": "/campaigns/new?list=news",
    "lists": "/lists",
    "list": "/lists/news",
    "votes": "/polls",
    "vote": "/polls/lunch",
    "screen": "/polls/lunch/screen",
    "forms": "/forms",
    "form": "/forms/feedback",
    "contests": "/contests",
    "contest": "/contests/summer",
    "codes": "/codes?text=VOTE%20PIZZA",
    "keywords": "/keywords",
    "figures": "/figures",
    "times": "/figures/times",
    "failures": "/figures/failures",
    "answers": "/figures/answers",
    "queues": "/queues",
    "handlers": "/queues/handlers",
    "dead": "/queues/dead",
    "modems": "/modems",
    "modem": "/modems/north",
    "settings": "/settings",
    "people": "/settings/people",
    "tokens": "/settings/tokens",
    "audit": "/settings/audit",
    "setup": "/setup",
    "compose": "/compose",
    "story": "",
    "more": "/more",
    "sign-in": "/sign-in",
}
"""What is photographed, and where it is. The story is that of the newest message that went out, the campaign the one that tries two texts."""

WIDE = frozenset(
    {
        "campaign",
        "campaign-new",
        "screen",
        "form",
        "keywords",
        "figures",
        "failures",
        "conversation",
        "handlers",
        "modem",
        "people",
        "tokens",
        "audit",
    }
)
"""Those that docs/web.md shows at a desk's width; the others at a telephone's."""

PASSWORD = "a demo for everybody"


async def _entered(browser: "Browser", link: str, base: str) -> Any:
    """The state of a browser in which somebody has signed in."""
    profile = await context(browser, base)
    page = await profile.new_page()
    await page.goto(link)
    await page.fill("input[name=password]", PASSWORD)
    await page.click("button.primary")
    await page.wait_for_url("**/inbox")
    state = await profile.storage_state()
    await profile.close()
    return state


async def _shoot(page: "Page", path: str, to: Path, *, full: bool) -> None:
    await page.goto(path, wait_until="load")
    await page.wait_for_timeout(300)  # the script has put times in place
    await page.screenshot(path=to, full_page=full)


async def take(to: Path, wanted: list[str], *, everything: bool, whole: bool = False) -> None:
    """Take them."""
    to.mkdir(parents=True, exist_ok=True)
    port = demo_web.free_port()
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as directory:
        async with demo_web.stage(Path(directory), port):
            pass  # the schema is there
        history.write(Path(directory) / "state/gsmd.db")
        async with (
            demo_web.stage(Path(directory), port) as (network, client),
            chromium() as browser,
        ):
            life = demo_life.Life(network, client, pause=0.15)
            async with client.events("campaign.decided") as events:
                await life.begin()
                await events.receive(120)
            await asyncio.sleep(2)
            newest = (await client.list(direction="outbound", limit=1)).messages[0].id
            campaigns = (await client.campaigns.list()).campaigns
            campaign = next(each.id for each in campaigns if each.variants)
            state = await _entered(browser, demo_web.link(Path(directory), port), base)
            looks = [(SMALL, "light"), (LARGE, "light"), (SMALL, "dark"), (LARGE, "dark")]
            for size, scheme in looks if everything else looks[:2]:
                profile = await context(
                    browser, base, viewport=size, color_scheme=scheme, storage_state=state
                )
                page = await profile.new_page()
                for name in wanted or PAGES:
                    if not everything and (name in WIDE) != (size is LARGE):
                        continue
                    if name == "sign-in":
                        await profile.clear_cookies()
                    place = PAGES[name] or f"/messages/{newest}"
                    place += campaign if name == "campaign" else ""
                    ending = f"{size['width']}" + ("-dark" if scheme == "dark" else "")
                    await _shoot(page, place, to / f"{name}-{ending}.png", full=whole)
                await profile.close()


def main() -> None:
    """By the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", choices=[*PAGES, []])
    parser.add_argument("--to", type=Path, default=DOCS)
    parser.add_argument("--all", action="store_true", dest="everything")
    parser.add_argument("--whole", action="store_true", help="each page down to its end")
    given = parser.parse_args()
    asyncio.run(take(given.to, given.pages, everything=given.everything, whole=given.whole))


if __name__ == "__main__":
    main()
