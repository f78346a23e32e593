"""``gsmd inbox``, ``gsmd outbox`` and their ``--follow``."""

import json
import signal
import subprocess
from typing import Any

import pytest

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import PATIENCE, FakeDaemon, only_from
from tests.cli.messages import inbound, outbound
from tests.cli.running import environment, program, run, run_on_terminal


def pages(*messages: dict[str, Any], reasons: dict[str, str] | None = None) -> Any:
    """Answers `messages.list` as the daemon does, with the place of the next one as cursor."""

    def answer(params: dict[str, Any]) -> dict[str, Any]:
        first = int(params.get("after", 0))
        last = first + params["limit"]
        more = last < len(messages)
        page = {"messages": messages[first:last], "next": str(last) if more else None}
        return {**page, "reasons": reasons or {}} if params.get("reasons") else page

    return answer


def test_a_pipe_gets_a_line_per_message_with_tabs_between(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["messages.list"] = pages(
        inbound(id="b", text="two\nlines", state="handled"),
        inbound(id="a", text=None, data="00ff", kind="data"),
    )
    outcome = gsmd("inbox")
    assert outcome.code == 0
    assert [line.split("\t") for line in outcome.lines] == [
        ["b", "2026-01-02 03:04:05", "+33612345678", "handled", "north", "two ↵ lines"],
        ["a", "2026-01-02 03:04:05", "+33612345678", "received", "north", "(data, 2 octets)"],
    ]


def test_filters_arrive_as_the_protocol_writes_them(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["messages.list"] = pages()
    outcome = gsmd(
        "inbox", "--from", "+336 12-34", "--state", "dead", "--modem", "north", "--tag", "t",
        "--since", "2026-01-02T00:00Z", "--until", "2026-01-03T00:00Z", "--search", "x", "--limit", "5",
    )  # fmt: skip
    assert outcome == (0, "", "No such message.\n")
    assert daemon.asked("messages.list") == [
        {
            "direction": "inbound",
            "peer": "+3361234",
            "state": "dead",
            "modem": "north",
            "tag": "t",
            "since": "2026-01-02T00:00:00.000Z",
            "until": "2026-01-03T00:00:00.000Z",
            "search": "x",
            "limit": 5,
        }
    ]


@pytest.mark.parametrize(("limit", "expected"), [("0", 250), ("120", 120), ("7", 7)])
def test_pages_are_read_on_until_there_is_enough(
    daemon: FakeDaemon, gsmd: Gsmd, limit: str, expected: int
) -> None:
    daemon.methods["messages.list"] = pages(
        *(outbound(id=f"m{n}", state="sent") for n in range(250))
    )
    outcome = gsmd("outbox", "--limit", limit, "--json")
    assert [message["id"] for message in outcome.json] == [f"m{n}" for n in range(expected)]
    assert all(asked["limit"] <= 100 for asked in daemon.asked("messages.list"))


def test_json_is_the_message_as_the_daemon_gave_it(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    message = inbound(text="esc \x1b[2J", ports={"destination": 9200, "source": 1})
    daemon.methods["messages.list"] = pages(message)
    assert gsmd("inbox", "--json") == (0, gsmd("inbox", "--json").out, "")
    assert gsmd("inbox", "--json").json == [message]


def test_the_outbox_says_why_a_message_waits_or_failed(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    waiting = outbound(id="w", state="queued", modem=None)
    failed = outbound(
        id="f", state="failed", error={"reason": "cms_28", "message": "no such number"}
    )
    daemon.methods["messages.list"] = pages(waiting, failed, reasons={"w": "north: no network"})
    waits, fails = (line.split("\t") for line in gsmd("outbox").lines)
    assert (waits[0], waits[-1]) == ("w", "north: no network")
    assert (fails[0], fails[-1]) == ("f", "no such number")
    assert gsmd("outbox", "--json").json == [
        {**waiting, "waiting_for": "north: no network"},
        {**failed, "waiting_for": None},
    ]
    assert not daemon.asked("messages.show")


def test_a_state_of_the_other_direction_is_a_usage_error(gsmd: Gsmd) -> None:
    assert gsmd("inbox", "--state", "sent").code == 2
    assert gsmd("outbox", "--state", "handled").code == 2


def test_a_terminal_shows_a_table_that_fits_and_obeys_no_sms(daemon: FakeDaemon) -> None:
    daemon.methods["messages.list"] = pages(
        inbound(text="[red]\x1b[2J\x1b]0;owned\x07 " + "long " * 50)
    )
    seen = run_on_terminal("inbox", socket=daemon.path, columns=100)
    assert seen.code == 0
    assert "FROM" in seen.out
    assert "[red]\\x1b[2J" in seen.out
    assert "\x1b]0;owned" not in seen.out
    assert "\x1b[2J" not in seen.out


def test_a_reader_that_has_had_enough_is_no_error(daemon: FakeDaemon) -> None:
    daemon.methods["messages.list"] = pages(*(inbound(id=f"m{n}") for n in range(2000)))
    command = f"{' '.join(program('inbox', '--limit', '0', '--json'))} | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env=environment(daemon.path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["id"] == "m0"


# --follow


def follow(daemon: FakeDaemon, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        program(*arguments, "--follow", "--json"),
        env=environment(daemon.path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def event(id_: str, state: str) -> dict[str, Any]:
    return {"type": f"message.{state}", "at": "2026-01-02T03:04:05.678Z", "id": id_, "state": state}


def test_following_shows_the_newest_and_goes_on_with_each_change(daemon: FakeDaemon) -> None:
    now = {"a": outbound(id="a", state="sent"), "b": outbound(id="b")}
    daemon.methods["messages.list"] = lambda _: {"messages": [now["b"], now["a"]], "next": None}
    daemon.methods["messages.get"] = lambda params: now[params["id"]]
    daemon.methods["messages.show"] = lambda params: {
        "message": now[params["id"]],
        "waiting_for": "no network",
    }
    with follow(daemon, "outbox") as process:
        connection = daemon.subscriber()
        assert [read(process)["id"] for _ in range(2)] == ["a", "b"]
        connection.notify("event", event("b", "queued"))  # known already
        connection.notify("event", {"type": "modem.ready", "at": "2026-01-02T03:04:05.678Z"})
        now["b"] = outbound(id="b", state="sent")
        connection.notify("event", event("b", "sent"))
        now["in"] = inbound(id="in")  # the other direction
        connection.notify("event", event("in", "received"))
        now["c"] = outbound(id="c")
        connection.notify("event", event("c", "queued"))
        assert read(process) == {**now["b"], "waiting_for": None}
        assert read(process) == {**now["c"], "waiting_for": "no network"}
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=PATIENCE) == ("", "")
    assert process.returncode == 0


def test_following_the_inbox_tells_of_each_message_once_and_only_what_was_asked_for(
    daemon: FakeDaemon,
) -> None:
    now = {
        "a": inbound(id="a", text="Hello WORLD"),
        "b": inbound(id="b", text="something else"),
        "c": inbound(id="c", text="world", peer="+1"),
        "d": inbound(id="d", text="the world"),
    }
    daemon.methods["messages.list"] = lambda _: {"messages": [], "next": None}
    daemon.methods["messages.get"] = lambda params: now[params["id"]]
    with follow(daemon, "inbox", "--search", "world", "--from", "+33612345678") as process:
        connection = daemon.subscriber()
        assert daemon.asked("events.subscribe") == [
            {"types": ["nothing."]},
            {"types": ["message.received"], "after": 0},
        ]
        for id_ in ("a", "a", "b", "c", "d"):
            connection.notify("event", event(id_, "received"))
        assert [read(process)["id"] for _ in range(2)] == ["a", "d"]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_following_tells_what_happened_while_the_daemon_was_away(daemon: FakeDaemon) -> None:
    soon = "2100-01-01T00:00:00.000Z"
    daemon.methods["messages.show"] = lambda params: {"message": now[params["id"]]}
    now = {"a": outbound(id="a"), "old": outbound(id="old", state="failed")}
    daemon.methods["messages.list"] = lambda _: {"messages": [*now.values()][::-1], "next": None}
    daemon.methods["messages.get"] = lambda params: now[params["id"]]
    with follow(daemon, "outbox", "--limit", "1") as process:
        connection = daemon.subscriber()
        assert read(process)["id"] == "old"
        now["a"] = outbound(id="a", state="sent", sent_at=soon)
        connection.notify("event", {**event("a", "sent"), "seq": 3})
        assert read(process)["id"] == "a"
        connection.hang_up()
        again = daemon.subscriber()
        assert daemon.asked("events.subscribe")[-1]["after"] == 3
        now["b"] = outbound(id="b", created_at=soon)
        again.notify("event", {**event("b", "queued"), "seq": 4})
        assert read(process)["id"] == "b"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=PATIENCE) == ("", "")


def test_following_looks_at_what_is_there_where_events_are_no_longer_kept(
    daemon: FakeDaemon,
) -> None:
    soon = "2100-01-01T00:00:00.000Z"
    daemon.methods["messages.show"] = lambda params: {"message": now[params["id"]]}
    now = {"a": outbound(id="a"), "old": outbound(id="old", state="failed")}
    daemon.methods["messages.list"] = lambda _: {"messages": [*now.values()][::-1], "next": None}
    daemon.methods["messages.get"] = lambda params: now[params["id"]]
    with follow(daemon, "outbox", "--limit", "1") as process:
        connection = daemon.subscriber()
        assert read(process)["id"] == "old"
        now["a"] = outbound(id="a", state="sent", sent_at=soon)
        now["b"] = outbound(id="b", created_at=soon)
        daemon.methods["events.subscribe"] = only_from(9)
        connection.hang_up()
        again = daemon.subscriber()
        assert [read(process)["id"] for _ in range(2)] == ["a", "b"]
        again.notify("event", {**event("b", "queued"), "seq": 10})  # told already
        now["c"] = outbound(id="c", created_at=soon)
        again.notify("event", {**event("c", "queued"), "seq": 11})
        assert read(process)["id"] == "c"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=PATIENCE) == ("", "")


def test_following_into_a_pipe_writes_plain_rows(daemon: FakeDaemon) -> None:
    daemon.methods["messages.list"] = pages(inbound())
    with subprocess.Popen(
        program("inbox", "-f"), env=environment(daemon.path), stdout=subprocess.PIPE, text=True
    ) as process:
        daemon.subscriber()
        assert process.stdout is not None
        assert process.stdout.readline().split("\t")[2] == "+33612345678"
        process.terminate()
    assert run("inbox", socket=daemon.path).lines[0].split("\t")[0] == "in1"
