"""Web hooks against a real server on loopback: signed, bounded, tried again."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gsmd.clock import Milliseconds
from gsmd.handlers.base import HandlerError
from gsmd.handlers.signing import sign
from gsmd.handlers.webhook import (
    ANSWER_LIMIT,
    LONGEST_WISH,
    WebHook,
    WebHookSettings,
    retry_after,
)
from gsmd.protocol.message import Reply
from tests.handlers.conftest import PassBy
from tests.handlers.messages import delivery
from tests.rig import PATIENCE

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class StoppedClock:
    def wall(self) -> Milliseconds:
        return Milliseconds(1_767_323_045_678)

    def monotonic(self) -> Milliseconds:
        return Milliseconds(0)

    def boot(self) -> str:
        return ""

    async def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nothing here pauses, and this would for {seconds} s")


class Shop:
    """A web server that keeps what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.answer: Answer = self.nothing

    async def nothing(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=204)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.bodies.append(await request.read())
        return await self.answer(request)

    def answers(self, **response: object) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(**response)  # type: ignore[arg-type] # the test knows what it gives

        self.answer = answer


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def server(shop: Shop) -> AsyncIterator[TestServer]:
    app = web.Application(client_max_size=1 << 20)
    app.router.add_post("/{anything:.*}", shop.take)
    server = TestServer(app)
    async with server:
        yield server


@pytest.fixture
async def hook(server: TestServer) -> AsyncIterator[WebHook]:
    hook = WebHook(
        "hook",
        WebHookSettings(post=str(server.make_url("/sms")), concurrency=2),
        clock=StoppedClock(),
    )
    yield hook
    await hook.close()


async def test_a_message_is_posted_as_json(hook: WebHook, shop: Shop) -> None:
    assert await hook.deliver(delivery("hook", attempt=2, text="Ünïcode 😀")) is None

    (request,) = shop.requests
    assert request.path == "/sms"
    assert request.content_type == "application/json"
    body = json.loads(shop.bodies[0])
    assert (body["handler"], body["attempt"]) == ("hook", 2)
    assert body["message"]["text"] == "Ünïcode 😀"
    assert body["message"]["id"] == "in-1"


async def test_without_a_key_there_is_no_signature(hook: WebHook, shop: Shop) -> None:
    await hook.deliver(delivery("hook"))

    assert "X-Gsmd-Signature" not in shop.requests[0].headers


async def test_the_signature_covers_the_time_and_the_body(
    server: TestServer, shop: Shop, tmp_path: Path
) -> None:
    key = tmp_path / "hook.key"
    key.write_text("open sesame\n")
    url = str(server.make_url("/"))
    hook = WebHook(
        "hook", WebHookSettings(post=url, secret_file=key, concurrency=1), clock=StoppedClock()
    )
    await hook.deliver(delivery("hook"))
    key.write_text("a new key")
    await hook.deliver(delivery("hook"))
    await hook.close()

    for number, secret in enumerate((b"open sesame", b"a new key")):
        signed = b"1767323045." + shop.bodies[number]
        expected = hmac.new(secret, signed, hashlib.sha256).hexdigest()
        header = shop.requests[number].headers["X-Gsmd-Signature"]
        assert header == f"t=1767323045,v1={expected}"


def test_a_signature_that_was_computed_elsewhere() -> None:
    # printf '1767323045.{}' | openssl dgst -sha256 -hmac key
    expected = "1d533de0941004dfdb6d222b1e197476ea94db2c6b6bca39a2ed148ff4b23910"
    assert sign(b"{}", b"key", 1_767_323_045) == f"t=1767323045,v1={expected}"


@pytest.mark.parametrize("content", [None, b"", b" \n"])
async def test_a_key_that_cannot_be_used_is_said_and_nothing_is_sent(
    server: TestServer, shop: Shop, tmp_path: Path, content: bytes | None
) -> None:
    key = tmp_path / "hook.key"
    if content is not None:
        key.write_bytes(content)
    url = str(server.make_url("/"))
    hook = WebHook("hook", WebHookSettings(post=url, secret_file=key, concurrency=1))

    with pytest.raises(HandlerError, match=r"hook\.key: "):
        await hook.deliver(delivery("hook"))
    assert shop.requests == []
    assert hook.capacity == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_any_2xx_acknowledges(hook: WebHook, shop: Shop, status: int) -> None:
    shop.answers(status=status)

    assert await hook.deliver(delivery("hook")) is None


async def test_the_answer_can_carry_a_reply(hook: WebHook, shop: Shop) -> None:
    shop.answers(text='{"reply": "Your balance is 5.00 €", "more": 1}')

    assert await hook.deliver(delivery("hook")) == Reply("Your balance is 5.00 €")


@pytest.mark.parametrize(
    "answer",
    [
        *("", " ", "ok", "null", "{}", "[]", "7", '{"reply": null}', '{"reply": ""}'),
        *('{"reply": " "}', '{"reply": 5}', '{"reply": "x"', '"reply"', "\xff"),
    ],
)
async def test_an_answer_without_a_reply_acknowledges_all_the_same(
    hook: WebHook, shop: Shop, answer: str
) -> None:
    shop.answers(body=answer.encode("latin-1"))

    assert await hook.deliver(delivery("hook")) is None


async def test_an_answer_without_end_is_not_read_to_its_end(hook: WebHook, shop: Shop) -> None:
    cut_off = asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * ANSWER_LIMIT)
        finally:
            cut_off.set()

    shop.answer = endless
    assert await hook.deliver(delivery("hook")) is None
    await asyncio.wait_for(cut_off.wait(), PATIENCE)


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
async def test_anything_but_2xx_is_tried_again(hook: WebHook, shop: Shop, status: int) -> None:
    shop.answers(status=status, text='{"reply": "not this"}')

    with pytest.raises(HandlerError, match=f"answered {status} ") as caught:
        await hook.deliver(delivery("hook"))
    assert caught.value.retry_after is None
    assert not caught.value.permanent
    assert hook.capacity == 2


async def test_the_server_may_say_when(hook: WebHook, shop: Shop) -> None:
    shop.answers(status=503, headers={"Retry-After": "120"})

    with pytest.raises(HandlerError) as caught:
        await hook.deliver(delivery("hook"))
    assert caught.value.retry_after == 120


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0),
        (" 120 ", 120),
        ("9" * 40, LONGEST_WISH),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60),
        ("Fri, 02 Jan 2026 03:05:05", 60),
        ("Fri, 02 Jan 2026 04:05:05 +0100", 60),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WISH),
        ("Fri, 99 Jan 2026 03:05:05 GMT", None),
    ],
)
def test_the_time_of_a_retry_is_seconds_or_a_date(
    header: str | None, seconds: float | None
) -> None:
    assert retry_after(header, 1_767_323_045) == seconds


async def test_redirects_are_not_followed(hook: WebHook, shop: Shop) -> None:
    shop.answers(status=307, headers={"Location": "http://elsewhere.example/"})

    with pytest.raises(HandlerError, match=r"307 .*elsewhere\.example.*not followed"):
        await hook.deliver(delivery("hook"))
    assert len(shop.requests) == 1


async def test_a_server_that_does_not_answer_in_time_is_tried_again(
    server: TestServer, shop: Shop, pass_by: PassBy
) -> None:
    asked = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    shop.answer = never
    url = str(server.make_url("/"))
    hook = WebHook("hook", WebHookSettings(post=url, timeout=600, concurrency=1))
    task = asyncio.create_task(hook.deliver(delivery("hook")))
    await asyncio.wait_for(asked.wait(), PATIENCE)
    pass_by(600)
    with pytest.raises(HandlerError, match="no answer within 600 s"):
        await task

    assert len(shop.requests) == 1
    assert hook.capacity == 1
    await hook.close()


async def test_a_server_that_is_down_and_comes_back(unused_tcp_port: int, shop: Shop) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/"
    hook = WebHook("hook", WebHookSettings(post=url, concurrency=1))
    with pytest.raises(HandlerError, match=r"Cannot connect to host 127\.0\.0\.1"):
        await hook.deliver(delivery("hook"))

    app = web.Application()
    app.router.add_post("/", shop.take)
    async with TestServer(app, port=unused_tcp_port):
        assert await hook.deliver(delivery("hook")) is None
    await hook.close()


async def test_a_server_that_hangs_up_is_tried_again(hook: WebHook, shop: Shop) -> None:
    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    shop.answer = hang_up
    with pytest.raises(HandlerError, match="disconnected"):
        await hook.deliver(delivery("hook"))


@pytest.mark.parametrize("url", ["http://[::1/", "http://-.invalid/", "http://" + "a" * 70 + ".x/"])
async def test_an_address_that_cannot_be_is_an_error_like_any_other(url: str) -> None:
    hook = WebHook("hook", WebHookSettings(post=url, timeout=5, concurrency=1))
    with pytest.raises(HandlerError):
        await hook.deliver(delivery("hook"))
    await hook.close()


async def test_room_is_what_is_not_under_way(hook: WebHook, shop: Shop) -> None:
    go = asyncio.Event()

    async def wait(request: web.Request) -> web.StreamResponse:
        await go.wait()
        return web.Response()

    shop.answer = wait
    tasks = [asyncio.create_task(hook.deliver(delivery("hook"))) for _ in range(2)]
    await asyncio.sleep(0)
    assert hook.capacity == 0
    go.set()
    await asyncio.gather(*tasks)
    assert hook.capacity == 2
