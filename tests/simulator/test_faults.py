"""Every fault strikes as docs/simulator.md says."""

from collections.abc import Callable

import pytest

from gsmd import pdu
from gsmd.simulator import Registration, Sim
from tests.simulator.conftest import Bench, lines

MakeBench = Callable[..., Bench]


def test_a_modem_that_hangs_says_nothing_and_takes_nothing(bench: Bench) -> None:
    bench.modem.faults.hang = True
    assert bench.feed("AT\r") == b""
    assert bench.text() == []
    bench.modem.faults.hang = False
    assert bench.ask("AT") == ["OK"]
    bench.after(2)
    assert bench.sim.messages.used == 1


def test_a_hang_ends_with_the_power(bench: Bench) -> None:
    bench.modem.faults.hang = True
    bench.modem.reboot()
    bench.after(1)
    assert bench.ask("ATE0")[-1] == "OK"


def test_a_hang_ends_when_the_port_is_closed(bench: Bench) -> None:
    bench.modem.faults.hang_until_closed = True
    assert bench.ask("AT") == []
    bench.modem.port_closed()
    assert bench.ask("AT") == ["OK"]


def test_a_wedged_modem_understands_only_the_reset(bench: Bench) -> None:
    bench.modem.faults.wedged = True
    assert bench.ask("AT") == []
    assert bench.ask("AT+CFUN=1") == []
    assert bench.ask("AT+CFUN=1,1") == ["OK"]
    bench.after(1)
    assert bench.ask("ATE0")[-1] == "OK"


def test_a_reply_comes_late(bench: Bench) -> None:
    bench.modem.faults.late_reply = 3
    bench.modem.faults.late_replies = 1
    assert bench.ask("AT+CSQ") == []
    assert bench.ask("AT+CMEE?") == []
    assert bench.after(3) == ["+CSQ: 20,0", "OK", "+CMEE: 0", "OK"]
    assert bench.ask("AT") == ["OK"]


def test_every_reply_comes_late_until_the_fault_ends(bench: Bench) -> None:
    bench.modem.faults.late_reply = 1
    for _ in range(3):
        assert bench.ask("AT") == []
        assert bench.after(1) == ["OK"]


def test_a_line_comes_in_halves(bench: Bench) -> None:
    bench.modem.faults.stutter = 0.5
    first = bench.feed("AT+CSQ\r")
    assert first == b"\r\n+CSQ: 20"
    bench.written.clear()
    bench.scheduler.advance(0.5)
    assert bytes(bench.written) == b",0\r\n\r\nOK\r\n"


def test_halves_stay_in_order_when_more_is_said(bench: Bench) -> None:
    bench.modem.faults.stutter = 0.5
    answer = bench.feed("AT+CSQ\r") + bench.feed("AT+CMEE?\r")
    bench.written.clear()
    bench.scheduler.advance(5)
    assert lines(answer + bytes(bench.written)) == ["+CSQ: 20,0", "OK", "+CMEE: 0", "OK"]


def test_noise_precedes_replies(bench: Bench) -> None:
    bench.modem.faults.noise = b"\x00\xff\x7e"
    assert bench.feed("AT\r") == b"\x00\xff\x7e\r\nOK\r\n"


def test_the_newline_before_a_line_is_missing(bench: Bench) -> None:
    bench.modem.faults.missing_newline = 1
    assert bench.feed("AT+CSQ\r") == b"+CSQ: 20,0\r\n\r\nOK\r\n"
    bench.modem.faults.missing_newline = 2
    assert bench.feed("AT+CSQ\r") == b"+CSQ: 20,0\r\nOK\r\n"
    assert bench.feed("AT\r") == b"\r\nOK\r\n"


def test_chatter_comes_between_the_lines_of_a_reply(make_bench: MakeBench) -> None:
    bench = make_bench("huawei")
    bench.text()
    bench.modem.faults.chatter = True
    header, one, frame, two, result = bench.ask("AT+CMGR=0")
    assert header.startswith("+CMGR:")
    assert one == "^RSSI:17"
    assert frame.startswith("07")
    assert two.startswith("^DSFLOWRPT:")
    assert result == "OK"


def test_chatter_comes_by_itself_until_it_is_forbidden(make_bench: MakeBench) -> None:
    bench = make_bench("huawei")
    bench.modem.chat(every=10)
    assert bench.after(25) == ["^RSSI:17", "^DSFLOWRPT:0000000C,00000000,00000000,0000000000000000"]
    bench.set_up("AT^CURC=0")
    assert bench.after(60) == []
    bench.set_up("AT^CURC=1")
    bench.modem.chat(every=0)
    assert bench.after(60) == []


def test_an_ok_comes_astray(bench: Bench) -> None:
    bench.modem.faults.stray_ok = 1
    assert bench.ask("AT+CSQ") == ["OK", "+CSQ: 20,0", "OK"]
    assert bench.ask("AT+CSQ") == ["+CSQ: 20,0", "OK"]


@pytest.mark.parametrize(
    ("style", "error"),
    [
        ("profile", "+CMS ERROR: 321"),
        ("numeric", "+CMS ERROR: 321"),
        ("text", "+CMS ERROR: Invalid memory index"),
        ("no-blank", "+CMS ERROR:321"),
        ("bare", "ERROR"),
    ],
)
def test_errors_come_in_another_style(bench: Bench, style: str, error: str) -> None:
    bench.modem.faults.error_style = style  # type: ignore[assignment]  # one of the literals
    assert bench.ask("AT+CMGR=1") == [error]


def test_the_prompt_is_lost_and_an_escape_helps(bench: Bench) -> None:
    bench.modem.faults.lost_prompt = 1
    assert bench.feed("AT+CMGS=14\r") == b""
    assert bench.feed("\x1b") == b"\r\nOK\r\n"
    assert bench.send() == ["+CMGS: 1", "OK"]


def test_the_prompt_comes_late(bench: Bench) -> None:
    bench.modem.faults.late_prompt = 2
    assert bench.feed("AT+CMGS=14\r") == b""
    bench.scheduler.advance(2)
    assert bytes(bench.written) == b"\r\n> "
    assert b"+CMGS" in bench.feed("0001000B913316111111F100000178\x1a")


def test_a_late_prompt_does_not_come_when_the_text_was_cancelled(bench: Bench) -> None:
    bench.modem.faults.late_prompt = 2
    bench.feed("AT+CMGS=14\r")
    bench.feed("\x1b")
    assert bench.after(5) == []


def test_a_text_goes_out_and_its_result_is_lost(bench: Bench) -> None:
    bench.modem.faults.lost_result = 1
    assert bench.send() == []
    assert len(bench.phone.received) == 1
    assert bench.send() == ["+CMGS: 2", "OK"]


def test_a_text_goes_out_and_only_its_ok_is_lost(bench: Bench) -> None:
    bench.modem.faults.lost_ok = 1
    assert bench.send() == ["+CMGS: 1"]
    assert bench.ask("AT") == ["OK"]


def test_a_text_goes_out_and_the_modem_says_it_did_not(bench: Bench) -> None:
    bench.modem.faults.false_error = 1
    bench.modem.faults.false_error_code = 38
    assert bench.send() == ["+CMS ERROR: 38"]
    assert len(bench.phone.received) == 1
    assert bench.send() == ["+CMGS: 2", "OK"]


def test_sending_fails_by_plan_after_the_text(bench: Bench) -> None:
    bench.modem.faults.fail("CMGS", 38, times=2)
    assert bench.send() == ["+CMS ERROR: 38"]
    assert bench.send() == ["+CMS ERROR: 38"]
    assert bench.send() == ["+CMGS: 1", "OK"]
    assert len(bench.phone.received) == 1


def test_sending_fails_by_plan_without_a_prompt(bench: Bench) -> None:
    bench.modem.faults.fail("+CMGS", 512, stage="start")
    assert bench.ask("AT+CMGS=14") == ["+CMS ERROR: 512"]


@pytest.mark.parametrize(
    ("command", "error", "line", "answer"),
    [
        ("CPIN", 14, "AT+CMEE=1;+CPIN?", "+CME ERROR: 14"),
        ("+CNMI", "ERROR", "AT+CNMI=2,1", "ERROR"),
        ("+CMGF", "COMMAND NOT SUPPORT", "AT+CMGF=0", "COMMAND NOT SUPPORT"),
        ("+CSQ", "+CME ERROR: SIM busy", "AT+CSQ", "+CME ERROR: SIM busy"),
        ("D", "NO CARRIER", "ATD123;", "NO CARRIER"),
        ("Z", "ERROR", "ATZ", "ERROR"),
        ("+CPMS", "500", 'AT+CPMS="SM"', "+CMS ERROR: 500"),
    ],
)
def test_any_command_fails_by_plan(
    bench: Bench, command: str, error: int | str, line: str, answer: str
) -> None:
    bench.modem.faults.fail(command, error)
    assert bench.ask(line) == [answer]
    assert bench.ask(line)[-1] == "OK"


def test_a_plan_may_be_for_ever_and_is_cleared(bench: Bench) -> None:
    bench.modem.faults.fail("+CSQ", "ERROR", times=-1)
    assert [bench.ask("AT+CSQ") for _ in range(5)] == [["ERROR"]] * 5
    bench.modem.faults.clear()
    assert bench.ask("AT+CSQ")[-1] == "OK"


def test_a_slow_sim_is_busy_for_a_while(bench: Bench) -> None:
    bench.set_up("AT+CMEE=1")
    bench.modem.slow_sim(5)
    assert bench.ask("AT+CPIN?") == ["+CME ERROR: 14"]
    assert bench.ask("AT+CMGL=4") == ["+CMS ERROR: 314"]
    assert bench.ask("AT+CMGF=0") == ["+CMS ERROR: 314"]
    bench.after(4)
    bench.modem.slow_sim(3)
    bench.after(2)
    assert bench.ask("AT+CPIN?") == ["+CME ERROR: 14"]
    bench.after(1)
    assert bench.ask("AT+CPIN?;+CREG?") == ["+CPIN: READY", "+CREG: 0,1", "OK"]


@pytest.mark.parametrize(("code", "cms"), [(10, 310), (13, 313), (15, 315)])
def test_a_slow_sim_gives_another_reason(bench: Bench, code: int, cms: int) -> None:
    bench.modem.faults.sim_busy_code = code
    bench.modem.slow_sim(5)
    assert bench.ask("AT+CMGL=4") == [f"+CMS ERROR: {cms}"]


def test_a_list_never_comes_and_the_modem_goes_on(bench: Bench) -> None:
    bench.text()
    bench.modem.faults.list_hangs = 1
    assert bench.ask("AT+CMGL=4") == []
    assert len(bench.ask("AT+CMGR=1")) == 3
    assert len(bench.ask("AT+CMGL=4")) == 3


def test_deleting_fails(bench: Bench) -> None:
    bench.text()
    bench.modem.faults.delete_fails = 2
    assert bench.ask("AT+CMGD=1") == ["+CMS ERROR: 320"]
    assert bench.ask("AT+CMGD=1,4") == ["+CMS ERROR: 320"]
    assert bench.sim.messages.used == 1
    assert bench.ask("AT+CMGD=1") == ["OK"]


def test_the_count_lags_behind(bench: Bench) -> None:
    bench.text()
    bench.modem.faults.count_lag = 1
    assert bench.ask("AT+CPMS?")[0] == '+CPMS: "SM",0,30,"SM",1,30,"SM",1,30'
    assert bench.ask("AT+CPMS?")[0] == '+CPMS: "SM",1,30,"SM",1,30,"SM",1,30'


def test_an_indication_is_lost(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1")
    bench.modem.faults.lost_indication = 1
    assert bench.text() == []
    assert bench.text() == ['+CMTI: "SM",2']


def test_an_indication_has_no_index_or_names_another_storage(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1")
    bench.modem.faults.wrong_index = 1
    assert bench.text() == ['+CMTI: "SM",-1']
    bench.modem.faults.wrong_storage = "ME"
    assert bench.text() == ['+CMTI: "ME",2']


@pytest.mark.parametrize("mt", [1, 2])
def test_a_message_is_handed_over_and_stored(bench: Bench, mt: int) -> None:
    bench.set_up(f"AT+CNMI=2,{mt}")
    bench.modem.faults.direct_and_stored = True
    arrived = bench.text()
    assert {line.split(":")[0] for line in arrived[:2]} == {"+CMTI", "+CMT"}
    assert bench.sim.messages.used == 1
    assert len(bench.network.delivered) == 1


def test_what_is_handed_over_is_acknowledged_by_the_modem_itself(bench: Bench) -> None:
    bench.set_up("AT+CSMS=1", "AT+CNMI=2,2")
    bench.modem.faults.acknowledges_itself = True
    assert bench.text()[0].startswith("+CMT:")
    assert len(bench.network.delivered) == 1
    assert bench.ask("AT+CNMA") == ["+CMS ERROR: 340"]


def test_an_acknowledgement_is_not_heard_by_the_network(bench: Bench) -> None:
    bench.set_up("AT+CSMS=1", "AT+CNMI=2,2")
    bench.modem.faults.unheard_acknowledgement = 1
    first = bench.text()
    assert bench.ask("AT+CNMA") == ["OK"]
    assert not bench.network.delivered
    bench.scheduler.advance(bench.network.faults.retry_after)
    assert bench.ask("AT+CNMA")[-1] == "OK"
    assert len(bench.network.delivered) == 1
    assert first[0].startswith("+CMT:")


def test_a_report_has_an_extra_comma(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,1,0")
    bench.modem.faults.report_style = "extra-comma"
    assert bench.send(report=True)[2] == "+CDS: ,25"


def test_a_report_comes_in_pieces(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,1,0")
    bench.modem.faults.report_style = "split"
    frame = pdu.Frame(
        None, pdu.compose("x", "+33611111111", status_report_request=True)[0].encode()
    )
    bench.feed(f"AT+CMGS={frame.length}\r")
    whole = bench.feed(frame.hex() + "\x1a")
    assert not whole.endswith(b"\r\n+CDS: 25\r\n")
    assert b"+CDS: 25\r\n" in whole
    bench.written.clear()
    bench.scheduler.advance(1)
    assert bytes(bench.written).endswith(b"00\r\n")


def test_a_report_has_no_service_centre(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,1,0")
    bench.modem.faults.report_style = "no-address"
    header, frame = bench.send(report=True)[2:]
    assert header == "+CDS: 25"
    assert len(frame) == 2 * 25


def test_a_call_stands_in_the_way_of_sending(bench: Bench) -> None:
    bench.modem.faults.calls_block_sms = True
    bench.modem.voice.ring("+33611111111")
    assert bench.ask("AT+CMGS=14") == ["+CMS ERROR: 302"]
    bench.set_up("ATH")
    assert bench.send() == ["+CMGS: 1", "OK"]


def test_lte_without_sms_is_registered_and_sends_nothing(bench: Bench) -> None:
    bench.modem.radio.grant_lte_only(on=True)
    assert bench.ask("AT+CREG?;+CEREG?;+COPS?") == [
        "+CREG: 0,0",
        "+CEREG: 0,1",
        '+COPS: 0,0,"Testnet",7',
        "OK",
    ]
    assert bench.send() == ["+CMS ERROR: 500"]
    assert bench.text() == []
    bench.modem.radio.grant_lte_only(on=False)
    assert bench.after(0) == []
    assert bench.sim.messages.used == 1


@pytest.mark.parametrize("registration", list(Registration))
def test_any_registration_can_be_had(bench: Bench, registration: Registration) -> None:
    bench.modem.radio.grant(registration)
    assert bench.ask("AT+CREG?")[0] == f"+CREG: 0,{int(registration)}"
    carried = registration in {Registration.HOME, Registration.ROAMING}
    assert bench.send() == (["+CMGS: 1", "OK"] if carried else ["+CMS ERROR: 331"])


def test_settings_are_lost_without_a_restart(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1")
    bench.modem.reset_settings()
    assert bench.feed("AT+CNMI?\r").startswith(b"AT+CNMI?\r\r\n+CNMI: 0,0,0,0,0\r\n")


def test_a_restart_in_the_middle_of_a_reply_leaves_nothing_of_it(bench: Bench) -> None:
    bench.network.faults.answer_delay = 5
    assert bench.send() == []
    bench.modem.reboot()
    assert bench.after(10) == []
    assert not len(bench.network.submitted)
    assert bench.feed("ATE0\r") == b"ATE0\r\r\nOK\r\n"


def test_a_restart_in_the_middle_of_a_text_leaves_nothing_of_it(bench: Bench) -> None:
    bench.feed("AT+CMGS=14\r0011")
    bench.modem.reboot()
    bench.after(1)
    assert bench.ask("ATE0")[-1] == "OK"


def test_the_network_takes_its_time(bench: Bench) -> None:
    faults = bench.network.faults
    faults.answer_delay, faults.delivery_delay, faults.report_delay = 5, 3, 7
    bench.set_up("AT+CNMI=2,1,0,1,0")
    assert bench.send(report=True) == []
    assert bench.after(5) == ["+CMGS: 1", "OK"]
    assert not bench.phone.received
    bench.after(3)
    assert len(bench.phone.received) == 1
    assert bench.after(9) == []
    assert bench.after(1)[0] == "+CDS: 25"


def test_messages_come_one_after_the_other_with_the_delay_between(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1")
    bench.network.faults.delivery_delay = 2
    bench.phone.send(bench.sim.number, "x" * 300)
    assert bench.after(2) == ['+CMTI: "SM",1']
    assert bench.after(2) == ['+CMTI: "SM",2']


def test_a_delivery_comes_twice(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1")
    bench.network.faults.duplicate = 1
    assert bench.text() == ['+CMTI: "SM",1', '+CMTI: "SM",2']
    assert len(bench.network.delivered) == 2
    assert len(bench.network.delivered.doubled) == 1
    assert bench.text() == ['+CMTI: "SM",3']


def test_a_doubled_delivery_is_reported_once(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,1,0")
    other = Bench(sim=Sim("+33600000002"))
    bench.network.attach(other.sim, other.modem.reception)
    bench.network.faults.duplicate = 1
    tpdu = pdu.compose("x", other.sim.number, status_report_request=True)[0].encode()
    bench.feed(f"AT+CMGS={len(tpdu)}\r")
    answer = lines(bench.feed(pdu.Frame(None, tpdu).hex() + "\x1a"))
    assert [line for line in answer if line.startswith("+CDS")] == ["+CDS: 25"]
    assert other.sim.messages.used == 2


def test_a_report_is_lost(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,1,0")
    bench.network.faults.lost_report = 1
    assert bench.send(report=True) == ["+CMGS: 1", "OK"]
    assert bench.send(report=True)[2] == "+CDS: 25"
    assert [each.reference for each in bench.network.lost_reports] == [1]


def test_a_modem_that_wants_three_storages_refuses_one(bench: Bench) -> None:
    bench.modem.faults.storages_at_once = 3
    assert bench.ask('AT+CPMS="ME"')[-1].startswith("+CMS ERROR")
    assert bench.ask('AT+CPMS="ME","SM","SM"')[-1] == "OK"


def test_silent_counts_leave_an_ok(bench: Bench) -> None:
    bench.modem.faults.silent_counts = True
    assert bench.ask('AT+CPMS="ME"') == ["OK"]
    assert bench.ask("AT+CPMS?")[0].startswith('+CPMS: "ME",0,')


def test_ghosts_are_counted_and_what_is_unlisted_can_be_read(bench: Bench) -> None:
    bench.text()
    bench.modem.faults.ghosts = 2
    bench.modem.faults.unlisted = True
    assert bench.ask('AT+CPMS="SM"')[0] == "+CPMS: 3,30,3,30,3,30"
    assert bench.ask("AT+CMGL=4") == ["OK"]
    assert bench.ask("AT+CMGR=1")[0].startswith("+CMGR: ")


def test_a_slow_slot_is_counted_at_once_and_read_later(bench: Bench) -> None:
    bench.modem.faults.slow_slot = 2.0
    bench.text()
    assert bench.ask("AT+CMGR=1")[-1] == "+CMS ERROR: 321"
    assert bench.ask("AT+CMGL=4") == ["OK"]
    bench.after(2.5)
    assert bench.ask("AT+CMGR=1")[0].startswith("+CMGR: ")


@pytest.mark.parametrize(
    ("stuck", "command"),
    [("operator", "AT+COPS=0"), ("radio", "AT+CFUN=0;+CFUN=1"), ("restart", "AT+CFUN=1,1")],
)
def test_a_search_goes_on_for_ever_until_the_right_command(
    bench: Bench, stuck: str, command: str
) -> None:
    bench.modem.faults.stuck_search = stuck  # type: ignore[assignment] # one of the words
    bench.modem.radio.update()
    weaker = {"radio": "AT+COPS=0", "restart": "AT+CFUN=0;+CFUN=1"}.get(stuck)
    if weaker is not None:
        bench.ask(weaker)
    assert bench.modem.radio.status is Registration.SEARCHING
    bench.ask(command)
    bench.after(1)
    assert bench.modem.radio.carries_messages


@pytest.mark.parametrize(
    ("stuck", "command"), [("radio", "AT+CFUN=0;+CFUN=1"), ("restart", "AT+CFUN=1,1")]
)
def test_a_sim_is_not_there_until_the_right_command(bench: Bench, stuck: str, command: str) -> None:
    bench.modem.faults.stuck_sim = stuck  # type: ignore[assignment] # one of the words
    assert bench.ask("AT+CMEE=1;+CPIN?") == ["+CME ERROR: 10"]
    bench.ask(command)
    bench.after(1)
    bench.ask("ATE0")
    assert bench.ask("AT+CPIN?") == ["+CPIN: READY", "OK"]


def test_notices_go_elsewhere_until_they_are_called_here(make_bench: MakeBench) -> None:
    bench = make_bench("huawei")
    bench.ask("AT+CNMI=2,1,0,0,0")
    bench.modem.faults.notices_elsewhere = True
    assert bench.text() == []
    assert bench.ask("AT^PORTSEL=1") == ["OK"]
    assert bench.text() == ['+CMTI: "SM",1']
