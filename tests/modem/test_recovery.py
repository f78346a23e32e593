"""A modem that hangs, restarts or goes away comes back by itself."""

import asyncio
import random
from pathlib import Path

import pytest

from gsmd.modem import ModemState, ModemUnavailable, Timeouts
from gsmd.modem.port.port import open_port
from gsmd.modem.recovery import Ladder, Step
from gsmd.modem.state import TRANSITIONS, Lifecycle

from .conftest import QUICK, Drive
from .scripted import DEAF, DETAILS_END, MARKS, ScriptedModem, Verbatim, in_turn

PLENTY = Timeouts(retry_first=1.0, retry_max=60.0)


def test_means_get_stronger_and_start_over() -> None:
    ladder = Ladder(PLENTY, hard_reset=True)
    steps = [ladder.failed().step for _ in range(5)]
    assert steps == [
        Step.REOPEN,
        Step.SOFT_RESET,
        Step.HARD_RESET,
        Step.REOPEN,
        Step.SOFT_RESET,
    ]


def test_without_a_reset_command_there_is_no_hard_reset() -> None:
    ladder = Ladder(PLENTY, hard_reset=False)
    assert Step.HARD_RESET not in {ladder.failed().step for _ in range(10)}


def test_pauses_double_up_to_a_limit_and_are_spread() -> None:
    ladder = Ladder(PLENTY, hard_reset=False, jitter=random.Random(1))
    pauses = [ladder.delay() for _ in range(12)]
    for power, pause in enumerate(pauses):
        expected = min(2**power, 60)
        assert 0.75 * expected <= pause <= 1.25 * expected
    assert len(set(pauses)) == len(pauses)


def test_a_fresh_device_is_not_reset() -> None:
    ladder = Ladder(PLENTY, hard_reset=True)
    ladder.failed()
    ladder.failed()
    ladder.appeared()
    assert ladder.failed().step is Step.REOPEN


def test_what_worked_begins_with_a_short_pause() -> None:
    ladder = Ladder(PLENTY, hard_reset=True)
    for _ in range(8):
        ladder.failed()
    ladder.worked()
    assert ladder.failed().delay <= 1.25


def test_every_state_can_be_stopped_and_none_is_a_dead_end() -> None:
    for state, followers in TRANSITIONS.items():
        assert followers
        assert state is ModemState.STOPPED or ModemState.STOPPED in followers


def test_a_step_that_cannot_be_is_refused() -> None:
    class Clock:
        def wall(self) -> int:
            return 0

        monotonic = wall

    life = Lifecycle("north", Clock(), lambda: None)  # type: ignore[arg-type]  # plain numbers will do
    with pytest.raises(ValueError, match="cannot become"):
        life.enter(ModemState.READY, "out of the blue")


# -- hanging ---------------------------------------------------------------------------------


async def test_the_settings_are_looked_at_now_and_then_and_no_more_often(drive: Drive) -> None:
    run = await drive(probe_every=0.3)
    await run.device.hears("AT+COPS?")
    asked = run.device.count("AT+CNMI?")
    began = asyncio.get_running_loop().time()
    await run.device.hears("AT+CNMI?", asked + 3)
    assert asyncio.get_running_loop().time() - began >= 0.6


async def test_a_hang_is_noticed_and_ends_with_the_modem_ready(drive: Drive) -> None:
    run = await drive(probe_every=0.3)
    working = dict(run.device.answers)
    for command in working:
        run.device.answers[command] = None
    await run.until(ModemState.RECOVERING)
    await run.device.hears("AT+CFUN=1,1")
    run.device.answers |= working
    await run.ready()
    assert run.modem.counters.resets >= 1


async def test_a_command_without_answer_makes_it_look_whether_the_modem_lives(drive: Drive) -> None:
    run = await drive()
    run.device.answers["AT+CMGL=4"] = None
    run.device.answers["AT+CPMS?"] = None
    marks = run.device.marks()
    with pytest.raises(ModemUnavailable):
        await run.modem.sweep()
    while run.device.marks() <= marks:
        await asyncio.sleep(0.01)
    await run.ready()


async def test_the_reset_command_is_run_with_the_name_of_the_modem(
    drive: Drive, tmp_path: Path
) -> None:
    script = tmp_path / "reset"
    script.write_text(f'#!/bin/sh\necho "$GSMD_MODEM $GSMD_PORT" > {tmp_path}/done\n')
    script.chmod(0o755)
    run = await drive(
        DEAF,
        until=None,
        reset_command=(str(script),),
        timeouts=Timeouts(
            sync=0.02, sync_tries=1, boot=0.05, reset=0.02, retry_first=0.01, retry_max=0.05
        ),
    )
    done = tmp_path / "done"
    while not done.exists() or not done.read_text():
        await asyncio.sleep(0.01)
    assert done.read_text().split() == ["north", str(run.device.link)]


@pytest.mark.parametrize("command", [("/bin/sleep", "60"), ("/nonexistent/reset",)])
async def test_a_reset_command_that_hangs_or_fails_does_not_stop_recovery(
    drive: Drive, command: tuple[str, ...]
) -> None:
    run = await drive(
        DEAF,
        until=None,
        reset_command=command,
        timeouts=Timeouts(
            sync=0.3,
            sync_tries=2,
            boot=0.1,
            reset=0.02,
            reset_command=0.1,
            retry_first=0.01,
            retry_max=0.02,
            drain=0.01,
        ),
    )
    await run.told.until(lambda: run.modem.counters.resets >= 2)
    run.device.answers |= MARKS
    await run.ready()


# -- restarts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "banner", ["RDY", "^SYSSTART", "+CFUN: 1", "Call Ready", "SMS Ready", "PB DONE"]
)
async def test_after_a_banner_everything_is_set_again_and_swept(drive: Drive, banner: str) -> None:
    run = await drive()
    run.device.notice(banner)
    await run.told.until(lambda: run.told.initialisations == 2)
    await run.ready()
    assert run.device.count("AT+CMGF=0") == 2
    assert run.device.count("AT+CNMI=2,1,0,1,0") == 2
    assert run.modem.counters.restarts == 1


def restarts(device: ScriptedModem, *, answer: str | None = "+CNMI: 0,0,0,0,0\r\n\r\nOK") -> None:
    """Have the notifications unset until they are set again; None: no answer to the question for them."""
    kept = device.answers["AT+CNMI?"]
    device.answers["AT+CNMI?"] = answer

    def set_again() -> str:
        device.answers["AT+CNMI?"] = kept
        return "OK"

    device.answers["AT+CNMI=2,1,0,1,0"] = set_again


@pytest.mark.parametrize("banner", ["*ATREADY: 1", "QCRDY", "START", "SYSTEM STARTUP", "<<boot>>"])
async def test_a_restart_in_new_words_is_found_by_its_settings(drive: Drive, banner: str) -> None:
    run = await drive()
    restarts(run.device)
    run.device.notice(banner)
    await run.told.until(lambda: run.told.initialisations == 2)
    await run.ready()


async def test_words_that_prove_nothing_cost_one_question(drive: Drive) -> None:
    run = await drive()
    await run.device.hears(DETAILS_END)
    asked = run.device.count("AT+CNMI?")
    run.device.notice("START")
    await run.device.hears("AT+CNMI?", asked + 1)
    run.device.notice("START")
    await run.modem.command("AT")
    assert (run.told.initialisations, run.device.count("AT+CNMI?")) == (1, asked + 1)


async def test_a_modem_that_is_silent_after_words_of_a_start_is_given_time(drive: Drive) -> None:
    run = await drive()
    restarts(run.device, answer=None)
    run.device.notice("System booting")
    await run.told.until(lambda: run.told.initialisations == 2)
    await run.ready()
    assert run.modem.counters.restarts == 1


async def test_a_whole_sequence_of_banners_is_one_restart(drive: Drive) -> None:
    run = await drive()
    for step, banner in enumerate(("RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready")):
        run.device.later(step * 0.02, f"\r\n{banner}\r\n")
    await run.told.until(lambda: run.told.initialisations == 2)
    await run.ready()
    assert run.modem.counters.restarts == 1


async def test_echo_that_comes_back_is_a_restart(drive: Drive) -> None:
    run = await drive()
    run.device.answers["AT+CMGL=4"] = in_turn(Verbatim("AT+CMGL=4\r\r\nOK\r\n"), "OK")
    with pytest.raises(ModemUnavailable, match="echo is back"):
        await run.modem.sweep()
    await run.told.until(lambda: run.told.initialisations == 2)
    assert await run.modem.sweep() == []


async def test_a_modem_that_echoes_whatever_it_is_told_is_used_all_the_same(drive: Drive) -> None:
    run = await drive(
        {
            'AT+CSCS="IRA"': Verbatim('AT+CSCS="IRA"\r\r\nOK\r\n'),
            "AT+CMGL=4": Verbatim("AT+CMGL=4\r\r\nOK\r\n"),
        }
    )
    assert await run.modem.sweep() == []
    assert run.told.initialisations == 1


async def test_text_that_looks_like_a_pdu_is_not_taken_for_one(drive: Drive) -> None:
    """After a restart into text mode a one-time code would read as hex."""
    header = '+CMGR: "REC UNREAD","+33612345678",,"26/01/02,03:04:05+04"'
    run = await drive({"AT+CMGR=1": f"{header}\r\n123456\r\n\r\nOK"})
    with pytest.raises(ModemUnavailable, match="PDU mode"):
        await run.modem.read("SM", 1)
    await run.told.until(lambda: run.told.initialisations == 2)


async def test_a_restart_without_a_banner_is_found_by_the_probe(drive: Drive) -> None:
    run = await drive(probe_every=0.2)
    run.device.answers["AT+CNMI?"] = in_turn(
        "+CNMI: 0,0,0,0,0\r\n\r\nOK", "+CNMI: 2,1,0,1,0\r\n\r\nOK"
    )
    await run.told.until(lambda: run.told.initialisations == 2)
    await run.ready()


async def test_a_banner_that_comes_without_a_restart_only_leads_to_a_look(drive: Drive) -> None:
    run = await drive()
    await run.device.hears("AT+COPS?")
    looked = run.device.count("AT+CNMI?")
    for _ in range(5):
        run.device.notice("^BOOT:123,0,0,0,75")
    await run.device.hears("AT+CNMI?", looked + 1)
    await run.modem.sweep()
    assert run.device.count("AT+CNMI?") == looked + 1
    assert run.told.initialisations == 1


async def test_a_command_under_way_ends_at_a_restart(drive: Drive) -> None:
    run = await drive({"AT+CMGL=4": None})
    sweeping = asyncio.create_task(run.modem.sweep())
    await run.device.hears("AT+CMGL=4")
    run.device.notice("RDY")
    with pytest.raises(ModemUnavailable, match="RDY"):
        await sweeping


async def test_a_reset_by_hand_ends_with_the_modem_ready(drive: Drive) -> None:
    run = await drive({"AT+CFUN=1,1": "OK"})
    await run.modem.reset()
    await run.told.until(lambda: run.told.initialisations == 2)
    await run.ready()


async def test_a_modem_whose_radio_is_off_is_switched_on(drive: Drive) -> None:
    run = await drive({"AT+CFUN?": "+CFUN: 4\r\n\r\nOK", "AT+CFUN=1": "OK"})
    assert "AT+CFUN=1" in run.device.heard


# -- going away ------------------------------------------------------------------------------


async def test_a_modem_unplugged_and_plugged_in_again_is_ready_again(
    drive: Drive, tmp_path: Path
) -> None:
    run = await drive(link=tmp_path / "modem")
    run.device.unplug()
    await run.until(ModemState.ABSENT)
    assert not run.modem.can_read
    run.device.plug_in()
    await run.ready()
    assert run.modem.counters.reconnects == 1
    assert await run.modem.sweep() == []


async def test_a_modem_that_is_not_there_is_waited_for(drive: Drive, tmp_path: Path) -> None:
    link = tmp_path / "serial" / "by-id" / "modem"
    link.parent.mkdir(parents=True)
    run = await drive(link=link)
    run.device.unplug()
    link.parent.rmdir()
    link.parent.parent.rmdir()
    await run.until(ModemState.ABSENT)
    assert str(link) in run.modem.reason
    link.parent.mkdir(parents=True)
    run.device.plug_in()
    await run.ready()


async def test_stopping_closes_the_port(drive: Drive) -> None:
    run = await drive()
    task = next(task for task in asyncio.all_tasks() if "Modem.run" in repr(task))
    task.cancel()
    await asyncio.wait({task})
    assert run.modem.state is ModemState.STOPPED
    port = await open_port(run.device.path, 115_200)
    await port.close()


async def test_stopping_is_possible_in_every_state(drive: Drive) -> None:
    for answers in (
        DEAF,
        {"AT+CPIN?": None},
        {"AT+CMGF=0": "ERROR"},
        {"AT+CREG?": None},
    ):
        run = await drive(answers, until=None, timeouts=QUICK)
        await run.told.until(lambda run=run: run.modem.state is not ModemState.STOPPED)
