"""Whether there is a network, as far as anybody can tell."""

import pytest

from gsmd.modem import ModemState
from gsmd.modem.link.registration import Registered, Registration, parse_status
from tests.modem.conftest import Drive

UNKNOWN_TO_IT = {f"AT+{name}?": "ERROR" for name in ("CREG", "CGREG", "CEREG")}


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("+CREG: 0,1", Registered.HOME),
        ("+CREG: 2,5", Registered.ROAMING),
        ('+CREG: 2,3,"00C3","1A2B"', Registered.DENIED),
        ("+CREG: 1", Registered.HOME),
        ("+CREG: 0,77", Registered.UNKNOWN),
        ("+CREG: x", None),
    ],
)
def test_a_reply_is_read_with_and_without_its_mode(line: str, status: Registered | None) -> None:
    assert parse_status(line, solicited=True) is status


def test_one_domain_that_is_registered_will_do() -> None:
    state = Registration({"CREG": Registered.DENIED, "CEREG": Registered.HOME})
    assert state.may_send
    assert state.lte_only


def test_a_modem_that_knows_nothing_but_lte_is_made_for_messages_over_it() -> None:
    assert not Registration({"CEREG": Registered.HOME}).lte_only


def test_roaming_is_told() -> None:
    state = Registration({"CREG": Registered.ROAMING})
    assert (state.word, state.roaming) == ("roaming", True)


def test_a_modem_that_knows_nothing_may_try() -> None:
    assert Registration().may_send
    assert Registration({"CREG": Registered.UNKNOWN}).may_send


def test_the_most_telling_reason_is_given() -> None:
    state = Registration({"CREG": Registered.SEARCHING, "CGREG": Registered.DENIED})
    assert not state.may_send
    assert state.word == "denied"
    assert "refuses" in state.reason


async def test_a_modem_that_knows_no_registration_at_all_may_send(drive: Drive) -> None:
    run = await drive(UNKNOWN_TO_IT)
    assert run.modem.status().registration == "unknown"


async def test_a_modem_that_only_knows_lte_becomes_ready(drive: Drive) -> None:
    run = await drive({**UNKNOWN_TO_IT, "AT+CEREG?": "+CEREG: 0,5\r\n\r\nOK", "AT+CREG=1": "ERROR"})
    assert run.modem.status().roaming


async def test_a_refused_registration_is_told_and_messages_can_be_read(drive: Drive) -> None:
    run = await drive({"AT+CREG?": "+CREG: 1,3\r\n\r\nOK"}, until=ModemState.REGISTERING)
    assert "refuses" in run.modem.reason
    assert run.modem.can_read
    assert not run.modem.can_send


async def test_a_network_that_comes_is_noticed_by_its_notice(drive: Drive) -> None:
    run = await drive(
        {"AT+CREG?": "+CREG: 1,2\r\n\r\nOK"},
        until=ModemState.REGISTERING,
    )
    run.device.notice("+CREG: 1")
    await run.ready()


async def test_a_network_that_comes_is_noticed_without_a_notice(drive: Drive) -> None:
    run = await drive({"AT+CREG?": "+CREG: 1,2\r\n\r\nOK"}, until=ModemState.REGISTERING)
    run.device.answers["AT+CREG?"] = "+CREG: 1,1\r\n\r\nOK"
    await run.ready()


async def test_a_network_that_goes_stops_sending_and_its_return_starts_it(drive: Drive) -> None:
    run = await drive()
    run.device.answers["AT+CREG?"] = "+CREG: 1,2\r\n\r\nOK"
    run.device.notice("+CREG: 2")
    await run.until(ModemState.REGISTERING)
    run.device.answers["AT+CREG?"] = "+CREG: 1,1\r\n\r\nOK"
    run.device.notice("+CREG: 1")
    await run.ready()


async def test_a_change_of_domain_is_not_a_loss(drive: Drive) -> None:
    run = await drive({"AT+CEREG?": "+CEREG: 1,1\r\n\r\nOK", "AT+CEREG=1": "OK"})
    run.device.answers["AT+CREG?"] = "+CREG: 1,0\r\n\r\nOK"
    run.device.notice("+CREG: 0", "+CEREG: 1")
    await run.device.hears("AT+CEREG?")
    await run.ready()
    assert run.modem.status().registration == "home"
