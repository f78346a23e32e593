"""What comes without being stored, and who rings."""

import asyncio

import pytest

from gsmd.modem import Modem
from gsmd.modem.link.urc import Direct

from .conftest import Drive
from .scripted import in_turn

PDU = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"
REPORT = "0006050B913316325476F8620111214365006201112143650000"
CNMA = {"AT+CNMA": "OK"}


async def test_a_report_is_kept_first_and_acknowledged_then(drive: Drive) -> None:
    run = await drive(CNMA)
    may_keep = asyncio.Event()
    kept: list[str] = []

    async def direct(_modem: Modem, frame: str) -> None:
        await may_keep.wait()
        kept.append(frame)

    run.told.keeping = direct
    run.device.notice(f"+CDS: 25\r\n{REPORT}")
    await run.modem.sweep()
    assert "AT+CNMA" not in run.device.heard
    may_keep.set()
    await run.device.hears("AT+CNMA")
    assert kept == [REPORT]


async def test_a_message_that_comes_directly_all_the_same_is_kept_and_acknowledged(
    drive: Drive,
) -> None:
    run = await drive(CNMA)
    run.device.notice(f'+CMT: "",28\r\n{PDU}')
    await run.device.hears("AT+CNMA")
    assert run.told.frames == [PDU]


async def test_several_at_once_are_kept_in_order(drive: Drive) -> None:
    run = await drive(CNMA)
    run.device.notice(f"+CDS: 25\r\n{REPORT}", f'+CMT: "",28\r\n{PDU}', f"+CDS: ,25\r\n{REPORT}")
    await run.device.hears("AT+CNMA", 3)
    assert run.told.frames == [REPORT, PDU, REPORT]


async def test_a_modem_that_acknowledges_by_itself_is_not_told(drive: Drive) -> None:
    run = await drive({"AT+CSMS=1": "ERROR", **CNMA})
    run.device.notice(f"+CDS: 25\r\n{REPORT}")
    await run.told.until(lambda: bool(run.told.frames))
    await run.modem.sweep()
    assert "AT+CNMA" not in run.device.heard


async def test_a_modem_that_cannot_take_the_acknowledgement_is_set_back(drive: Drive) -> None:
    run = await drive({"AT+CNMA": "ERROR", "AT+CSMS=0": "OK"})
    run.device.notice(f"+CDS: 25\r\n{REPORT}")
    await run.device.hears("AT+CSMS=0")
    run.device.notice(f"+CDS: 25\r\n{REPORT}")
    await run.told.until(lambda: len(run.told.frames) == 2)
    await run.modem.sweep()
    assert run.device.count("AT+CNMA") == 1


async def test_an_acknowledgement_nobody_expected_has_the_settings_looked_at(drive: Drive) -> None:
    run = await drive({"AT+CNMA": "+CMS ERROR: 340"})
    looks = run.device.count("AT+CNMI?")
    for _ in range(2):
        run.device.notice(f"+CDS: 25\r\n{REPORT}")
    await run.device.hears("AT+CNMA", 2)
    await run.device.hears("AT+CNMI?", looks + 1)
    assert "AT+CSMS=0" not in run.device.heard


async def test_a_damaged_report_is_kept_and_refused_so_that_the_network_brings_it_again(
    drive: Drive,
) -> None:
    run = await drive({**CNMA, "AT+CNMA=2": "OK"})
    await run.device.hears("AT+CNMA=2")
    damaged = REPORT[:20] + REPORT[24:]
    run.device.notice(f"+CDS: 25\r\n{damaged}")
    await run.device.hears("AT+CNMA=2", 2)
    run.device.notice(f"+CDS: 25\r\n{REPORT}")
    await run.device.hears("AT+CNMA")
    assert run.told.frames == [damaged, REPORT]


async def test_a_damaged_report_is_acknowledged_where_it_cannot_be_refused(drive: Drive) -> None:
    run = await drive({**CNMA, "AT+CNMA=2": "ERROR"})
    run.device.notice(f"+CDS: 25\r\n{REPORT[:20]}")
    await run.device.hears("AT+CNMA")
    assert run.told.frames == [REPORT[:20]]


async def test_what_comes_damaged_the_same_way_twice_is_taken_as_it_is(drive: Drive) -> None:
    run = await drive({**CNMA, "AT+CNMA=2": "OK"})
    await run.device.hears("AT+CNMA=2")
    odd = REPORT[:20] + REPORT[24:]
    for _ in range(2):
        run.device.notice(f"+CDS: 25\r\n{odd}")
    await run.device.hears("AT+CNMA")
    assert run.told.frames == [odd, odd]


async def test_what_comes_before_the_sim_is_known_waits_until_it_is(drive: Drive) -> None:
    """Else it would be taken for another SIM's, and no report would find its message."""
    sims: list[str | None] = []
    run = await drive(CNMA)

    async def direct(modem: Modem, _frame: str) -> None:
        sims.append(modem.sim)

    def while_asked() -> str:
        run.device.notice(f"+CDS: 25\r\n{REPORT}")
        return "\r\n208010000000009\r\n\r\nOK\r\n"

    run.told.keeping = direct
    run.device.answers["AT+CIMI"] = while_asked
    run.device.notice("RDY")
    await run.device.hears("AT+CNMA")
    assert sims == ["208010000000009"]


async def test_what_came_before_is_acknowledged_and_nothing_is_refused_instead(
    drive: Drive,
) -> None:
    run = await drive(CNMA)
    await run.device.hears("AT+CNMA=2")

    def while_asked() -> str:
        run.device.notice(f"+CDS: 25\r\n{REPORT}")
        return "\r\n208010000000009\r\n\r\nOK\r\n"

    run.device.answers["AT+CIMI"] = while_asked
    run.device.notice("RDY")
    await run.device.hears("AT+CNMA")
    await run.modem.sweep()
    assert run.told.frames == [REPORT]
    assert run.device.count("AT+CNMA=2") == 1


async def test_what_may_be_what_was_refused_is_not_acknowledged(drive: Drive) -> None:
    """Else the acknowledgement would be for the one behind it, which nobody may have stored yet."""
    run = await drive(CNMA)

    def while_asked() -> str:
        if run.device.count("AT+CNMA=2") == 1:
            run.device.notice(f"+CDS: 25\r\n{REPORT}")
        return "OK"

    run.device.answers["AT+CNMA=2"] = while_asked
    await run.device.hears("AT+CNMA=2", 2)
    await run.told.until(lambda: run.told.frames == [REPORT])
    run.device.notice(f'+CMT: "",28\r\n{PDU}')
    await run.told.until(lambda: run.told.frames == [REPORT, PDU])
    await run.device.hears("AT+CNMA")
    await run.modem.sweep()
    assert run.device.count("AT+CNMA") == 1
    assert run.device.count("AT+CNMA=2") == 2


@pytest.mark.parametrize(
    "answer",
    [
        f"\r\nOK\r\n\r\n+CDS: 25\r\n{REPORT}\r\n",  # something else was refused
        f"\r\n+CDS: 25\r\n{REPORT}\r\n\r\n+CMS ERROR: 340\r\n",  # nothing was
    ],
)
async def test_what_cannot_be_what_was_refused_is_acknowledged(drive: Drive, answer: str) -> None:
    run = await drive({**CNMA, "AT+CNMA=2": answer})
    await run.device.hears("AT+CNMA")
    await run.modem.sweep()
    assert run.told.frames == [REPORT]
    assert run.device.count("AT+CNMA=2") == run.device.count("AT+CNMA") == 1


async def test_keeping_that_was_cancelled_before_it_began_is_begun_again(drive: Drive) -> None:
    run = await drive(CNMA)
    direct = run.modem._direct
    direct.take(Direct(REPORT, 25))
    await run.modem._device.background.cancel()
    assert run.told.frames == []
    direct.take(Direct(PDU, 28))
    await run.device.hears("AT+CNMA", 2)
    assert run.told.frames == [REPORT, PDU]


async def test_nothing_is_acknowledged_until_all_that_was_handed_over_is_kept(drive: Drive) -> None:
    """A modem that no longer waits for the first would take the word for the second."""
    run = await drive(CNMA)
    second, may_keep = asyncio.Event(), asyncio.Event()

    async def direct(_modem: Modem, frame: str) -> None:
        if frame == PDU:
            second.set()
            await may_keep.wait()

    run.told.keeping = direct
    run.device.notice(f"+CDS: 25\r\n{REPORT}", f'+CMT: "",28\r\n{PDU}')
    await second.wait()
    await run.modem.sweep()
    assert "AT+CNMA" not in run.device.heard
    may_keep.set()
    await run.device.hears("AT+CNMA", 2)
    assert run.told.frames == [REPORT, PDU]


async def test_what_came_before_a_restart_is_kept_and_not_acknowledged(drive: Drive) -> None:
    """The modem has forgotten it: the word would be for what came after."""
    run = await drive({**CNMA, "AT+CNMA=2": "+CMS ERROR: 340"})
    first, may_keep = asyncio.Event(), asyncio.Event()

    async def direct(_modem: Modem, frame: str) -> None:
        if frame == REPORT:
            first.set()
            await may_keep.wait()

    def while_asked() -> str:
        run.device.notice(f'+CMT: "",28\r\n{PDU}')
        may_keep.set()
        return "\r\n208010000000009\r\n\r\nOK\r\n"

    run.told.keeping = direct
    run.device.notice(f"+CDS: 25\r\n{REPORT}")
    await first.wait()
    run.device.answers["AT+CIMI"] = while_asked
    run.device.notice("RDY")
    await run.device.hears("AT+CNMA")
    await run.modem.sweep()
    assert run.told.frames == [REPORT, PDU]
    assert run.device.count("AT+CNMA") == 1


async def test_an_acknowledgement_that_may_not_have_been_heard_waits_for_what_came_meanwhile(
    drive: Drive,
) -> None:
    run = await drive()
    await run.device.hears("AT+CNMA=2")  # nothing else is asked by itself from here on
    second, may_keep = asyncio.Event(), asyncio.Event()

    def late() -> str:
        run.device.answers |= CNMA
        run.device.later(0.05, "\r\nOK\r\n")
        return f'+COPS: 0\r\n\r\n+CMT: "",28\r\n{PDU}'

    async def direct(_modem: Modem, frame: str) -> None:
        if frame == PDU:
            second.set()
            await may_keep.wait()

    run.told.keeping = direct
    run.device.answers["AT+CNMA"] = late
    await run.modem.command("AT+COPS?")
    run.device.notice(f"+CDS: 25\r\n{REPORT}")
    await second.wait()
    await run.modem.sweep()
    assert run.device.count("AT+CNMA") == 1
    may_keep.set()
    await run.device.hears("AT+CNMA", 3)


async def test_after_an_acknowledgement_without_an_answer_the_next_is_kept_all_the_same(
    drive: Drive,
) -> None:
    run = await drive({"AT+CNMA": in_turn(None, "OK")})
    marks = run.device.marks()
    run.device.notice(f"+CDS: 25\r\n{REPORT}", f'+CMT: "",28\r\n{PDU}')
    await run.device.hears("AT+CNMA", 2)
    assert run.told.frames == [REPORT, PDU]
    assert run.device.marks() > marks


async def test_a_refusal_without_an_answer_is_no_reason_to_acknowledge(drive: Drive) -> None:
    run = await drive({**CNMA, "AT+CNMA=2": in_turn("+CMS ERROR: 340", None)})
    await run.device.hears("AT+CNMA=2")
    marks = run.device.marks()
    run.device.notice(f"+CDS: 25\r\n{REPORT[:20]}")
    await run.device.hears("AT+CNMA=2", 2)
    while run.device.marks() == marks:
        await run.modem.sweep()
    assert "AT+CNMA" not in run.device.heard


async def test_an_acknowledgement_that_asks_for_more_is_escaped_from(drive: Drive) -> None:
    run = await drive({"AT+CNMA": "\r\n> ", "escape": "\r\nOK\r\n"})
    run.device.notice(f"+CDS: 25\r\n{REPORT}")
    await run.device.hears("AT+CNMA")
    assert await run.modem.sweep() == []


async def test_a_store_that_fails_leaves_the_message_unacknowledged(drive: Drive) -> None:
    run = await drive(CNMA)
    failed = asyncio.Event()

    async def direct(_modem: Modem, _frame: str) -> None:
        failed.set()
        raise OSError("disk full")

    run.told.keeping = direct
    run.device.notice(f"+CDS: 25\r\n{REPORT}")
    await failed.wait()
    await run.modem.sweep()
    assert "AT+CNMA" not in run.device.heard


# -- calls -----------------------------------------------------------------------------------


async def test_a_call_is_told_once_with_its_number(drive: Drive) -> None:
    run = await drive()
    for _ in range(3):
        run.device.notice("RING", '+CLIP: "+33612345678",145')
    await run.told.until(lambda: bool(run.told.calls))
    await run.modem.sweep()
    assert run.told.calls == ["+33612345678"]
    assert run.modem.counters.calls == 1


async def test_a_call_without_a_number_is_told_at_the_second_ring(drive: Drive) -> None:
    run = await drive()
    run.device.notice("RING")
    await run.modem.sweep()
    assert run.told.calls == []
    run.device.notice("RING")
    await run.told.until(lambda: run.told.calls == [None])


async def test_the_next_call_is_told_again(drive: Drive) -> None:
    run = await drive()
    for number in ("+33612345678", "+33687654321"):
        run.device.notice("RING", f'+CLIP: "{number}",145', "NO CARRIER")
    await run.told.until(lambda: len(run.told.calls) == 2)


async def test_a_call_is_hung_up_on_if_that_is_wished(drive: Drive) -> None:
    run = await drive({"AT+CHUP": "OK"}, hang_up=True)
    run.device.notice("RING", '+CLIP: "+33612345678",145')
    await run.device.hears("AT+CHUP")


async def test_a_modem_without_chup_is_hung_up_with_h(drive: Drive) -> None:
    run = await drive({"ATH": "OK"}, hang_up=True)
    run.device.notice("RING", "RING")
    await run.device.hears("ATH")


async def test_a_call_is_left_alone_otherwise(drive: Drive) -> None:
    run = await drive()
    run.device.notice("RING", '+CLIP: "+33612345678",145')
    await run.told.until(lambda: bool(run.told.calls))
    await run.modem.sweep()
    assert not {"AT+CHUP", "ATH"} & set(run.device.heard)
