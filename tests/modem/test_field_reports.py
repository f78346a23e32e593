"""What modems in the field did, as far as a line and its driver are concerned."""

import asyncio
from collections.abc import Callable

import pytest

from gsmd.at import Severity
from gsmd.modem import ModemState, SubmitRefused, SubmitUncertain, UssdReply
from gsmd.simulator import PROFILES, SimulatedModem
from tests.modem.conftest import Drive, Scripted, Simulated
from tests.modem.link.test_submit import CMGS, FRAME, nothing
from tests.modem.scripted import MARKS, PAYLOAD, PROMPT, in_turn

CODE = 'AT+CUSD=1,"*100#",15'
CALLER = "+33687654321"


def hexadecimal(text: str) -> str:
    return "".join(f"{ord(letter):04X}" for letter in text)


def switched(**faults: object) -> Callable[[SimulatedModem], None]:
    def switch(device: SimulatedModem) -> None:
        for name, value in faults.items():
            assert hasattr(device.faults, name)
            setattr(device.faults, name, value)
        device.reset_settings()

    return switch


# a line taken for something else than it is


@pytest.mark.parametrize("profile", ["generic", "huawei", "ec25"])
async def test_the_list_of_all_commands_is_no_restart(simulate: Drive, profile: str) -> None:
    run: Simulated = await simulate(profile)
    reply = await run.modem.command("AT+CLAC")
    assert "AT+CLAC" in reply.lines
    assert "AT+CMGS" in reply.lines
    assert run.modem.counters.restarts == 0
    assert run.told.initialisations == 1


async def test_a_text_that_is_never_closed_costs_no_message_that_is_out(drive: Drive) -> None:
    run: Scripted = await drive({CMGS: PROMPT, PAYLOAD: None})
    sending = asyncio.create_task(run.modem.submit(FRAME, commit=nothing))
    await run.device.hears(FRAME.hex())
    run.device.notice('+CUSD: 2,"Balance 50,04. More*5', "+CMGS: 77", "OK", '+CMTI: "SM",2')
    assert await sending == 77
    await run.told.until(lambda: run.told.arrivals == [("SM", 2)])
    assert run.told.ussd_replies == [UssdReply("Balance 50,04. More*5", session=False)]


async def test_a_text_that_is_never_closed_is_told_when_nothing_follows(drive: Drive) -> None:
    run: Scripted = await drive()
    run.device.notice('+CUSD: 2,"Balance 50,04. More*5')
    await run.told.until(lambda: bool(run.told.ussd_replies))
    assert run.told.ussd_replies == [UssdReply("Balance 50,04. More*5", session=False)]


async def test_a_prompt_behind_a_text_that_is_never_closed_is_seen(drive: Drive) -> None:
    run: Scripted = await drive({CMGS: None, PAYLOAD: "+CMGS: 77\r\n\r\nOK"})
    sending = asyncio.create_task(run.modem.submit(FRAME, commit=nothing))
    await run.device.hears(CMGS)
    run.device.say('\r\n+CUSD: 2,"Balance 50,04\r\n\r\n> ')
    assert await sending == 77
    assert run.device.count(CMGS) == 1


# a number lost because of its wording


@pytest.mark.parametrize(
    ("answer", "cms", "severity"),
    [
        ("+CMS ERROR: 304 Invalid PDU mode parameter", 304, Severity.PERMANENT),
        ("+CMS ERROR: 1 Unassigned number", 1, Severity.PERMANENT),
        ("+CMS ERROR: 38 Network out of order", 38, Severity.TRANSIENT),
        ("+CMS ERROR: Network out of order", 38, Severity.TRANSIENT),
        ("+CMGS ERROR: 38", 38, Severity.TRANSIENT),
        ("ERROR: 38", 38, Severity.TRANSIENT),
        ("+CMS ERROR: words that nobody knows", None, Severity.UNKNOWN),
    ],
)
@pytest.mark.parametrize("place", [CMGS, PAYLOAD])
async def test_a_refusal_is_what_its_number_says_however_it_is_worded(
    drive: Drive, answer: str, cms: int | None, severity: Severity, place: str
) -> None:
    run: Scripted = await drive({CMGS: PROMPT, PAYLOAD: None} | {place: answer})
    with pytest.raises(SubmitRefused) as caught:
        await run.modem.submit(FRAME, commit=nothing)
    assert (caught.value.cms, caught.value.severity) == (cms, severity)


# the end of one transaction taken for another's


async def uncertain(drive: Drive, **answers: object) -> Scripted:
    """A driver whose last message got no answer."""
    run: Scripted = await drive({CMGS: PROMPT, PAYLOAD: None, **answers}, submit_timeout=0.2)
    with pytest.raises(SubmitUncertain):
        await run.modem.submit(FRAME, commit=nothing)
    return run


async def recovered(drive: Drive) -> Scripted:
    """The same, in step again."""
    run = await uncertain(drive)
    await run.told.until(
        lambda: (
            run.modem.can_send
            and any(state is ModemState.RECOVERING for state, _ in run.told.states)
        )
    )
    return run


async def test_a_reference_that_comes_late_is_told(drive: Drive) -> None:
    run = await recovered(drive)
    run.device.notice("+CMGS: 77", "OK")
    await run.told.until(lambda: run.told.references == [77])
    await run.modem.sweep()
    assert run.modem.state is ModemState.READY


async def test_it_is_told_while_the_place_in_the_stream_is_sought(drive: Drive) -> None:
    run = await uncertain(
        drive, **{command: in_turn(answer, None, answer) for command, answer in MARKS.items()}
    )
    await run.device.hears("AT+CMGF?")
    run.device.notice("+CMGS: 77", "OK")
    await run.told.until(lambda: run.told.references == [77])
    await run.ready()


async def test_it_is_told_when_the_port_was_opened_anew(drive: Drive) -> None:
    run = await uncertain(drive)
    run.device.unplug()
    await run.told.until(lambda: run.modem.state is not ModemState.READY)
    run.device.plug_in()
    run.device.later(0.05, "\r\n+CMGS: 77\r\n\r\nOK\r\n")
    await run.told.until(lambda: run.told.references == [77])
    await run.ready()


async def test_it_is_not_the_reference_of_the_message_after_it(drive: Drive) -> None:
    run = await recovered(drive)
    run.device.answers |= {CMGS: None, PAYLOAD: "+CMGS: 78\r\n\r\nOK"}
    sending = asyncio.create_task(run.modem.submit(FRAME, commit=nothing))
    await run.device.hears(CMGS, 2)
    run.device.say("\r\n+CMGS: 77\r\n\r\nOK\r\n\r\n> ")
    assert await sending == 78
    assert run.told.references == [77]


@pytest.mark.parametrize(
    "profile", [name for name, profile in PROFILES.items() if profile.knows("+CUSD")]
)
async def test_a_ussd_answer_is_right_however_it_comes(simulate: Drive, profile: str) -> None:
    run: Simulated = await simulate(profile)
    for style in ("normal", "empty-first", "release-first", "halves", "open-quote", "wrong-coding"):
        run.device.faults.ussd_style = style
        assert (await run.modem.ussd("*100#")).text == "Balance: 5.00", style
    assert run.modem.counters.restarts == 0


# character set of strings


@pytest.mark.parametrize("profile", ["generic", "huawei", "ec25"])
async def test_what_another_program_left_as_character_set_is_put_right(
    simulate: Drive, profile: str
) -> None:
    run: Simulated = await simulate(
        profile, prepare=switched(saved_character_set="UCS2"), smsc="+33609001390"
    )
    await run.told.until(lambda: run.modem.status().operator is not None)
    status = run.modem.status()
    assert status.operator == run.device.require_card().network_name
    assert status.smsc == "+33609001390"
    run.device.voice.ring(CALLER)
    await run.told.until(lambda: run.told.calls == [CALLER])


async def test_strings_are_read_where_the_character_set_cannot_be_changed(drive: Drive) -> None:
    number = hexadecimal("+33609001390")
    run: Scripted = await drive(
        {
            "AT+COPS?": f'+COPS: 0,0,"{hexadecimal("T-Mobile")}",7\r\n\r\nOK',
            "AT+CNUM": f'+CNUM: "","{hexadecimal("+33612345678")}",145\r\n\r\nOK',
            "AT+CSCA?": f'+CSCA: "{number}",145\r\n\r\nOK',
            f'AT+CSCA="{number}",145': "OK",
        },
        smsc="+33609001390",
    )
    await run.told.until(lambda: run.modem.status().operator is not None)
    status = run.modem.status()
    assert (status.operator, status.number) == ("T-Mobile", "+33612345678")
    assert status.smsc == "+33609001390"
    assert f'AT+CSCA="{number}",145' in run.device.heard
    run.device.notice("RING", f'+CLIP: "{hexadecimal(CALLER)}",145')
    await run.told.until(lambda: run.told.calls == [CALLER])
    run.device.notice(f'+CMTI: "{hexadecimal("SM")}",3')
    await run.told.until(lambda: run.told.arrivals == [("SM", 3)])
