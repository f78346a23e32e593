"""Searching a text for a pattern that may take for ever."""

import logging
import signal
import subprocess
import threading
from collections.abc import Iterator

import pytest

from gsmd.config import MatchRule
from gsmd.handlers.bounded_search import BoundedSearch
from gsmd.handlers.matching import matches
from tests.handlers.messages import inbound

ENDLESS, MADE_FOR_IT = "(a+)+$", "a" * 40 + "!"


@pytest.fixture
def search() -> Iterator[BoundedSearch]:
    search = BoundedSearch(seconds=0.05)
    yield search
    search.close()


def test_a_costly_pattern_is_found_where_it_is(search: BoundedSearch) -> None:
    assert search(ENDLESS, "baaa")
    assert not search(ENDLESS, "b")
    assert search("(é+)+€", "éé€\n")


def test_a_text_made_to_take_for_ever_is_taken_not_to_hold_it_and_the_next_is_searched(
    search: BoundedSearch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert not search(ENDLESS, MADE_FOR_IT)
    assert "takes too long" in caplog.text
    assert MADE_FOR_IT not in caplog.text
    assert search(ENDLESS, "aa")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_process_that_others_end_while_it_waits_says_nothing_of_a_text(
    search: BoundedSearch, number: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    assert search(ENDLESS, "aa")
    process = search._process
    assert process is not None
    process.send_signal(number)
    process.wait()
    assert search(ENDLESS, "aa")
    assert not caplog.records


def test_a_search_that_others_end_is_done_again(
    search: BoundedSearch, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started, doomed = BoundedSearch._started, [True]

    def start(self: BoundedSearch) -> subprocess.Popen[bytes]:
        process = started(self)
        if doomed:
            doomed.clear()
            process.terminate()
        return process

    monkeypatch.setattr(BoundedSearch, "_started", start)
    assert search(ENDLESS, "aa")
    assert "too long" not in caplog.text


def test_threads_that_ask_at_once_get_each_their_own_answer(search: BoundedSearch) -> None:
    answers: dict[int, bool] = {}

    def ask(number: int) -> None:
        answers[number] = search("(a+)+b", "aab" if number % 2 else "aac")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: bool(number % 2) for number in range(8)}


@pytest.mark.parametrize("regex", [ENDLESS, "(?:a?){40}a{40}b", "[a-z]*[0-9]"])
def test_no_text_keeps_the_daemon_busy(
    regex: str, search: BoundedSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.handlers.bounded_search.search", search)
    assert not matches(MatchRule(regex=regex), inbound(text="a" * 39_000 + "!"))


def test_a_regex_is_asked_last(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: str) -> bool:
        raise AssertionError

    monkeypatch.setattr("gsmd.handlers.bounded_search.search", never)
    assert not matches(MatchRule(regex=ENDLESS, answers=True), inbound(text=MADE_FOR_IT))


def test_a_long_text_is_searched_to_its_end() -> None:
    assert matches(MatchRule(regex=r"\bfire\b"), inbound(text="a" * 5_000 + " fire"))
