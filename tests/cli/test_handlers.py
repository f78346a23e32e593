"""``gsmd handlers``."""

from pathlib import Path
from typing import Any

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon
from tests.cli.messages import inbound

CRM = {
    "name": "crm",
    "transport": "socket",
    "connected": False,
    "capacity": 0,
    "pending": 3,
    "in_flight": 1,
    "dead": 2,
    "oldest_at": None,
    "last_error": "database down",
    "origin": "configured",
    "state": "active",
    "reason": None,
    "host": None,
    "match": None,
}
HOOK = {
    **CRM,
    "name": "hook",
    "transport": "post",
    "connected": True,
    "origin": "added",
    "state": "suspended",
    "reason": "answered 410 Gone",
    "host": "example.org",
}
LETTER = {
    "handler": "crm",
    "attempts": 20,
    "reason": "database down",
    "at": "2026-01-02T03:04:05.678Z",
    "message": inbound(text="Hello\nyou"),
}


def test_every_handler_has_a_row(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["handlers.list"] = lambda _: {"handlers": [CRM]}
    assert gsmd("handlers").out == "crm\tsocket\tno\t3\t1\t2\t\tdatabase down\n"
    assert gsmd("handlers", "--json").json == [CRM]


def test_without_a_handler_it_says_how_to_have_one(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["handlers.list"] = lambda _: {"handlers": []}
    outcome = gsmd("handlers")
    assert (outcome.code, outcome.out) == (0, "")
    assert "gsmd listen --as" in outcome.err


def test_dead_letters_are_listed_with_their_reason(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["handlers.dead"] = lambda _: {"dead": [LETTER]}
    cells = gsmd("handlers", "dead", "crm").out.rstrip("\n").split("\t")
    assert [cells[0], cells[1], *cells[3:]] == [
        "in1", "crm", "20", "+33612345678", "database down", "Hello ↵ you",
    ]  # fmt: skip
    assert gsmd("handlers", "dead", "--json").json == [LETTER]
    assert daemon.asked("handlers.dead") == [{"handler": "crm", "limit": 100}, {"limit": 100}]


def test_one_dead_letter_or_all_are_driven_again(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["handlers.redrive"] = lambda params: {"redriven": 5 if params.get("all") else 1}
    assert gsmd("handlers", "redrive", "crm", "in1").err == "1 message on the way to crm again.\n"
    assert (
        gsmd("handlers", "redrive", "crm", "--all").err == "5 messages on the way to crm again.\n"
    )
    assert gsmd("handlers", "redrive", "crm", "--all", "--json").json == [
        {"handler": "crm", "redriven": 5}
    ]
    assert daemon.asked("handlers.redrive")[:2] == [
        {"handler": "crm", "id": "in1"},
        {"handler": "crm", "all": True},
    ]


def test_redriving_everything_has_to_be_said(gsmd: Gsmd) -> None:
    assert gsmd("handlers", "redrive", "crm").code == 2
    assert gsmd("handlers", "redrive", "crm", "in1", "--all").code == 2


def test_a_handler_is_tried_out_without_an_sms(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    answers: list[Any] = [{"reply": "5.00"}, {"reply": None}, {"reply": "5.00"}]
    daemon.methods["handlers.test"] = lambda _: answers.pop(0)
    ask = ("handlers", "test", "crm", "--from", "+336", "--text", "BALANCE")
    assert gsmd(*ask) == (0, "5.00\n", "")
    assert gsmd(*ask) == (0, "", "crm took it and replied nothing.\n")
    (tried,) = gsmd(*ask, "--json").json
    assert (tried["reply"], tried["goes_to"], tried["keyword"]) == ("5.00", [], None)
    assert daemon.asked("handlers.test")[0] == {"handler": "crm", "from": "+336", "text": "BALANCE"}


def test_a_handler_that_will_not_come_back_is_removed(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["handlers.remove"] = lambda _: {"handler": "old", "written_off": 3}
    assert gsmd("handlers", "remove", "old") == (0, "", "old is gone, 3 messages written off.\n")
    assert gsmd("handlers", "remove", "old", "--json").json == [
        {"handler": "old", "written_off": 3}
    ]
    assert daemon.asked("handlers.remove")[0] == {"handler": "old"}


def test_a_suspended_hook_says_so_and_why(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["handlers.list"] = lambda _: {"handlers": [HOOK]}
    assert gsmd("handlers").out == "hook\tpost\tsuspended\t3\t1\t2\t\tanswered 410 Gone\n"


def test_a_hook_is_added_with_its_secret_from_a_file(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path
) -> None:
    key = tmp_path / "hook.key"
    key.write_text("whsec_abcd\n")
    daemon.methods["handlers.add"] = lambda _: HOOK
    url = "https://example.org/sms"
    match = ("--match", "keyword=STOCK", "--match", "keyword=PRICE", "--match", "answers=no")
    outcome = gsmd("handlers", "add", "hook", "--post", url, "--secret-file", str(key), *match)
    assert outcome.err == "hook takes messages from now on.\n"
    assert gsmd("handlers", "add", "hook", "--post", url, "--json").json == [HOOK]
    assert daemon.asked("handlers.add") == [
        {
            "name": "hook",
            "match": {"keyword": ["STOCK", "PRICE"], "answers": False},
            "post": url,
            "secret": "whsec_abcd",
        },
        {"name": "hook", "post": url},
    ]


def test_what_does_not_fit_together_is_a_usage_error(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path
) -> None:
    (key := tmp_path / "hook.key").write_text("\n")
    wrong = (
        ("add", "hook", "--secret-file", str(key)),
        ("add", "hook", "--post", "https://example.org/", "--secret-file", str(key)),
        ("add", "hook", "--match", "keyword"),
        ("redrive", "hook", "--all", "--replay"),
    )
    for arguments in wrong:
        assert gsmd("handlers", *arguments).code == 2
    assert daemon.asked("handlers.add") == []


def test_a_hook_is_resumed(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["handlers.resume"] = lambda _: {"handler": "hook", "resumed": True}
    assert gsmd("handlers", "resume", "hook").err == "hook gets its messages again.\n"
    daemon.methods["handlers.resume"] = lambda _: {"handler": "hook", "resumed": False}
    assert gsmd("handlers", "resume", "hook").err == "hook was not suspended.\n"


def test_the_last_attempts_have_a_row_each(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    attempt = {
        "at": "2026-01-02T03:04:05.678Z",
        "id": "in1",
        "attempt": 2,
        "seconds": 0.25,
        "status": 503,
        "error": "answered 503",
        "host": "example.org",
    }
    daemon.methods["handlers.attempts"] = lambda _: {"attempts": [attempt]}
    cells = gsmd("handlers", "attempts", "hook").out.rstrip("\n").split("\t")
    assert cells[1:] == ["in1", "2", "503", "0.25 s", "example.org", "answered 503"]
    assert gsmd("handlers", "attempts", "hook", "--json").json == [attempt]


def test_one_message_is_replayed(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["handlers.redrive"] = lambda _: {"redriven": 1}
    assert gsmd("handlers", "redrive", "hook", "in1", "--replay").code == 0
    assert daemon.asked("handlers.redrive") == [{"handler": "hook", "id": "in1", "replay": True}]
