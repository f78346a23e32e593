"""``gsmd contest``: what it asks the daemon, and how it shows what comes of it."""

from pathlib import Path
from typing import Any

import pytest

from gsmd.cli import contest as command
from gsmd.protocol import bounds
from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon

AT = "2026-01-02T03:04:05.678Z"
CONTEST: dict[str, Any] = {
    "name": "summer",
    "state": "open",
    "opens_at": None,
    "closes_at": AT,
    "codes": 100,
    "redeemed": 3,
    "won": 1,
    "entries": 3,
    "numbers": 2,
    "prizes": [
        {"name": "a mug", "codes": 50, "draw": 0, "won": 1},
        {"name": "a bicycle", "codes": 0, "draw": 1, "won": 0},
    ],
    "commitment": "c0ffee",
    "key_commitment": "beef",
}
ENTRY = {
    "id": "7",
    "peer": "+33612345678",
    "outcome": "won",
    "prize": "a mug",
    "at": AT,
    "message": "m1",
}
DRAW = {
    "contest": "summer",
    "winners": ["+33612345678"],
    "prizes": ["a bicycle"],
    "entrants": 2,
    "list_hash": "aa",
    "seed": "bb",
    "key": "cc",
    "commitment": "c0ffee",
    "key_commitment": "beef",
}


def test_contests_have_a_row_each(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["contests.list"] = lambda _: {"contests": [CONTEST]}
    assert gsmd("contest").out == "summer\topen\t100\t3\t1\t2\t2026-01-02 03:04:05\n"
    assert gsmd("contest", "--json").json[0]["name"] == "summer"


def test_a_contest_is_made_with_its_prizes(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["contests.create"] = lambda _: CONTEST
    made = gsmd("contest", "create", "summer", "--codes", "50=a mug", "--draw", "1=a bicycle")
    assert made.err == "summer is open. Prizes and draw are bound to c0ffee and beef.\n"
    (asked,) = daemon.asked("contests.create")
    assert asked["prizes"] == [
        {"name": "a mug", "codes": 50, "draw": 0},
        {"name": "a bicycle", "codes": 0, "draw": 1},
    ]


@pytest.mark.parametrize("prize", ["a mug", "50", "50=", "x=a mug"])
def test_a_prize_needs_a_count_and_a_name(daemon: FakeDaemon, gsmd: Gsmd, prize: str) -> None:
    assert gsmd("contest", "create", "summer", "--codes", prize).code == 2


def test_codes_are_brought_in_by_portions_that_a_call_may_have(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "codes.txt"
    file.write_text("AAA-AAA\n\n BBB BBB \nCCCCCC\n", encoding="utf-8-sig")
    monkeypatch.setattr(bounds, "PACK_CODES", 2)
    daemon.methods["contests.import"] = lambda p: {
        "contest": "summer",
        "added": len(p["codes"]),
        "known": 1,
        "codes": 5,
    }
    assert gsmd("contest", "import", "summer", str(file)).err == "3 codes are new, 2 were there.\n"
    batches = [each["codes"] for each in daemon.asked("contests.import")]
    assert batches == [["AAA-AAA", "BBB BBB"], ["CCCCCC"]]

    monkeypatch.setattr(command, "_OCTETS", 5)
    told = gsmd("contest", "import", "summer", "-", "--json", stdin="AAAAAA\nBBBBBB\n")
    assert told.json == [{"contest": "summer", "added": 2, "known": 2, "codes": 5}]
    assert len(daemon.asked("contests.import")) == 4


def test_new_codes_are_told_once_and_never_over_a_file_that_is_there(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = iter("ABCDEFGH")
    monkeypatch.setattr(bounds, "PACK_CODES", 2)
    daemon.methods["contests.generate"] = lambda p: {
        "contest": "summer",
        "codes": [next(made) for _ in range(p["count"])],
    }
    file = tmp_path / "codes.txt"
    written = gsmd("contest", "generate", "summer", "3", "--length", "8", "-o", str(file))
    assert written.err == f"3 codes are in {file}, and nowhere else.\n"
    assert file.read_text() == "A\nB\nC\n"
    assert [each["count"] for each in daemon.asked("contests.generate")] == [2, 1]
    assert gsmd("contest", "generate", "summer", "1").out == "D\n"
    assert gsmd("contest", "generate", "summer", "1", "--json").json == [{"code": "E"}]
    assert gsmd("contest", "generate", "summer", "1", "-o", str(file)).code == 2
    assert file.read_text() == "A\nB\nC\n"


def test_a_contest_is_shown_as_it_stands(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["contests.get"] = lambda _: CONTEST
    assert gsmd("contest", "show", "summer").out.splitlines() == [
        "open, 3 of 100 codes",
        "3 entries of 2 numbers",
        "a mug: 1 of 50 won",
        "a bicycle: 1 to be drawn",
        "bound to c0ffee and beef",
    ]


def test_entries_are_told_as_lines_as_csv_and_as_json(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["contests.entries"] = lambda _: {"entries": [ENTRY], "next": None}
    told = gsmd("contest", "entries", "summer", "--won")
    assert told.out == "2026-01-02 03:04:05 +33612345678 a mug\n"
    assert daemon.asked("contests.entries")[0]["outcome"] == "won"
    assert gsmd("contest", "export", "summer").out == (
        f"id,peer,outcome,prize,at,message\n7,+33612345678,won,a mug,{AT},m1\n"
    )
    assert gsmd("contest", "export", "summer", "--json").json[0]["prize"] == "a mug"


def test_a_code_is_taken_of_somebody_who_did_not_text_it(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["contests.redeem"] = lambda _: {"outcome": "won", "prize": "a mug"}
    assert gsmd("contest", "redeem", "summer", "+33612345678", "ABC").out == "won: a mug\n"
    daemon.methods["contests.redeem"] = lambda _: {"outcome": "used", "prize": None}
    assert gsmd("contest", "redeem", "summer", "+33612345678", "ABC").out == "used\n"
    assert daemon.asked("contests.redeem")[0]["code"] == "ABC"


def test_winners_are_drawn_with_all_that_it_takes_to_check_them(
    daemon: FakeDaemon, gsmd: Gsmd
) -> None:
    daemon.methods["contests.draw"] = lambda _: DRAW
    drawn = gsmd("contest", "draw", "summer", "--winners", "1")
    assert drawn.out == "+33612345678 a bicycle\n"
    assert drawn.err.splitlines() == [
        "of 2, list aa",
        "seed bb",
        "key cc",
        "their SHA-256, told when the contest began: c0ffee and beef",
    ]


def test_a_contest_is_closed_and_deleted(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["contests.close"] = lambda _: {**CONTEST, "state": "closed"}
    daemon.methods["contests.delete"] = lambda _: {"contest": "summer"}
    assert gsmd("contest", "close", "summer").err == "summer is closed.\n"
    assert gsmd("contest", "delete", "summer").err == "summer is gone.\n"
