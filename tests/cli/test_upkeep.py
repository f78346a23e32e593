"""``gsmd backup``, ``gsmd purge``, ``gsmd cancel``, ``gsmd retry`` and ``gsmd replace``."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon, Refusal
from tests.cli.messages import outbound


def test_a_backup_goes_to_the_callers_directory_not_the_daemons(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    daemon.methods["store.backup"] = lambda params: params
    assert gsmd("backup", "copy.db").err == f"The store is in {tmp_path}/copy.db.\n"
    assert gsmd("backup", "copy.db", "--json").json == [{"path": f"{tmp_path}/copy.db"}]
    assert daemon.asked("store.backup")[0] == {"path": f"{tmp_path}/copy.db"}


def test_purging_says_how_much_went(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["store.purge"] = lambda _: {"purged": 1}
    assert gsmd("purge", "--older-than", "90d") == (
        0, "", "1 message older than 90 days removed.\n",
    )  # fmt: skip
    assert gsmd("purge", "--older-than", "90d", "--json").json == [{"purged": 1}]
    assert daemon.asked("store.purge")[0] == {"older_than": 7_776_000.0}


def test_purging_without_an_age_is_refused(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    assert gsmd("purge").code == 2
    assert gsmd("purge", "--older-than", "-1").code == 2
    assert daemon.calls == []


def test_cancel_and_retry_tell_the_new_state(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["messages.cancel"] = lambda _: outbound(state="cancelled", peer="+336")
    daemon.methods["messages.retry"] = lambda _: outbound(state="queued", peer="+336")
    assert gsmd("cancel", "out1") == (0, "", "out1 to +336 is cancelled.\n")
    assert gsmd("retry", "out1") == (0, "", "out1 to +336 is queued.\n")
    assert gsmd("retry", "out1", "--json").json == [outbound(state="queued", peer="+336")]


def test_replace_puts_another_text_in_place_of_one_that_waits(
    daemon: FakeDaemon, gsmd: Gsmd
) -> None:
    daemon.methods["messages.replace"] = lambda params: outbound(peer="+336", text=params["text"])
    assert gsmd("replace", "out1", "later") == (0, "", "out1 to +336 is queued.\n")
    assert gsmd("replace", "out1", stdin="from a pipe\n").code == 0
    told = gsmd("replace", "out1", "-", "--json", stdin="two\nlines\n").json
    assert told == [outbound(peer="+336", text="two\nlines")]
    assert daemon.asked("messages.replace") == [
        {"id": "out1", "text": text} for text in ("later", "from a pipe", "two\nlines")
    ]


def test_replacing_what_is_out_ends_with_the_reason(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    def refuse(_: dict[str, Any]) -> Any:
        raise Refusal(6, "out1 is sent: nothing to replace", reason="not_queued")

    daemon.methods["messages.replace"] = refuse
    outcome = gsmd("replace", "out1", "too late")
    assert outcome.code != 0
    assert "nothing to replace" in outcome.err
