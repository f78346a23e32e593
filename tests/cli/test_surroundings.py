"""What ``gsmd doctor`` sees of systemd and ModemManager."""

from pathlib import Path

import pytest

from gsmd.cli.surroundings import Properties, examine_modem_manager, examine_service
from gsmd.protocol.findings import Severity

RUNNING = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "SubState": "running",
    "Result": "success",
    "ExecMainStatus": "0",
    "UnitFileState": "enabled",
}


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"LoadState": "not-found", "ActiveState": "inactive", "SubState": "dead"},
        RUNNING,
        RUNNING | {"ActiveState": "inactive", "SubState": "dead"},
        RUNNING | {"UnitFileState": "enabled-runtime"},
        RUNNING | {"UnitFileState": "static"},
    ],
)
def test_a_unit_that_is_in_order_or_not_there_has_no_findings(properties: Properties) -> None:
    assert list(examine_service(lambda: properties)) == []


@pytest.mark.parametrize(
    ("changes", "severity", "what", "to_do"),
    [
        ({"UnitFileState": "disabled"}, "warning", "not started with this machine", "systemctl enable gsmd"),
        ({"LoadState": "masked", "ActiveState": "inactive"}, "problem", "masked", "unmask"),
        ({"ActiveState": "failed", "SubState": "failed", "Result": "exit-code", "ExecMainStatus": "4"},
         "problem", "could not use its configuration", "gsmd check"),
        ({"ActiveState": "failed", "SubState": "failed", "Result": "watchdog", "ExecMainStatus": "0"},
         "problem", "failed (watchdog)", "journalctl -u gsmd"),
        ({"ActiveState": "activating", "SubState": "auto-restart", "Result": "exit-code", "ExecMainStatus": "1"},
         "problem", "again and again", "journalctl -u gsmd"),
    ],
)  # fmt: skip
def test_a_unit_in_trouble_is_told_with_what_to_do(
    changes: Properties, severity: str, what: str, to_do: str
) -> None:
    (finding,) = examine_service(lambda: {**RUNNING, **changes})

    assert (finding.subject, finding.severity) == ("gsmd.service", severity)
    assert what in finding.what
    assert to_do in finding.to_do


def processes(root: Path, **names: str) -> Path:
    proc = root / "proc"
    for pid, name in names.items():
        (proc / pid.removeprefix("p")).mkdir(parents=True)
        (proc / pid.removeprefix("p") / "comm").write_text(f"{name}\n")
    (proc / "self").mkdir()
    (proc / "99").mkdir()  # ended while we look
    return proc


def test_modem_manager_without_our_rules_is_a_warning_with_its_pid(tmp_path: Path) -> None:
    proc = processes(tmp_path, p1="init", p612="ModemManager")

    (finding,) = examine_modem_manager(proc, [tmp_path / "60-gsmd.rules"])

    assert finding.severity is Severity.WARNING
    assert "pid 612" in finding.what
    assert "60-gsmd.rules" in finding.to_do


def test_modem_manager_that_is_told_to_leave_modems_alone_is_no_matter(tmp_path: Path) -> None:
    rules = tmp_path / "60-gsmd.rules"
    rules.touch()

    assert list(examine_modem_manager(processes(tmp_path, p612="ModemManager"), [rules])) == []


def test_a_machine_without_modem_manager_needs_no_rules(tmp_path: Path) -> None:
    proc = processes(tmp_path, p1="init")

    assert list(examine_modem_manager(proc, [tmp_path / "60-gsmd.rules"])) == []
