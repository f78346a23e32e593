"""Before Ctrl-Z everything can be done again; after it only a clear answer counts."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from gsmd.modem import ModemState, ModemUnavailable, SubmitRefused, SubmitUncertain
from gsmd.pdu import Frame
from tests.modem.conftest import Drive, Scripted
from tests.modem.scripted import ESCAPE, MARKS, PAYLOAD, PROMPT, Verbatim, in_turn

FRAME = Frame.from_hex("0001000B913316325476F8000005E8329BFD06")
CMGS = f"AT+CMGS={FRAME.length}"
SENDS = {CMGS: PROMPT, PAYLOAD: "+CMGS: 77\r\n\r\nOK"}


async def nothing() -> None:
    """A commit that is done at once."""


async def submit(run: Scripted, commit: Callable[[], Awaitable[None]] = nothing) -> int:
    reference: int = await run.modem.submit(FRAME, commit=commit)
    return reference


async def test_a_message_goes_out_and_brings_its_reference(drive: Drive) -> None:
    run = await drive(SENDS)
    assert await submit(run) == 77
    assert FRAME.hex() in run.device.heard
    assert run.modem.counters.sent == 1


async def test_nothing_is_sent_before_the_commit_is_done(drive: Drive) -> None:
    run = await drive(SENDS)
    may_go = asyncio.Event()
    sending = asyncio.create_task(submit(run, may_go.wait))  # type: ignore[arg-type]  # its True is ignored
    await run.device.hears(CMGS)
    assert FRAME.hex() not in run.device.heard
    may_go.set()
    assert await sending == 77


async def test_the_commit_runs_while_the_prompt_is_awaited(drive: Drive) -> None:
    run = await drive({**SENDS, CMGS: None})
    committed = asyncio.Event()

    async def commit() -> None:
        committed.set()

    sending = asyncio.create_task(submit(run, commit))
    await run.device.hears(CMGS)
    await committed.wait()
    run.device.say(PROMPT)
    assert await sending == 77


async def test_a_commit_that_fails_takes_the_message_back(drive: Drive) -> None:
    run = await drive(SENDS)

    async def commit() -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await submit(run, commit)
    await run.device.hears(ESCAPE)  # at once: a modem at its prompt tells of nothing that arrives
    assert run.device.heard[run.device.heard.index(CMGS) + 1] == ESCAPE
    assert await submit(run) == 77
    assert run.device.count(ESCAPE) == 1


async def test_a_sending_that_is_cancelled_leaves_no_prompt_behind(drive: Drive) -> None:
    run = await drive(SENDS)
    sending = asyncio.create_task(submit(run, asyncio.Event().wait))  # type: ignore[arg-type]  # never true
    await run.device.hears(CMGS)
    sending.cancel()
    await run.device.hears(ESCAPE)
    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_a_lost_prompt_is_asked_for_again(drive: Drive) -> None:
    run = await drive({**SENDS, CMGS: in_turn(None, PROMPT)})
    assert await submit(run) == 77
    assert run.device.count(CMGS) == 2
    assert run.device.count(FRAME.hex()) == 1


async def test_a_late_prompt_does_not_send_the_message_twice(drive: Drive) -> None:
    run = await drive({**SENDS, CMGS: in_turn(None, PROMPT)})
    for command, answer in MARKS.items():
        run.device.answers[command] = in_turn("\r\n> ", answer)
    assert await submit(run) == 77
    assert run.device.count(FRAME.hex()) == 1


@pytest.mark.parametrize("prompt", ["\r\n> ", "\r\n>", "> ", ">"])
async def test_any_prompt_will_do(drive: Drive, prompt: str) -> None:
    run = await drive({**SENDS, CMGS: None})
    sending = asyncio.create_task(submit(run))
    await run.device.hears(CMGS)
    run.device.say(prompt)
    assert await sending == 77


async def test_a_modem_that_gives_no_prompt_and_takes_no_text_is_said_to_be_so(
    drive: Drive,
) -> None:
    run = await drive({CMGS: None})
    with pytest.raises(ModemUnavailable, match="no prompt, and no text is taken without one"):
        await submit(run)
    assert run.device.count(FRAME.hex()) == 1  # a line that it did not know
    await run.ready()


async def test_a_modem_that_gives_no_prompt_is_given_the_text_without_one(drive: Drive) -> None:
    run = await drive({**SENDS, CMGS: None})
    assert await submit(run) == 77
    assert run.device.count(CMGS) == 3
    assert await submit(run) == 77  # from now on at once
    assert run.device.count(CMGS) == 4
    assert run.device.heard[-2:] == [CMGS, FRAME.hex()]


async def test_without_a_prompt_nothing_is_written_in_text_mode(drive: Drive) -> None:
    run = await drive({**SENDS, CMGS: None})
    run.device.answers["AT+CMGF?"] = "+CMGF: 1\r\n\r\nOK"
    with pytest.raises(ModemUnavailable, match="PDU mode"):
        await submit(run)
    assert FRAME.hex() not in run.device.heard


async def test_without_a_prompt_nothing_is_written_before_the_commit(drive: Drive) -> None:
    run = await drive({**SENDS, CMGS: None})
    await submit(run)
    written = run.device.count(FRAME.hex())

    async def refuse() -> None:
        assert run.device.count(FRAME.hex()) == written
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await run.modem.submit(FRAME, commit=refuse)
    assert run.device.count(FRAME.hex()) == written


@pytest.mark.parametrize("code", [38, 500, 304])
async def test_an_error_instead_of_the_prompt_is_a_refusal(drive: Drive, code: int) -> None:
    run = await drive({CMGS: f"+CMS ERROR: {code}"})
    with pytest.raises(SubmitRefused) as caught:
        await submit(run)
    assert caught.value.cms == code
    assert run.modem.can_send


@pytest.mark.parametrize(
    "answer", ["+CMS ERROR: 38", "+CMS ERROR:500", "+CMS ERROR: 21", "+CME ERROR: 30"]
)
async def test_an_error_with_a_number_after_the_text_is_a_refusal(
    drive: Drive, answer: str
) -> None:
    run = await drive({**SENDS, PAYLOAD: answer})
    with pytest.raises(SubmitRefused) as caught:
        await submit(run)
    assert (caught.value.cms or caught.value.cme) is not None
    assert run.modem.counters.refused == 1


@pytest.mark.parametrize("answer", ["ERROR", "+CMS ERROR: 332", "NO CARRIER", "OK", None])
async def test_no_clear_answer_after_the_text_is_uncertain(
    drive: Drive, answer: str | None
) -> None:
    run = await drive({**SENDS, PAYLOAD: answer}, submit_timeout=0.3)
    with pytest.raises(SubmitUncertain):
        await submit(run)
    assert run.device.count(FRAME.hex()) == 1
    assert run.modem.counters.uncertain == 1
    await run.ready()


async def test_a_storage_too_full_to_send_is_told(drive: Drive) -> None:
    run = await drive({**SENDS, PAYLOAD: "+CMS ERROR: 322"})
    with pytest.raises(SubmitRefused):
        await submit(run)
    assert run.told.full == 1


async def test_a_reference_without_ok_is_a_success(drive: Drive) -> None:
    run = await drive({**SENDS, PAYLOAD: "\r\n+CMGS: 78\r\n"})
    assert await submit(run) == 78
    run.device.answers[PAYLOAD] = "+CMGS: 79\r\n\r\nOK"
    assert await submit(run) == 79


async def test_a_reference_behind_the_ok_is_a_success(drive: Drive) -> None:
    run = await drive({**SENDS, PAYLOAD: "OK"})
    sending = asyncio.create_task(submit(run))
    await run.device.hears(FRAME.hex())
    run.device.later(0.15, "\r\n+CMGS: 81\r\n")
    assert await sending == 81


async def test_notices_between_text_and_reference_do_not_matter(drive: Drive) -> None:
    answer = '\r\n+CMTI: "SM",1\r\n\r\n^RSSI: 3\r\n\r\n+CMGS: 80\r\n\r\n+CREG: 1\r\n\r\nOK\r\n'
    run = await drive({**SENDS, PAYLOAD: answer})
    assert await submit(run) == 80
    assert run.told.arrivals == [("SM", 1)]


async def test_a_restart_after_the_text_is_uncertain_at_once(drive: Drive) -> None:
    run = await drive({**SENDS, PAYLOAD: None}, submit_timeout=60.0)
    sending = asyncio.create_task(submit(run))
    await run.device.hears(FRAME.hex())
    run.device.notice("RDY")
    with pytest.raises(SubmitUncertain, match="RDY"):
        await sending
    await run.ready()


async def test_a_port_lost_after_the_text_is_uncertain(drive: Drive) -> None:
    run = await drive({**SENDS, PAYLOAD: None}, submit_timeout=60.0)
    sending = asyncio.create_task(submit(run))
    await run.device.hears(FRAME.hex())
    run.device.unplug()
    with pytest.raises(SubmitUncertain):
        await sending


async def test_a_port_lost_before_the_text_leaves_the_message_unsent(drive: Drive) -> None:
    run = await drive({CMGS: None})
    sending = asyncio.create_task(submit(run))
    await run.device.hears(CMGS)
    run.device.unplug()
    with pytest.raises(ModemUnavailable):
        await sending


async def test_after_a_silent_restart_no_text_is_sent_in_the_wrong_mode(drive: Drive) -> None:
    """Echo before the prompt: the modem may be in text mode, where the PDU would be the text."""
    run = await drive({**SENDS, CMGS: Verbatim(f"{CMGS}\r{PROMPT}")})
    with pytest.raises(ModemUnavailable, match="echo is back"):
        await submit(run)
    assert FRAME.hex() not in run.device.heard
    run.device.answers[CMGS] = PROMPT
    await run.told.until(lambda: run.told.initialisations == 2 and run.modem.can_send)
    assert await submit(run) == 77


async def test_the_link_is_kept_open_for_a_burst_where_that_is_supported(drive: Drive) -> None:
    run = await drive({**SENDS, "AT+CMMS=2": "OK"})
    for more in (True, True, False):
        await run.modem.submit(FRAME, commit=nothing, more=more)
    assert run.device.count("AT+CMMS=2") == 1


async def test_a_modem_that_cannot_keep_the_link_open_is_asked_once(drive: Drive) -> None:
    run = await drive(SENDS)
    for more in (True, True, False):
        await run.modem.submit(FRAME, commit=nothing, more=more)
    assert run.device.count("AT+CMMS=2") == 1


async def test_without_a_network_nothing_is_tried(drive: Drive) -> None:
    run = await drive({**SENDS, "AT+CREG?": "+CREG: 1,3\r\n\r\nOK"}, until=ModemState.REGISTERING)
    with pytest.raises(ModemUnavailable, match="denied"):
        await submit(run)
    assert CMGS not in run.device.heard
