"""USSD in every writing."""

import asyncio

import pytest

from gsmd.modem import ModemUnavailable, UssdFailed, UssdReply
from gsmd.modem.ussd import alphabet_of, decode
from gsmd.pdu import Alphabet

from .conftest import Drive
from .scripted import in_turn

PACKED = 'AT+CUSD=1,"AA180C3602",15'  # *100#
HUAWEI = {"AT+CGMI": "huawei\r\n\r\nOK"}


@pytest.mark.parametrize(
    ("dcs", "alphabet"),
    [
        (None, Alphabet.GSM7),
        (0, Alphabet.GSM7),
        (15, Alphabet.GSM7),
        (0x10, Alphabet.GSM7),
        (0x11, Alphabet.UCS2),
        (0x44, Alphabet.DATA),
        (72, Alphabet.UCS2),
        (0xF0, Alphabet.GSM7),
        (0xF4, Alphabet.DATA),
        (0x90, Alphabet.GSM7),
    ],
)
def test_the_data_coding_of_a_broadcast_names_its_alphabet(
    dcs: int | None, alphabet: Alphabet
) -> None:
    assert alphabet_of(dcs) is alphabet


@pytest.mark.parametrize(
    ("text", "dcs", "hexadecimal", "meaning"),
    [
        ("Balance 5.00", 15, False, "Balance 5.00"),
        ("1234", 15, False, "1234"),
        ("12345678901234567890", 15, False, "12345678901234567890"),
        ("C8329BFD06", 15, True, "Hello"),
        ("00480065006C006C006F", 72, False, "Hello"),
        ("00480065006C006C006F", 15, True, "Hello"),
        ("041F0440043804320435", 72, False, "\u041f\u0440\u0438\u0432\u0435"),
        ("48656C6C6F", 0x44, False, "Hello"),
        ("AA180C3602", 15, True, "*100#"),
        ("not hex", 72, True, "not hex"),
        ("", None, True, ""),
    ],
)
def test_hex_is_read_where_it_is_hex(
    text: str, dcs: int | None, hexadecimal: bool, meaning: str
) -> None:
    assert decode(text, dcs, hexadecimal=hexadecimal) == meaning


async def test_a_code_is_answered_by_the_network(drive: Drive) -> None:
    run = await drive({'AT+CUSD=1,"*100#",15': "OK"})
    asking = asyncio.create_task(run.modem.ussd("*100#"))
    await run.device.hears('AT+CUSD=1,"*100#",15')
    run.device.notice('+CUSD: 0,"Balance 5.00",15')
    assert await asking == UssdReply("Balance 5.00", session=False)


async def test_an_answer_before_the_ok_is_an_answer(drive: Drive) -> None:
    run = await drive({'AT+CUSD=1,"*100#",15': '\r\n+CUSD: 0,"Yes",15\r\n\r\nOK\r\n'})
    assert await run.modem.ussd("*100#") == UssdReply("Yes", session=False)


async def test_a_menu_is_gone_through_step_by_step(drive: Drive) -> None:
    run = await drive(
        {
            'AT+CUSD=1,"*100#",15': '\r\nOK\r\n\r\n+CUSD: 1,"1) Balance\n> 2) Top up",15\r\n',
            'AT+CUSD=1,"1",15': '\r\nOK\r\n\r\n+CUSD: 0,"5.00",15\r\n',
        }
    )
    assert await run.modem.ussd("*100#") == UssdReply("1) Balance\n> 2) Top up", session=True)
    assert await run.modem.ussd("1") == UssdReply("5.00", session=False)


async def test_a_menu_may_be_left_without_an_answer(drive: Drive) -> None:
    run = await drive(
        {
            'AT+CUSD=1,"*100#",15': '\r\nOK\r\n\r\n+CUSD: 1,"1) Balance",15\r\n',
            "AT+CUSD=2": "OK",
        }
    )
    assert (await run.modem.ussd("*100#")).session
    await run.modem.cancel_ussd()
    await run.device.hears("AT+CUSD=2")


async def test_a_modem_that_wants_packed_hex_gets_it(drive: Drive) -> None:
    run = await drive({**HUAWEI, PACKED: '\r\nOK\r\n\r\n+CUSD: 0,"C8329BFD06",15\r\n'})
    assert await run.modem.ussd("*100#") == UssdReply("Hello", session=False)


async def test_a_modem_that_refuses_one_writing_gets_the_next(drive: Drive) -> None:
    ucs2 = 'AT+CUSD=1,"002A0031003000300023",15'
    run = await drive(
        {
            'AT+CUSD=1,"*100#",15': "+CME ERROR: 25",
            'AT+CSCS="UCS2"': "OK",
            ucs2: '\r\nOK\r\n\r\n+CUSD: 0,"00480065006C006C006F",72\r\n',
        }
    )
    assert await run.modem.ussd("*100#") == UssdReply("Hello", session=False)


async def test_messages_are_read_while_the_network_thinks(drive: Drive) -> None:
    run = await drive({'AT+CUSD=1,"*100#",15': "OK"})
    asking = asyncio.create_task(run.modem.ussd("*100#"))
    await run.device.hears('AT+CUSD=1,"*100#",15')
    assert await run.modem.sweep() == []
    run.device.notice('+CUSD: 0,"done",15')
    await asking


@pytest.mark.parametrize(("status", "words"), [(2, "ended"), (4, "does not know"), (5, "in time")])
async def test_a_failure_is_said_in_words(drive: Drive, status: int, words: str) -> None:
    run = await drive({'AT+CUSD=1,"*1#",15': f"\r\nOK\r\n\r\n+CUSD: {status}\r\n"})
    with pytest.raises(UssdFailed, match=words):
        await run.modem.ussd("*1#")


async def test_a_modem_without_ussd_says_so(drive: Drive) -> None:
    run = await drive()
    with pytest.raises(UssdFailed, match="refuses"):
        await run.modem.ussd("*100#")


async def test_a_network_that_does_not_answer_is_given_up_and_told(drive: Drive) -> None:
    run = await drive({'AT+CUSD=1,"*100#",15': "OK", "AT+CUSD=2": "OK"})
    with pytest.raises(UssdFailed, match="did not answer"):
        await run.modem.ussd("*100#", 0.05)
    assert "AT+CUSD=2" in run.device.heard
    run.device.answers['AT+CUSD=1,"*100#",15'] = '\r\nOK\r\n\r\n+CUSD: 0,"5",15\r\n'
    assert (await run.modem.ussd("*100#")).text == "5"


async def test_a_modem_that_goes_away_ends_the_question(drive: Drive) -> None:
    run = await drive({'AT+CUSD=1,"*100#",15': "OK"})
    asking = asyncio.create_task(run.modem.ussd("*100#"))
    await run.device.hears('AT+CUSD=1,"*100#",15')
    run.device.unplug()
    with pytest.raises(ModemUnavailable):
        await asking


@pytest.mark.parametrize("code", ["", 'a"b', "1\r2", "x" * 183])
async def test_what_cannot_be_a_code_is_not_sent(drive: Drive, code: str) -> None:
    run = await drive()
    with pytest.raises(UssdFailed):
        await run.modem.ussd(code)
    assert not [line for line in run.device.heard if "CUSD" in line]


async def test_two_questions_wait_for_each_other(drive: Drive) -> None:
    run = await drive(
        {
            'AT+CUSD=1,"*1#",15': "OK",
            'AT+CUSD=1,"*2#",15': in_turn('\r\nOK\r\n\r\n+CUSD: 0,"two",15\r\n'),
        }
    )
    first = asyncio.create_task(run.modem.ussd("*1#"))
    await run.device.hears('AT+CUSD=1,"*1#",15')
    second = asyncio.create_task(run.modem.ussd("*2#"))
    run.device.notice('+CUSD: 0,"one",15')
    assert [(await first).text, (await second).text] == ["one", "two"]
