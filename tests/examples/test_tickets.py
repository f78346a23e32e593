"""Texts as tickets, at servers that ask of a request what the documentation of each system does."""

import json
import re
import runpy
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import msgspec
import pytest

from gsmd.protocol.message import to_wire
from gsmd.protocol.messages import SendParams
from tests.cli.fake_daemon import PATIENCE, FakeDaemon
from tests.examples.running import EXAMPLES
from tests.handlers.messages import inbound

ROOT = EXAMPLES.parents[1]
MESSAGE = to_wire(inbound(id="m1", text="Is it open?"))
NUMBER = MESSAGE["peer"]
CHATWOOT = "/public/api/v1/inboxes/secret/contacts"


class System(ThreadingHTTPServer):
    """A ticket system. ``asked`` is each request: method, path, content."""

    def __init__(self, door: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), door)
        self.asked: list[tuple[str, str, Any]] = []
        self.conversations: list[dict[str, Any]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Door(BaseHTTPRequestHandler):
    server: System

    def do_GET(self) -> None:
        self._answer("GET", None)

    def do_POST(self) -> None:
        assert self.headers["Content-Type"] == "application/json"
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer("POST", said)

    def _answer(self, method: str, said: Any) -> None:
        self.server.asked.append((method, self.path, said))
        status, answer = self._carried_out(method, said)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _carried_out(self, method: str, said: Any) -> tuple[int, Any]:  # noqa: PLR0911 -- a table
        match method, self.path:
            case "POST", "/api/v1/tickets":  # Zammad: title, group, customer and article
                good = self.headers["Authorization"] == "Token token=secret" and all(
                    said.get(each) for each in ("title", "group", "customer_id")
                )
                return (201 if good and said["article"].get("body") else 422), {"id": 1}
            case "POST", "/api/tickets.json":  # osTicket: name, email, subject, message
                known = self.headers["X-API-Key"] == "secret"
                good = all(said.get(each) for each in ("name", "email", "subject", "message"))
                return (201 if good else 400) if known else 401, 123456
            case "POST", path if path == CHATWOOT:
                return 200, {"source_id": said["source_id"], "pubsub_token": "x"}
            case "GET", path if path.endswith("/conversations"):
                return 200, self.server.conversations
            case "POST", path if path.endswith("/conversations"):
                self.server.conversations.append({"id": 7})
                return 200, {"id": 7}
            case "POST", path if path.endswith("/conversations/7/messages"):
                return (200 if said.get("content") else 422), {"id": 1}
        return 404, None

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    with serving(System(Door)) as server:
        monkeypatch.setenv("URL", server.url)
        monkeypatch.setenv("TOKEN", "secret")
        monkeypatch.setenv("SECRET", "key")
        yield server


class serving:  # noqa: N801 -- used as a function
    """A server at work in a thread."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,))

    def __enter__(self) -> Any:
        self._thread.start()
        return self._server

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def example() -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLES / "tickets.py"))


def test_a_text_is_a_ticket_in_zammad(system: System) -> None:
    example()["zammad"](MESSAGE)
    ((_, path, said),) = system.asked
    assert path == "/api/v1/tickets"
    assert said["article"]["body"] == "Is it open?"
    assert said["article"]["message_id"] == "m1"
    assert (said["article"]["type"], said["article"]["sender"]) == ("sms", "Customer")


def test_a_text_is_a_ticket_in_osticket(system: System) -> None:
    example()["osticket"](MESSAGE)
    ((_, path, said),) = system.asked
    assert path == "/api/tickets.json"
    assert (said["phone"], said["message"]) == (NUMBER, "Is it open?")


def test_what_one_person_writes_is_one_conversation_in_chatwoot(system: System) -> None:
    for _ in range(2):
        example()["chatwoot"](MESSAGE)
    assert system.conversations == [{"id": 7}]
    said = [content for _, path, content in system.asked if path.endswith("/7/messages")]
    assert said == [{"content": "Is it open?", "echo_id": "m1"}] * 2
    contacts = [content for _, path, content in system.asked if path == CHATWOOT]
    assert {each["source_id"] for each in contacts} == {f"sms-{NUMBER[1:]}"}
    assert contacts[0]["phone_number"] == NUMBER


def test_a_system_that_says_no_is_a_failed_delivery(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "wrong")
    for name in ("zammad", "osticket"):
        with pytest.raises(HTTPError):
            example()[name](MESSAGE)


def hook(**changes: Any) -> dict[str, Any]:
    """Chatwoot's payload of `message_created`, as its documentation shows it, cut down."""
    contact = {"id": 1, "name": NUMBER, "phone_number": NUMBER}
    plain = {
        "event": "message_created",
        "id": 9,
        "content": "Yes",
        "message_type": "outgoing",
        "content_type": "text",
        "private": False,
        "account": {"id": 1},
        "conversation": {"id": 7, "status": "open", "meta": {"sender": contact}},
    }
    return {**plain, **changes}


def post(address: str, said: Any) -> int:
    head = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(said).encode(), head)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


def test_what_an_agent_answers_in_chatwoot_is_an_sms_and_nothing_else_is(
    system: System, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GSMD_SOCKET", str(tmp_path / "gsmd.sock"))
    answers = example()["Answers"]
    answers.log_message = Door.log_message
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), answers)) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        assert post(f"{address}/key", hook()) == 503  # Chatwoot shows it as not delivered
        with FakeDaemon(tmp_path / "gsmd.sock") as daemon:
            daemon.methods["messages.send"] = lambda _: MESSAGE
            assert post(f"{address}/key", hook()) == 200
            assert post(f"{address}/wrong", hook()) == 404
            for other in ({"private": True}, {"message_type": "incoming"}, {"event": "x"}):
                assert post(f"{address}/key", hook(**other)) == 200
            sent = [params for name, params in daemon.calls if name == "messages.send"]
    assert [(each["to"], each["text"], each["key"]) for each in sent] == [
        (NUMBER, "Yes", "chatwoot 9")
    ]


def test_the_contents_that_systems_are_told_to_post_are_those_of_messages_send() -> None:
    page = (ROOT / "docs/mail.md").read_text()
    shown = re.findall(r'`(\{"to": .*?\})`', page)
    assert len(shown) == 2
    for content in shown:
        filled = re.sub(r"#\{[^}]*\}|\{\{[^}]*\}\}", "+33612345678", content)
        assert msgspec.convert(json.loads(filled), SendParams).text
