"""``gsmd pull`` and ``gsmd settle``."""

import pytest

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon
from tests.cli.messages import inbound

PULLED = {"lease": "L1", "attempt": 2, "message": inbound(text="Hello\nyou")}


def test_what_was_pulled_has_a_row_with_its_lease(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["inbox.pull"] = lambda _: {"messages": [PULLED], "pending": 3}
    outcome = gsmd("pull", "crm", "--max", "5", "--wait", "20s")
    assert (outcome.code, outcome.out) == (0, "L1\t2\t+33612345678\tHello ↵ you\n")
    assert "gsmd settle" in outcome.err
    assert gsmd("pull", "crm", "--json").json == [PULLED]
    assert daemon.asked("inbox.pull") == [
        {"handler": "crm", "max": 5, "wait": 20.0, "lease": 60},
        {"handler": "crm", "max": 1, "wait": 0, "lease": 60},
    ]


def test_a_pull_without_a_message_exits_with_5(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["inbox.pull"] = lambda _: {"messages": [], "pending": 0}
    outcome = gsmd("pull", "crm")
    assert (outcome.code, outcome.out, outcome.err) == (5, "", "gsmd: No message for crm.\n")
    assert gsmd("pull", "crm", "--json").out == ""


@pytest.mark.parametrize(
    ("options", "settlement"),
    [
        ((), {}),
        (("--reply", "Thanks"), {"reply": "Thanks"}),
        (("--error", "later", "--retry-after", "5s"), {"error": "later", "retry_after": 5.0}),
        (("--error", "never", "--permanent"), {"error": "never", "permanent": True}),
        (("--extend", "2m"), {"extend": 120.0}),
    ],
)
def test_a_lease_is_settled_in_every_way(
    daemon: FakeDaemon, gsmd: Gsmd, options: tuple[str, ...], settlement: dict[str, object]
) -> None:
    daemon.methods["inbox.settle"] = lambda _: {"settled": 2, "unknown": []}
    assert gsmd("settle", "L1", "L2", *options).code == 0
    (asked,) = daemon.asked("inbox.settle")
    said = [{k: v for k, v in each.items() if v not in (None, False)} for each in asked["settle"]]
    assert said == [{"lease": "L1", **settlement}, {"lease": "L2", **settlement}]


def test_a_lease_that_is_over_is_named(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["inbox.settle"] = lambda _: {"settled": 1, "unknown": ["L2"]}
    outcome = gsmd("settle", "L1", "L2")
    assert (outcome.code, outcome.err) == (1, "gsmd: No such lease, or it is over: L2\n")


@pytest.mark.parametrize(
    "options",
    [
        ("--permanent",),
        ("--retry-after", "5s"),
        ("--reply", "x", "--error", "y"),
        ("--reply", "x", "--extend", "5s"),
        ("--error", "x", "--extend", "5s"),
    ],
)
def test_answers_that_exclude_each_other_are_a_usage_error(
    daemon: FakeDaemon, gsmd: Gsmd, options: tuple[str, ...]
) -> None:
    assert gsmd("settle", "L1", *options).code == 2
    assert daemon.asked("inbox.settle") == []
