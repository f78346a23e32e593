"""Passkeys in a browser: its virtual authenticator (WebAuthn §11) stands for the telephone."""

import re
from typing import TYPE_CHECKING

import pytest

from gsmd.cli import demo_web
from gsmd.cli.demo_life import BEN
from tests.browser.chromium import LARGE, PATIENCE, context
from tests.browser.conftest import PASSWORD, Stage
from tests.tools import needs

if TYPE_CHECKING:
    from playwright.async_api import Page

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
expect = playwright.expect
expect.set_options(timeout=PATIENCE)

pytestmark = needs("chromium")

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def with_device(stage: Stage) -> "Page":
    """A browser on a machine that keeps passkeys, and asks nobody in earnest."""
    profile = await context(stage.browser, f"http://localhost:{stage.port}", viewport=LARGE)
    page = stage.watch(await profile.new_page())
    device = await profile.new_cdp_session(page)
    await device.send("WebAuthn.enable")
    await device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def invitation(stage: Stage, name: str) -> str:
    return demo_web.link(stage.directory, stage.port, name).replace("127.0.0.1", "localhost")


async def test_somebody_comes_in_by_a_passkey_and_signs_in_with_it(stage: Stage) -> None:
    page = await with_device(stage)
    await page.goto(invitation(stage, "carla"))
    await page.click("text=Come in with a passkey instead")
    await page.wait_for_url("**/inbox")
    await page.click("button[aria-label='Sign out']")
    await page.wait_for_url(re.compile("/sign-in"))
    await page.goto("/sign-in?next=/settings")
    await page.click("text=Sign in with a passkey")
    await page.wait_for_url("**/settings")
    await expect(page.locator("#passkeys tbody tr")).to_have_count(1)
    await page.press("#passkeys button:has-text('Remove')", "Enter")
    await expect(page.get_by_text("your only way in")).to_be_visible()


async def test_who_has_a_passkey_alone_writes_to_somebody_who_said_stop(stage: Stage) -> None:
    await stage.client.call("optout.add", peer=BEN)
    page = await with_device(stage)
    await page.goto(invitation(stage, "carla"))
    await page.click("text=Come in with a passkey instead")
    await page.wait_for_url("**/inbox")
    await page.goto(f"/compose?to={BEN.replace('+', '%2B')}")
    await page.fill("textarea[name=text]", "Your deposit is back.")
    await page.click("summary")
    await page.check("input[name=override]")
    await page.click("button.primary")
    await expect(page.locator("form .problem").first).to_contain_text("confirm with your passkey")
    await page.click("summary")
    await page.click("text=Confirm with a passkey")
    await expect(page.get_by_text("Confirmed, for five minutes")).to_be_visible()
    await page.check("input[name=override]")
    await page.click("button.primary")
    (received,) = await stage.network.phone(BEN).expect(1, PATIENCE / 1000)
    assert received.text == "Your deposit is back."


async def test_a_passkey_is_added_after_the_password_and_taken_away(stage: Stage) -> None:
    page = await with_device(stage)
    await page.goto(invitation(stage, "dora"))
    await page.fill("input[name=password]", PASSWORD)
    await page.click("button.primary")
    await page.wait_for_url("**/inbox")
    await page.goto("/settings")
    problem = page.locator("[data-passkey-problem]")
    await expect(problem).to_be_hidden()
    await page.fill("#f-passkey-name", "my <b>telephone</b>")
    await page.fill("#f-passkey-password", "not my password")
    await page.click("text=Add a passkey")
    await expect(problem).to_contain_text("not your password")
    await page.fill("#f-passkey-password", PASSWORD)
    await page.click("text=Add a passkey")
    row = page.locator("#passkeys tbody tr")
    await expect(row).to_contain_text("my <b>telephone</b>")
    await page.press("#passkeys button:has-text('Remove')", "Enter")
    await expect(row).to_have_count(0)


async def test_who_has_no_passkey_is_told_so_and_an_address_offers_none(stage: Stage) -> None:
    page = await with_device(stage)
    await page.goto("/sign-in")
    await page.click("text=Sign in with a passkey")
    await expect(page.locator("[data-passkey-problem]")).to_contain_text("did not work")
    await page.goto(f"http://127.0.0.1:{stage.port}/sign-in")
    await expect(page.get_by_text("Sign in with a passkey")).to_be_hidden()
