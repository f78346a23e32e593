"""Answers: pages, tables, errors of the daemon, health."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import AsyncClient
from gsmd.client.errors import GsmdError, NoDaemon
from gsmd.gateways.web.daemon import Daemon
from gsmd.gateways.web.rest.app import Rest
from gsmd.gateways.web.rest.problems import from_daemon
from gsmd.gateways.web.rest.tables import cell, table
from tests.gateways.web.rest.scene import Scene, Tokens

NUMBER = "+33612345678"
LATER = "2100-01-01T00:00:00Z"


async def test_pages_follow_each_other_by_their_links(rest: Scene) -> None:
    sent = [(await rest.client.send(NUMBER, str(n), not_before=LATER)).id for n in range(5)]
    path, seen = "/messages?limit=2&direction=outbound", []
    while path:
        answer = await rest.ask("GET", path)
        seen += [each["id"] for each in answer.json["messages"]]
        link = answer.headers.get("link", "")
        assert bool(link) == (answer.json["next"] is not None)
        path = link.partition("<")[2].partition(">")[0].removeprefix("/api/v1")
    assert seen == sent[::-1]


async def test_figures_are_a_table_too(rest: Scene) -> None:
    await rest.client.send(NUMBER, "hi", tag="=HYPERLINK()", not_before=LATER)
    answer = await rest.ask("GET", "/stats.csv?by=tag")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert [(row["group"], row["accepted"]) for row in rows] == [("'=HYPERLINK()", "1")]
    totals = list(csv.DictReader(io.StringIO((await rest.ask("GET", "/stats.csv")).body.decode())))
    assert totals[0]["accepted"] == "1"
    assert "sending_time.p50" in totals[0]


@pytest.mark.parametrize("text", ["=1+1", "+33", "-1", "@x", "\tx", "\rx", "\0x"])
def test_no_text_is_a_formula(text: str) -> None:
    assert cell(text) == "'" + text


def test_what_has_a_comma_or_a_line_end_is_quoted() -> None:
    written = table([{"a": 'x,"y"\n', "b": -1.5, "c": None, "d": True}])
    assert list(csv.reader(io.StringIO(written)))[1] == ['x,"y"\n', "-1.5", "", "true"]


@pytest.mark.parametrize(
    ("code", "reason", "status"),
    [
        (-32602, "wrong_type", 400),
        (3, "bad_number", 422),
        (1, "opted_out", 403),
        (4, "missing_role", 403),
        (1, "store_full", 503),
        (1, "store", 503),
        (2, "no_such_message", 404),
        (5, "no_such_modem", 503),
        (6, "too_late", 409),
        (7, "timeout", 504),
        (-32603, "internal", 500),
        (99, "of_a_later_version", 500),
    ],
)
def test_each_error_of_the_socket_has_its_status(code: int, reason: str, status: int) -> None:
    error = GsmdError(
        "why", code=code, data={"reason": reason, "field": "to", "cms": 42, "status": "x"}
    )
    problem = from_daemon(error)
    assert problem.status == status
    assert problem.members == {
        "type": f"/problems/{reason}",
        "title": problem.members["title"],
        "status": status,
        "detail": "why",
        "reason": reason,
        "field": "to",
        "code": code,
        "cms": 42,
    }
    assert ("Retry-After" in problem.headers) == (status == 503)


def test_a_daemon_that_is_away_is_503() -> None:
    problem = from_daemon(NoDaemon("gone", reason="no_socket"))
    assert (problem.status, problem.reason) == (503, "no_daemon")
    assert "Retry-After" in problem.headers


async def test_health_needs_no_token_and_says_nothing(rest: Scene) -> None:
    for path in ("/health", "/health/ready"):
        answer = await rest.ask("GET", path, token=None)
        assert (answer.status, answer.json) == (200, {"status": "ok"})


async def test_without_a_daemon_the_gateway_is_alive_but_not_ready(tmp_path: Path) -> None:
    client = AsyncClient(tmp_path / "none.sock")
    app = Rest(Tokens(), Daemon(client.path))
    nobody: Any = None
    scene = Scene(nobody, client, nobody, Tokens(), app)
    assert (await scene.ask("GET", "/health", token=None)).status == 200
    answer = await scene.ask("GET", "/health/ready", token=None)
    assert (answer.status, answer.json) == (503, {"status": "unavailable"})
    answer = await scene.ask("GET", "/messages")
    assert (answer.status, answer.reason) == (503, "no_daemon")
    answer = await scene.ask("GET", "/events")
    assert (answer.status, answer.reason) == (503, "no_daemon")


async def test_the_server_tells_what_the_caller_may_do(rest: Scene) -> None:
    told = await rest.get("/server")
    assert told["user"] == "anna@web"
    assert "admin" in told["roles"]


async def test_methods_of_a_modem_are_carried_out(rest: Scene) -> None:
    assert (await rest.get("/modems/north"))["state"] == "ready"
    answer = await rest.ask("POST", "/modems/north/at", json={"command": "AT+CGMI"})
    assert answer.json["result"] == "OK"
    assert (await rest.ask("GET", "/modems/none")).status == 404


async def test_lists_polls_and_blocks_are_made_told_and_deleted(rest: Scene) -> None:
    assert (await rest.ask("POST", "/lists", json={"list": "a/b"})).status == 201
    added = await rest.ask(
        "POST",
        "/lists/a%2Fb/members",
        json={"members": [NUMBER, {"peer": "+33700000001", "fields": {"name": "anna"}}]},
    )
    assert added.json["added"] == 2
    gone = await rest.ask("DELETE", "/lists/a%2Fb/members?peers=+33612345678&peers=%2B33700000001")
    assert gone.json == {"removed": 2}
    assert (await rest.ask("DELETE", "/lists/a%2Fb")).status == 200
    poll = await rest.ask("POST", "/polls", json={"poll": "lunch", "options": ["soup", "salad"]})
    assert (poll.status, (await rest.get("/polls/lunch"))["state"]) == (201, "open")
    assert (await rest.ask("POST", "/polls/lunch/close")).json["state"] == "closed"
    assert (await rest.ask("POST", "/blocks", json={"pattern": "SPAM*"})).status == 200
    assert (await rest.ask("DELETE", "/blocks/SPAM*")).json["removed"] is True
    assert (await rest.get(f"/people/{NUMBER}"))["peer"] == NUMBER
