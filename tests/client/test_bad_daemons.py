"""A daemon that does not keep to the protocol, or goes away, is an error and never a wrong answer."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gsmd.client import AsyncClient, Client, Conflict, NoDaemon, NotPermitted, ProtocolError, errors
from gsmd.client._async.link import AsyncLink

Serve = Callable[[bytes], Path]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Something at a socket that answers every line with the same octets."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "s"))
    listening.listen()
    threads: list[threading.Thread] = []

    def answer(octets: bytes) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                for _ in lines:
                    connection.sendall(octets)
                    if not octets:
                        break

    def start(octets: bytes) -> Path:
        threads.append(threading.Thread(target=answer, args=(octets,)))
        threads[-1].start()
        return tmp_path / "s"

    yield start
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    for thread in threads:
        thread.join()


def said_to_everybody(code: int, reason: str) -> bytes:
    error = {"code": code, "message": "no", "data": {"reason": reason}}
    return json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode() + b"\n"


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"hello\n", ProtocolError),
        (b"[]\n", ProtocolError),
        (b"\xff\n", ProtocolError),
        (b'{"jsonrpc":"2.0","id":1}\n', ProtocolError),
        (b"", NoDaemon),
        (said_to_everybody(6, "too_many_connections"), Conflict),
        (said_to_everybody(6, "stopping"), NoDaemon),
    ],
)
def test_what_is_no_answer_is_an_error(
    serve: Serve, octets: bytes, kind: type[errors.GsmdError]
) -> None:
    path = serve(octets)
    with Client(path, timeout=20) as client:
        for _ in range(2):
            with pytest.raises(kind):
                client.info()

    async def ask() -> None:
        async with AsyncClient(path, timeout=20) as client:
            for _ in range(2):
                with pytest.raises(kind):
                    await client.info()

    asyncio.run(ask())


def test_a_line_without_end_is_an_error(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gsmd.client.protocol_state._ANSWER_LIMIT", 1000)
    with Client(serve(b"x" * 2000), timeout=20) as client, pytest.raises(ProtocolError):
        client.info()


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (FileNotFoundError(2, "No such file"), NoDaemon, "no_socket"),
        (ConnectionRefusedError(111, "refused"), NoDaemon, "no_answer"),
        (OSError(5, "I/O error"), NoDaemon, "no_answer"),
        (PermissionError(13, "denied"), NotPermitted, "socket_permission"),
    ],
)
def test_a_socket_that_cannot_be_opened_says_why(
    tmp_path: Path, error: OSError, kind: type[errors.GsmdError], reason: str
) -> None:
    found = errors.from_connecting(tmp_path / "s", error)
    assert type(found) is kind
    assert found.reason == reason
    assert str(tmp_path / "s") in str(found)


async def test_a_client_waits_at_a_door_before_which_others_wait(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as other:
        listening.bind(str(tmp_path / "s"))
        listening.listen(0)
        other.connect(str(tmp_path / "s"))  # there is no second place
        opening = asyncio.ensure_future(AsyncLink.open(tmp_path / "s"))
        for _ in range(3):
            await asyncio.sleep(0)
        assert not opening.done()

        listening.accept()[0].close()
        link = await opening
        connection, _ = listening.accept()
        assert link.write(b"hello\n")
        assert await asyncio.to_thread(connection.recv, 10) == b"hello\n"
        connection.close()
        await link.close()
