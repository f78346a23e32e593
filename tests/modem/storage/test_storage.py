"""Listing, reading and deleting, whatever a modem makes of it."""

import pytest

from gsmd.modem import ModemUnavailable, StoredEntry
from tests.modem.conftest import Drive
from tests.modem.scripted import in_turn

PDU = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"
OTHER = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC38"


def listing(*entries: str) -> str:
    """A +CMGL reply."""
    return "".join(f"\r\n{entry}\r\n" for entry in [*entries, "OK"])


def entry(index: int, pdu: str = PDU, storage: str = "SM", status: int = 1) -> StoredEntry:
    return StoredEntry(storage, index, status, pdu)


@pytest.mark.parametrize(
    "header", ["+CMGL: 1,1,,28", '+CMGL: 1,1,"",26', "+CMGL: 1,1,26", "+CMGL:1,1,,26"]
)
async def test_a_listing_is_read_with_and_without_the_alpha_field(
    drive: Drive, header: str
) -> None:
    run = await drive({"AT+CMGL=4": listing(header, PDU)})
    assert entry(1) in await run.modem.sweep()


async def test_the_first_sweep_looks_everywhere_and_later_ones_where_messages_arrive(
    drive: Drive,
) -> None:
    run = await drive()
    await run.modem.sweep()
    assert run.device.count('AT+CPMS="ME"')
    run.device.answers["AT+CMGL=4"] = listing("+CMGL: 2,0,,28", PDU)
    heard = len(run.device.heard)
    assert await run.modem.sweep() == [entry(2, status=0)]
    assert [line for line in run.device.heard[heard:] if "CPMS" in line] == []


async def test_where_a_message_turned_up_every_sweep_looks_again(drive: Drive) -> None:
    run = await drive({"AT+CMGL=4": listing("+CMGL: 2,0,,28", PDU)})
    both = [entry(2, status=0), entry(2, storage="ME", status=0)]
    await run.modem.sweep()
    assert await run.modem.sweep() == both
    assert await run.modem.sweep() == both


async def test_what_the_first_sweep_finds_where_messages_arrive_is_handed_over_before_the_rest(
    drive: Drive,
) -> None:
    run = await drive({"AT+CMGL=4": listing("+CMGL: 2,0,,28", PDU)})
    assert await run.modem.sweep() == [entry(2, status=0)]
    await run.told.until(lambda: run.told.initialisations == 2)  # there is more to look into
    assert len(await run.modem.sweep()) == 2
    assert run.modem.announces


REPORT_STORAGE = {
    "AT+CPMS=?": '+CPMS: ("SM","ME","SR"),("SM","ME"),("SM")\r\n\r\nOK',
    'AT+CPMS="SM","SM","SM"': "+CPMS: 0,3,0,3,0,3\r\n\r\nOK",
    'AT+CPMS="SR"': "+CPMS: 0,5,0,3,0,3\r\n\r\nOK",
}


async def test_every_sweep_finds_the_status_reports_that_were_stored_apart(drive: Drive) -> None:
    run = await drive(REPORT_STORAGE)
    await run.modem.sweep()
    run.device.answers["AT+CMGL=4"] = listing("+CMGL: 2,0,,28", PDU)
    assert [found.storage for found in await run.modem.sweep()] == ["SM", "SR"]


async def test_a_storage_that_hints_were_about_is_swept_as_well(drive: Drive) -> None:
    run = await drive()
    await run.modem.sweep()
    run.device.answers["AT+CMGL=4"] = listing("+CMGL: 2,0,,28", PDU)
    assert [found.storage for found in await run.modem.sweep({"SM", "ME"})] == ["SM", "ME"]
    assert [found.storage for found in await run.modem.sweep()] == ["SM", "ME"]


async def test_now_and_then_a_sweep_looks_everywhere(drive: Drive) -> None:
    run = await drive()
    await run.modem.sweep()
    before = run.device.count('AT+CPMS="ME"')
    for _ in range(10):
        await run.modem.sweep()
    assert run.device.count('AT+CPMS="ME"') == before + 1


async def test_reading_from_the_chosen_storage_takes_one_command(drive: Drive) -> None:
    run = await drive({"AT+CMGR=3": listing("+CMGR: 0,,28", PDU)})
    await run.modem.sweep()
    heard = len(run.device.heard)
    assert await run.modem.read("SM", 3) == entry(3, status=0)
    assert [line for line in run.device.heard[heard:] if "CPMS" in line or "CMG" in line] == [
        "AT+CMGR=3"
    ]


async def test_a_hint_for_another_storage_is_read_there(drive: Drive) -> None:
    run = await drive({"AT+CMGR=1": listing("+CMGR: 0,,28", PDU)})
    assert await run.modem.read("ME", 1) == entry(1, storage="ME", status=0)
    assert 'AT+CPMS="ME"' in run.device.heard


async def test_a_hint_for_a_storage_nobody_advertised_is_read_in_the_chosen_one(
    drive: Drive,
) -> None:
    run = await drive({"AT+CMGR=1": listing("+CMGR: 0,,28", PDU)})
    assert await run.modem.read("XX", 1) == entry(1, status=0)


@pytest.mark.parametrize("answer", ["OK", "+CMS ERROR: 321", "+CMGR: 0,,0\r\n\r\nOK", "ERROR"])
async def test_an_empty_slot_is_no_error_and_the_next_sweep_looks_everywhere(
    drive: Drive, answer: str
) -> None:
    run = await drive({"AT+CMGR=1": answer, "AT+CMGL=4": "OK"})
    await run.modem.sweep()
    before = run.device.count('AT+CPMS="ME"')
    assert await run.modem.read("SM", 1) is None
    await run.modem.sweep()
    assert run.device.count('AT+CPMS="ME"') == before + 1


async def test_a_hint_without_an_index_reads_nothing_and_makes_the_sweep_thorough(
    drive: Drive,
) -> None:
    run = await drive()
    assert await run.modem.read("SM", -1) is None
    assert not [line for line in run.device.heard if line.startswith("AT+CMGR")]


@pytest.mark.parametrize("header", ["+CMGR: 26", "+CMGR: ,,28", "+CMGR: 26,26"])
async def test_a_header_with_less_than_it_should_have_still_heads_a_message(
    drive: Drive, header: str
) -> None:
    run = await drive({"AT+CMGR=1": listing(header, PDU)})
    found = await run.modem.read("SM", 1)
    assert found.frame == PDU


@pytest.mark.parametrize("answer", ["OK", "+CMS ERROR: 321"])
async def test_an_empty_storage_is_empty_however_it_is_said(drive: Drive, answer: str) -> None:
    run = await drive({"AT+CMGL=4": answer})
    assert await run.modem.sweep() == []


async def test_a_listing_that_hangs_is_replaced_by_reading_slot_by_slot(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CMGL=4": None,
            "AT+CMGR=0": "+CMS ERROR: 321",
            "AT+CMGR=1": "OK",
            "AT+CMGR=2": listing("+CMGR: 1,,28", PDU),
            "AT+CMGR=3": listing("+CMGR: 1,,28", OTHER),
            'AT+CPMS="ME"': "ERROR",
        }
    )
    assert await run.modem.sweep() == [entry(2), entry(3, OTHER)]
    await run.modem.sweep()
    hung = run.device.count("AT+CMGL=4")
    await run.modem.sweep()
    assert run.device.count("AT+CMGL=4") == hung == 2  # a modem that hangs twice is not asked again


async def test_a_listing_that_is_refused_is_replaced_by_reading_slot_by_slot(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CMGL=4": "+CMS ERROR: 303",
            "AT+CMGR=1": listing("+CMGR: 1,,28", PDU),
            'AT+CPMS="ME"': "ERROR",
        }
    )
    assert await run.modem.sweep() == [entry(1)]


async def test_drafts_are_left_alone(drive: Drive) -> None:
    run = await drive(
        {"AT+CMGL=4": listing("+CMGL: 1,2,,28", PDU, "+CMGL: 2,3,,26", PDU, "+CMGL: 3,1,,26", PDU)}
    )
    await run.modem.sweep()
    assert {(each.storage, each.index) for each in await run.modem.sweep()} == {
        ("SM", 3),
        ("ME", 3),
    }


async def test_what_was_read_goes_in_one_command_line(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CMGL=4": in_turn(listing("+CMGL: 1,1,,28", PDU, "+CMGL: 2,1,,26", PDU), "OK"),
            "AT+CMGD=1;+CMGD=2": "OK",
        }
    )
    assert await run.modem.delete(await run.modem.sweep()) == []
    assert run.device.count("AT+CMGD=1;+CMGD=2") == 1


async def test_a_modem_that_takes_one_deletion_a_line_gets_one_a_line(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CMGL=4": in_turn(listing("+CMGL: 1,1,,28", PDU, "+CMGL: 2,1,,26", PDU), "OK"),
            "AT+CMGD=1": "OK",
            "AT+CMGD=2": "OK",
        }
    )
    assert await run.modem.delete(await run.modem.sweep()) == []
    assert run.device.count("AT+CMGD=2") == 1


async def test_deleting_what_is_gone_is_a_success(drive: Drive) -> None:
    run = await drive({"AT+CMGR=1": listing("+CMGR: 1,,28", PDU), "AT+CMGD=1": "+CMS ERROR: 321"})
    assert await run.modem.delete([await run.modem.read("SM", 1)]) == []


async def test_a_slot_that_holds_another_message_by_now_is_not_deleted(drive: Drive) -> None:
    run = await drive({"AT+CMGR=1": listing("+CMGR: 1,,28", OTHER), "AT+CMGD=1": "OK"})
    assert await run.modem.delete([entry(1, PDU)]) == []
    assert "AT+CMGD=1" not in run.device.heard


async def test_a_slot_that_will_not_go_is_tried_a_few_times_and_then_left_alone(
    drive: Drive,
) -> None:
    run = await drive(
        {
            "AT+CMGR=1": listing("+CMGR: 1,,28", PDU),
            "AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")\r\n\r\nOK',
            "AT+CMGL=4": listing("+CMGL: 1,1,,28", PDU),
            "AT+CMGD=1": "+CMS ERROR: 500",
        }
    )
    found = await run.modem.sweep()
    for _ in range(8):
        assert await run.modem.delete(found) == found
    assert run.device.count("AT+CMGD=1") == 5
    assert await run.modem.sweep() == []  # it is not handed over again


async def test_a_deletion_that_only_seems_to_work_is_not_repeated_for_ever(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")\r\n\r\nOK',
            "AT+CMGL=4": listing("+CMGL: 1,1,,28", PDU),
            "AT+CMGD=1": "OK",
        }
    )
    for _ in range(10):
        await run.modem.delete(await run.modem.sweep())
    assert run.device.count("AT+CMGD=1") == 5


async def test_a_modem_without_storages_to_choose_from_is_used_as_it_is(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CPMS=?": "ERROR",
            'AT+CPMS="SM","SM","SM"': "ERROR",
            'AT+CPMS="SM"': "ERROR",
            'AT+CPMS="ME"': "ERROR",
            "AT+CMGL=4": listing("+CMGL: 1,1,,28", PDU),
            "AT+CMGD=1": "OK",
        }
    )
    assert await run.modem.sweep() == [entry(1)]
    assert await run.modem.delete([entry(1)]) == []


async def test_a_storage_that_is_not_advertised_is_found_by_trying(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CPMS=?": "ERROR",
            'AT+CPMS="SM","SM","SM"': "ERROR",
            'AT+CPMS="SM"': "ERROR",
            "AT+CMGL=4": listing("+CMGL: 1,1,,28", PDU),
            "AT+CMGD=1": "OK",
        }
    )
    assert await run.modem.sweep() == [entry(1, storage="ME")]
    assert await run.modem.delete([entry(1, storage="ME")]) == []


async def test_only_advertised_storages_are_chosen(drive: Drive) -> None:
    run = await drive(
        {
            "AT+CPMS=?": '+CPMS: ("ME","SM"),("ME"),("ME")\r\n\r\nOK',
            'AT+CPMS="ME","ME","ME"': "+CPMS: 0,20,0,20,0,20\r\n\r\nOK",
        }
    )
    assert 'AT+CPMS="SM","SM","SM"' not in run.device.heard
    assert run.modem.status().storage.name == "ME"


async def test_a_storage_that_is_advertised_and_refused_is_replaced(drive: Drive) -> None:
    run = await drive(
        {
            'AT+CPMS="SM","SM","SM"': "+CMS ERROR: 302",
            'AT+CPMS="SM","SM"': "+CMS ERROR: 302",
            'AT+CPMS="SM"': "+CMS ERROR: 302",
            'AT+CPMS="ME","ME","ME"': "+CPMS: 0,20,0,20,0,20\r\n\r\nOK",
        }
    )
    assert run.modem.status().storage.name == "ME"


async def test_a_wavecom_report_from_storage_is_put_right(drive: Drive) -> None:
    broken = "000000FF000605"
    run = await drive({"AT+CMGR=1": listing("+CMGR: ,,25", broken)})
    found = await run.modem.read("SM", 1)
    assert found.frame == "000605" + "0" * 46


async def test_a_frame_without_service_centre_gets_an_empty_one(drive: Drive) -> None:
    tpdu = PDU[16:]
    run = await drive({"AT+CMGR=1": listing(f"+CMGR: 1,,{len(tpdu) // 2}", tpdu)})
    found = await run.modem.read("SM", 1)
    assert found.frame == "00" + tpdu


async def test_a_busy_sim_is_not_taken_for_an_empty_one(drive: Drive) -> None:
    run = await drive()
    run.device.answers["AT+CMGL=4"] = "+CMS ERROR: 314"
    with pytest.raises(ModemUnavailable, match="SIM busy"):
        await run.modem.sweep()


async def test_a_storage_that_fills_up_is_told_before_it_is_full_and_when_it_is_not_any_more(
    drive: Drive,
) -> None:
    def stored(count: int) -> str:
        return listing(*(line for n in range(1, count + 1) for line in (f"+CMGL: {n},1,,28", PDU)))

    five = "+CPMS: 0,5,0,5,0,5\r\n\r\nOK"
    answers = {"AT+CMGL=4": stored(3), 'AT+CPMS="ME"': "ERROR", 'AT+CPMS="SM"': five}
    run = await drive({**answers, 'AT+CPMS="SM","SM","SM"': five})
    for count in (3, 4, 4, 5, 2):
        run.device.answers["AT+CMGL=4"] = stored(count)
        await run.modem.sweep()
    assert run.told.levels == [True, False]
    assert run.told.full == 1


async def test_full_storage_is_told(drive: Drive) -> None:
    headers = [line for index in (1, 2, 3) for line in (f"+CMGL: {index},1,,28", PDU)]
    run = await drive({"AT+CMGL=4": listing(*headers), 'AT+CPMS="ME"': "ERROR"})
    await run.modem.sweep()
    assert run.told.full == 1
    assert run.modem.status().storage.used == 3


@pytest.mark.parametrize("notice", ['^SMMEMFULL: "SM"', "SMS FULL", '+CIEV: "SMSFULL",1'])
async def test_a_modem_that_says_it_is_full_is_heard(drive: Drive, notice: str) -> None:
    run = await drive()
    run.device.notice(notice)
    await run.told.until(lambda: run.told.full == 1)
