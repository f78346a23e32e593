"""Several modems in one daemon: the trouble of one is no trouble of the others."""

import asyncio
import threading

import pytest
import serial

from gsmd.modem import ModemState

from .conftest import Drive
from .scripted import DEAF

PDU = "0791336311111111040B913316325476F80000620111214365000AE8329BFD4697D9EC37"
HEALTHY = {"AT+CMGR=1": f"+CMGR: 0,,28\r\n{PDU}\r\n\r\nOK"}


async def test_one_that_hangs_and_one_that_vanishes_change_nothing_for_a_third(
    drive: Drive,
) -> None:
    hanging = await drive(probe_every=0.2)
    vanishing = await drive()
    healthy = await drive(HEALTHY)
    hanging.device.answers = dict.fromkeys(hanging.device.answers) | DEAF
    vanishing.device.unplug()
    await hanging.until(ModemState.RECOVERING)
    await vanishing.until(ModemState.ABSENT)
    for number in range(1, 51):
        healthy.device.notice('+CMTI: "SM",1')
        await healthy.told.until(lambda number=number: len(healthy.told.arrivals) == number)
        assert (await healthy.modem.read("SM", 1)).frame == PDU
    assert healthy.modem.can_send
    assert healthy.told.initialisations == 1


async def test_a_port_that_takes_long_to_close_holds_up_nobody(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy, leaving = await drive(HEALTHY), await drive()
    close, closed = serial.Serial.close, threading.Event()

    def slow_close(device: serial.Serial) -> None:
        if device.port == str(leaving.device.link):  # not those of other tests, collected late
            closed.wait(10)
        close(device)

    monkeypatch.setattr(serial.Serial, "close", slow_close)
    leaving.device.unplug()
    await leaving.until(ModemState.ABSENT)
    assert (await healthy.modem.read("SM", 1)).frame == PDU
    closed.set()


async def test_a_busy_modem_answers_many_callers_in_turn(drive: Drive) -> None:
    run = await drive(HEALTHY)
    answers = await asyncio.gather(
        *(run.modem.read("SM", 1) for _ in range(20)),
        *(run.modem.command("AT+CSQ") for _ in range(20)),
        *(run.modem.sweep() for _ in range(5)),
    )
    assert [entry.frame for entry in answers[:20]] == [PDU] * 20
    assert [reply.lines for reply in answers[20:40]] == [("+CSQ: 20,99",)] * 20
