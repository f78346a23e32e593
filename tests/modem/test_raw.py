"""Commands that an administrator types, between two of ours."""

from collections.abc import Callable

import pytest

from gsmd.modem import ModemState, ModemUnavailable

from .conftest import Drive
from .scripted import DEAF


async def test_a_command_brings_its_lines_and_its_result(drive: Drive) -> None:
    run = await drive({"AT+COPS?": '+COPS: 0,0,"Testnet",2\r\n\r\nOK'})
    reply = await run.modem.command("at+cops?".upper())
    assert (reply.lines, reply.result.text) == (('+COPS: 0,0,"Testnet",2',), "OK")


async def test_an_error_is_an_answer_too(drive: Drive) -> None:
    run = await drive({"AT+XYZ": "+CME ERROR: 4"})
    reply = await run.modem.command("AT+XYZ")
    assert (reply.ok, reply.result.cme) == (False, 4)


@pytest.mark.parametrize("line", ["", "hello", "AT\rAT+CFUN=0", "AT\x1a", 'AT+CUSD=1,"é"'])
async def test_what_is_no_command_is_refused(drive: Drive, line: str) -> None:
    run = await drive()
    with pytest.raises(ValueError, match="begins with AT"):
        await run.modem.command(line)


@pytest.mark.parametrize("command", ["ATE1", "AT+CMGF=1", "ATZ", "AT&F", 'AT+CPMS="ME","ME","ME"'])
async def test_what_it_may_have_changed_of_ours_is_put_right(drive: Drive, command: str) -> None:
    run = await drive({command: "OK"})
    before = run.device.count("AT+CMGF=0")
    await run.modem.command(command)
    assert run.device.count("AT+CMGF=0") == before + 1
    await run.modem.sweep()
    assert run.device.count('AT+CPMS="SM","SM","SM"') == 2


async def test_notifications_switched_off_by_hand_are_switched_on_again(drive: Drive) -> None:
    now = ["2,1,0,1,0"]

    def switch(values: str) -> Callable[[], str]:
        def switched() -> str:
            now[0] = values
            return "OK"

        return switched

    run = await drive(
        {
            "AT+CNMI=0,0,0,0,0": switch("0,0,0,0,0"),
            "AT+CNMI=2,1,0,1,0": switch("2,1,0,1,0"),
            "AT+CNMI?": lambda: f"+CNMI: {now[0]}\r\n\r\nOK",
        }
    )
    await run.modem.command("AT+CNMI=0,0,0,0,0")
    await run.told.until(lambda: run.told.initialisations == 2)
    assert now == ["2,1,0,1,0"]


async def test_a_query_changes_nothing(drive: Drive) -> None:
    run = await drive()
    heard = len(run.device.heard)
    await run.modem.command("AT+CSQ")
    assert "AT+CMGF=0" not in run.device.heard[heard:]


async def test_a_command_that_asks_for_more_is_escaped_from(drive: Drive) -> None:
    run = await drive({"AT+CMGS=18": "\r\n> ", "escape": "\r\nERROR\r\n"})
    reply = await run.modem.command("AT+CMGS=18")
    assert not reply.ok
    assert await run.modem.sweep() == []


async def test_a_locked_sim_does_not_keep_an_administrator_out(drive: Drive) -> None:
    run = await drive({"AT+CPIN?": "+CPIN: SIM PIN\r\n\r\nOK"}, until=ModemState.PIN_NEEDED)
    assert (await run.modem.command("AT+CPIN?")).lines == ("+CPIN: SIM PIN",)


async def test_no_answer_is_said(drive: Drive) -> None:
    run = await drive({"AT+SLOW": None})
    with pytest.raises(ModemUnavailable, match="no answer"):
        await run.modem.command("AT+SLOW", 0.05)
    assert (await run.modem.command("AT+CSQ")).ok


async def test_a_modem_that_is_away_is_said(drive: Drive) -> None:
    run = await drive(DEAF, until=ModemState.IDENTIFYING)
    run.device.unplug()
    await run.until(ModemState.ABSENT)
    with pytest.raises(ModemUnavailable, match="absent"):
        await run.modem.command("AT")


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("AT+CREG?", ["+CREG: 1,1"]),
        ("AT+CREG=?", ["+CREG: (0-2)"]),
        ("AT+CEREG?", ['+CEREG: 2,1,"00C3","0001A2B3",7']),
        ("AT+CLIP?", ["+CLIP: 1,1"]),
        ("AT+CUSD?", ["+CUSD: 0"]),
        ("AT+CMEE?;+CREG?", ["+CMEE: 1", "+CREG: 1,1"]),
    ],
)
async def test_an_answer_that_also_comes_unasked_is_an_answer(
    drive: Drive, command: str, lines: list[str]
) -> None:
    run = await drive()
    run.device.answers[command] = "\r\n+CREG: 5\r\n\r\n" + "\r\n".join([*lines, "", "OK"]) + "\r\n"
    reply = await run.modem.command(command)
    assert list(reply.lines) == lines
