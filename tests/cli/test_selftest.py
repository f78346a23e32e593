"""``gsmd selftest``: whether a message that goes out comes back."""

from collections.abc import Callable

from tests.cli.fake_daemon import FakeDaemon
from tests.cli.running import Outcome

Gsmd = Callable[..., Outcome]

PASSED = {"from": "north", "to": "south", "passed": True, "seconds": 3.25, "reason": None}
FAILED = {**PASSED, "passed": False, "seconds": None, "reason": "not back within 120 s"}


def test_each_test_says_how_long_it_took(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["selftest.run"] = lambda _: {"results": [PASSED]}
    assert gsmd("selftest") == (0, "north to south: back after 3.2 s\n", "")
    assert daemon.asked("selftest.run") == [{}]


def test_one_that_failed_makes_the_command_fail(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["selftest.run"] = lambda _: {"results": [FAILED]}
    outcome = gsmd("selftest", "north")
    assert (outcome.code, outcome.out) == (1, "north to south: not back within 120 s\n")
    assert daemon.asked("selftest.run") == [{"modem": "north"}]


def test_programs_get_one_line_for_each(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["selftest.run"] = lambda _: {"results": [PASSED, FAILED]}
    outcome = gsmd("selftest", "--json")
    assert (outcome.code, outcome.json) == (1, [PASSED, FAILED])
