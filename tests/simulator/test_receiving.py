"""+CNMI, +CNMA, and the network that waits for a modem."""

from collections.abc import Callable

import pytest

from gsmd import pdu
from gsmd.simulator import Registration, Sim
from tests.simulator.conftest import Bench


def test_nothing_is_announced_until_it_is_asked_for(bench: Bench) -> None:
    assert bench.text() == []
    assert bench.sim.messages.used == 1


def test_a_stored_message_is_announced(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1")
    assert bench.text() == ['+CMTI: "SM",1']
    assert bench.text() == ['+CMTI: "SM",2']


def test_announcements_held_back_come_when_the_mode_changes(bench: Bench) -> None:
    bench.set_up("AT+CNMI=0,1")
    assert bench.text() == []
    assert bench.ask("AT+CNMI=2,1,0,0,0") == ['+CMTI: "SM",1', "OK"]


def test_announcements_held_back_can_be_dropped(bench: Bench) -> None:
    bench.set_up("AT+CNMI=0,1")
    bench.text()
    assert bench.ask("AT+CNMI=2,1,0,0,1") == ["OK"]


def test_a_direct_message_is_not_stored(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,2")
    header, _ = bench.text()
    assert header == "+CMT: ,24"
    assert bench.sim.messages.used == 0


def test_a_message_for_the_sim_is_stored_even_so(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,2")
    bench.phone.send(bench.sim.number, "for the SIM", message_class=2)
    assert bench.after(0) == ['+CMTI: "SM",1']


def test_only_class_3_is_direct_under_mt_3(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,3")
    assert bench.text() == ['+CMTI: "SM",1']
    bench.phone.send(bench.sim.number, "for the terminal", message_class=3)
    assert bench.after(0)[0].startswith("+CMT:")


def test_phase_2_plus_brings_the_next_message_after_an_acknowledgement(bench: Bench) -> None:
    bench.set_up("AT+CSMS=1", "AT+CNMI=2,2")
    bench.phone.send(bench.sim.number, "one")
    bench.phone.send(bench.sim.number, "two")
    assert len(bench.after(0)) == 2
    assert bench.ask("AT+CNMA")[0] == "OK"
    assert bench.ask("AT+CNMA=0") == ["OK"]
    assert bench.ask("AT+CNMA") == ["+CMS ERROR: 340"]
    assert len(bench.network.delivered) == 2


def test_without_an_acknowledgement_nothing_is_direct_any_more(bench: Bench) -> None:
    bench.set_up("AT+CSMS=1", "AT+CNMI=2,2")
    bench.text()
    bench.after(15)
    assert bench.ask("AT+CNMI?") == ["+CNMI: 2,0,0,0,0", "OK"]
    bench.after(2)
    assert bench.sim.messages.used == 1


def test_a_refused_message_comes_again(bench: Bench) -> None:
    bench.set_up("AT+CSMS=1", "AT+CNMI=2,2")
    bench.text()
    bench.set_up("AT+CNMA=2")
    assert bench.after(2)[0].startswith("+CMT:")


def test_a_report_is_handed_over_stored_or_dropped(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,1,0")
    assert bench.send(report=True)[2] == "+CDS: 25"
    bench.set_up("AT+CNMI=2,1,0,2,0")
    assert bench.send(report=True)[2] == '+CDSI: "SM",1'
    bench.set_up("AT+CNMI=2,1,0,0,0")
    assert bench.send(report=True) == ["+CMGS: 3", "OK"]
    (lost,) = bench.network.lost_reports
    assert (lost.sender, lost.reference) == (bench.sim.number, 3)


def test_the_report_names_the_message_and_its_recipient(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,1,0")
    frame = bench.send(report=True)[3]
    report = pdu.decode(pdu.Frame.from_hex(frame).tpdu)
    assert isinstance(report, pdu.StatusReport)
    assert (report.message_reference, report.tp_status) == (1, 0)
    assert str(report.recipient) == bench.phone.number


@pytest.mark.parametrize(
    "line", ["AT+CNMI=4", "AT+CNMI=2,4", "AT+CNMI=2,1,1", "AT+CNMI=1,1,0,0,0,0"]
)
def test_a_routing_that_is_not_offered_is_refused(bench: Bench, line: str) -> None:
    assert bench.ask(line) == ["+CMS ERROR: 304"]


def test_routing_left_out_stays_as_it_is(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,1,0", "AT+CNMI=1,,,2")
    assert bench.ask("AT+CNMI?") == ["+CNMI: 1,1,0,2,0", "OK"]


def test_the_network_holds_back_what_a_full_sim_cannot_take(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(sim=Sim("+33600000001", slots=2))
    bench.set_up("AT+CNMI=2,1")
    for text in ("one", "two", "three", "four"):
        bench.phone.send(bench.sim.number, text)
    assert bench.after(10) == ['+CMTI: "SM",1', '+CMTI: "SM",2']
    assert bench.network.waiting(bench.sim.number) == 2
    assert bench.ask("AT+CMGD=1") == ["OK", '+CMTI: "SM",1']
    assert bench.ask("AT+CMGD=2") == ["OK", '+CMTI: "SM",2']
    assert bench.network.waiting(bench.sim.number) == 0


def test_a_report_gets_past_a_full_sim(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(sim=Sim("+33600000001", slots=1))
    bench.set_up("AT+CNMI=2,1,0,1,0")
    bench.phone.send(bench.sim.number, "one")
    bench.phone.send(bench.sim.number, "two")
    bench.after(0)
    assert bench.send(report=True)[2].startswith("+CDS:")


def test_a_report_that_finds_no_room_is_brought_again_after_a_while(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench("cinterion", sim=Sim("+33600000001", slots=1))  # reports are stored
    bench.set_up("AT+CNMI=2,1,0,2,1")
    bench.phone.send(bench.sim.number, "one")
    bench.after(0)
    bench.send(report=True)
    tries = bench.after(5)
    assert 0 < len(tries) < 5
    assert '+CDSI: "SM",1' in bench.ask("AT+CMGD=1")


def test_what_was_sent_while_the_modem_was_away_comes_when_it_is_back(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1")
    bench.modem.radio.grant(Registration.SEARCHING)
    bench.text()
    assert bench.sim.messages.used == 0
    bench.modem.radio.grant(Registration.ROAMING)
    assert bench.after(0) == ['+CMTI: "SM",1']


def test_a_part_may_be_missing_doubled_or_out_of_order(bench: Bench) -> None:
    tpdus = bench.phone.send(bench.sim.number, "x" * 400, parts=(3, 1, 1))
    bench.after(0)
    assert len(tpdus) == 3
    assert tpdus[1] == tpdus[2]
    assert [delivery.tpdu for delivery in bench.network.delivered] == tpdus
    assert [delivery.tpdu for delivery in bench.network.delivered.doubled] == [tpdus[1]]
