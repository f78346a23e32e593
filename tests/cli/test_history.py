"""``gsmd show``."""

from typing import Any

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon, Refusal
from tests.cli.messages import inbound, outbound

STORY: dict[str, Any] = {
    "message": outbound(
        state="failed", peer="+336", text="Hello\nyou\x1b[2J", parts=2, tag="news", possible_duplicate=True,
        error={"reason": "cms_28", "message": "no such number", "cms": 28}, sent_at="2026-01-02T03:04:06.000Z",
        ports={"destination": 9200, "source": 0},
    ),
    "parts": [
        {"sequence": 1, "state": "sent", "pdu": "0001AB", "modem": "north", "message_reference": 17},
        {"sequence": 2, "state": "failed", "pdu": "0001CD", "attempts": 3, "error": "CMS 28"},
    ],
    "events": [
        {"at": "2026-01-02T03:04:05.000Z", "type": "message.queued", "detail": {}},
        {"at": "2026-01-02T03:04:05.042Z", "type": "message.submitting", "detail": {"modem": "north", "part": 1}},
        {"at": "2026-01-02T03:04:08.042Z", "type": "message.failed", "detail": {"reason": "cms_28"}},
    ],
    "deliveries": [],
}  # fmt: skip


def test_the_story_is_told_with_parts_pdus_reasons_and_the_time_between_events(
    daemon: FakeDaemon, gsmd: Gsmd
) -> None:
    daemon.methods["messages.show"] = lambda _: STORY
    outcome = gsmd("show", "out1")
    assert outcome.code == 0
    assert outcome.lines[0] == "out1 to +336: failed"
    told = "\n".join(" ".join(line.split()) for line in outcome.lines)
    for expected in (
        "why no such number",
        "size 2 parts, gsm7, to port 9200",
        "tag news",
        "twice",
        "Hello\nyou\\x1b[2J",
        "1/2 sent by north reference 17\n0001AB",
        "2/2 failed 3 tries CMS 28\n0001CD",
        "2026-01-02 03:04:05.000 accepted and queued",
        "2026-01-02 03:04:05.042 +42 ms part 1 goes out by modem north",
        "2026-01-02 03:04:08.042 +3 seconds it was not delivered: cms_28",
    ):
        assert expected in told


def test_an_inbound_message_shows_who_has_it(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["messages.show"] = lambda _: {
        "message": inbound(complete=False, text=None, data="00ff", kind="data", **{"class": 0}),
        "deliveries": [
            {"handler": "crm", "state": "dead", "attempts": 20, "error": "database down"}
        ],
    }
    outcome = gsmd("show", "in1")
    assert outcome.lines[0] == "in1 from +33612345678: received"
    assert "crm gave up after 20 tries: database down" in outcome.out
    assert "gsmd handlers redrive crm in1" in outcome.out
    assert "some parts have not come, flash" in outcome.out
    assert "(data) 00ff" in outcome.out


def test_what_waits_says_for_what(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["messages.show"] = lambda _: {
        "message": outbound(),
        "waiting_for": "not before 2026-01-02 05:04:05.678+02:00",
    }
    assert "waiting   not before 2026-01-02 03:04:05" in gsmd("show", "out1").out


def test_json_is_the_story_without_what_this_version_does_not_know(
    daemon: FakeDaemon, gsmd: Gsmd
) -> None:
    daemon.methods["messages.show"] = lambda _: {**STORY, "something_new": [1, 2]}
    (told,) = gsmd("show", "out1", "--json").json
    assert told["message"] == STORY["message"]
    for kind in ("parts", "events", "deliveries"):
        for ours, theirs in zip(told[kind], STORY[kind], strict=True):
            assert ours | theirs == ours  # what the daemon left out has its default
    assert "something_new" not in told


def test_an_unknown_id_fails_with_the_daemons_words(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    def missing(params: dict[str, Any]) -> None:
        raise Refusal(2, f"there is no message {params['id']!r}", reason="no_such_message")

    daemon.methods["messages.show"] = missing
    assert gsmd("show", "zzz") == (1, "", "gsmd: there is no message 'zzz'\n")
