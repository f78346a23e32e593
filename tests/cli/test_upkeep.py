"""``gsmd backup``, ``gsmd purge``, ``gsmd cancel`` and ``gsmd retry``."""

from pathlib import Path

import pytest

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon
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
