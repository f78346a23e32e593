"""A carrier made of an HTTP SMS provider, beside a whole gsmd without a modem."""

import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from gsmd.client import Client, GsmdError
from gsmd.protocol import modems
from gsmd.protocol.types import Nothing
from tests.cli.fake_daemon import PATIENCE
from tests.cli.running import environment, program
from tests.examples.running import python

LONG = "Grüße, Привет, 世界 🎉: a text that no single SMS holds, and no two either. " * 4


class Provider(ThreadingHTTPServer):
    """A provider on the web. ``answer`` is the status of the next submissions."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.got: list[dict[str, Any]] = []
        self.status = 201

    def call(self, address: str, **said: Any) -> int:
        body = json.dumps(said).encode()
        with urllib.request.urlopen(urllib.request.Request(address, body), timeout=PATIENCE) as it:
            return int(it.status)


class Door(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        assert self.headers["Authorization"] == "Bearer secret"
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.server.status
        if status < 300:
            self.server.got.append(said)
        body = json.dumps({"id": f"p{len(self.server.got)}"}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@contextmanager
def started(command: list[str], socket: Path) -> Iterator["subprocess.Popen[str]"]:
    env = environment(socket, PYTHONUNBUFFERED="1")
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(condition: Callable[[], Any]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def is_attached(client: Client) -> bool:
    try:
        (carrier,) = client.ask(modems.LIST, Nothing()).carriers
    except GsmdError:
        return False  # the daemon is about to start
    return carrier.state == "attached"


def test_messages_go_out_and_come_in_through_a_provider_on_the_web(
    tmp_path: Path, provider: Provider
) -> None:
    socket, key = tmp_path / "gsmd.sock", tmp_path / "key"
    key.write_text("secret\n")
    (tmp_path / "gsmd.yaml").write_text(
        f"state_dir: {tmp_path}\nsocket: {{path: {socket}}}\nmodems: []\n"
        'carriers: [provider]\nroutes: [{to: "*", modems: [provider]}]\n'
        "handlers: [{name: crm, socket: true}]\n"
    )
    url = f"http://127.0.0.1:{provider.server_port}"
    example = python("http_provider.py", url, str(key), "0")
    with (
        started(program("run", "-c", str(tmp_path / "gsmd.yaml")), socket),
        Client(socket) as client,
    ):
        wait_until(lambda: socket.exists() and not is_attached(client))
        waiting = client.send("+33612345678", LONG, report=True)
        with started(example, socket) as process:
            assert process.stdout is not None
            back = process.stdout.readline().strip()
            client.wait(waiting.id, "sent", timeout=PATIENCE)
            assert provider.got == [{"to": "+33612345678", "text": LONG}]
            assert provider.call(f"{back}/report", id="p1", status="delivered", code=None) == 204
            assert client.get(waiting.id).state == "delivered"
            answer = {"from": "+33612345678", "to": "+33700000000", "text": LONG}
            for _ in range(2):
                assert provider.call(f"{back}/inbound", id="i1", **answer) == 204
            (message,) = client.list(direction="inbound").messages
            assert (message.text, message.in_reply_to) == (LONG, waiting.id)
            provider.status = 400
            refused = client.send("+33612345679", "no")
            wait_until(lambda: client.get(refused.id).state == "failed")
            provider.status = 500
            unclear = client.send("+33612345679", "hm", when_uncertain="hold")
            wait_until(lambda: client.get(unclear.id).state == "uncertain")
            provider.status = 503
            later = client.send("+33612345679", "later")
            wait_until(lambda: "503" in (client.show(later.id).waiting_for or ""))
        wait_until(lambda: not is_attached(client))
