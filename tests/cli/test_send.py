"""``gsmd send``."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Gsmd
from tests.cli.fake_daemon import FakeDaemon, Refusal
from tests.cli.messages import outbound
from tests.cli.running import run, run_on_terminal


@pytest.fixture(autouse=True)
def sending(daemon: FakeDaemon) -> None:
    daemon.methods["messages.send"] = lambda params: outbound(
        id=f"id-{params['to']}", peer=params["to"], text=params.get("text")
    )


def test_only_the_id_is_printed(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    outcome = gsmd("send", "+336", "Hello")
    assert outcome == (0, "id-+336\n", "")
    assert daemon.asked("messages.send") == [
        {"to": "+336", "text": "Hello", "flash": False, "priority": 0}
    ]


def test_options_arrive_as_the_protocol_writes_them(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    outcome = gsmd(
        "send", "+336", "Hello", "--modem", "north", "--report", "--flash", "--validity", "2h",
        "--not-before", "2026-01-31T18:30+01:00", "--priority", "7", "--key", "k", "--tag", "t",
    )  # fmt: skip
    assert outcome.code == 0
    assert daemon.asked("messages.send") == [
        {
            "to": "+336",
            "text": "Hello",
            "modem": "north",
            "report": True,
            "flash": True,
            "validity": 7200.0,
            "not_before": "2026-01-31T17:30:00.000Z",
            "priority": 7,
            "key": "k",
            "tag": "t",
        }
    ]


@pytest.mark.parametrize("arguments", [("send", "+336"), ("send", "+336", "-")])
@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Hello\n", "Hello"),
        ("Hello", "Hello"),
        ("two\nlines\n\n", "two\nlines\n"),
        ("dos\r\n", "dos"),
        ("Grüße 😀\n", "Grüße 😀"),
    ],
)
def test_standard_input_is_the_text_without_its_last_line_feed(
    daemon: FakeDaemon, gsmd: Gsmd, arguments: tuple[str, ...], typed: str, sent: str
) -> None:
    assert gsmd(*arguments, stdin=typed).code == 0
    assert daemon.asked("messages.send")[0]["text"] == sent


def test_a_text_that_looks_like_an_option_goes_after_two_dashes(
    daemon: FakeDaemon, gsmd: Gsmd
) -> None:
    assert gsmd("send", "--", "+336", "--wait").code == 0
    assert daemon.asked("messages.send")[0]["text"] == "--wait"


def test_data_is_sent_to_its_port_instead_of_a_text(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    assert gsmd("send", "+336", "--data", "DE AD be ef", "--port", "9200").code == 0
    (asked,) = daemon.asked("messages.send")
    assert asked["data"] == "deadbeef"
    assert asked["ports"] == {"destination": 9200, "source": 0}
    assert "text" not in asked


def test_json_prints_the_message_and_nothing_else(gsmd: Gsmd) -> None:
    outcome = gsmd("send", "+336", "Hello", "--json")
    assert outcome.json == [outbound(id="id-+336", peer="+336", text="Hello")]
    assert outcome.err == ""


@pytest.mark.parametrize(
    ("arguments", "stdin", "word"),
    [
        ((), b"", "number"),
        (("+336", "Hello", "--data", "00"), b"", "not both"),
        (("+336", "--data", "0"), b"", "hex"),
        (("+336", "Hello", "--validity", "soon"), b"", "duration"),
        (("+336", "Hello", "--not-before", "soon"), b"", "tomorrow"),
        (("+336", "Hello", "--wait", "read"), b"", "delivered"),
        (("+336", "Hello", "--port", "70000"), b"", "65535"),
        (("+336",), b"caf\xe9", "UTF-8"),
        (("+336", "half \udce9"), b"", "UTF-8"),
        (("+336",), b"x" * ((1 << 20) + 1), "longer"),
        (("+336", "--bulk", __file__), b"", "--bulk"),
    ],
)
def test_a_wrong_command_line_is_refused_before_anything_is_sent(
    daemon: FakeDaemon, gsmd: Gsmd, arguments: tuple[str, ...], stdin: bytes, word: str
) -> None:
    outcome = gsmd("send", *arguments, stdin=stdin)
    assert outcome.code == 2
    assert outcome.out == ""
    assert word in outcome.err
    assert daemon.asked("messages.send") == []


def test_a_refused_message_ends_with_the_daemons_reason(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    def refuse(params: dict[str, Any]) -> None:
        raise Refusal(3, f"{params['to']!r} is not a phone number", reason="bad_number", field="to")

    daemon.methods["messages.send"] = refuse
    assert gsmd("send", "abc def", "Hello") == (1, "", "gsmd: 'abc def' is not a phone number\n")


def test_waiting_for_delivery_asks_for_a_report_and_ends_when_it_has_come(
    daemon: FakeDaemon, gsmd: Gsmd
) -> None:
    daemon.methods["messages.wait"] = lambda params: outbound(id=params["id"], state="delivered")
    outcome = gsmd("send", "+336", "Hello", "--wait", "delivered", "--timeout", "1m")
    assert outcome == (0, "id-+336\n", "")
    assert daemon.asked("messages.send")[0]["report"] is True
    (asked,) = daemon.asked("messages.wait")
    assert (asked["id"], asked["state"]) == ("id-+336", "sent")
    assert 0 < asked["timeout"] <= 60


def test_waiting_until_it_is_accepted_is_over_at_once(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    assert gsmd("send", "+336", "Hello", "--wait", "accepted").code == 0
    assert daemon.asked("messages.wait") == []


def test_a_message_that_fails_while_waited_for_ends_with_its_reason(
    daemon: FakeDaemon, gsmd: Gsmd
) -> None:
    failed = outbound(
        id="id-+336",
        peer="+336",
        state="failed",
        error={"reason": "cms_28", "message": "no such number", "cms": 28},
    )
    daemon.methods["messages.wait"] = lambda _: failed
    outcome = gsmd("send", "+336", "Hello", "--wait", "sent")
    assert outcome.code == 1
    assert outcome.out == "id-+336\n"
    assert "id-+336 to +336 is failed: no such number" in outcome.err
    assert "gsmd show id-+336" in outcome.err
    assert gsmd("send", "+336", "Hello", "--wait", "sent", "--json").json[0]["state"] == "failed"


def test_waiting_too_long_has_an_exit_code_of_its_own(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    def expire(_: Any) -> None:
        raise Refusal(7, "not sent within 0.1 s", reason="timeout")

    daemon.methods["messages.wait"] = expire
    outcome = gsmd("send", "+336", "Hello", "--wait", "sent", "--timeout", "0.1")
    assert outcome[:2] == (5, "id-+336\n")
    assert outcome.err.splitlines() == [
        "gsmd: id-+336 is still queued",
        "It goes on without you: gsmd show id-+336",
    ]
    outcome = gsmd("send", "+336", "Hello", "--wait", "sent", "--timeout", "0.1", "--json")
    assert (outcome.code, outcome.json[0]["id"]) == (5, "id-+336")
    daemon.methods["messages.show"] = lambda params: {
        "message": outbound(id=params["id"]),
        "waiting_for": "north is absent: no such port",
    }
    outcome = gsmd("send", "+336", "Hello", "--wait", "sent", "--timeout", "0.1")
    assert "id-+336 is still queued: north is absent: no such port" in outcome.err


def test_waiting_for_delivery_goes_by_way_of_the_network(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    daemon.methods["messages.wait"] = lambda params: outbound(
        id=params["id"], state=params["state"]
    )
    assert gsmd("send", "+336", "Hello", "--wait", "delivered").code == 0
    assert [each["state"] for each in daemon.asked("messages.wait")] == ["sent", "delivered"]


def test_a_person_sees_how_the_text_will_go_out(daemon: FakeDaemon) -> None:
    seen = run_on_terminal("send", "+336", "Привет " * 20, socket=daemon.path)
    assert seen.code == 0
    assert "3 parts in ucs2 because of П р и," in seen.out
    assert "id-+336" in seen.out


def test_a_pipe_gets_no_preview(daemon: FakeDaemon) -> None:
    assert run("send", "+336", "Hello", socket=daemon.path) == (0, "id-+336\n", "")


# Files


def write(path: Path, *rows: str) -> str:
    path.write_text("\n".join(("to,text,tag", *rows, "")))
    return str(path)


def test_every_row_of_a_file_is_sent_in_order(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", "+1,one,", "+2,two,news")
    outcome = gsmd("send", "--bulk", path, "--tag", "bulk", "--modem", "north")
    assert outcome.code == 0
    assert outcome.lines == ["id-+1", "id-+2"]
    one, two = daemon.asked("messages.send")
    assert (one["text"], one["tag"], one["modem"]) == ("one", "bulk", "north")
    assert (two["text"], two["tag"]) == ("two", "news")
    assert one["key"] != two["key"]


def test_a_file_sent_again_has_the_same_keys_and_says_that_nothing_was_new(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", "+1,one,", "+2,two,")
    now = time.strftime("%Y-%m-%dT%H:%M:%S.999Z", time.gmtime(time.time() + 1))
    daemon.methods["messages.send"] = lambda _: outbound(created_at=now)
    assert "2 accepted, 0 had been accepted before" in gsmd("send", "--bulk", path).err
    daemon.methods["messages.send"] = lambda _: outbound()  # made long ago
    outcome = gsmd("send", "--bulk", path)
    assert outcome.code == 0
    assert "0 accepted, 2 had been accepted before, 0 refused" in outcome.err
    first, second, third, fourth = (asked["key"] for asked in daemon.asked("messages.send"))
    assert (first, second) == (third, fourth)
    gsmd("send", "--bulk", path, "--again")
    assert daemon.asked("messages.send")[4]["key"] not in {first, second}


def test_bad_rows_are_named_and_the_rest_is_sent(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path
) -> None:
    def judge(params: dict[str, Any]) -> Any:
        if params["to"] == "abc":
            raise Refusal(3, "'abc' is not a phone number", reason="bad_number", field="to")
        return outbound(id=f"id-{params['to']}", peer=params["to"])

    daemon.methods["messages.send"] = judge
    path = write(tmp_path / "a.csv", "+1,one,", "abc,two,", ",three,", "+4,four,")
    outcome = gsmd("send", "--bulk", path)
    assert outcome.code == 1
    assert outcome.lines == ["id-+1", "id-+4"]
    assert "line 3: 'abc' is not a phone number" in outcome.err
    assert "line 4: no number" in outcome.err
    assert "2 refused" in outcome.err

    lines = gsmd("send", "--bulk", path, "--json").json
    assert [line["line"] for line in lines] == [2, 3, 4, 5]
    assert lines[1]["error"]["reason"] == "bad_number"
    assert lines[3]["message"]["id"] == "id-+4"


def test_a_file_that_is_no_table_of_messages_sends_nothing(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,number\nx,y\n")
    outcome = gsmd("send", "--bulk", str(path))
    assert outcome.code == 2
    assert "to,text" in outcome.err
    assert daemon.calls == []


def test_a_pipe_is_no_file_to_send(daemon: FakeDaemon, gsmd: Gsmd) -> None:
    assert gsmd("send", "--bulk", "/dev/null").code == 2
    assert daemon.calls == []


def test_a_daemon_that_goes_away_ends_the_run(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path
) -> None:
    def stop(params: dict[str, Any]) -> Any:
        if params["to"] == "+2":
            raise Refusal(6, "the daemon is stopping", reason="stopping")
        return outbound(id=f"id-{params['to']}")

    daemon.methods["messages.send"] = stop
    path = write(tmp_path / "a.csv", "+1,one,", "+2,two,", "+3,three,")
    outcome = gsmd("send", "--bulk", path)
    assert outcome.code == 3
    assert outcome.lines == ["id-+1"]


def test_a_person_sees_a_progress_bar_and_a_pipe_only_ids(
    daemon: FakeDaemon, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", "+1,one,", "+2,two,")
    seen = run_on_terminal("send", "--bulk", path, socket=daemon.path)
    assert "2/2" in seen.out
    assert "id-+2" in seen.out
    piped = run("send", "--bulk", path, "--json", socket=daemon.path)
    assert [json.loads(line)["line"] for line in piped.lines] == [2, 3]
