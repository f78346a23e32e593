"""``gsmd keywords``."""

from typing import Any

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon

ROW: dict[str, Any] = {
    "words": ["vote", "v"],
    "does": "poll",
    "target": "lunch",
    "reply": None,
    "help": "what is for lunch",
}


def test_every_keyword_has_a_row(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    table = {"keywords": [ROW], "default": None, "misspelt": True}
    daemon.methods["keywords.list"] = lambda _: table
    assert gsmd("keywords").out.split("\t")[:3] == ["VOTE V", "poll", "lunch"]
    assert gsmd("keywords", "--json").json == [ROW]


def test_a_text_is_tried_without_being_sent(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    found = {
        "reply": None,
        "goes_to": ["gsmd.polls"],
        "taken_for": "the keyword VOTE",
        "keyword": "VOTE",
    }
    daemon.methods["handlers.test"] = lambda _: found
    outcome = gsmd("keywords", "--try", "VOTE 1", "--from", "+33612345678")
    assert outcome.out == "the keyword VOTE\tgsmd.polls\n"
    asked = {"handler": "", "from": "+33612345678", "text": "VOTE 1"}
    assert daemon.asked("handlers.test") == [asked]
