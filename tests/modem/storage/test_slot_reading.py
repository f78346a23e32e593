"""Frames damaged on the line: read once more before they are taken, for then they are deleted."""

import pytest

from gsmd.modem.storage.frames import is_whole
from tests.modem.conftest import Drive
from tests.modem.scripted import in_turn

PDU = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"
CUT, ODD, SPOILT = PDU[:-2], PDU[:-1], PDU.replace("F80000", "F8}000")


def listing(*lines: str) -> str:
    return "\r\n".join((*lines, "", "OK"))


@pytest.mark.parametrize("damaged", [CUT, ODD, SPOILT])
async def test_what_came_damaged_in_a_list_is_read_once_more(drive: Drive, damaged: str) -> None:
    run = await drive(
        {
            "AT+CPMS=?": '+CPMS: ("SM"),("SM"),("SM")\r\n\r\nOK',
            "AT+CMGL=4": listing("+CMGL: 2,1,,28", damaged, "+CMGL: 3,1,,28", PDU),
            "AT+CMGR=2": listing("+CMGR: 1,,28", PDU),
        }
    )
    found = await run.modem.sweep()
    assert [(entry.index, entry.frame) for entry in found] == [(2, PDU), (3, PDU)]
    assert run.device.count("AT+CMGR=3") == 0


@pytest.mark.parametrize("damaged", [CUT, ODD, SPOILT])
async def test_what_came_damaged_from_a_slot_is_read_once_more(drive: Drive, damaged: str) -> None:
    answers = [listing("+CMGR: 1,,28", each) for each in (damaged, PDU)]
    run = await drive({"AT+CMGR=2": in_turn(*answers)})
    assert (await run.modem.read("SM", 2)).frame == PDU


async def test_what_stays_damaged_is_taken_as_it_is(drive: Drive) -> None:
    run = await drive({"AT+CMGR=2": listing("+CMGR: 1,,28", CUT)})
    assert (await run.modem.read("SM", 2)).frame == CUT
    assert run.device.count("AT+CMGR=2") == 2


async def test_what_never_comes_is_left_where_it_is(drive: Drive) -> None:
    run = await drive({"AT+CMGL=4": listing("+CMGL: 2,1,,28", SPOILT), "AT+CMGR=2": "ERROR"})
    assert await run.modem.sweep() == []


async def test_an_empty_slot_with_a_header_is_no_damage(drive: Drive) -> None:
    run = await drive({"AT+CMGR=2": listing("+CMGR: 0,,0")})
    assert await run.modem.read("SM", 2) is None
    assert run.device.count("AT+CMGR=2") == 1


@pytest.mark.parametrize(
    ("frame", "length", "whole"),
    [(PDU, 28, True), (PDU, None, True), (PDU, 27, False), (ODD, None, False), ("", None, False)],
)
def test_a_frame_is_whole_if_its_lengths_agree(frame: str, length: int | None, whole: bool) -> None:
    assert is_whole(frame, length) is whole
