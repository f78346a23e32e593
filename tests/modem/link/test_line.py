"""One command at a time, always in step."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest

from gsmd.at import AtError, Command
from gsmd.modem.errors import PortLost, Restarted, Unresponsive
from gsmd.modem.link.line_errors import CommandTimeout
from tests.modem.conftest import QUICK, Drive, OpenLine
from tests.modem.scripted import DEAF, ESCAPE, MARKS, in_turn

CSQ = Command("AT+CSQ", expects=(r"\+CSQ:",), needs_text=True)
CIMI = Command("AT+CIMI", free_text=True, needs_text=True)


async def test_a_command_gets_its_reply(connect: Drive) -> None:
    open_line = await connect()
    reply = await open_line.line.run(CSQ)
    assert reply.lines == ("+CSQ: 20,99",)


async def test_a_refusal_is_an_error_with_all_it_takes_to_act(connect: Drive) -> None:
    open_line = await connect({"AT+CSQ": "+CME ERROR: 14"})
    with pytest.raises(AtError) as caught:
        await open_line.line.run(CSQ)
    assert (caught.value.command, caught.value.cme) == ("AT+CSQ", 14)


async def test_a_reply_later_than_its_time_out_is_not_taken_for_the_next(connect: Drive) -> None:
    open_line = await connect({"AT+CSQ": None})
    with pytest.raises(CommandTimeout):
        await open_line.line.run(CSQ, 0.05)
    open_line.device.say("\r\n+CSQ: 1,99\r\n\r\nOK\r\n")
    reply = await open_line.line.run(CIMI)
    assert reply.lines == ("208011234567890",)


async def test_a_reply_that_comes_while_the_place_is_sought_is_thrown_away(connect: Drive) -> None:
    open_line = await connect({"AT+CSQ": None, ESCAPE: "\r\n+CSQ: 1,99\r\n\r\nOK\r\n"})
    with pytest.raises(CommandTimeout):
        await open_line.line.run(CSQ, 0.05)
    assert (await open_line.line.run(CIMI)).lines == ("208011234567890",)


async def test_half_a_reply_is_in_the_time_out(connect: Drive) -> None:
    open_line = await connect({"AT+CSQ": "\r\n+CSQ: 20,99\r\n"})
    with pytest.raises(CommandTimeout) as caught:
        await open_line.line.run(CSQ, 0.05)
    assert caught.value.lines == ("+CSQ: 20,99",)


async def test_every_line_of_a_long_reply_gives_it_more_time(connect: Drive) -> None:
    open_line = await connect({"AT+CSQ": None})
    for step in range(1, 9):
        open_line.device.later(step * 0.1, f"\r\n+CSQ: {step},99\r\n")
    open_line.device.later(0.9, "\r\nOK\r\n")
    reply = await open_line.line.run(CSQ, 0.5)
    assert len(reply.lines) == 8


async def test_a_command_given_up_by_its_caller_is_not_answered_to_the_next(connect: Drive) -> None:
    open_line = await connect({"AT+CSQ": None})
    task = asyncio.create_task(open_line.line.run(CSQ))
    await open_line.device.hears("AT+CSQ")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not open_line.line.place.in_step
    open_line.device.say("\r\n+CSQ: 1,99\r\n\r\nOK\r\n")
    assert (await open_line.line.run(CIMI)).lines == ("208011234567890",)


async def test_a_stray_ok_does_not_shift_the_replies(connect: Drive) -> None:
    open_line = await connect({"AT+CSQ": "\r\nOK\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n"})
    assert (await open_line.line.run(CSQ)).lines == ("+CSQ: 20,99",)
    assert (await open_line.line.run(CIMI)).lines == ("208011234567890",)


async def test_an_ok_whose_text_never_comes_ends_the_reply_after_a_moment(connect: Drive) -> None:
    open_line = await connect({"AT+CSQ": "OK"})
    reply = await open_line.line.run(CSQ)
    assert reply.ok
    assert reply.lines == ()


async def test_late_text_in_the_middle_of_a_reply_makes_it_ask_again(connect: Drive) -> None:
    late = "\r\n+CSQ: 1,99\r\n\r\nOK\r\n"
    open_line = await connect({"AT+CIMI": in_turn(late, "208011234567890\r\n\r\nOK")})
    await open_line.line.run(CSQ)
    assert (await open_line.line.run(CIMI)).lines == ("208011234567890",)
    assert open_line.device.count("AT+CIMI") == 2


async def test_a_modem_without_the_marker_is_brought_into_step_by_silence(connect: Drive) -> None:
    open_line = await connect(dict.fromkeys(MARKS, "ERROR"))
    await open_line.line.resync()
    assert (await open_line.line.run(CSQ)).lines == ("+CSQ: 20,99",)


async def test_a_fresh_port_hears_no_escape_from_a_modem_that_answers(connect: Drive) -> None:
    open_line = await connect()
    await open_line.line.resync()
    assert open_line.device.heard == ["AT+CMEE?"]


async def test_every_other_try_escapes(connect: Drive) -> None:
    open_line = await connect(DEAF)
    with pytest.raises(Unresponsive):
        await open_line.line.resync()
    assert open_line.device.heard[:3] == ["AT+CMEE?", ESCAPE, "AT+CMGF?"]


async def test_a_modem_slower_than_its_time_outs_is_brought_into_step(connect: Drive) -> None:
    """It answers one command after the other, each after a second."""
    free_at = 0.0

    def slow(answer: str) -> Callable[[], None]:
        def answers() -> None:
            nonlocal free_at
            now = asyncio.get_running_loop().time()
            free_at = max(free_at, now) + 0.5
            open_line.device.later(free_at - now, f"\r\n{answer}\r\n")

        return answers

    open_line: OpenLine = await connect(timeouts=msgspec.structs.replace(QUICK, sync_tries=4))
    answers = {"AT+CSQ": "+CSQ: 1,99\r\n\r\nOK", **MARKS}
    open_line.device.answers |= {command: slow(answer) for command, answer in answers.items()}
    with pytest.raises(CommandTimeout):
        await open_line.line.run(CSQ, 0.1)
    assert (await open_line.line.run(CIMI)).lines == ("208011234567890",)


async def test_a_dead_modem_is_told_after_a_few_tries(connect: Drive) -> None:
    open_line = await connect(DEAF)
    with pytest.raises(Unresponsive):
        await open_line.line.resync()
    assert open_line.device.marks() == open_line.line.timeouts.sync_tries


async def test_a_late_prompt_is_escaped_from(connect: Drive) -> None:
    open_line = await connect()
    open_line.device.say("\r\n> ")
    await open_line.device.hears(ESCAPE)
    assert (await open_line.line.run(CSQ)).lines == ("+CSQ: 20,99",)


async def test_a_port_that_goes_away_ends_what_runs_and_what_comes(connect: Drive) -> None:
    open_line = await connect({"AT+CSQ": None})
    task = asyncio.create_task(open_line.line.run(CSQ))
    await open_line.device.hears("AT+CSQ")
    open_line.device.unplug()
    with pytest.raises(PortLost):
        await task
    with pytest.raises(PortLost):
        await open_line.line.run(CIMI)
    assert len(open_line.lost) == 1


async def test_a_restart_ends_what_runs_at_once(connect: Drive) -> None:
    open_line = await connect({"AT+CSQ": None})
    task = asyncio.create_task(open_line.line.run(CSQ, 60))
    await open_line.device.hears("AT+CSQ")
    open_line.line.give_up_with(Restarted("it said RDY"))
    with pytest.raises(Restarted):
        await task


async def test_a_pin_is_in_no_error(connect: Drive) -> None:
    open_line = await connect({'AT+CPIN="1234"': None, 'AT+CPIN="5678"': "+CME ERROR: 16"})
    with pytest.raises(CommandTimeout) as silent:
        await open_line.line.run(Command('AT+CPIN="1234"'), 0.05)
    assert "1234" not in str(silent.value)
    with pytest.raises(AtError) as refused:
        await open_line.line.run(Command('AT+CPIN="5678"'))
    assert "5678" not in str(refused.value)
