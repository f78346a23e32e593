"""A daemon of a few lines: speaks the socket's protocol, says what a test told it to."""

import contextlib
import json
import queue
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from gsmd.client.protocol_state import ONLY_ASKING

Method = Callable[[dict[str, Any]], Any]
PATIENCE = 30.0  # seconds; only ever used up by a test that fails


class Refusal(Exception):
    """What a method raises to answer with an error object."""

    def __init__(self, code: int, message: str, **data: Any) -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message, "data": data}


class Connection:
    """One client: its lines in, ours out."""

    def __init__(self, daemon: "FakeDaemon", stream: socket.socket) -> None:
        self._daemon = daemon
        self._stream = stream
        self._lines = stream.makefile("r", encoding="utf-8", newline="\n")
        self._lock = threading.Lock()

    def send(self, body: dict[str, Any]) -> None:
        line = json.dumps({"jsonrpc": "2.0", **body}) + "\n"
        with self._lock:
            self._stream.sendall(line.encode())

    def serve(self) -> None:
        try:
            for line in self._lines:
                self._take(json.loads(line))
        except OSError:
            pass  # the client was killed
        finally:
            self._daemon.gone.put(self)
            self._lines.close()
            self._stream.close()

    def _take(self, body: Any) -> None:
        if isinstance(body, list):
            for item in body:
                self._take(item)
        elif "method" not in body:
            self._daemon.answers.put(body)
        else:
            self._call(body)

    def _call(self, body: dict[str, Any]) -> None:
        method, params = body["method"], body.get("params") or {}
        self._daemon.calls.append((method, params))
        try:
            result = self._daemon.answer(method, params)
        except Refusal as refusal:
            self.send({"id": body["id"], "error": refusal.error})
        else:
            self.send({"id": body["id"], "result": result})
            if method.endswith(".subscribe") and params != ONLY_ASKING:
                self._daemon.subscribed.put(self)

    def deliver(self, message: dict[str, Any], *, handler: str, identity: str = "d1") -> None:
        params = {"handler": handler, "attempt": 1, "message": message}
        self.send({"id": identity, "method": "inbox.deliver", "params": params})

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self.send({"method": method, "params": params})

    def hang_up(self) -> None:
        self._stream.shutdown(socket.SHUT_RDWR)


class FakeDaemon:
    """Listens at ``path``; ``methods`` says what it answers, ``calls`` what it was asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.methods: dict[str, Method] = {
            "server.info": lambda _: {"name": "gsmd", "version": "0"},
            "events.subscribe": lambda _: {"seq": 0},
            "inbox.subscribe": lambda params: {"handler": params.get("handler"), "pending": 0},
        }
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.subscribed: queue.Queue[Connection] = queue.Queue()
        self.answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self.gone: queue.Queue[Connection] = queue.Queue()
        self._threads: list[threading.Thread] = []
        self._connections: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(self.path))
        self._socket.listen()
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        for connection in self._connections:
            with contextlib.suppress(OSError):  # it may have gone already
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        self._socket.close()

    def answer(self, method: str, params: dict[str, Any]) -> Any:
        if method not in self.methods:
            raise Refusal(-32601, f"no such method: {method}")
        return self.methods[method](params)

    def subscriber(self) -> Connection:
        """The next client that subscribes to something."""
        return self.subscribed.get(timeout=PATIENCE)

    def acknowledgement(self) -> dict[str, Any]:
        """The next answer to a message we handed over."""
        return self.answers.get(timeout=PATIENCE)

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [params for name, params in self.calls if name == method]

    def _accept(self) -> None:
        while True:
            try:
                stream, _ = self._socket.accept()
            except OSError:
                return
            self._connections.append(stream)
            self._start(Connection(self, stream).serve)

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()


def only_from(oldest: int) -> Method:
    """``events.subscribe`` of a daemon that keeps events from a number on, which is its newest."""

    def subscribe(params: dict[str, Any]) -> Any:
        if params.get("after", oldest) < oldest - 1:
            text = f"events are kept from {oldest} on"
            raise Refusal(2, text, reason="events_gone", oldest=oldest, newest=oldest)
        return {"seq": oldest}

    return subscribe
