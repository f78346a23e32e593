"""``gsmd forms``: what it asks the daemon, and how it shows the answers."""

from typing import Any

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon

AT = "2026-01-02T03:04:05.678Z"
ENTRY = {
    "id": "e1",
    "form": "feedback",
    "peer": "+33612345678",
    "state": "finished",
    "started_at": AT,
    "finished_at": AT,
    "answers": {"rating": 2, "why": "too loud", "again": True},
}
FORM: dict[str, Any] = {
    "form": "feedback",
    "state": "open",
    "counts": {"open": 0, "finished": 1, "abandoned": 0, "cancelled": 0},
    "questions": [
        {
            "name": "rating",
            "ask": "0 to 10?",
            "type": "number",
            "answered": 1,
            "distribution": {"2": 1},
            "mean": 2.0,
            "nps": -100.0,
        },
        {"name": "why", "ask": "Why?", "type": "text", "answered": 1},
        {
            "name": "again",
            "ask": "Again?",
            "type": "yes_no",
            "answered": 1,
            "distribution": {"true": 1},
        },
    ],
}


def test_forms_are_listed_with_their_entries_by_state(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["forms.list"] = lambda _: {"forms": [{**FORM}]}
    assert gsmd("forms").out == "feedback\topen\t0\t1\t0\t0\n"


def test_a_form_is_shown_with_its_figures(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["forms.get"] = lambda _: FORM
    shown = gsmd("forms", "show", "feedback")
    assert shown.out.splitlines()[0] == "rating: 0 to 10? (1 answered, mean 2, NPS -100)"
    assert (
        shown.out.splitlines()[-1] == "open; entries: 0 open, 1 finished, 0 abandoned, 0 cancelled"
    )
    assert daemon.asked("forms.get")[0] == {"form": "feedback"}


def test_somebody_is_asked_with_fields(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["forms.start"] = lambda _: ENTRY
    started = gsmd(
        "forms", "start", "feedback", "+33612345678", "--field", "day=Monday", "--key", "7"
    )
    assert started.out == "e1\n"
    assert daemon.asked("forms.start")[0] == {
        "form": "feedback",
        "to": "+33612345678",
        "fields": {"day": "Monday"},
        "key": "7",
    }
    assert gsmd("forms", "start", "feedback", "+33612345678", "--field", "Monday").code == 2


def test_entries_are_told_as_lines_as_csv_and_as_json(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["forms.get"] = lambda _: FORM
    daemon.methods["forms.entries"] = lambda _: {"entries": [ENTRY], "next": None}
    ask = ("forms", "entries", "feedback")
    assert gsmd(*ask).out == "+33612345678\tfinished\t2\ttoo loud\tyes\n"
    assert gsmd(*ask, "--csv").out == (
        "id,peer,state,started_at,finished_at,rating,why,again\n"
        f"e1,+33612345678,finished,{AT},{AT},2,too loud,yes\n"
    )
    (told,) = gsmd(*ask, "--json", "--state", "finished").json
    assert told["answers"] == ENTRY["answers"]
    assert daemon.asked("forms.entries")[-1]["state"] == "finished"


def test_what_people_answered_is_no_formula_in_the_csv_and_numbers_stay_numbers(
    daemon: FakeDaemon, gsmd: Gsmd
) -> None:
    answers = {"rating": -2, "why": '=HYPERLINK("http://example.org")', "again": None}
    daemon.methods["forms.get"] = lambda _: FORM
    daemon.methods["forms.entries"] = lambda _: {
        "entries": [{**ENTRY, "answers": answers}],
        "next": None,
    }
    line = gsmd("forms", "entries", "feedback", "--csv").out.splitlines()[1]
    assert line == (
        f'e1,+33612345678,finished,{AT},{AT},-2,"\'=HYPERLINK(""http://example.org"")",'
    )


def test_a_form_is_closed_and_deleted(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["forms.close"] = lambda _: {**FORM, "state": "closed"}
    daemon.methods["forms.delete"] = lambda _: {"form": "feedback"}
    assert "closed; entries" in gsmd("forms", "close", "feedback").out
    assert gsmd("forms", "delete", "feedback").err == "feedback is gone.\n"


def test_without_a_handler_it_is_told_what_a_text_is_taken_for(
    daemon: FakeDaemon, gsmd: Gsmd
) -> None:
    told = {"reply": None, "goes_to": ["gsmd.polls"], "taken_for": "a vote in song"}
    daemon.methods["handlers.test"] = lambda _: told
    tried = gsmd("handlers", "test", "--from", "+336", "--text", "anna")
    assert tried == (0, "", "Such a message is taken for a vote in song, and is for gsmd.polls.\n")
    assert daemon.asked("handlers.test")[0] == {"handler": "", "from": "+336", "text": "anna"}
