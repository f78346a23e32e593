"""The commands, with the daemon behind them."""

from pathlib import Path

from tests.features.consent.test_campaigns import AWAKE
from tests.features.consent.test_consent import CONFIRM, NEWS
from tests.features.scenes import PHONE, asked, gsmd, scene


async def test_a_proof_is_shown_and_an_offer_counts_who_did_not_agree(tmp_path: Path) -> None:
    async with scene(tmp_path, **NEWS, **AWAKE) as (it, _client, phone):
        await asked(it, phone, "JOIN")
        await asked(it, phone, "YES")
        await gsmd(it, "lists", "add", "news", "+33620000001")
        shown = await gsmd(it, "consent", PHONE)
        told = await gsmd(it, "consent", PHONE, "--json")
        offer = ("broadcast", "news", "Roses!", "--category", "promotional")
        forecast = await gsmd(it, *offer, "--dry-run")
        made = await gsmd(it, *offer, "--wait")
        wrong = await gsmd(it, *offer[:-1], "important")
        exported = await gsmd(it, "consent", "export")

    assert CONFIRM in shown.out
    assert it.sim.imsi in shown.out
    assert told.json[0]["state"] == "given"
    assert "1 messages" in forecast.err
    assert "1 skipped: no_consent" in forecast.err
    assert "1 of 1 are out; skipped: 1 no_consent" in made.err
    assert wrong.code == 2
    assert len(exported.out.splitlines()) == 2
