"""Whatever strikes, every message comes in once and goes out, twice only where that is said."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from gsmd.at import Severity
from gsmd.modem import ModemState, SubmitRefused, SubmitUncertain
from gsmd.simulator import Registration, Sim, SimulatedModem

from .clerk import Clerk
from .conftest import QUICK, Drive, Simulated
from .quirks.test_families import send

PHONE = "+33612345678"
MESSAGES = 4
IMPATIENT = msgspec.structs.replace(
    QUICK, command=0.4, slow=0.6, line=0.3, prompt=0.3, sync=0.15, boot=0.4, settle=0.05
)
"""Where a time-out too many only means another try."""

Strike = Callable[[SimulatedModem], object]


def fault(**changes: object) -> Strike:
    """Switch faults on while the modem works."""

    def strike(device: SimulatedModem) -> None:
        for name, value in changes.items():
            assert hasattr(device.faults, name), name
            setattr(device.faults, name, value)

    return strike


def failing(command: str, error: int | str, times: int = 1) -> Strike:
    return lambda device: device.faults.fail(command, error, times)


FAULTS: dict[str, Strike] = {
    "none": lambda _device: None,
    # talking
    "late replies": fault(late_reply=0.7, late_replies=2),
    "pauses in the middle of lines": fault(stutter=0.002),
    "noise": fault(noise=b"\x00\xff"),
    "missing line ends": fault(missing_newline=5),
    "chatter": fault(chatter=True),
    "stray OKs": fault(stray_ok=3),
    "errors in words": fault(error_style="text"),
    "errors without a blank": fault(error_style="no-blank"),
    "echo back": lambda device: setattr(device.settings, "echo", True),
    # dying
    "hangs until the port is closed": fault(hang_until_closed=True),
    "hangs until it is restarted": fault(wedged=True),
    "restarts": lambda device: device.reboot(),
    # sending
    "lost prompt": fault(lost_prompt=2),
    "late prompt": fault(late_prompt=0.4),
    "lost result": fault(lost_result=1),
    "lost OK": fault(lost_ok=1),
    "error though it went out": fault(false_error=1, false_error_code=332),
    "network out of order": failing("+CMGS", 38, 2),
    "unknown error": failing("+CMGS", 500, 2),
    "network time-out": failing("+CMGS", 332),
    "bare error": failing("+CMGS", "ERROR"),
    # SIM and storage
    "SIM busy": lambda device: device.slow_sim(0.5),
    "listing hangs": fault(list_hangs=2),
    "deletion fails": fault(delete_fails=3),
    "counts lag behind": fault(count_lag=3),
    # receiving
    "lost indication": fault(lost_indication=2),
    "index of -1": fault(wrong_index=2),
    "wrong storage": fault(wrong_storage="ME"),
    "direct and stored": fault(direct_and_stored=True),
    # the network
    "registration lost": lambda device: device.radio.found(network=False),
}


async def exchange(run: Simulated, strike: Strike) -> Clerk:
    """Messages both ways while ``strike`` strikes; checks that each arrives."""
    clerk = Clerk(run)
    phone = run.network.phone(PHONE)
    ins = [f"in {number}" for number in range(MESSAGES)]
    outs = [f"out {number}" for number in range(MESSAGES)]
    phone.send(run.number, ins[0])
    strike(run.device)
    for text in ins[1:]:
        phone.send(run.number, text)
    if not run.device.radio.carries_messages:
        asyncio.get_running_loop().call_later(0.3, lambda: run.device.radio.found(network=True))
    await asyncio.gather(clerk.collect(MESSAGES), clerk.send(outs, PHONE))
    await phone.expect(MESSAGES)
    got = Counter(message.text for message in phone.received)
    assert set(got) == set(outs)
    assert {text for text, times in got.items() if times > 1} <= clerk.doubtful
    assert sorted(clerk.texts) == ins
    return clerk


@pytest.mark.parametrize("name", FAULTS)
async def test_every_message_arrives_in_spite_of(simulate: Drive, name: str) -> None:
    run = await simulate(submit_timeout=0.5, probe_every=0.6, timeouts=IMPATIENT)
    await exchange(run, FAULTS[name])


@pytest.mark.parametrize("profile", ["huawei", "sim800", "wavecom"])
async def test_a_restart_in_the_middle_of_the_traffic_loses_nothing(
    simulate: Drive, profile: str
) -> None:
    run = await simulate(profile, submit_timeout=0.5, probe_every=0.5, timeouts=IMPATIENT)
    await exchange(run, FAULTS["restarts"])


async def test_what_was_sent_without_an_answer_is_not_taken_for_unsent(simulate: Drive) -> None:
    run = await simulate(submit_timeout=0.3)
    run.device.faults.lost_result = 1
    with pytest.raises(SubmitUncertain):
        await send(run, "once")
    phone = run.network.phone(PHONE)
    assert [message.text for message in await phone.expect()] == ["once"]


async def test_a_modem_unplugged_for_a_while_is_back_under_another_name(
    simulate: Drive, tmp_path: Path
) -> None:
    run = await simulate(link=tmp_path / "modem")
    clerk = Clerk(run)
    run.port.unplug()
    await run.until(ModemState.ABSENT)
    run.network.phone(PHONE).send(run.number, "while it was away")
    run.port.replug()
    plugged_at = asyncio.get_running_loop().time()
    await run.ready()
    assert asyncio.get_running_loop().time() - plugged_at < 5  # a second, on a machine with time
    await clerk.collect(1)
    assert clerk.texts == ["while it was away"]


async def test_a_refused_registration_is_said_and_its_end_too(simulate: Drive) -> None:
    run = await simulate()
    run.device.radio.grant(Registration.DENIED)
    await run.until(ModemState.REGISTERING)
    await run.told.until(lambda: "refuses" in run.modem.reason)
    run.device.radio.grant(Registration.ROAMING)
    await run.ready()
    assert run.modem.status().roaming


async def test_an_unknown_error_on_lte_alone_is_not_the_messages_fault(simulate: Drive) -> None:
    run = await simulate()
    run.device.radio.grant_lte_only(on=True)
    await run.told.until(
        lambda: run.modem.can_send and run.modem._device.session.registration.lte_only
    )
    with pytest.raises(SubmitRefused) as refused:
        await send(run, "not over LTE")
    assert refused.value.severity is Severity.MODEM
    assert refused.value.may_be_out  # "unknown error" is no clear word, whosever fault it is


async def test_a_call_is_told_and_hung_up_on(simulate: Drive) -> None:
    run = await simulate(hang_up=True)
    await run.told.until(lambda: run.modem.status().operator is not None)
    run.device.faults.calls_block_sms = True
    run.device.voice.ring("+33687654321")
    await run.told.until(lambda: run.told.calls == ["+33687654321"])
    clerk = Clerk(run)
    await clerk.send(["after the call"], PHONE)


async def test_a_swapped_sim_is_another_identity(simulate: Drive) -> None:
    run = await simulate("ec25")
    before = run.modem.sim
    run.device.insert(Sim(number="+33600000002", imsi="208019999999999"))
    await run.told.until(lambda: run.modem.sim == "208019999999999" and run.modem.can_send)
    assert before != run.modem.sim


@pytest.mark.parametrize("style", ["normal", "extra-comma", "split", "no-address"])
async def test_a_report_is_understood_however_it_comes(simulate: Drive, style: str) -> None:
    run = await simulate()
    run.device.faults.report_style = style
    await send(run, "report this")
    await run.told.until(lambda: bool(run.told.frames))


async def test_messages_held_back_by_a_full_sim_come_when_there_is_room(simulate: Drive) -> None:
    run = await simulate(sim=Sim(number="+33600000001", slots=2))
    phone = run.network.phone(PHONE)
    for number in range(6):
        phone.send(run.number, f"message {number}")
    clerk = Clerk(run)
    await clerk.collect(6)
    assert sorted(clerk.texts) == [f"message {number}" for number in range(6)]


async def test_a_paced_line_is_only_slower(simulate: Drive) -> None:
    run = await simulate(until=None)
    run.port.pace(115_200)
    await run.ready()
    await exchange(run, FAULTS["none"])
