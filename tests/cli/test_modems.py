"""``gsmd modems``, ``gsmd at`` and ``gsmd ussd``."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from gsmd.protocol.modems import ModemStatus
from gsmd.protocol.wire import plain
from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon, Refusal
from tests.cli.running import run_on_terminal

NORTH = {
    "name": "north",
    "state": "ready",
    "reason": "",
    "since": "2026-01-02T03:04:05.678Z",
    "port": "/dev/ttyUSB0",
    "manufacturer": "Huawei",
    "model": "E3372",
    "revision": "21.3",
    "imei": "350000000000001",
    "imsi": "208010000000001",
    "iccid": "8933000000000000001",
    "number": "+33600000001",
    "operator": "Orange F",
    "registration": "home",
    "roaming": True,
    "signal_dbm": -80,
    "smsc": "+33609001390",
    "storage": {"name": "SM", "used": 28, "total": 30},
    "counters": {"sent": 12},
}
SOUTH = {"name": "south", "state": "absent", "reason": "/dev/ttyUSB1 does not exist"}
WHOLE_NORTH, WHOLE_SOUTH = (plain(msgspec.convert(each, ModemStatus)) for each in (NORTH, SOUTH))
"""With the defaults of what a daemon leaves out."""


@pytest.fixture(autouse=True)
def two_modems(daemon: FakeDaemon) -> None:
    daemon.methods["modems.list"] = lambda _: {"modems": [NORTH, SOUTH]}
    daemon.methods["modems.get"] = lambda params: {"north": NORTH, "south": SOUTH}[params["modem"]]


def test_every_modem_has_a_row(gsmd: Gsmd) -> None:
    assert [line.split("\t") for line in gsmd("modems").lines] == [
        [
            "north",
            "ready",
            "Orange F (roaming)",
            "▂▄▆_ -80 dBm",
            "28/30",
            "+33600000001",
            "E3372",
            "",
        ],
        ["south", "absent", "", "", "", "", "", "/dev/ttyUSB1 does not exist"],
    ]


def test_json_has_all_that_the_daemon_tells(gsmd: Gsmd) -> None:
    assert gsmd("modems", "--json").json == [WHOLE_NORTH, WHOLE_SOUTH]
    assert gsmd("modems", "show", "south", "--json").json == [WHOLE_SOUTH]


def test_one_modem_is_shown_whole(gsmd: Gsmd) -> None:
    told = {" ".join(line.split()) for line in gsmd("modems", "show", "north").lines}
    for line in (
        "name north",
        "state ready",
        "SIM storage 28/30",
        "service centre +33609001390",
        "model Huawei E3372 21.3",
        "IMEI 350000000000001",
        "so far sent 12",
    ):
        assert line in told
    assert any(line.startswith("since 2026-01-02 03:04:05, ") for line in told)


def test_a_modem_without_anything_known_is_still_shown(gsmd: Gsmd) -> None:
    told = [" ".join(line.split()) for line in gsmd("modems", "show", "south").lines]
    assert told == ["name south", "state absent", "why /dev/ttyUSB1 does not exist"]


def test_reset_tells_how_the_modem_is(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["modems.reset"] = lambda _: SOUTH
    assert gsmd("modems", "reset", "north").code == 0
    assert gsmd("modems", "reset", "north", "--json").json == [WHOLE_SOUTH]
    assert daemon.asked("modems.reset") == [{"modem": "north"}] * 2


def test_the_pin_comes_from_a_pipe_or_a_file_and_never_from_an_argument(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path
) -> None:
    daemon.methods["modems.unlock"] = lambda _: NORTH
    pin_file = tmp_path / "pin"
    pin_file.write_text("4321\n")
    assert (
        gsmd("modems", "unlock", "north", stdin="1234\n").err == "The SIM in north took its PIN.\n"
    )
    assert gsmd("modems", "unlock", "north", "--pin-file", str(pin_file)).code == 0
    assert gsmd("modems", "unlock", "north").code == 0
    assert [asked.get("pin") for asked in daemon.asked("modems.unlock")] == ["1234", "4321", None]
    assert gsmd("modems", "unlock", "north", "1234").code == 2


def test_the_pin_is_not_seen_while_it_is_typed(daemon: FakeDaemon) -> None:
    daemon.methods["modems.unlock"] = lambda _: NORTH
    seen = run_on_terminal(
        "modems", "unlock", "north", socket=daemon.path, answers={"north: ": "1234\n"}
    )
    assert seen.code == 0
    assert daemon.asked("modems.unlock")[0]["pin"] == "1234"
    assert "PIN of the SIM in north" in seen.out
    assert "1234" not in seen.out


def test_a_refused_command_says_where_to_look(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    def refuse(_: Any) -> None:
        raise Refusal(5, "north is recovering", reason="modem_unavailable")

    daemon.methods["modems.reset"] = refuse
    outcome = gsmd("modems", "reset", "north")
    assert outcome == (1, "", "gsmd: north is recovering\nHow the modems are: gsmd modems\n")


def test_a_raw_command_prints_the_reply_as_it_came(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["modems.at"] = lambda _: {"lines": ["+CSQ: 20,99", "\x1b[2J"], "result": "OK"}
    outcome = gsmd("at", "north", "AT+CSQ", "--timeout", "5s")
    assert outcome == (0, "+CSQ: 20,99\n\\x1b[2J\nOK\n", "")
    assert daemon.asked("modems.at") == [{"modem": "north", "command": "AT+CSQ", "timeout": 5.0}]


def test_a_raw_command_that_the_modem_refuses_fails(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["modems.at"] = lambda _: {"lines": [], "result": "+CME ERROR: 10"}
    outcome = gsmd("at", "north", "AT+CPIN?", "--json")
    assert outcome.code == 1
    assert outcome.json == [{"lines": [], "result": "+CME ERROR: 10"}]


def menu(*replies: tuple[str, bool]) -> Any:
    left = [{"text": text, "session": session} for text, session in replies]
    return lambda _: left.pop(0)


def test_a_ussd_menu_is_answered_line_by_line_until_it_ends(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["modems.ussd"] = menu(
        ("1 Balance", True), ("1 Main\n2 Bonus", True), ("5.00", False)
    )
    outcome = gsmd("ussd", "north", "*100#", stdin="1\n2\n3\n")
    assert outcome == (0, "1 Balance\n1 Main\n2 Bonus\n5.00\n", "")
    assert [asked["code"] for asked in daemon.asked("modems.ussd")] == ["*100#", "1", "2"]


def test_an_empty_line_leaves_a_ussd_menu(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["modems.ussd"] = menu(("1 Balance", True))
    daemon.methods["modems.cancel_ussd"] = lambda _: {}
    assert gsmd("ussd", "north", "*100#", "--json").json == [{"text": "1 Balance", "session": True}]
    assert daemon.asked("modems.cancel_ussd") == [{"modem": "north"}]


def test_a_person_is_asked_for_the_choice(daemon: FakeDaemon) -> None:
    daemon.methods["modems.ussd"] = menu(("1 Balance", True), ("5.00", False))
    seen = run_on_terminal("ussd", "north", "*100#", socket=daemon.path, answers={"Answer": "1\n"})
    assert seen.code == 0
    assert "Answer" in seen.out
    assert seen.out.rstrip().endswith("5.00")
