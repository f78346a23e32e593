"""Identity, PIN and PUK, registration, power, calls, USSD, phone book."""

from collections.abc import Callable

import pytest

from gsmd.pdu import septets
from gsmd.simulator import PROFILES, Registration, Sim
from tests.simulator.conftest import Bench

MakeBench = Callable[..., Bench]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (line, list(answer))
        for line, *answer in (
            ("AT+CGMI", "gsmd"),
            ("AT+CGMM", "Simulated Modem"),
            ("AT+CGMR", "1.0"),
            ("AT+CGSN", "490154203237518"),
            ("AT+CGSN=1", '+CGSN: "490154203237518"'),
            ("AT+CIMI", "001010000000001"),
            ("AT+CCID", "+CCID: 8900101000000000012"),
            ("AT+CNUM", '+CNUM: "","+33600000001",145'),
            ("AT+GCAP", "+GCAP: +CGSM,+FCLASS,+DS"),
            ("AT+CSQ", "+CSQ: 20,0"),
            ("AT+CBC", "+CBC: 0,100,4100"),
            ("AT+CPAS", "+CPAS: 0"),
            ("AT+CCLK?", '+CCLK: "26/03/04,05:06:07+00"'),
            ("AT+CREG?", "+CREG: 0,1"),
            ("AT+CGREG?", "+CGREG: 0,1"),
            ("AT+CEREG?", "+CEREG: 0,0"),
            ("AT+CGATT?", "+CGATT: 1"),
            ("AT+COPS?", '+COPS: 0,0,"Testnet",0'),
            ("AT+CFUN?", "+CFUN: 1"),
            ("AT+IPR?", "+IPR: 0"),
            ("AT+ICF?", "+ICF: 3,3"),
            ("AT+IFC?", "+IFC: 0,0"),
            ("AT+CLCK=?", '+CLCK: ("SC","AO","OI","AI","IR")'),
            ("AT+CSMS?", "+CSMS: 0,1,1,0"),
            ("AT+CSCB?", '+CSCB: 0,"",""'),
            ("AT+CGSMS?", "+CGSMS: 1"),
            ("AT+CSCS?", '+CSCS: "IRA"'),
            ("ATI", "gsmd", "Simulated Modem", "1.0"),
            ("AT+CSMS=1", "+CSMS: 1,1,0"),
            ("AT+CNMI=?", "+CNMI: (0-3),(0-3),(0,2),(0-2),(0,1)"),
            ("AT+CMGL=?", "+CMGL: (0-4)"),
        )
    ],
)
def test_what_is_asked_is_answered(bench: Bench, line: str, answer: list[str]) -> None:
    assert bench.ask(line) == [*answer, "OK"]


def test_every_command_is_listed(bench: Bench) -> None:
    listed = bench.ask("AT+CLAC")
    assert {"AT+CMGS", "ATE", "AT+CCID", "AT&F"} <= set(listed)


@pytest.mark.parametrize(
    "line",
    [
        "AT&F2",
        "AT+CGSN=2",
        'AT+CPWD="AO","1","2"',
        "AT+CFUN=9",
        "AT+CMEE=3",
        'AT+CSCS="KLINGON"',
        'AT+CCLK="soon"',
        "AT+CREG=3",
        "AT+CLIP=2",
    ],
)
def test_what_cannot_be_set_is_refused(bench: Bench, line: str) -> None:
    bench.set_up("AT+CMEE=1")
    assert bench.ask(line) == ["+CME ERROR: 50"]


def test_what_is_set_is_read_back(bench: Bench) -> None:
    bench.set_up(
        'AT+IPR=9600;+CSCS="UCS2";+CSCB=1;+CMMS=2;+CLIP=1;+CRC=1;+CUSD=1;S7=60;&C1;+CVHU=0'
    )
    assert bench.ask("AT+IPR?;+CMMS?;S7?") == ["+IPR: 9600", "+CMMS: 2", "060", "OK"]
    assert bench.ask("AT+CLIP?;+CRC?;+CUSD?") == ["+CLIP: 1,1", "+CRC: 1", "+CUSD: 1", "OK"]


def test_the_pin_is_asked_for_and_unlocks(make_bench: MakeBench) -> None:
    bench = make_bench(sim=Sim("+33600000001", pin="1234"))
    bench.set_up("AT+CMEE=1")
    assert bench.ask("AT+CPIN?") == ["+CPIN: SIM PIN", "OK"]
    assert bench.ask("AT+CIMI") == ["+CME ERROR: 11"]
    assert bench.ask("AT+CMGL=4") == ["+CMS ERROR: 311"]
    assert bench.ask("AT+CREG?") == ["+CREG: 0,0", "OK"]
    assert bench.ask('AT+CPIN="1234"') == ["OK"]
    assert bench.ask("AT+CPIN?") == ["+CPIN: READY", "OK"]
    assert bench.ask("AT+CREG?") == ["+CREG: 0,1", "OK"]
    assert bench.ask('AT+CPIN="1234"') == ["+CME ERROR: 3"]


def test_three_wrong_pins_block_the_sim_until_the_puk_comes(make_bench: MakeBench) -> None:
    bench = make_bench(sim=Sim("+33600000001", pin="1234", puk="87654321"))
    bench.set_up("AT+CMEE=1")
    assert bench.ask("AT+CPINR")[0] == "+CPINR: SIM PIN,3,3"
    assert [bench.ask('AT+CPIN="0000"')[0] for _ in range(3)] == [
        "+CME ERROR: 16",
        "+CME ERROR: 16",
        "+CME ERROR: 12",
    ]
    assert bench.ask("AT+CPIN?") == ["+CPIN: SIM PUK", "OK"]
    assert bench.ask("AT+CMGL=4") == ["+CMS ERROR: 316"]
    assert bench.ask('AT+CPIN="11111111","4321"') == ["+CME ERROR: 12"]
    assert bench.ask("AT+CPINR")[1] == "+CPINR: SIM PUK,9,10"
    assert bench.ask('AT+CPIN="87654321","4321"') == ["OK"]
    assert bench.ask("AT+CPIN?") == ["+CPIN: READY", "OK"]


def test_a_wrong_puk_ten_times_is_the_end(make_bench: MakeBench) -> None:
    bench = make_bench(sim=Sim("+33600000001", pin="1234"))
    bench.sim.pin_tries = 0
    for _ in range(10):
        bench.ask('AT+CPIN="11111111","4321"')
    assert bench.ask(f'AT+CPIN="{bench.sim.puk}","4321"') == ["ERROR"]


def test_the_pin_is_switched_on_changed_and_off(bench: Bench) -> None:
    bench.set_up('AT+CLCK="SC",1,"0000"')
    assert bench.ask('AT+CLCK="SC",2') == ["+CLCK: 1", "OK"]
    bench.set_up('AT+CPWD="SC","0000","1111"')
    assert bench.ask('AT+CPWD="SC","0000","2222"') == ["ERROR"]
    bench.set_up('AT+CLCK="SC",0,"1111"')
    assert bench.ask('AT+CLCK="SC",2') == ["+CLCK: 0", "OK"]
    assert bench.ask('AT+CLCK="AO",1,"0000"') == ["ERROR"]
    assert bench.ask('AT+CLCK="SC",1,"0000";+CLCK="SC",0,"9999"') == ["ERROR"]
    bench.set_up('AT+CLCK="SC",0,"0000"')
    assert bench.ask('AT+CPWD="SC","1111","1"') == ["ERROR"]


def test_without_a_sim_there_is_little_to_do(bench: Bench) -> None:
    bench.modem.insert(None)
    bench.set_up("AT+CMEE=1")
    assert bench.ask("AT+CPIN?") == ["+CME ERROR: 10"]
    assert bench.ask('AT+CPIN="1"') == ["+CME ERROR: 10"]
    assert bench.ask("AT+CCID") == ["+CME ERROR: 10"]
    assert bench.ask("AT+CPMS?") == ["+CMS ERROR: 310"]
    assert bench.ask("AT+COPS?") == ["+COPS: 0", "OK"]


def test_registration_is_followed_when_asked_for(bench: Bench) -> None:
    bench.set_up("AT+CREG=2;+CGREG=1")
    bench.modem.radio.grant(Registration.SEARCHING)
    assert bench.after(0) == []
    assert bench.ask("AT+CREG?") == ["+CREG: 2,2", "OK"]
    bench.modem.radio.grant(Registration.ROAMING)
    assert bench.ask("AT+CREG?") == ['+CREG: 2,5,"00C3","0000A1B2"', "OK"]


def test_changes_of_registration_are_announced(bench: Bench) -> None:
    bench.set_up("AT+CREG=1")
    bench.written.clear()
    bench.modem.radio.grant(Registration.DENIED)
    bench.modem.radio.grant(Registration.HOME)
    assert bytes(bench.written) == b"\r\n+CREG: 3\r\n\r\n+CREG: 1\r\n"


def test_the_radio_is_switched_off_and_on(bench: Bench) -> None:
    bench.set_up("AT+CFUN=4")
    assert bench.ask("AT+CREG?;+CSQ") == ["+CREG: 0,0", "+CSQ: 99,99", "OK"]
    bench.set_up("AT+CFUN=1")
    assert bench.ask("AT+CREG?") == ["+CREG: 0,1", "OK"]


def test_the_network_is_left_and_joined(bench: Bench) -> None:
    bench.set_up("AT+COPS=2")
    assert bench.ask("AT+CREG?;+COPS?") == ["+CREG: 0,2", "+COPS: 0", "OK"]
    bench.set_up("AT+COPS=0")
    assert bench.ask("AT+CREG?") == ["+CREG: 0,1", "OK"]


def test_the_operator_is_named_in_the_chosen_format(bench: Bench) -> None:
    bench.set_up("AT+COPS=3,2")
    assert bench.ask("AT+COPS?") == ['+COPS: 0,2,"00101",0', "OK"]
    assert bench.feed("AT+COPS=?\r") == b""
    assert bench.after(1)[0].startswith('+COPS: (2,"Testnet"')


def test_a_reset_by_command_loses_all_settings(bench: Bench) -> None:
    bench.set_up("AT+CMGF=1;+CNMI=2,1;+CREG=1")
    assert bench.ask("AT+CFUN=1,1") == ["OK"]
    bench.after(1)
    assert bench.feed("AT\r") == b"AT\r\r\nOK\r\n"
    bench.set_up("ATE0")
    assert bench.ask("AT+CMGF?;+CNMI?") == ["+CMGF: 0", "+CNMI: 0,0,0,0,0", "OK"]


def test_a_starting_modem_says_nothing_then_is_busy_then_searches(make_bench: MakeBench) -> None:
    bench = make_bench("sim800")
    bench.modem.reboot()
    assert bench.feed("AT\r") == b""
    assert bench.after(0.2) == ["RDY", "+CFUN: 1", "+CPIN: READY"]
    bench.set_up("ATE0+CMEE=1")
    assert bench.ask("AT+CIMI") == ["+CME ERROR: 14"]
    assert bench.ask("AT+CMGF=0") == ["+CMS ERROR: 314"]
    assert bench.after(0.05) == ["Call Ready", "SMS Ready"]
    assert bench.ask("AT+CREG?") == ["+CREG: 0,2", "OK"]
    bench.after(0.05)
    assert bench.ask("AT+CREG?") == ["+CREG: 0,1", "OK"]


def test_a_locked_sim_is_announced_as_locked(make_bench: MakeBench) -> None:
    bench = make_bench("sim800", Sim("+33600000001", pin="1234"))
    bench.sim.pin_tries = 0
    bench.modem.reboot()
    assert bench.after(1) == ["RDY", "+CFUN: 1", "+CPIN: SIM PUK"]
    bench.sim.pin_tries = 3
    bench.modem.reboot()
    assert bench.after(1) == ["RDY", "+CFUN: 1", "+CPIN: SIM PIN"]
    bench.set_up("ATE0")
    assert "SMS Ready" in bench.ask("AT+CPIN=1234")


def test_a_sim_that_is_not_there_is_announced_as_missing(make_bench: MakeBench) -> None:
    bench = make_bench("sim800")
    bench.modem.insert(None)
    bench.modem.reboot()
    assert bench.after(1) == ["RDY", "+CFUN: 1", "+CPIN: NOT INSERTED"]
    assert "IMEI: 490154203237518" in make_bench("huawei").ask("ATI")


def test_messages_survive_a_restart_on_the_sim(bench: Bench) -> None:
    bench.text()
    bench.modem.reboot()
    bench.after(1)
    assert bench.sim.messages.used == 1


def test_another_sim_brings_its_own_number_and_messages(bench: Bench) -> None:
    bench.text()
    bench.modem.insert(Sim("+33600000002", imsi="001010000000002"))
    bench.after(1)
    assert bench.ask("AT+CIMI;+CPMS?") == [
        "001010000000002",
        '+CPMS: "SM",0,30,"SM",0,30,"SM",0,30',
        "OK",
    ]


def test_a_call_rings_shows_its_number_and_is_taken(bench: Bench) -> None:
    bench.set_up("AT+CLIP=1")
    bench.written.clear()
    bench.modem.voice.ring("+33611111111")
    assert b'RING\r\n\r\n+CLIP: "+33611111111",145' in bytes(bench.written)
    assert bench.after(3)[0] == "RING"
    assert bench.ask("AT+CLCC;+CPAS") == [
        '+CLCC: 1,1,4,0,0,"+33611111111",145',
        "+CPAS: 3",
        "OK",
    ]
    assert bench.ask("ATA") == ["OK"]
    assert bench.after(9) == []
    bench.modem.voice.hang_up(remote=True)
    assert bench.ask("AT+CLCC") == ["OK"]


def test_a_call_is_refused_or_given_up(bench: Bench) -> None:
    bench.set_up("AT+CRC=1")
    bench.modem.voice.ring("123")
    assert bench.ask("ATH") == ["OK"]
    assert bench.after(9) == []
    bench.modem.voice.ring("123")
    bench.written.clear()
    bench.modem.voice.hang_up(remote=True)
    assert bytes(bench.written) == b"\r\nNO CARRIER\r\n"
    assert bench.ask("ATA") == ["NO CARRIER"]


def test_a_call_may_be_answered_by_itself(bench: Bench) -> None:
    bench.set_up("ATS0=2")
    bench.modem.voice.ring("123")
    bench.after(3)
    assert bench.ask("AT+CPAS") == ["+CPAS: 4", "OK"]


def test_ring_has_a_number_too(bench: Bench) -> None:
    bench.feed("ATV0\r")
    bench.written.clear()
    bench.modem.voice.ring("123")
    assert bytes(bench.written) == b"2\r"


def test_voice_can_be_dialled_and_data_finds_nobody(bench: Bench) -> None:
    assert bench.ask("ATDT+33611111111;") == ["OK"]
    assert bench.ask("AT+CLCC;+CHUP") == ['+CLCC: 1,0,2,0,0,"+33611111111",145', "OK"]
    assert bench.ask("ATD*99#") == ["NO CARRIER"]


def test_ussd_answers_after_the_ok(bench: Bench) -> None:
    assert bench.ask('AT+CUSD=1,"*100#",15') == ["OK", '+CUSD: 0,"Balance: 5.00",15']
    assert bench.ask('AT+CUSD=1,"*999#",15') == ["OK", "+CUSD: 4"]


def test_a_ussd_menu_is_walked_through_and_left(bench: Bench) -> None:
    assert bench.feed('AT+CUSD=1,"*123#"\r').endswith(b'+CUSD: 1,"1 Account\n2 Help",15\r\n')
    assert bench.ask('AT+CUSD=1,"2"')[1] == '+CUSD: 0,"Call 123.",15'
    bench.ask('AT+CUSD=1,"*123#"')
    bench.set_up("AT+CUSD=2")
    assert bench.ask('AT+CUSD=1,"2"')[1] == "+CUSD: 4"


def test_ussd_that_nobody_wants_to_see_is_not_shown(bench: Bench) -> None:
    assert bench.ask('AT+CUSD=0,"*100#"') == ["OK"]


def test_ussd_is_written_in_the_chosen_character_set(bench: Bench) -> None:
    bench.set_up('AT+CSCS="UCS2"')
    code = "*100#".encode("utf-16-be").hex()
    assert bench.ask(f'AT+CUSD=1,"{code}"')[1] == (
        f'+CUSD: 0,"{"Balance: 5.00".encode("utf-16-be").hex().upper()}",15'
    )
    assert bench.ask('AT+CUSD=1,"*100#"') == ["ERROR"]


def test_ussd_without_a_gsm_text_comes_as_ucs2(bench: Bench) -> None:
    answer = bench.ask('AT+CUSD=1,"*101#"')[1]
    assert answer.endswith(",72")
    assert "€" in bytes.fromhex(answer.split('"')[1]).decode("utf-16-be")


def test_huawei_packs_ussd_until_told_not_to(make_bench: MakeBench) -> None:
    bench = make_bench("huawei")
    packed = septets.pack(b"Balance: 5.00").hex().upper()
    assert bench.ask('AT+CUSD=1,"AA180C3602"')[1] == f'+CUSD: 0,"{packed}",15'
    bench.set_up("AT^USSDMODE=0")
    assert bench.ask('AT+CUSD=1,"*100#"')[1] == '+CUSD: 0,"Balance: 5.00",15'


def test_ussd_needs_a_network(bench: Bench) -> None:
    bench.modem.radio.grant(Registration.NONE)
    bench.set_up("AT+CMEE=1")
    assert bench.ask('AT+CUSD=1,"*100#"') == ["+CME ERROR: 30"]


def test_contacts_are_written_read_found_and_cleared(bench: Bench) -> None:
    bench.set_up('AT+CPBW=3,"+336",145,"Bob"', 'AT+CPBW=,"117",129,"alarm"')
    assert bench.ask("AT+CPBR=1,9") == [
        '+CPBR: 1,"117",129,"alarm"',
        '+CPBR: 3,"+336",145,"Bob"',
        "OK",
    ]
    assert bench.ask('AT+CPBF="b"') == ['+CPBF: 3,"+336",145,"Bob"', "OK"]
    bench.set_up("AT+CPBW=3")
    assert bench.ask('AT+CPBF="b"') == ["ERROR"]
    assert bench.ask("AT+CPBS?") == ['+CPBS: "SM",1,100', "OK"]
    assert bench.ask("AT+CPBR=?") == ["+CPBR: (1-100),40,14", "OK"]


def test_the_own_number_is_a_phone_book_too(bench: Bench) -> None:
    bench.set_up('AT+CPBS="ON"')
    assert bench.ask("AT+CPBR=1") == ['+CPBR: 1,"+33600000001",145,""', "OK"]
    assert bench.ask('AT+CPBS="XX"') == ["ERROR"]


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_every_family_answers_what_its_profile_says(make_bench: MakeBench, name: str) -> None:
    bench = make_bench(name)
    for written in PROFILES[name].answers:
        answer = bench.ask(f"AT{written}")
        assert answer[-1] == "OK"
        assert "{" not in "".join(answer)


STORING = sorted(name for name, profile in PROFILES.items() if profile.knows("+CPMS"))


@pytest.mark.parametrize("name", STORING)
def test_every_family_that_stores_receives_reads_deletes_and_sends(
    make_bench: MakeBench, name: str
) -> None:
    bench = make_bench(name)
    bench.set_up("AT+CMGF=0", "AT+CNMI=1,1,0,0,1")
    storage, index = bench.text()[0].removeprefix("+CMTI: ").split(",")
    bench.set_up(f"AT+CPMS={storage}")
    assert len(bench.ask("AT+CMGL=4")) == 3
    assert len(bench.ask(f"AT+CMGR={index}")) == 3
    bench.set_up(f"AT+CMGD={index}")
    submit_length = 14
    prompt = bench.feed(f"AT+CMGS={submit_length}\r")
    assert prompt == PROFILES[name].prompt
    assert b"+CMGS: 1" in bench.feed("0001000B913316111111F100000178\x1a")


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_every_family_starts_with_its_banner(make_bench: MakeBench, name: str) -> None:
    bench = make_bench(name)
    bench.modem.reboot()
    profile = PROFILES[name]
    expected = [line.replace("{pin_state}", "READY") for _, line in profile.banner]
    assert bench.after(1) == [*expected, *profile.ready]


@pytest.mark.parametrize("name", sorted(PROFILES))
def test_no_two_things_are_said_that_contradict_each_other(name: str) -> None:
    profile = PROFILES[name]
    assert profile.default_storage in profile.storages[0]
    assert profile.report_storage in {"SR", *profile.storages[0]}
    assert not profile.missing & set(profile.answers)


@pytest.mark.parametrize(
    ("name", "line", "answer"),
    [
        ("huawei", "AT+NONSENSE", ["COMMAND NOT SUPPORT"]),
        ("sim800", "AT+CEREG?", ["ERROR"]),
        ("sim800", "AT+CMGR=1", ["OK"]),
        ("telit", "AT+CMGL=4", ["+CMS ERROR: 321"]),
        ("ublox", "AT+CMGD=1", ["+CMS ERROR: 321"]),
        ("zte", "AT+CNMI=2,1,0,0,0", ["+CMS ERROR: 303"]),
        ("zte", "AT+CNMI=2,1,0,0,1", ["OK"]),
        ("sierra", "AT+CNMI=2,1,0,2,0", ["ERROR"]),
        ("cinterion", "AT+CNMI=2,1,0,1,1", ["+CMS ERROR: 304"]),
        ("wavecom", "AT+CPMS=?", ['+CPMS: (("SM","BM","SR"),("SM"))', "OK"]),
        ("wavecom", 'AT+CPMS="BM","SM"', ["+CPMS: 0,0,0,30", "OK"]),
        ("ec25", "AT+CPMS?", ['+CPMS: "ME",0,23,"ME",0,23,"ME",0,23', "OK"]),
    ],
)
def test_a_family_has_its_quirks(
    make_bench: MakeBench, name: str, line: str, answer: list[str]
) -> None:
    assert make_bench(name).ask(line) == answer


@pytest.mark.parametrize(
    ("name", "header"),
    [("generic", "+CMGL: 1,0,,24"), ("sim800", '+CMGL: 1,0,"",24'), ("sierra", "+CMGL: 0,0,24")],
)
def test_the_name_in_a_list_may_be_empty_quoted_or_missing(
    make_bench: MakeBench, name: str, header: str
) -> None:
    bench = make_bench(name)
    bench.text()
    assert bench.ask("AT+CMGL=4")[0] == header


def test_a_report_may_be_announced_under_the_name_of_another_storage(make_bench: MakeBench) -> None:
    bench = make_bench("ec25")
    bench.set_up("AT+CNMI=2,1,0,2,0")
    assert bench.send(report=True)[2] == '+CDSI: "SM",0'
    assert bench.modem.report_memory.used == 1


@pytest.mark.parametrize(("name", "full"), [("huawei", '^SMMEMFULL: "SM"'), ("sim800", "SMS FULL")])
def test_a_family_says_when_its_storage_is_full(
    make_bench: MakeBench, name: str, full: str
) -> None:
    bench = make_bench(name, Sim("+33600000001", slots=1))
    bench.set_up("AT+CNMI=2,1")
    assert full in bench.text()


def test_a_family_without_storages_hands_over_and_takes_a_text_without_a_prompt(
    make_bench: MakeBench,
) -> None:
    bench = make_bench("nrf9160")
    bench.set_up("AT+CNMI=3,2,0,1")
    assert bench.text("one")[0].startswith("+CMT: ")
    assert bench.text("two") == []  # until the first is acknowledged
    assert any(line.startswith("+CMT: ") for line in bench.ask("AT+CNMA") + bench.after(0))
    bench.set_up("AT+CNMA")
    assert bench.feed("AT+CMGS=14\r") == b""
    assert b"+CMGS: 1" in bench.feed("0001000B913316111111F100000178\x1a")


def test_what_a_family_without_storages_was_not_acknowledged_stays_with_the_network(
    make_bench: MakeBench,
) -> None:
    bench = make_bench("nrf9160")
    bench.set_up("AT+CNMI=3,2,0,1")
    bench.text("one")
    bench.after(15)
    bench.after(2)
    bench.set_up("AT+CNMI=3,2,0,1")
    assert any(line.startswith("+CMT: ") for line in bench.after(2))
