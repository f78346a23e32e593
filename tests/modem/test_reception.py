"""Modems that do not tell of what comes in, at least not where somebody listens."""

import pytest

from gsmd.modem import StoredEntry
from gsmd.modem.announcements import Announcements
from tests.modem.scripted import DETAILS_END

from .conftest import Drive

PHONE = "+33612345678"
SILENT = ("it does not tell of what comes in: messages are found late, by looking for them",)


def entry(index: int) -> StoredEntry:
    return StoredEntry("SM", index, 0, "00")


def test_what_was_there_at_the_start_was_not_to_be_announced() -> None:
    told = Announcements()
    assert not told.swept([entry(1)])
    assert told.missing == 0


def test_each_sweep_that_finds_something_new_and_unannounced_counts() -> None:
    told = Announcements()
    told.swept([])
    assert told.swept([entry(1)])
    assert not told.swept([entry(1)])  # it would not go; it is no news
    assert told.swept([entry(1), entry(2)])
    assert told.missing == 2


def test_one_notice_makes_up_for_all() -> None:
    told = Announcements()
    told.swept([])
    told.swept([entry(1)])
    told.heard()
    assert (told.missing, told.swept([entry(2)])) == (0, False)


@pytest.mark.parametrize("profile", ["huawei", "ec25"])
async def test_notices_that_go_to_another_port_are_called_to_this_one(
    simulate: Drive, profile: str
) -> None:
    run = await simulate(profile)
    await run.modem.sweep()
    run.device.faults.notices_elsewhere = True
    for number in range(3):
        run.network.phone(PHONE).send(run.number, f"unannounced {number}")
        found = await run.modem.sweep()
        await run.modem.delete(found)
        assert len(found) == 1
    assert (run.modem.troubles, run.modem.announces) == (SILENT, False)
    await run.told.until(lambda: not run.device.faults.notices_elsewhere)
    run.network.phone(PHONE).send(run.number, "announced")
    await run.told.until(lambda: bool(run.told.arrivals))
    assert (run.modem.troubles, run.modem.announces) == ((), True)


async def test_one_that_is_not_announced_has_the_settings_looked_at(simulate: Drive) -> None:
    run = await simulate()
    await run.modem.sweep()
    run.device.settings.cnmi.mt = 0
    run.network.phone(PHONE).send(run.number, "unannounced")
    assert await run.modem.sweep()
    await run.told.until(lambda: run.told.initialisations == 2)
    assert run.device.settings.cnmi.mt == 1


async def test_what_was_announced_speaks_for_the_modem(drive: Drive) -> None:
    run = await drive()
    await run.device.hears(DETAILS_END)
    await run.modem.sweep()
    run.device.notice('+CMTI: "SM",1')
    await run.told.until(lambda: bool(run.told.arrivals))
    pdu = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"
    run.device.answers["AT+CMGL=4"] = f"+CMGL: 1,0,,28\r\n{pdu}\r\n\r\nOK"
    assert await run.modem.sweep()
    assert run.modem.announces
