"""Alarms from Prometheus Alertmanager, Nagios and Icinga."""

import copy
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.fake_daemon import PATIENCE, FakeDaemon, Refusal
from tests.cli.messages import outbound
from tests.cli.running import environment
from tests.examples.running import EXAMPLES, python, running

# as https://prometheus.io/docs/alerting/latest/configuration/#webhook_config describes it
GROUP = {
    "version": "4",
    "groupKey": '{}:{alertname="DiskFull"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "sms",
    "groupLabels": {"alertname": "DiskFull"},
    "commonLabels": {"alertname": "DiskFull", "severity": "page"},
    "commonAnnotations": {"summary": "Less than 5 % free"},
    "externalURL": "http://alertmanager",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "DiskFull", "instance": name},
            "annotations": {},
            "startsAt": "2026-01-02T03:04:05Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus",
            "fingerprint": f"f{name}",
        }
        for name in ("db2", "db1")
    ],
}


@pytest.fixture
def sending(daemon: FakeDaemon) -> FakeDaemon:
    daemon.methods["messages.send"] = lambda params: outbound(peer=params["to"])
    return daemon


@pytest.fixture
def hook(sending: FakeDaemon) -> Iterator[str]:
    command = python("alertmanager.py", "--to", "+331", "--to", "+332", "--port", "0")
    with running(command, sending) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]


def post(url: str, body: Any) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_group_of_alerts_becomes_one_sms_to_everybody(hook: str, sending: FakeDaemon) -> None:
    assert post(hook, GROUP) == 204
    first, second = sending.asked("messages.send")
    assert (first["to"], second["to"]) == ("+331", "+332")
    assert first["text"] == "FIRING 2: DiskFull db1, db2. Less than 5 % free"
    assert first["key"] != second["key"]


def test_a_repeated_request_has_the_same_key_and_news_another(
    hook: str, sending: FakeDaemon
) -> None:
    resolved = copy.deepcopy(GROUP) | {"status": "resolved"}
    assert [post(hook, group) for group in (GROUP, GROUP, resolved)] == [204] * 3
    keys = [asked["key"] for asked in sending.asked("messages.send")][::2]
    assert keys[0] == keys[1] != keys[2]


def test_what_could_not_be_accepted_is_asked_for_again(hook: str, sending: FakeDaemon) -> None:
    def refuse(_: Any) -> None:
        raise Refusal(1, "the disk is full", reason="store_full")

    sending.methods["messages.send"] = refuse
    assert post(hook, GROUP) == 503


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", {**GROUP, "alerts": []}])
def test_what_is_no_alert_is_refused(hook: str, sending: FakeDaemon, body: Any) -> None:
    assert post(hook, body) == 400
    assert sending.asked("messages.send") == []


def notify(daemon: FakeDaemon, tmp_path: Path, **macros: str) -> subprocess.CompletedProcess[str]:
    wrapper = tmp_path / "bin" / "gsmd"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {sys.executable} -m gsmd "$@"\n')
    wrapper.chmod(0o755)
    path = f"{wrapper.parent}:{os.environ['PATH']}"
    return subprocess.run(
        [str(EXAMPLES / "nagios-notify.sh")],
        env=environment(daemon.path, PATH=path, **{f"NAGIOS_{k}": v for k, v in macros.items()}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_service_that_fails_is_notified_whatever_its_plugin_prints(
    sending: FakeDaemon, tmp_path: Path
) -> None:
    done = notify(
        sending,
        tmp_path,
        NOTIFICATIONTYPE="PROBLEM",
        HOSTNAME="db1",
        SERVICEDESC="disk",
        SERVICESTATE="CRITICAL",
        SERVICEOUTPUT="--modem x; $(reboot) `id` %s \\n 100% full",
        CONTACTPAGER="+33612345678",
        NOTIFICATIONID="4711",
    )
    assert done.returncode == 0, done.stderr
    (asked,) = sending.asked("messages.send")
    assert asked["to"] == "+33612345678"
    assert asked["key"] == "nagios:4711:+33612345678"
    assert asked["text"] == (
        "PROBLEM: db1 disk CRITICAL\n--modem x; $(reboot) `id` %s \\n 100% full"
    )


def test_a_host_that_is_down_is_notified_without_service_and_id(
    sending: FakeDaemon, tmp_path: Path
) -> None:
    done = notify(
        sending,
        tmp_path,
        NOTIFICATIONTYPE="PROBLEM",
        HOSTNAME="db1",
        HOSTSTATE="DOWN",
        HOSTOUTPUT="no ping",
        CONTACTPAGER="+336",
    )
    assert done.returncode == 0, done.stderr
    (asked,) = sending.asked("messages.send")
    assert asked["text"] == "PROBLEM: db1 host DOWN\nno ping"
    assert "key" not in asked
