"""``gsmd status`` and ``gsmd log-level``."""

from typing import Any

import pytest

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon

INFO = {"version": "1.0", "uptime": 90.0}
NORTH = {"name": "north", "state": "ready", "reason": "registered"}
SOUTH = {"name": "south", "state": "absent", "reason": "waiting for /dev/ttyUSB3"}
CRM = {"name": "crm", "transport": "socket", "connected": True}
WEB = {"name": "web", "state": "away", "configured": True}
MQTT = {
    "name": "mqtt",
    "state": "running",
    "configured": True,
    "troubles": [{"what": "the broker is away: refused", "to_do": "does it run?"}],
}
NOTHING = {"queued": 0, "scheduled": 0, "held": 0, "oldest_at": None}
LONG_AGO = "2020-01-01T00:00:00.000Z"


def tell(
    daemon: FakeDaemon,
    *modems: dict[str, Any],
    handler: dict[str, Any] | None = None,
    gateways: list[dict[str, Any]] | None = None,
    **waiting: Any,
) -> None:
    daemon.methods |= {
        "server.info": lambda _: INFO,
        "modems.list": lambda _: {"modems": list(modems or (NORTH,))},
        "handlers.list": lambda _: {"handlers": [{**CRM, **(handler or {})}]},
        "messages.waiting": lambda _: {**NOTHING, **waiting},
        "gateways.list": lambda _: {"gateways": gateways or []},
    }


def test_all_is_well(gsmd: Gsmd, daemon: FakeDaemon) -> None:
    tell(daemon)
    outcome = gsmd("status")
    assert outcome.code == 0
    assert "1 of 1 modems ready" in outcome.out
    assert "All is well." in outcome.out


def test_a_monitor_gets_one_line_with_figures(gsmd: Gsmd, daemon: FakeDaemon) -> None:
    tell(daemon, queued=2, oldest_at="2999-01-01T00:00:00.000Z")
    outcome = gsmd("status", "--exit-code")
    assert (outcome.code, outcome.out) == (
        0,
        "GSMD OK: 1 of 1 modems ready | modems_ready=1 queued=2 oldest=0s dead=0\n",
    )


def test_a_store_that_takes_nothing_is_critical(gsmd: Gsmd, daemon: FakeDaemon) -> None:
    tell(daemon)
    daemon.methods["server.info"] = lambda _: {**INFO, "store": "/var/lib/gsmd/gsmd.db: disk full"}
    outcome = gsmd("status", "--exit-code")
    assert outcome.code == 2
    assert "nothing can be stored" in outcome.out
    assert "disk full" in outcome.out


@pytest.mark.parametrize(
    ("modems", "told", "code", "said"),
    [
        ((NORTH, SOUTH), {}, 1, "modem south is absent"),
        ((SOUTH,), {}, 2, "modem south is absent"),
        (({**NORTH, "state": "registering"},), {}, 1, "north is registering"),
        (({**NORTH, "state": "pin-needed"},), {}, 2, "north is pin-needed"),
        (({**NORTH, "storage": {"name": "SM", "used": 9, "total": 10}},), {}, 1, "holds 9 of 10"),
        (({**NORTH, "storage": {"name": "SM", "used": 10, "total": 10}},), {}, 2, "is full"),
        (({**NORTH, "troubles": ["it does not tell of what comes in"]},), {}, 1, "does not tell"),
        ((NORTH,), {"queued": 1, "oldest_at": LONG_AGO}, 2, "waiting to be sent for"),
        ((NORTH,), {"held": 3}, 1, "3 held"),
        ((NORTH,), {"handler": {"dead": 2}}, 1, "crm gave up on 2"),
        ((NORTH,), {"gateways": [WEB]}, 1, "gateway web is configured, and does not run"),
        ((NORTH,), {"gateways": [MQTT]}, 1, "gateway mqtt: the broker is away"),
        ((NORTH,), {"handler": {"pending": 1, "oldest_at": LONG_AGO}}, 2, "crm is behind by"),
    ],
)
def test_what_is_not_well_is_said_and_the_worst_of_it_is_the_exit_code(
    gsmd: Gsmd,
    daemon: FakeDaemon,
    modems: tuple[dict[str, Any], ...],
    told: dict[str, Any],
    code: int,
    said: str,
) -> None:
    tell(daemon, *modems, **told)
    outcome = gsmd("status", "--exit-code")
    assert outcome.code == code
    assert said in outcome.out
    assert len(outcome.lines) == 1
    assert gsmd("status").code == 0


def test_a_message_may_wait_as_long_as_it_is_told_to(gsmd: Gsmd, daemon: FakeDaemon) -> None:
    tell(daemon, queued=1, oldest_at=LONG_AGO)
    assert gsmd("status", "--exit-code", "--oldest", "5000w").code == 0


def test_no_daemon_is_critical(gsmd: Gsmd) -> None:
    outcome = gsmd("status", "--exit-code")
    assert outcome.code == 2
    assert outcome.out.startswith("GSMD CRITICAL: ")
    assert gsmd("status").code == 3


def test_everything_that_is_not_well_has_something_to_do(gsmd: Gsmd, daemon: FakeDaemon) -> None:
    full = {**NORTH, "storage": {"name": "SM", "used": 10, "total": 10}, "troubles": ["deaf"]}
    behind = {"dead": 1, "pending": 1, "oldest_at": LONG_AGO, "state": "suspended"}
    tell(
        daemon,
        full,
        SOUTH,
        handler=behind,
        gateways=[WEB, MQTT],
        queued=1,
        oldest_at=LONG_AGO,
        held=1,
    )
    daemon.methods["server.info"] = lambda _: {**INFO, "store": "disk full"}
    (told,) = gsmd("status", "--json").json
    assert len(told["troubles"]) == 11
    assert [each["text"] for each in told["troubles"] if not each["to_do"]] == []
    assert gsmd("status").out.count("to do: ") == 11


def test_gateways_that_run_are_named(gsmd: Gsmd, daemon: FakeDaemon) -> None:
    tell(daemon, gateways=[{**WEB, "state": "running"}])
    outcome = gsmd("status")
    assert "web running" in outcome.out
    assert "All is well." in outcome.out


def test_a_daemon_that_knows_of_no_gateways_yet_is_well(gsmd: Gsmd, daemon: FakeDaemon) -> None:
    tell(daemon)
    del daemon.methods["gateways.list"]
    assert "All is well." in gsmd("status").out


def test_json_has_everything(gsmd: Gsmd, daemon: FakeDaemon) -> None:
    tell(daemon, NORTH, SOUTH)
    (told,) = gsmd("status", "--json").json
    assert told["level"] == "warning"
    assert told["modems"] == {"north": "ready", "south": "absent"}
    assert told["troubles"][0]["level"] == "warning"


def test_the_level_of_the_log_is_shown_and_changed(gsmd: Gsmd, daemon: FakeDaemon) -> None:
    daemon.methods["server.log_level"] = lambda _: {"level": "info"}
    assert gsmd("log-level").out == "info\n"
    assert gsmd("log-level", "debug").code == 0
    assert daemon.asked("server.log_level")[-1] == {"level": "debug"}


def test_a_level_that_is_none_is_a_usage_error(gsmd: Gsmd) -> None:
    assert gsmd("log-level", "loud").code == 2
