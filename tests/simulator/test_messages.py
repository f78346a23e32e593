"""Stored messages in PDU mode: choosing a memory, listing, reading, deleting, writing."""

from collections.abc import Callable

import pytest

from gsmd import pdu
from gsmd.simulator import Sim
from tests.simulator.conftest import PHONE, Bench


def test_a_message_is_listed_read_and_deleted(bench: Bench) -> None:
    bench.text("Hello")
    header, frame, _ = bench.ask("AT+CMGL=4")
    assert header == "+CMGL: 1,0,,24"
    deliver = pdu.decode(pdu.Frame.from_hex(frame).tpdu)
    assert isinstance(deliver, pdu.Deliver)
    assert (str(deliver.originator), deliver.user_data.text) == (PHONE, "Hello")
    assert bench.ask("AT+CMGR=1") == ["+CMGR: 1,,24", frame, "OK"]
    assert bench.ask("AT+CMGD=1") == ["OK"]
    assert bench.ask("AT+CMGL=4") == ["OK"]


def test_reading_makes_a_message_read(bench: Bench) -> None:
    bench.text()
    assert len(bench.ask("AT+CMGL=0")) == 3
    assert bench.ask("AT+CMGL=0") == ["OK"]
    assert len(bench.ask("AT+CMGL=1")) == 3


def test_only_a_slot_that_exists_can_be_named(bench: Bench) -> None:
    for line in ("AT+CMGR=0", "AT+CMGR=31", "AT+CMGD=31"):
        assert bench.ask(line) == ["+CMS ERROR: 321"]
    assert bench.ask("AT+CMGR=30") == ["+CMS ERROR: 321"]
    assert bench.ask("AT+CMGD=30") == ["OK"]


def test_a_whole_batch_is_deleted_in_one_line(bench: Bench) -> None:
    for _ in range(3):
        bench.text()
    assert bench.ask("AT+CMGD=1;+CMGD=2;+CMGD=3") == ["OK"]
    assert bench.sim.messages.used == 0


def test_a_flag_deletes_by_state(bench: Bench) -> None:
    bench.text("read")
    bench.ask("AT+CMGR=1")
    bench.text("unread")
    assert bench.ask("AT+CMGD=?") == ["+CMGD: (1,2),(0-4)", "OK"]
    bench.set_up("AT+CMGD=1,1")
    assert bench.ask("AT+CMGD=?") == ["+CMGD: (2),(0-4)", "OK"]
    bench.set_up("AT+CMGD=1,4")
    assert bench.sim.messages.used == 0


def test_storages_are_offered_chosen_and_counted(bench: Bench) -> None:
    assert bench.ask("AT+CPMS=?")[0] == '+CPMS: ("SM","ME","MT"),("SM","ME","MT"),("SM","ME","MT")'
    bench.text()
    assert bench.ask('AT+CPMS="ME","SM"')[0] == "+CPMS: 0,20,1,30,1,30"
    assert bench.ask("AT+CPMS?")[0] == '+CPMS: "ME",0,20,"SM",1,30,"SM",1,30'
    assert bench.ask('AT+CPMS="XX"') == ["+CMS ERROR: 304"]


def test_the_combined_storage_numbers_the_equipment_first(bench: Bench) -> None:
    bench.text("on the SIM")
    bench.set_up('AT+CPMS="ME","ME","ME"')
    bench.text("in the equipment")
    bench.set_up('AT+CPMS="MT"')
    headers = [line for line in bench.ask("AT+CMGL=4") if line.startswith("+CMGL")]
    assert [header.split(",")[0] for header in headers] == ["+CMGL: 1", "+CMGL: 21"]
    bench.set_up("AT+CMGD=21")
    assert bench.sim.messages.used == 0


def test_a_message_goes_to_the_next_memory_when_the_first_is_full(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(sim=Sim("+33600000001", slots=1))
    bench.set_up('AT+CPMS="MT","MT","MT"')
    for _ in range(21):
        bench.text()
    assert bench.ask("AT+CPMS?")[0] == '+CPMS: "MT",21,21,"MT",21,21,"MT",21,21'


def test_a_message_is_written_and_sent_from_storage(bench: Bench) -> None:
    submit = pdu.compose("Draft", PHONE)[0]
    frame = pdu.Frame(None, submit.encode())
    bench.feed(f"AT+CMGW={frame.length}\r")
    assert bench.feed(frame.hex() + "\x1a") == b"\r\n+CMGW: 1\r\n\r\nOK\r\n"
    assert bench.ask("AT+CMGL=2")[0] == f"+CMGL: 1,2,,{frame.length}"
    assert bench.ask("AT+CMSS=1") == ["+CMSS: 1", "OK"]
    assert bench.ask('AT+CMSS=1,"+33622222222"') == ["+CMSS: 2", "OK"]
    assert bench.ask("AT+CMGL=3")[0] == f"+CMGL: 1,3,,{frame.length}"
    assert bench.phone.received[0].text == "Draft"
    assert bench.network.phone("+33622222222").received[0].text == "Draft"


def test_what_was_received_cannot_be_sent_from_storage(bench: Bench) -> None:
    bench.text()
    assert bench.ask("AT+CMSS=1") == ["+CMS ERROR: 304"]
    assert bench.ask("AT+CMSS=2") == ["+CMS ERROR: 321"]


def test_writing_to_a_full_memory_fails(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(sim=Sim("+33600000001", slots=1))
    bench.text()
    bench.feed("AT+CMGW=14\r")
    assert b"+CMS ERROR: 322" in bench.feed("0001000B913316111111F100000178\x1a")


@pytest.mark.parametrize("line", ["AT+CMGL=5", "AT+CMGL=x", "AT+CMGD", "AT+CMGD=1,5", "AT+CMGR=-1"])
def test_nonsense_is_refused(bench: Bench, line: str) -> None:
    assert "ERROR" in bench.ask(line)[0]
