"""What is left on a prepaid SIM."""

import pytest

from gsmd.config import CreditConfig
from gsmd.modem.credit import amount_in
from gsmd.simulator import Sim
from gsmd.simulator.ussd import Menu
from tests.modem.conftest import Drive

CREDIT = CreditConfig(ussd="*100#", match=r"([0-9.,]+) ?EUR", every=0.05, low=5)


@pytest.mark.parametrize(
    ("text", "pattern", "amount"),
    [
        ("Balance: 12.50 EUR", CREDIT.match, 12.5),
        ("Ihr Guthaben: 1.234,50 EUR.", CREDIT.match, 1234.5),
        ("1,234 EUR", CREDIT.match, 1234.0),
        ("1,234,567.89EUR", CREDIT.match, 1234567.89),
        ("0,5 EUR", CREDIT.match, 0.5),
        ("5 EUR", CREDIT.match, 5.0),
        ("5. EUR", CREDIT.match, 5.0),
        ("You have R 7.00 left", CreditConfig(ussd="*1#").match, 7.0),
        ("left: 7", "left: .*", 7.0),
        ("nothing", CREDIT.match, None),
        ("... EUR", CREDIT.match, None),
    ],
)
def test_the_figure_is_read_as_it_is_meant(text: str, pattern: str, amount: float | None) -> None:
    assert amount_in(text, pattern) == amount


async def test_it_is_asked_again_and_again_and_little_is_told_once(simulate: Drive) -> None:
    run = await simulate(credit=CREDIT)
    menus = run.network.menus
    menus.codes["*100#"] = Menu("You have 12.50 EUR")
    await run.told.until(lambda: _amount(run) == 12.5)
    assert run.told.low == []
    for figure in ("4.99", "3.00", "20.00", "1.00"):
        menus.codes["*100#"] = Menu(f"You have {figure} EUR")
        await run.told.until(lambda figure=figure: _amount(run) == float(figure))
    assert [credit.amount for credit in run.told.low] == [4.99, 1.0]
    status = run.modem.status()
    assert (status.credit.text, status.credit.at.tzinfo is not None) == ("You have 1.00 EUR", True)


async def test_a_text_without_a_figure_is_shown_and_asked_again(simulate: Drive) -> None:
    run = await simulate(credit=CREDIT)
    run.network.menus.codes["*100#"] = Menu("Try again later")
    await run.told.until(lambda: run.modem.status().credit is not None)
    assert run.modem.status().credit.amount is None
    run.network.menus.codes["*100#"] = Menu("7 EUR")
    await run.told.until(lambda: _amount(run) == 7)


async def test_another_sim_has_another_credit(simulate: Drive) -> None:
    run = await simulate(credit=CreditConfig(ussd="*100#", every=3600))
    await run.told.until(lambda: _amount(run) is not None)
    run.network.menus.codes["*100#"] = Menu("Balance: 3.00")
    run.device.insert(
        Sim(imsi="208010000000009", iccid="8933010000000000009", number="+33600000009")
    )
    run.device.reboot()
    await run.told.until(lambda: _amount(run) == 3)


async def test_nothing_is_asked_of_who_has_no_prepaid_sim(simulate: Drive) -> None:
    run = await simulate()
    assert run.modem.status().credit is None


def _amount(run: object) -> float | None:
    credit = run.modem.status().credit  # type: ignore[attr-defined] # whichever kind of run
    return credit.amount if credit else None
