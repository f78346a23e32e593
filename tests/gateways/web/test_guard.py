"""What every request passes first, and every answer last."""

import asyncio
import socket
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from gsmd.gateways.web.door import guard
from tests.gateways.web.house import house, settings

ME = "/api/v1/me"


@pytest.mark.parametrize(
    ("keys", "host", "status"),
    [
        ("", "localhost", 200),
        ("", "LOCALHOST:8090", 200),
        ("", "127.0.0.1:8090", 200),
        ("", "[::1]:8090", 200),
        ("", "evil.example", 421),
        ("", "localhost.evil.example", 421),
        ("", "127.0.0.1.nip.example", 421),
        ("public_url: 'https://sms.example.org'", "sms.example.org", 200),
        ("public_url: 'https://sms.example.org'", "sms.example.org:444", 200),
        ("public_url: 'https://sms.example.org'", "example.org", 421),
        ("", "192.168.1.1", 421),
    ],
)
async def test_a_host_that_is_not_ours_is_turned_away(
    tmp_path: Path, keys: str, host: str, status: int
) -> None:
    async with house(tmp_path, keys) as it:
        answer = await it.ask("GET", ME, token=it.token(), headers={"Host": host})
        assert answer.status == status
        if status == 421:
            assert answer.reason == "wrong_host"


async def test_every_answer_keeps_browsers_from_what_nobody_meant(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        token = it.token()
        for answer in (
            await it.ask("GET", ME, token=token),
            await it.ask("GET", ME),
            await it.ask("GET", "/nothing"),
            await it.ask("GET", ME, headers={"Host": "evil.example"}),
        ):
            policy = answer.header("content-security-policy")
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.header("x-content-type-options") == "nosniff"
            assert answer.header("referrer-policy") == "no-referrer"
            assert answer.header("cross-origin-opener-policy") == "same-origin"
            assert answer.header("cache-control") == "no-store"
            assert not answer.header("strict-transport-security")
            assert not answer.header("server")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "", "Origin": "http://localhost"}, 204),
        ({"Sec-Fetch-Site": "", "Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "", "Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "", "Origin": "https://localhost"}, 403),
        ({"Sec-Fetch-Site": ""}, 403),
    ],
)
async def test_a_browser_changes_something_only_from_our_own_pages(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    async with house(tmp_path) as it:
        cookie = await it.signed_in()
        answer = await it.ask("DELETE", "/api/v1/sessions/here", cookie=cookie, headers=headers)
        assert answer.status == status
        if status == 403:
            assert answer.reason == "cross_site"


async def test_a_page_elsewhere_cannot_even_ask_with_somebodys_cookie(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        cookie = await it.signed_in()
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        assert (await it.ask("GET", ME, cookie=cookie, headers=elsewhere)).reason == "cross_site"
        assert (await it.ask("GET", ME, cookie=cookie)).status == 200


async def test_nobody_is_signed_in_by_a_page_elsewhere(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        body = {"name": "anna", "password": "x"}
        answer = await it.ask(
            "POST", "/api/v1/sessions", json=body, headers={"Origin": "https://evil.example"}
        )
        assert answer.reason == "cross_site"


async def test_a_program_with_a_token_says_nothing_of_where_it_is(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        token = it.token()
        body = {"name": "other", "may": ["read"]}
        assert (await it.ask("POST", "/api/v1/tokens", token=token, json=body)).status == 201


async def test_a_body_is_bounded_whether_it_says_its_length_or_not(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        token = it.token()
        large = b"x" * (guard.BODY + 1)
        path = "/api/v1/messages"
        kind = {"Content-Type": "application/json"}
        answer = await it.ask("POST", path, token=token, body=large, headers=kind)
        assert (answer.status, answer.reason) == (413, "too_long")
        chunk = f"{len(large):x}\r\n".encode() + large + b"\r\n0\r\n\r\n"
        chunked = {**kind, "Transfer-Encoding": "chunked", "Content-Length": ""}
        for at in (path, "/api/v1/tokens"):
            answer = await it.ask("POST", at, token=token, body=chunk, headers=chunked)
            assert answer.status == 413


async def test_a_head_is_bounded(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        for octets in (20_000, 200_000):
            answer = await it.ask("GET", ME, headers={"X-Long": "x" * octets})
            assert answer.status in {0, 400, 431}  # 0: it was ended before all of it was sent


async def test_a_body_that_never_comes_ends_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.1)
    async with house(tmp_path) as it:
        headers = {"Content-Length": "10", "Content-Type": "application/json"}
        answer = await it.ask("POST", "/api/v1/tokens", token=it.token(), headers=headers)
        assert (answer.status, answer.reason) == (408, "too_slow")


async def test_without_tls_on_an_open_address_only_proxies_and_this_machine_are_answered(
    tmp_path: Path,
) -> None:
    keys = "listen: ':8090', trusted_proxies: [192.0.2.1], public_url: 'https://sms.example.org'"
    gate = guard.Guard(_nothing, settings(keys))
    for address, status in (("192.0.2.1", 204), ("127.0.0.1", 204), ("192.0.2.2", 403)):
        assert await _through(gate, address, "sms.example.org") == status


async def test_the_address_of_the_connection_is_a_host_of_ours(tmp_path: Path) -> None:
    gate = guard.Guard(_nothing, settings("listen: ':8090', insecure: true"))
    assert await _through(gate, "192.0.2.7", "192.0.2.9:8090") == 204
    assert await _through(gate, "192.0.2.7", "192.0.2.10:8090") == 421
    assert await _through(gate, "192.0.2.7", "evil.example") == 421


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _through(gate: guard.Guard, address: str, host: str) -> int:
    said: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            said.append(message["status"])

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "scheme": "http",
        "headers": [(b"host", host.encode())],
        "client": (address, 1),
        "server": ("192.0.2.9", 8090),
    }
    await gate(scope, receive, send)
    return said[0]


async def test_idle_connections_and_slow_heads_are_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gsmd.gateways.web import serving

    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.1)
    async with house(tmp_path) as it, asyncio.timeout(60):
        for begun in (b"", b"GET / HTTP/1.1\r\nHost: local"):
            reader, writer = await it.connect()
            writer.write(begun)
            assert await reader.read() == b""
            writer.close()


async def test_connections_are_bounded_and_a_good_one_gets_in_when_one_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gsmd.gateways.web import serving

    monkeypatch.setattr(serving, "OF_ONE", 2)
    async with house(tmp_path) as it, asyncio.timeout(60):
        token = it.token()
        open_ = [await it.connect() for _ in range(2)]
        while (await it.ask("GET", ME, token=token)).status != 0:
            await asyncio.sleep(0.01)
        for _, writer in open_:
            writer.close()
        while (await it.ask("GET", ME, token=token)).status != 200:
            await asyncio.sleep(0.01)


async def test_it_listens_at_a_unix_socket_too(tmp_path: Path) -> None:
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(tmp_path / "web.sock"))
    door.listen()
    keys = f"listen: 'unix:{tmp_path}/web.sock', trusted_proxies: [unix], user_header: Remote-User"
    async with house(tmp_path, keys, door=door) as it:
        it.invitation("anna")
        headers = {"Remote-User": "anna", "Sec-Fetch-Site": "same-origin"}
        answer = await it.ask("GET", ME, headers=headers)
        assert answer.json["kind"] == "proxy"


def test_answers_do_not_wait_for_more_to_send() -> None:
    from gsmd.config.network import Endpoint
    from gsmd.gateways.web.serving import open_sockets

    (door,) = open_sockets(Endpoint("127.0.0.1", 0))
    with door:
        assert door.proto == socket.IPPROTO_TCP  # what asyncio goes by
