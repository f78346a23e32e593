"""USSD in every writing."""

import asyncio

import pytest

from gsmd.modem import ModemUnavailable, SubmitRefused, UssdFailed, UssdReply
from tests.modem.conftest import Drive
from tests.modem.link.test_submit import CMGS, FRAME, nothing
from tests.modem.scripted import PAYLOAD, PROMPT, in_turn

PACKED = 'AT+CUSD=1,"AA180C3602",15'  # *100#
HUAWEI = {"AT+CGMI": "huawei\r\n\r\nOK"}


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


CODE = 'AT+CUSD=1,"*100#",15'


@pytest.mark.parametrize(
    "early",
    [
        '+CUSD: 0,""',
        "+CUSD: 0",
        "+CUSD: 2",
        '+CUSD: 2,"Initiating Release",15',
        '+CUSD: 0,"",15',
    ],
)
@pytest.mark.parametrize("form", ["{early}\r\n\r\nOK", "OK\r\n\r\n{early}"])
async def test_what_comes_ahead_of_the_answer_is_not_taken_for_it(
    drive: Drive, early: str, form: str
) -> None:
    run = await drive({CODE: form.format(early=early)})
    asking = asyncio.create_task(run.modem.ussd("*100#"))
    await run.device.hears(CODE)
    run.device.later(0.1, '\r\n+CUSD: 0,"Balance 5.00",15\r\n')
    assert await asking == UssdReply("Balance 5.00", session=False)


async def test_a_long_answer_in_two_is_put_together_and_what_comes_later_is_told(
    drive: Drive,
) -> None:
    run = await drive({CODE: 'OK\r\n\r\n+CUSD: 0,"first half ",15'})
    asking = asyncio.create_task(run.modem.ussd("*100#"))
    await run.device.hears(CODE)
    run.device.later(0.03, '\r\n+CUSD: 0,"second half",15\r\n')
    assert (await asking).text == "first half second half"
    run.device.notice('+CUSD: 0,"and one more",15')
    await run.told.until(lambda: bool(run.told.ussd_replies))
    assert run.told.ussd_replies == [UssdReply("and one more", session=False)]


@pytest.mark.parametrize(
    "error", ["+CME ERROR: 258", "+CME ERROR: 100", "+CME ERROR: unknown", "ERROR"]
)
async def test_an_error_after_the_ok_ends_it_with_that_reason(drive: Drive, error: str) -> None:
    # right behind the OK: a bare ERROR while another command runs would be that command's
    run = await drive({CODE: f"\r\nOK\r\n\r\n{error}\r\n"})
    with pytest.raises(UssdFailed, match=error.lstrip("+")):
        await run.modem.ussd("*100#", 10)


async def test_an_error_of_a_dialogue_is_not_taken_for_the_answer_to_a_message(
    drive: Drive,
) -> None:
    run = await drive({CODE: "OK", CMGS: PROMPT, PAYLOAD: None})
    asking = asyncio.create_task(run.modem.ussd("*100#", 10))
    await run.device.hears(CODE)
    sending = asyncio.create_task(run.modem.submit(FRAME, commit=nothing))
    await run.device.hears(FRAME.hex())
    run.device.notice("+CME ERROR: 100")
    with pytest.raises(UssdFailed, match="CME ERROR: 100"):
        await asking
    run.device.notice("+CMGS: 77", "OK")
    assert await sending == 77


async def test_nor_is_one_that_comes_after_the_dialogue_was_given_up(drive: Drive) -> None:
    run = await drive({CODE: "OK", "AT+CUSD=2": "OK", CMGS: PROMPT, PAYLOAD: None})
    with pytest.raises(UssdFailed, match="did not answer"):
        await run.modem.ussd("*100#", 0.05)
    sending = asyncio.create_task(run.modem.submit(FRAME, commit=nothing))
    await run.device.hears(FRAME.hex())
    run.device.notice("+CME ERROR: 100", "+CMGS: 77", "OK")
    assert await sending == 77


async def test_a_code_that_the_modem_refuses_opens_no_dialogue(drive: Drive) -> None:
    run = await drive({CMGS: PROMPT, PAYLOAD: "+CME ERROR: 100"})
    with pytest.raises(UssdFailed, match="refuses"):
        await run.modem.ussd("*100#")
    with pytest.raises(SubmitRefused):
        await run.modem.submit(FRAME, commit=nothing)


async def test_an_answer_without_its_ok_is_an_answer(drive: Drive) -> None:
    run = await drive({CODE: '\r\n+CUSD: 0,"Yes",15\r\n'})
    assert await run.modem.ussd("*100#", 10) == UssdReply("Yes", session=False)


async def test_a_text_that_is_never_closed_is_an_answer_and_loses_nothing(drive: Drive) -> None:
    run = await drive({CODE: 'OK\r\n\r\n+CUSD: 2,"Balance 50,04. More*5'})
    assert (await run.modem.ussd("*100#", 10)).text == "Balance 50,04. More*5"
    run.device.notice('+CUSD: 2,"Balance 50,04. More*5', '+CMTI: "SM",2')
    await run.told.until(lambda: bool(run.told.arrivals))
    assert run.told.arrivals == [("SM", 2)]


async def test_the_character_set_of_a_code_does_not_stay(drive: Drive) -> None:
    code = "".join(f"{ord(letter):04X}" for letter in "*100#")
    ucs2 = f'AT+CUSD=1,"{code}",15'
    run = await drive(
        {
            'AT+CSCS="IRA"': "OK",
            'AT+CSCS="UCS2"': "OK",
            ucs2: '\r\nOK\r\n\r\n+CUSD: 0,"0048006F006C0061",72\r\n',
        }
    )
    assert (await run.modem.ussd("*100#")).text == "Hola"
    sets = [line for line in run.device.heard if line.startswith("AT+CSCS=")]
    assert sets[-2:] == ['AT+CSCS="UCS2"', 'AT+CSCS="IRA"']
