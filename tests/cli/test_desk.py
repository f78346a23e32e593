"""``gsmd desk``."""

from typing import Any

import pytest

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon
from tests.cli.messages import inbound

AT = "2026-01-02T03:04:05.678Z"
FOUND: dict[str, Any] = {
    "peer": "+33612345678",
    "state": "snoozed",
    "assignee": "anna",
    "labels": ["shop", "vip"],
    "snooze_until": None,
    "last_message": inbound(text="Hello\nyou"),
    "unread": 3,
}
RECORD: dict[str, Any] = {
    **FOUND,
    "unread": None,
    "received": 2,
    "sent": 1,
    "notes": [{"id": 1, "peer": "+33612345678", "at": AT, "by": "ben", "text": "likes\ntea"}],
    "reads": [{"by": "anna", "at": AT, "message": None, "unread": 1}],
    "closings": [
        {"opened_at": AT, "first_response_at": None, "closed_at": AT, "by": "ben", "assignee": None}
    ],
}


def test_conversations_have_a_row_each(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    pages = iter([{"conversations": [FOUND], "next": "7"}, {"conversations": [], "next": None}])
    daemon.methods["conversations.list"] = lambda _: next(pages)
    outcome = gsmd("desk", "--state", "snoozed", "--unread-by", "anna", "--limit", "5")
    row = outcome.out.rstrip("\n").split("\t")
    assert row[:5] == ["+33612345678", "snoozed", "anna", "shop vip", "3"]
    assert row[6] == "Hello ↵ you"
    asked = {"state": "snoozed", "unread_by": "anna"}
    assert daemon.asked("conversations.list") == [
        {**asked, "limit": 5},
        {**asked, "limit": 4, "after": "7"},
    ]


def test_the_listing_is_json_lines_if_asked_for(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["conversations.list"] = lambda _: {"conversations": [FOUND], "next": None}
    assert gsmd("desk", "--json").json == [FOUND]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("assign", "anna"), {"assignee": "anna"}),
        (("assign",), {"assignee": ""}),
        (("label", "new"), {"labels": ["new", "shop", "vip"]}),
        (("label", "shop", "--remove"), {"labels": ["vip"]}),
        (("close",), {"state": "closed"}),
        (("pending",), {"state": "pending"}),
        (("open",), {"state": "open"}),
        (("snooze",), {"state": "snoozed"}),
    ],
)
def test_each_change_has_its_word(
    daemon: FakeDaemon, gsmd: Gsmd, words: tuple[str, ...], asked: dict[str, object]
) -> None:
    daemon.methods["conversations.get"] = daemon.methods["conversations.set"] = lambda _: RECORD
    verb, *rest = words
    outcome = gsmd("desk", verb, "+33612345678", *rest)
    assert outcome.code == 0
    assert outcome.err == "+33612345678 is snoozed, anna's, shop vip.\n"
    assert daemon.asked("conversations.set") == [{"peer": "+33612345678", **asked}]


def test_a_snooze_ends_at_a_time(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["conversations.set"] = lambda _: {**RECORD, "snooze_until": AT}
    outcome = gsmd("desk", "snooze", "+33612345678", "2h")
    assert "is snoozed until 2026-01-02" in outcome.err
    (asked,) = daemon.asked("conversations.set")
    assert (asked["state"], "snooze_until" in asked) == ("snoozed", True)


def test_all_that_is_known_of_a_conversation_is_shown(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["conversations.get"] = lambda _: RECORD
    out = gsmd("desk", "show", "+33612345678").out
    for piece in (
        "anna",
        "shop vip",
        "2 of theirs, 1 of ours",
        "Hello ↵ you",
        "ben: likes ↵ tea",
        "1 since",
        "answered not yet, closed",
    ):
        assert piece in out
    assert gsmd("desk", "show", "+33612345678", "--json").json == [RECORD]


def test_notes_read_marks_and_canned_texts(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["conversations.note"] = lambda _: RECORD["notes"][0]
    daemon.methods["conversations.read"] = lambda _: RECORD["reads"][0]
    texts = [{"name": "hours", "text": "9 to 18"}]
    daemon.methods["conversations.canned"] = lambda _: {"canned": texts}
    assert gsmd("desk", "note", "+33612345678", "likes tea", "--key", "a").code == 0
    assert daemon.asked("conversations.note") == [
        {"peer": "+33612345678", "text": "likes tea", "key": "a"}
    ]
    assert gsmd("desk", "read", "+33612345678", "--by", "anna").err == "anna has read it.\n"
    assert gsmd("desk", "canned").out == "hours\t9 to 18\n"
    assert gsmd("desk", "canned", "--json").json == texts


def test_how_the_desk_does_is_told_in_lines(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    found: dict[str, Any] = {
        "since": None,
        "until": AT,
        "states": {"open": 2, "pending": 0, "snoozed": 0, "closed": 1},
        "closed": 1,
        "answered": 1,
        "first_response": {"p50": 60.0, "p90": 120.0, "p99": 120.0},
        "until_closed": {"p50": None, "p90": None, "p99": None},
        "by": [],
    }
    daemon.methods["conversations.figures"] = lambda _: found
    out = gsmd("desk", "figures").out
    assert "open\t2" in out
    assert "first answer\thalf within" in out
    assert "until closed" not in out
    assert gsmd("desk", "figures", "--json").json == [found]
