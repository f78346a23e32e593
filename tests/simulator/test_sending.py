"""+CMGS and what the network does with it."""

import asyncio
from datetime import timedelta

import pytest

from gsmd import pdu
from gsmd.simulator import Network, Registration, Sim
from gsmd.simulator.network import canonical
from tests.simulator.conftest import DATE, PHONE, Bench


def test_a_text_reaches_the_phone_and_gets_a_reference(bench: Bench) -> None:
    assert bench.send("Hi") == ["+CMGS: 1", "OK"]
    assert bench.send("again") == ["+CMGS: 2", "OK"]
    assert [message.text for message in bench.phone.received] == ["Hi", "again"]
    assert bench.phone.received[0].originator == bench.sim.number


def test_the_reference_of_the_modem_replaces_the_one_given_and_wraps(bench: Bench) -> None:
    for _ in range(255):
        bench.sim.next_reference()
    assert bench.send() == ["+CMGS: 0", "OK"]
    assert bench.network.submitted[0].tpdu[1] == 0


def test_a_long_text_is_put_together_on_the_phone(bench: Bench) -> None:
    text = "é€😀" * 60
    for submit in pdu.compose(text, PHONE, reference=7):
        frame = pdu.Frame(None, submit.encode())
        bench.feed(f"AT+CMGS={frame.length}\r")
        bench.feed(frame.hex() + "\x1a")
    (message,) = bench.phone.received
    assert (message.text, message.parts) == (text, 4)


@pytest.mark.parametrize(
    ("length", "entered"),
    [
        (14, "0011000B91"),
        (15, "0001000B913316111111F100000178"),
        (14, "nonsense"),
        (14, "0004000B913316111111F100000178"),
        (14, "\xe9"),
    ],
)
def test_a_pdu_that_is_none_or_of_another_length_is_refused(
    bench: Bench, length: int, entered: str
) -> None:
    bench.feed(f"AT+CMGS={length}\r")
    assert bench.feed(f"{entered}\x1a") == b"\r\n+CMS ERROR: 304\r\n"
    assert not len(bench.network.submitted)


def test_blanks_and_line_ends_within_a_pdu_do_not_matter(bench: Bench) -> None:
    bench.feed("AT+CMGS=14\r\n")
    assert b"+CMGS: 1" in bench.feed("00 01000B913316111111F1\r\n00000178\x1a")


@pytest.mark.parametrize("length", ["", "6", "165", '"14"'])
def test_an_impossible_length_gets_no_prompt(bench: Bench, length: str) -> None:
    assert bench.ask(f"AT+CMGS={length}") == ["+CMS ERROR: 304"]


def test_nothing_is_sent_without_a_network(bench: Bench) -> None:
    bench.modem.radio.grant(Registration.SEARCHING)
    assert bench.send() == ["+CMS ERROR: 331"]


def test_nothing_is_sent_without_a_service_centre(bench: Bench) -> None:
    bench.sim.smsc = ""
    assert bench.ask("AT+CSCA?") == ['+CSCA: "",145', "OK"]
    assert bench.send() == ["+CMS ERROR: 330"]
    bench.set_up('AT+CSCA="33609001390",145')
    assert bench.ask("AT+CSCA?") == ['+CSCA: "+33609001390",145', "OK"]
    assert bench.send() == ["+CMGS: 1", "OK"]


def test_a_service_centre_in_the_frame_is_enough(bench: Bench) -> None:
    bench.sim.smsc = ""
    frame = pdu.Frame(pdu.Address.parse("+33609001390"), pdu.compose("Hi", PHONE)[0].encode())
    bench.feed(f"AT+CMGS={frame.length}\r")
    assert b"+CMGS: 1" in bench.feed(frame.hex() + "\x1a")


def test_an_sms_command_is_taken(bench: Bench) -> None:
    tpdu = bytes.fromhex("0200000005") + pdu.Address.parse(PHONE).encode("d") + b"\x00"
    bench.feed(f"AT+CMGC={len(tpdu)}\r")
    assert b"+CMGC: 1" in bench.feed(pdu.Frame(None, tpdu).hex() + "\x1a")


def test_two_sims_write_to_each_other(bench: Bench) -> None:
    other = Bench(sim=Sim("+33600000002"))
    other.network = bench.network
    bench.network.attach(other.sim, other.modem.reception)
    submit = pdu.compose("across", other.sim.number)[0]
    bench.feed(f"AT+CMGS={len(submit.encode())}\r")
    bench.feed(pdu.Frame(None, submit.encode()).hex() + "\x1a")
    assert other.sim.messages.used == 1


def test_a_phone_that_is_off_gets_it_later_and_the_report_waits(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,1,0")
    bench.phone.on = False
    assert bench.send(report=True) == ["+CMGS: 1", "OK"]
    bench.phone.on = True
    assert bench.after(0)[0] == "+CDS: 25"
    assert len(bench.phone.received) == 1


def test_a_phone_that_rejects_and_a_validity_that_ends_are_reported(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,1,0")
    bench.phone.rejects = True
    assert bench.send(report=True)[3].endswith("42")
    bench.phone.rejects, bench.phone.on = False, False
    submit = pdu.compose(
        "short-lived",
        PHONE,
        status_report_request=True,
        validity=pdu.Validity(pdu.ValidityFormat.RELATIVE, b"\x00"),
    )[0]
    bench.feed(f"AT+CMGS={len(submit.encode())}\r")
    bench.feed(pdu.Frame(None, submit.encode()).hex() + "\x1a")
    assert bench.after(299) == []
    assert bench.after(1)[1].endswith("46")
    bench.phone.on = True
    bench.after(0)
    assert bench.phone.received == []


def test_a_phone_can_answer_by_itself(bench: Bench) -> None:
    bench.phone.reply_with(lambda message: f"You said {message.text}")
    bench.set_up("AT+CNMI=2,1")
    assert '+CMTI: "SM",1' in bench.send("Hi")


def test_the_ledger_counts_a_text_that_was_sent_twice(bench: Bench) -> None:
    bench.send("once")
    assert bench.network.submitted.doubled == []
    bench.send("twice")
    bench.send("twice")
    assert [one.text for one in bench.network.submitted.doubled] == ["twice"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("+33 6-11 (22)", "+3361122"),
        ("003361122", "+3361122"),
        ("12345", "12345"),
        ("*100#", "*100#"),
        ("Bank 24", "Bank 24"),
    ],
)
def test_a_number_has_one_spelling(written: str, meant: str) -> None:
    assert canonical(written) == meant


def test_a_report_comes_late_when_the_modem_was_away(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,1,0")
    bench.network.faults.report_delay = 1
    bench.send(report=True)
    bench.modem.radio.grant(Registration.SEARCHING)
    assert bench.after(5) == []
    bench.modem.radio.grant(Registration.HOME)
    assert bench.after(0)[0] == "+CDS: 25"


def test_a_validity_may_end_while_a_delivery_is_under_way(bench: Bench) -> None:
    other = Bench(sim=Sim("+33600000002"))
    other.modem.faults.hang = True
    bench.network.attach(other.sim, other.modem.reception)
    submit = pdu.compose(
        "x", other.sim.number, validity=pdu.Validity(pdu.ValidityFormat.RELATIVE, b"\x00")
    )[0]
    bench.feed(f"AT+CMGS={len(submit.encode())}\r")
    bench.feed(pdu.Frame(None, submit.encode()).hex() + "\x1a")
    assert bench.network.held[other.sim.number] == 1
    bench.after(300)
    assert bench.network.held[other.sim.number] == 0
    other.modem.faults.hang = False
    bench.after(10)
    assert other.sim.messages.used == 0


def test_an_absolute_validity_is_kept_too(bench: Bench) -> None:
    bench.phone.on = False
    submit = pdu.compose("x", PHONE, validity=DATE + timedelta(minutes=10))[0]
    bench.feed(f"AT+CMGS={len(submit.encode())}\r")
    bench.feed(pdu.Frame(None, submit.encode()).hex() + "\x1a")
    bench.after(599)
    assert bench.network.waiting(PHONE) == 1
    bench.after(1)
    assert bench.network.waiting(PHONE) == 0


async def test_somebody_may_wait_for_a_phone() -> None:
    network = Network()
    phone = network.phone(PHONE)
    waiting = asyncio.create_task(phone.expect(2))
    await asyncio.sleep(0)
    for text in ("one", "two"):
        network.phone("+336").send(PHONE, text, reference=1)
    assert [message.text for message in await waiting] == ["one", "two"]
    with pytest.raises(TimeoutError, match="has 2 of 3"):
        await phone.expect(3, timeout=0.01)
