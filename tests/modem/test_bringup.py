"""From an open port to a modem that is ready, with what each modem and SIM makes of it."""

from functools import partial
from pathlib import Path

import msgspec
import pytest

from gsmd.config import Match, ModemConfig
from gsmd.modem import ModemState
from gsmd.modem.port.discovery import Finder
from gsmd.modem.port.port import open_port
from gsmd.modem.port.sysfs import serial_devices

from .conftest import QUICK, Drive, at_work
from .machine import Machine
from .scripted import DEAF, MARKS, ScriptedModem, in_turn

IMPATIENT = msgspec.structs.replace(QUICK, sim_patience=0.2)


async def test_a_service_centre_of_the_configuration_is_set(drive: Drive) -> None:
    run = await drive({'AT+CSCA="+33609001390",145': "OK"}, smsc="+33609001390")
    assert 'AT+CSCA="+33609001390",145' in run.device.heard


async def test_a_service_centre_that_is_refused_does_not_keep_it_from_working(drive: Drive) -> None:
    run = await drive(smsc="0609001390")
    assert 'AT+CSCA="0609001390",129' in run.device.heard


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ("+CPIN: PH-NET PIN", ModemState.PUK_NEEDED, "locked to another"),
        ("+CPIN: SIM PUK", ModemState.PUK_NEEDED, "PUK"),
        ('+CPIN: "SIM PIN"', ModemState.PIN_NEEDED, "PIN"),
        ("+CPIN: NOT INSERTED", ModemState.SIM_MISSING, "no SIM"),
        ("+CPIN: SIM FAILURE", ModemState.SIM_MISSING, "no SIM"),
        ("+CME ERROR: 10 SIM not inserted", ModemState.SIM_MISSING, "no SIM"),
        ("+CME ERROR: SIM not inserted", ModemState.SIM_MISSING, "no SIM"),
        ("+CPIN ERROR: 10", ModemState.SIM_MISSING, "no SIM"),
        ("+CME ERROR: 11 SIM PIN required", ModemState.PIN_NEEDED, "PIN"),
    ],
)
async def test_what_the_sim_wants_is_the_state(
    drive: Drive, answer: str, state: ModemState, words: str
) -> None:
    reply = answer if "ERROR" in answer else f"{answer}\r\n\r\nOK"
    run = await drive({"AT+CPIN?": reply}, until=state)
    assert words in run.modem.reason


@pytest.mark.parametrize("code", [10, 13, 310, 313])
async def test_a_sim_that_is_not_there_or_broken_is_missing(drive: Drive, code: int) -> None:
    kind = "CMS" if code > 300 else "CME"
    await drive({"AT+CPIN?": f"+{kind} ERROR: {code}"}, until=ModemState.SIM_MISSING)


async def test_a_sim_that_stays_busy_leads_to_recovery(drive: Drive) -> None:
    run = await drive({"AT+CPIN?": "+CME ERROR: 14"}, until=ModemState.SIM_BUSY, timeouts=IMPATIENT)
    await run.until(ModemState.RECOVERING)
    assert "does not get ready" in run.modem.reason


async def test_a_modem_that_is_never_ready_for_messages_leads_to_recovery(drive: Drive) -> None:
    run = await drive({"AT+CMGF=0": "ERROR"}, until=ModemState.SIM_BUSY, timeouts=IMPATIENT)
    await run.until(ModemState.RECOVERING)


async def test_a_modem_that_starts_with_the_daemon_is_waited_for(drive: Drive) -> None:
    run = await drive(DEAF, until=ModemState.IDENTIFYING)
    await run.told.until(lambda: run.modem.reason == "the modem does not answer yet")
    run.device.notice("RDY")
    run.device.answers["AT+CMEE?"] = "+CMEE: 0\r\n\r\nOK"
    await run.ready()


async def test_a_port_that_somebody_else_holds_is_had_once_it_is_free(tmp_path: Path) -> None:
    async with ScriptedModem(link=tmp_path / "modem") as device:
        other = await open_port(device.path, 115_200)
        async with at_work(str(device.link)) as run:
            await run.told.until(lambda: "in use" in run.modem.reason)
            assert run.modem.state is ModemState.OPENING
            await other.close()
            await run.ready()


async def test_another_modem_in_the_place_of_ours_is_left_alone(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    async with ScriptedModem({"AT+CGSN": in_turn("490154203237518", "111111111111111")}) as device:
        device.answers["AT+CGSN"] = in_turn(
            "490154203237518\r\n\r\nOK", "111111111111111\r\n\r\nOK"
        )
        machine.port("ttyUSB0", target=device.path)
        config = ModemConfig(name="north", match=Match(imei="490154203237518"))
        finder = Finder(
            config, QUICK, partial(serial_devices, machine.dev, machine.sys), machine.dev
        )
        async with at_work(None, match=config.match, finder=finder) as run:
            await run.told.until(lambda: "has the IMEI 111111111111111" in run.modem.reason)
            await run.until(ModemState.ABSENT)
            assert "AT+CMGF=0" not in device.heard


async def test_what_the_modem_does_not_know_is_not_known(drive: Drive) -> None:
    run = await drive(
        {"AT+CSQ": "+CSQ: 99,99\r\n\r\nOK", "AT+COPS?": "+COPS: 0\r\n\r\nOK", "AT+CGMI": "ERROR"}
    )
    await run.device.hears("AT+COPS?")
    await run.modem.sweep()
    status = run.modem.status()
    assert (status.signal_dbm, status.operator, status.manufacturer) == (None, None, None)


async def test_numbers_in_ucs2_are_read(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CNUM": '+CNUM: "","002B00330033003600300030",145\r\n\r\nOK',
            "AT+CSCA?": '+CSCA: "+33609001390",145\r\n\r\nOK',
        }
    )
    await run.told.until(lambda: run.modem.status().operator is not None)
    assert run.modem.status().number == "+33600"
    assert run.modem.status().smsc == "+33609001390"


async def test_a_command_it_does_not_answer_at_all_does_not_keep_it_from_working(
    drive: Drive,
) -> None:
    await drive({"AT+CSMS=1": None, "AT+CEREG=1": None})


WAKING = msgspec.structs.replace(QUICK, boot=30.0)
"""Patience for a modem that is starting."""


async def test_a_port_just_opened_is_asked_again_and_again_until_the_modem_is_there(
    drive: Drive,
) -> None:
    run = await drive(DEAF, until=ModemState.IDENTIFYING, timeouts=WAKING)
    await run.told.until(lambda: run.modem.reason == "the modem does not answer yet")
    assert run.device.marks() >= 2
    run.device.answers |= MARKS
    await run.ready()
    assert run.modem.counters.resets == run.modem.counters.restarts == 0


async def test_a_banner_on_a_port_just_opened_has_the_modem_asked_at_once(drive: Drive) -> None:
    slow = msgspec.structs.replace(WAKING, sync_fresh=60.0)
    run = await drive(DEAF, until=ModemState.IDENTIFYING, timeouts=slow)
    await run.device.hears("AT+CMEE?")
    run.device.answers |= MARKS
    run.device.later(0.1, "\r\nRDY\r\n")
    await run.ready()
    assert run.modem.counters.restarts == 0


async def test_messages_are_read_before_anything_is_asked_about_the_network(
    simulate: Drive,
) -> None:
    run = await simulate(until=None)
    await run.told.until(lambda: run.told.initialisations == 1)
    assert run.modem.can_read
    assert not run.modem.can_send
    await run.ready()
