"""The PIN: once, never the last try, never a PUK."""

import asyncio
from pathlib import Path

import pytest

from gsmd.modem import ModemState, ModemUnavailable, PinRefused
from gsmd.modem.sim.pin import PinMemory
from tests.modem.conftest import Drive
from tests.modem.scripted import in_turn

LOCKED = "+CPIN: SIM PIN\r\n\r\nOK"
UNLOCKED = "+CPIN: READY\r\n\r\nOK"
GIVEN = 'AT+CPIN="1234"'


@pytest.fixture
def pin_file(tmp_path: Path) -> Path:
    path = tmp_path / "north.pin"
    path.write_text("1234\n")
    return path


async def test_the_pin_is_given_and_the_modem_becomes_ready(drive: Drive, pin_file: Path) -> None:
    run = await drive({"AT+CPIN?": in_turn(LOCKED, UNLOCKED), GIVEN: "OK"}, pin_file=pin_file)
    assert run.device.count(GIVEN) == 1


async def test_a_sim_that_is_slow_after_its_pin_is_waited_for(drive: Drive, pin_file: Path) -> None:
    run = await drive(
        {
            "AT+CPIN?": in_turn(LOCKED, "+CME ERROR: 14", "+CME ERROR: 14", UNLOCKED),
            "AT+CMGF=0": in_turn("+CMS ERROR: 515", "ERROR", "OK"),
            GIVEN: "OK",
        },
        pin_file=pin_file,
    )
    assert run.device.count(GIVEN) == 1


async def test_a_refused_pin_is_never_given_again(drive: Drive, pin_file: Path) -> None:
    run = await drive(
        {"AT+CPIN?": LOCKED, GIVEN: "+CME ERROR: 16"},
        pin_file=pin_file,
        until=ModemState.PIN_NEEDED,
    )
    await run.told.until(lambda: "refused the PIN" in run.modem.reason)
    asked = run.device.count("AT+CPIN?")
    run.device.notice("+CPIN: SIM PIN")
    await run.device.hears("AT+CPIN?", asked + 2)
    assert run.device.count(GIVEN) == 1


async def test_a_refused_pin_is_remembered_across_restarts(
    drive: Drive, pin_file: Path, tmp_path: Path
) -> None:
    refusing = {"AT+CPIN?": LOCKED, GIVEN: "+CME ERROR: 16"}
    settings = {"pin_file": pin_file, "state_dir": tmp_path, "until": ModemState.PIN_NEEDED}
    first = await drive(refusing, **settings)
    await first.device.hears(GIVEN)
    await first.told.until(lambda: "refused" in first.modem.reason)
    second = await drive(refusing, **settings)
    assert GIVEN not in second.device.heard
    assert "1234" not in "".join(path.read_text() for path in tmp_path.glob("*.json"))


async def test_a_changed_pin_file_is_tried(drive: Drive, pin_file: Path) -> None:
    run = await drive(
        {"AT+CPIN?": LOCKED, GIVEN: "+CME ERROR: 16", 'AT+CPIN="5678"': "OK"},
        pin_file=pin_file,
        until=ModemState.PIN_NEEDED,
    )
    await run.device.hears(GIVEN)
    pin_file.write_text("5678\n")
    await run.device.hears('AT+CPIN="5678"')


async def test_the_last_try_is_left_to_people(drive: Drive, pin_file: Path) -> None:
    run = await drive(
        {"AT+CPIN?": LOCKED, 'AT+CPINR="SIM PIN"': "+CPINR: SIM PIN,1,3\r\n\r\nOK"},
        pin_file=pin_file,
        until=ModemState.PIN_NEEDED,
    )
    assert "only 1 try left" in run.modem.reason
    assert GIVEN not in run.device.heard


async def test_three_tries_left_are_enough(drive: Drive, pin_file: Path) -> None:
    await drive(
        {
            "AT+CPIN?": in_turn(LOCKED, UNLOCKED),
            'AT+CPINR="SIM PIN"': "+CPINR: SIM PIN,3,3\r\n\r\nOK",
            GIVEN: "OK",
        },
        pin_file=pin_file,
    )


@pytest.mark.parametrize("content", ["", "12", "12a4", "1234;AT", "123456789"])
async def test_what_is_no_pin_is_not_given(drive: Drive, pin_file: Path, content: str) -> None:
    pin_file.write_text(content)
    run = await drive({"AT+CPIN?": LOCKED}, pin_file=pin_file, until=ModemState.PIN_NEEDED)
    assert not [line for line in run.device.heard if line.startswith("AT+CPIN=")]


async def test_without_a_pin_file_it_says_what_is_missing(drive: Drive) -> None:
    run = await drive({"AT+CPIN?": LOCKED}, until=ModemState.PIN_NEEDED)
    assert "no pin_file" in run.modem.reason
    assert not run.modem.can_read


async def test_a_pin_file_that_cannot_be_read_is_named(drive: Drive, tmp_path: Path) -> None:
    run = await drive(
        {"AT+CPIN?": LOCKED}, pin_file=tmp_path / "missing", until=ModemState.PIN_NEEDED
    )
    assert str(tmp_path / "missing") in run.modem.reason


async def test_a_puk_is_reported_and_nothing_is_tried(drive: Drive, pin_file: Path) -> None:
    run = await drive(
        {"AT+CPIN?": "+CPIN: SIM PUK\r\n\r\nOK"}, pin_file=pin_file, until=ModemState.PUK_NEEDED
    )
    assert "PUK" in run.modem.reason
    assert not [line for line in run.device.heard if line.startswith("AT+CPIN=")]


async def test_unlocking_by_hand_goes_on_at_once(drive: Drive) -> None:
    run = await drive(
        {"AT+CPIN?": in_turn(LOCKED, LOCKED, UNLOCKED), GIVEN: "OK"}, until=ModemState.PIN_NEEDED
    )
    await run.modem.unlock("1234")
    await run.ready()


@pytest.mark.parametrize("wanted", ["SIM PIN2", "SIM PUK2", "SIM CHV2", "SIM PUK", "READY"])
async def test_no_pin_is_given_by_hand_where_it_would_be_a_wrong_try(
    drive: Drive, wanted: str
) -> None:
    run = await drive({"AT+CPIN?": f"+CPIN: {wanted}\r\n\r\nOK"}, until=None)
    await run.told.until(lambda: run.modem.state in {ModemState.READY, ModemState.PUK_NEEDED})
    with pytest.raises(PinRefused, match="does not ask for its PIN"):
        await run.modem.unlock("1234")
    assert GIVEN not in run.device.heard


@pytest.mark.parametrize(
    "answer",
    [
        "+CPIN: SIM PIN2\r\n\r\nOK",
        '+CPIN: "SIM PIN 2"\r\n\r\nOK',
        "+CPIN: SIM PUK2\r\n\r\nOK",
        "+CPIN: SIM CHV2\r\n\r\nOK",
        "+CME ERROR: 17",
        "+CME ERROR: 18",
        "+CMS ERROR: 317",
        "+CME ERROR: SIM PIN2 required",
        "+CME ERROR: SIM PUK2 required",
        "+CME ERROR: 18 SIM PUK2 required",
    ],
)
async def test_a_second_pin_keeps_nobody_from_messages_and_is_never_given_the_first(
    drive: Drive, pin_file: Path, answer: str
) -> None:
    run = await drive({"AT+CPIN?": answer}, pin_file=pin_file)
    assert "which messages do not need" in run.modem.reason
    assert run.modem.can_send
    assert not [line for line in run.device.heard if line.startswith("AT+CPIN=")]


async def test_a_pin_refused_by_hand_is_an_error(drive: Drive) -> None:
    run = await drive({"AT+CPIN?": LOCKED, GIVEN: "+CME ERROR: 16"}, until=ModemState.PIN_NEEDED)
    with pytest.raises(PinRefused, match="incorrect password"):
        await run.modem.unlock("1234")
    with pytest.raises(PinRefused, match="no pin_file"):
        await run.modem.unlock()


async def test_reading_waits_for_the_pin(drive: Drive) -> None:
    run = await drive({"AT+CPIN?": LOCKED}, until=ModemState.PIN_NEEDED)
    with pytest.raises(ModemUnavailable, match="PIN"):
        await run.modem.sweep()


def test_a_memory_that_is_damaged_is_empty(tmp_path: Path, pin_file: Path) -> None:
    path = tmp_path / "memory.json"
    path.write_text("{nonsense")
    memory = PinMemory(path)
    assert memory.may_try("sim", pin_file)
    memory.trying("sim", pin_file)
    assert not PinMemory(path).may_try("sim", pin_file)
    memory.worked("sim")
    assert PinMemory(path).may_try("sim", pin_file)


async def test_a_sim_that_is_missing_is_said_and_found_when_it_comes(drive: Drive) -> None:
    run = await drive({"AT+CPIN?": "+CME ERROR: 10"}, until=ModemState.SIM_MISSING)
    run.device.answers["AT+CPIN?"] = UNLOCKED
    run.device.notice("+CPIN: READY")
    await run.ready()


async def test_a_sim_that_is_busy_is_waited_for(drive: Drive) -> None:
    run = await drive({"AT+CPIN?": "+CME ERROR: SIM busy"}, until=ModemState.SIM_BUSY)
    await asyncio.sleep(0)
    run.device.answers["AT+CPIN?"] = UNLOCKED
    await run.ready()


async def test_a_modem_that_does_not_know_the_question_for_the_pin_is_ready(drive: Drive) -> None:
    await drive({"AT+CPIN?": "ERROR"})


async def test_a_reply_about_the_pin_without_ok_is_a_reply(drive: Drive) -> None:
    """Wavecom's modems end it there."""
    await drive({"AT+CPIN?": "\r\n+CPIN: READY\r\n"})


async def test_another_sim_is_another_identity(drive: Drive) -> None:
    run = await drive()
    assert run.modem.sim == "208011234567890"
    run.device.answers["AT+CIMI"] = "262021234567890\r\n\r\nOK"
    run.device.notice("^SIMST: 1")
    await run.told.until(lambda: run.modem.sim == "262021234567890" and run.modem.can_send)
    assert run.told.initialisations == 2


async def test_a_sim_pulled_out_is_noticed_at_the_next_reading(drive: Drive) -> None:
    run = await drive()
    run.device.answers |= {"AT+CMGL=4": "+CMS ERROR: 310", "AT+CPIN?": "+CME ERROR: 10"}
    with pytest.raises(ModemUnavailable):
        await run.modem.sweep()
    await run.until(ModemState.SIM_MISSING)


async def test_the_identity_is_the_card_number_where_the_modem_knows_no_imsi(drive: Drive) -> None:
    run = await drive({"AT+CIMI": "ERROR", "AT+CCID": "+CCID: 8933010000000000001\r\n\r\nOK"})
    assert run.modem.sim == "8933010000000000001"


async def test_the_identity_is_the_modem_s_name_where_there_is_no_other(drive: Drive) -> None:
    run = await drive({"AT+CIMI": "ERROR"})
    assert run.modem.sim == "north"


async def test_a_sim_that_is_busy_for_a_moment_does_not_change_its_identity(drive: Drive) -> None:
    run = await drive({"AT+CIMI": in_turn("+CME ERROR: 14", "208011234567890\r\n\r\nOK")})
    assert run.modem.sim == "208011234567890"
