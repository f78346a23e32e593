"""``make wild`` ends with how long each recovery took."""

import os
from collections import defaultdict
from statistics import median

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each fault: the families' median, and the slowest of them."""
    recoveries: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "recovery":
                profile, fault, seconds = value
                recoveries[fault].append((seconds, profile))
    if not recoveries or "GSMD_WILD" not in os.environ:
        return
    terminalreporter.section("recovered after")
    for fault, each in sorted(recoveries.items(), key=lambda item: -max(item[1])[0]):
        slowest, profile = max(each)
        middle = median(seconds for seconds, _ in each)
        terminalreporter.write_line(
            f"{fault:32} {middle:6.2f} s   slowest {slowest:6.2f} s ({profile})"
        )
