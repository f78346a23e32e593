"""Nordic's nRF91: no storage, no prompt; what comes in is handed over and acknowledged."""

import pytest

from gsmd import pdu
from gsmd.modem import SubmitRefused
from tests.modem.conftest import Drive, Simulated

PHONE = "+33612345678"


async def nothing() -> None:
    """A commit that is done at once."""


async def send(run: Simulated, text: str) -> int:
    (part,) = pdu.compose(text, destination=pdu.Address.parse(PHONE), status_report_request=True)
    reference: int = await run.modem.submit(pdu.Frame(None, part.encode()), commit=nothing)
    return reference


async def test_a_message_is_sent_without_a_prompt_and_reported(simulate: Drive) -> None:
    run = await simulate("nrf9160")
    reference = await send(run, "no prompt")
    assert (await run.network.phone(PHONE).expect())[0].text == "no prompt"
    await run.told.until(lambda: bool(run.told.frames))
    report = pdu.decode(pdu.Frame.from_hex(run.told.frames[0]).tpdu)
    assert isinstance(report, pdu.StatusReport)
    assert report.message_reference == reference


async def test_what_comes_in_is_kept_and_acknowledged(simulate: Drive) -> None:
    run = await simulate("nrf9160")
    await run.told.until(lambda: run.modem.status().operator is not None)  # it has nothing to ask
    for number in range(3):
        run.network.phone(PHONE).send(run.number, f"handed over {number}")
    await run.told.until(lambda: len(run.told.frames) == 3)
    found = [pdu.decode(pdu.Frame.from_hex(each).tpdu) for each in run.told.frames]
    texts = [each.user_data.text for each in found if isinstance(each, pdu.Deliver)]
    assert texts == [f"handed over {number}" for number in range(3)]
    await send(run, "and on it goes")
    assert not run.network.delivered.doubled


async def test_there_is_nothing_to_sweep(simulate: Drive) -> None:
    run = await simulate("nrf9160")
    assert await run.modem.sweep() == []
    assert run.modem.status().storage is None
    assert run.modem.troubles == ()


async def test_it_is_set_up_again_after_a_restart(simulate: Drive) -> None:
    run = await simulate("nrf9160")
    run.device.reboot()
    await run.told.until(lambda: run.told.initialisations == 2 and run.modem.can_send)
    run.network.phone(PHONE).send(run.number, "after the restart")
    await run.told.until(lambda: bool(run.told.frames))


async def test_its_card_is_known(simulate: Drive) -> None:
    run = await simulate("nrf9160")
    await run.told.until(lambda: run.modem.status().iccid is not None)
    assert run.modem.status().iccid == run.device.sim.iccid


async def test_a_text_that_comes_too_late_to_be_taken_does_not_spoil_the_next_command(
    simulate: Drive,
) -> None:
    run = await simulate("nrf9160")
    run.device.faults.fail("CMGS", 38, times=1, stage="start")
    with pytest.raises(SubmitRefused):
        await send(run, "refused before the text")
    await send(run, "taken")
    assert [message.text for message in await run.network.phone(PHONE).expect()] == ["taken"]
    assert run.modem.counters.timeouts == 0
