"""For whom a command is: said to the daemon where it is known, and shown."""

import pytest

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon

ADDED = {"peer": "+331", "added": True}


@pytest.mark.parametrize(
    ("environment", "actor"),
    [
        ({}, None),
        ({"SUDO_USER": "anna"}, "anna"),
        ({"GSMD_ACTOR": "ben@desk", "SUDO_USER": "anna"}, "ben@desk"),
    ],
)
def test_whoever_became_root_or_is_named_is_told_to_the_daemon(
    gsmd: Gsmd,
    daemon: FakeDaemon,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    actor: str | None,
) -> None:
    monkeypatch.delenv("GSMD_ACTOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    daemon.methods["optout.add"] = lambda _: ADDED
    assert gsmd("optout", "add", "+331").code == 0
    (asked,) = daemon.asked("optout.add")
    assert asked.get("actor") == actor


def test_the_list_says_by_whom(gsmd: Gsmd, daemon: FakeDaemon) -> None:
    entry = {"peer": "+331", "at": "2026-01-02T03:04:05.678Z", "source": "request", "message": None}
    daemon.methods["optout.list"] = lambda _: {
        "optouts": [{**entry, "note": "by letter", "actor": "anna@web"}],
        "next": None,
    }
    assert gsmd("optout").lines[0].endswith("by letter, by anna@web")
