"""``gsmd consent``: what it asks the daemon, and how it shows a proof."""

from typing import Any

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon

AT = "2026-01-02T03:04:05.678Z"
GIVEN: dict[str, Any] = {
    "id": "1",
    "list": "news",
    "peer": "+33612345678",
    "state": "given",
    "source": "message",
    "asked_at": AT,
    "given_at": AT,
    "modem": "north",
    "sim": "208011234567890",
    "number": "+33600000001",
    "shown": "News?\nYES or NO",
    "message": "m1",
    "text": "Yes",
}
ENDED = {**GIVEN, "id": "2", "state": "withdrawn", "ended_at": AT, "ended_by": "stop"}


def test_a_number_alone_asks_for_its_consents(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["consents.get"] = lambda p: {"peer": p["peer"], "consents": [GIVEN, ENDED]}
    shown = gsmd("consent", "+33612345678").out.splitlines()
    assert [" ".join(line.split()) for line in shown[:8]] == [
        "list news",
        "state given",
        "asked 2026-01-02 03:04:05",
        "given 2026-01-02 03:04:05",
        "shown News? ↵ YES or NO",
        "answer Yes",
        "message m1",
        "SIM 208011234567890 north +33600000001",
    ]
    assert "stop" in shown[-6]
    assert gsmd("consent", "show", "0612345678", "--json").json[1]["ended_by"] == "stop"
    assert [each["peer"] for each in daemon.asked("consents.get")] == ["+33612345678", "0612345678"]


def test_whoever_agreed_to_nothing_has_none(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["consents.get"] = lambda p: {"peer": p["peer"], "consents": []}
    assert gsmd("consent", "+33612345678") == (0, "", "No consent on record.\n")
    assert gsmd("consent", "nobody").code == 2


def test_people_are_asked_recorded_and_withdrawn(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["consents.ask"] = lambda p: {**GIVEN, "peer": p["peer"], "state": "asked"}
    daemon.methods["consents.add"] = lambda _: GIVEN
    daemon.methods["consents.withdraw"] = lambda _: {"withdrawn": 1}
    assert gsmd("consent", "ask", "news", "+331", "+332").out == "+331 asked\n+332 asked\n"
    added = gsmd("consent", "add", "news", "+33612345678", "--shown", "News", "--note", "form 7")
    assert added.out == "+33612345678 given\n"
    assert daemon.asked("consents.add")[0] == {
        "list": "news",
        "peer": "+33612345678",
        "shown": "News",
        "note": "form 7",
    }
    assert gsmd("consent", "withdraw", "+331", "--list", "news").err == "1 withdrawn.\n"
    assert daemon.asked("consents.withdraw")[0] == {"peer": "+331", "list": "news"}


def test_all_are_exported(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    pages = {None: ([GIVEN], "1"), "1": ([ENDED], None)}
    daemon.methods["consents.export"] = lambda p: dict(
        zip(("consents", "next"), pages[p.get("after")], strict=True)
    )
    head, first, _second_line, second, *_ = gsmd("consent", "export", "--list", "news").out.split(
        "\n"
    )
    assert head.startswith(
        "id,list,peer,state,source,asked_at,given_at,ended_at,ended_by,modem,sim"
    )
    assert first.startswith("1,news,+33612345678,given,message,")
    assert second.startswith("2,news")
    assert [each["id"] for each in gsmd("consent", "export", "--json").json] == ["1", "2"]
    assert gsmd("consent", "export", "--json", "file.csv").code == 2
