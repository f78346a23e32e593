"""Lines in words that nobody has registered."""

import pytest

from gsmd.at import Unsolicited
from gsmd.modem import quirks
from gsmd.modem.link import urc


def meaning_of(line: str) -> urc.Notice | None:
    return quirks.indications(quirks.GENERIC).meaning(Unsolicited(line))


@pytest.mark.parametrize(
    "line",
    [
        "START",
        "SYSTEM START",
        "Boot ok",
        "*BOOTUP: 0",
        "MODULE RESTARTED",
        "+PWRON",
        "%MRDY: 1",
        "Modem ready",
        "SYSRESET",
        "+RESET: 2",
        "init done",
        "[boot] v1.2",
        "System booted",
    ],
)
def test_words_of_a_start_have_the_settings_looked_at(line: str) -> None:
    assert meaning_of(line) == urc.SettingsSuspect(line)


@pytest.mark.parametrize("line", ["hello there", "AABBCCDD", "Meet me at six"])
def test_a_line_in_no_form_at_all_has_the_settings_looked_at(line: str) -> None:
    assert meaning_of(line) == urc.SettingsSuspect(line)


@pytest.mark.parametrize(
    "line", ["+SMS FULL", "SIM MEMORY FULL", "^MEMFULL: SM", "*SMSFULL: 1", "%SM FULL", "Sms full"]
)
def test_words_of_a_full_storage_mean_that(line: str) -> None:
    assert meaning_of(line) == urc.StorageFull()


@pytest.mark.parametrize("line", ["*SMSFULL: 0", '^MEMFULL: "SM",0'])
def test_a_storage_that_is_full_no_more_is_none(line: str) -> None:
    assert meaning_of(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "POWER OFF",
        "LOW VOLTAGE POWER DOWN",
        "UNDER-VOLTAGE POWER DOWN",
        "^PWROFF",
        "+CPOWD: NORMAL POWER DOWN",
        "SHUT DOWN",
        "Switched off",
    ],
)
def test_words_of_going_off_are_a_restart(line: str) -> None:
    assert meaning_of(line) == urc.Restart(line)


@pytest.mark.parametrize(
    "line", ["UNDER-VOLTAGE WARNNING", "OVER-VOLTAGE WARNING", "LOW BATTERY", "+VOLTAGE LOW: 3300"]
)
def test_words_of_a_failing_supply_are_trouble_with_it(line: str) -> None:
    assert meaning_of(line) == urc.SupplyTrouble(line)


@pytest.mark.parametrize(
    "line",
    [
        "^DSFLOWRPT: 1,2",
        "+ZUSIMR:2",
        '+QIND: "act","LTE"',
        "+CIEV: 2,4",
        "^MODE:5,4",
        "#NITZ: 1",
        "+CTZV: 4,0",
        "*PSREG: 0",
        "+COLP: 1",
        "^RESTRICTED: 1",
        "+BOOTSTRAP",
    ],
)
def test_other_notices_mean_nothing(line: str) -> None:
    assert meaning_of(line) is None
