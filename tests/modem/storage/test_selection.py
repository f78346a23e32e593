"""Choosing and selecting storages of modems that want it otherwise."""

import pytest

from gsmd.modem import StorageUse
from gsmd.simulator import Sim, SimulatedModem
from gsmd.simulator.storage import Entry, StoredStatus
from tests.modem.conftest import Drive, Simulated
from tests.modem.scripted import in_turn

PHONE = "+33612345678"
PDU = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"
ENTRY = f"\r\n+CMGL: 1,0,,28\r\n{PDU}\r\n\r\nOK\r\n"
ONLY_THREE = {
    'AT+CPMS="SM"': "ERROR",
    'AT+CPMS="ME"': "ERROR",
    'AT+CPMS="ME","SM"': "ERROR",
    'AT+CPMS="ME","SM","SM"': "+CPMS: 1,2,0,3,0,3\r\n\r\nOK",
}


async def test_a_modem_that_wants_all_three_storages_is_given_three(drive: Drive) -> None:
    run = await drive(ONLY_THREE)
    run.device.answers["AT+CMGL=4"] = in_turn("OK", ENTRY, "OK")
    assert [each.storage for each in await run.modem.sweep()] == ["ME"]
    assert run.device.count('AT+CPMS="SM","SM","SM"') == 2  # what comes in goes where it went


async def test_the_form_that_worked_is_tried_first_from_then_on(drive: Drive) -> None:
    run = await drive(ONLY_THREE)
    await run.modem.read("ME", 1)
    await run.modem.read("SM", 1)
    refused = run.device.count('AT+CPMS="ME"')
    await run.modem.read("ME", 1)
    assert run.device.count('AT+CPMS="ME"') == refused == 1


@pytest.mark.parametrize(
    "answer", ["OK", '+CPMS: "SM",2,3,"SM",2,3,"SM",2,3\r\n\r\nOK', "+CPMS: 2,3,2,3,2,3\r\n\r\nOK"]
)
async def test_how_full_it_is_is_known_however_it_is_told(drive: Drive, answer: str) -> None:
    run = await drive(
        {
            'AT+CPMS="SM","SM","SM"': answer,
            "AT+CPMS?": '+CPMS: "SM",2,3,"SM",2,3,"SM",2,3\r\n\r\nOK',
        }
    )
    assert run.modem.status().storage == StorageUse("SM", 2, 3)


async def test_a_storage_without_room_is_none(drive: Drive) -> None:
    run = await drive(
        {
            'AT+CPMS="SM","SM","SM"': "+CPMS: 0,0,0,0,0,0\r\n\r\nOK",
            'AT+CPMS="ME","ME","ME"': "+CPMS: 0,9,0,9,0,9\r\n\r\nOK",
        }
    )
    assert run.modem.status().storage == StorageUse("ME", 0, 9)


async def test_no_room_anywhere_is_said_and_tried_again(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")\r\n\r\nOK',
            'AT+CPMS="SM","SM","SM"': "+CPMS: 0,0,0,0,0,0\r\n\r\nOK",
        }
    )
    await run.modem.sweep()
    assert run.modem.troubles == ("storage SM has no room for a single message",)
    run.device.answers['AT+CPMS="SM","SM","SM"'] = "+CPMS: 0,3,0,3,0,3\r\n\r\nOK"
    await run.modem.sweep()
    assert run.modem.troubles == ()
    assert run.modem.status().storage == StorageUse("SM", 0, 3)


async def test_a_message_that_is_counted_and_not_listed_is_read_from_its_slot(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")\r\n\r\nOK',
            'AT+CPMS="SM","SM","SM"': "+CPMS: 1,3,1,3,1,3\r\n\r\nOK",
            "AT+CPMS?": '+CPMS: "SM",1,3,"SM",1,3,"SM",1,3\r\n\r\nOK',
            "AT+CMGR=2": f"+CMGR: 0,,28\r\n{PDU}\r\n\r\nOK",
        }
    )
    assert [(each.index, each.frame) for each in await run.modem.sweep()] == [(2, PDU)]


async def test_what_is_counted_and_nowhere_is_said_and_looked_for_once(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")\r\n\r\nOK',
            'AT+CPMS="SM","SM","SM"': "+CPMS: 2,3,2,3,2,3\r\n\r\nOK",
            "AT+CPMS?": '+CPMS: "SM",2,3,"SM",2,3,"SM",2,3\r\n\r\nOK',
        }
    )
    for _ in range(12):  # a thorough one among them
        await run.modem.sweep()
    assert run.device.count("AT+CMGR=1") == 1
    assert run.modem.troubles == ("messages are counted that cannot be read: SM 2",)
    assert run.modem.status().storage == StorageUse("SM", 2, 3)


# -- as the simulator plays them -------------------------------------------------------------


async def texts(run: Simulated) -> int:
    entries = await run.modem.sweep()
    await run.modem.delete(entries)
    return len(entries)


async def test_what_lies_in_another_storage_is_taken_from_a_modem_that_wants_three(
    simulate: Drive,
) -> None:
    def prepare(device: SimulatedModem) -> None:
        device.faults.storages_at_once = 3
        device.equipment_memory.put(Entry(StoredStatus.RECEIVED_UNREAD, PDU, 28))

    run = await simulate(prepare=prepare)
    assert run.modem.status().storage.name == "SM"
    assert await texts(run) == 1


async def test_what_is_not_listed_is_read(simulate: Drive) -> None:
    def prepare(device: SimulatedModem) -> None:
        device.faults.unlisted = True
        device.require_card().messages.put(Entry(StoredStatus.RECEIVED_UNREAD, PDU, 28))

    run = await simulate(prepare=prepare)
    assert await texts(run) == 1


async def test_ghosts_are_told_of_and_bother_nobody(simulate: Drive) -> None:
    run = await simulate(prepare=lambda device: setattr(device.faults, "ghosts", 2))
    await run.modem.sweep()
    assert run.modem.troubles == ("messages are counted that cannot be read: SM 2, ME 2",)
    run.network.phone(PHONE).send(run.number, "all the same")
    await run.told.until(lambda: bool(run.told.arrivals))
    assert await texts(run) == 1


async def test_a_modem_that_is_silent_about_its_counts_is_asked(simulate: Drive) -> None:
    run = await simulate(prepare=lambda device: setattr(device.faults, "silent_counts", True))
    assert run.modem.status().storage == StorageUse("SM", 0, 30)


async def test_a_sim_without_slots_does_not_keep_messages_away(simulate: Drive) -> None:
    run = await simulate(sim=Sim(number="+33600000001", slots=0))
    run.network.phone(PHONE).send(run.number, "there is room in ME")
    await run.told.until(lambda: bool(run.told.arrivals))
    assert await texts(run) == 1


async def test_what_was_deleted_is_not_missed(simulate: Drive) -> None:
    run = await simulate("huawei")
    run.network.phone("+33612345678").send(run.number, "hello")
    await run.told.until(lambda: bool(run.told.arrivals))
    entries = await run.modem.sweep()
    assert len(entries) == 1
    assert await run.modem.delete(entries) == []
    assert await run.modem.sweep() == []
    assert run.modem.troubles == ()
