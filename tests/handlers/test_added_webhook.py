"""Web hooks that were added over the socket, against a real server on loopback with a certificate of its own."""

import ipaddress
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gsmd.handlers.added_webhook import AddedWebHook, AddedWebHookSettings, Secret
from gsmd.handlers.base import HandlerError, HandlerSuspended
from tests.handlers.messages import delivery

LOOPBACK = ("127.0.0.0/8",)


class Shop:
    """A web server that keeps what it gets, and answers with a status."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.status = 204

    async def take(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        return web.Response(status=self.status, headers={"Location": "https://127.0.0.1/"})


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of hook.example and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hook.example")])
    names = [
        x509.DNSName("hook.example"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.2")),
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "hook.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def port(shop: Shop, certificate: Path) -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_post("/{anything:.*}", shop.take)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=tls)
    assert server.port is not None
    yield server.port
    await server.close()


class Names:
    """What names lead to; each look-up takes the next answer, the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def hook(
    url: str, certificate: Path, names: Names, allow: tuple[str, ...] = LOOPBACK
) -> AddedWebHook:
    settings = AddedWebHookSettings(
        post=url, hooks_allow=allow, secret=Secret("open sesame"), concurrency=1
    )
    tls = ssl.create_default_context(cafile=certificate)
    return AddedWebHook("hook", settings, look_up=names, tls=tls)


async def test_it_posts_to_the_address_that_its_name_led_to(
    shop: Shop, port: int, certificate: Path
) -> None:
    names = Names(["127.0.0.1"])
    it = hook(f"https://hook.example:{port}/sms", certificate, names)
    assert await it.deliver(first := delivery("hook")) is None
    await it.close()

    (request,) = shop.requests
    assert request.host == f"hook.example:{port}"
    assert request.headers["webhook-signature"].startswith("v1,")
    assert names.asked == ["hook.example"]
    assert (it.status_of(first), it.status_of(first)) == (204, None)


async def test_the_certificate_is_held_against_the_name(
    shop: Shop, port: int, certificate: Path
) -> None:
    it = hook(f"https://elsewhere.example:{port}/", certificate, Names(["127.0.0.1"]))
    with pytest.raises(HandlerError, match=r"(?i)certificate"):
        await it.deliver(delivery("hook"))
    await it.close()
    assert shop.requests == []


async def test_a_name_that_leads_elsewhere_at_the_next_message_is_judged_anew(
    shop: Shop, port: int, certificate: Path
) -> None:
    """DNS rebinding: allowed at first, and something else later."""
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    it = hook(f"https://hook.example:{port}/", certificate, names)
    await it.deliver(delivery("hook"))
    with pytest.raises(HandlerError, match=r"leads to 10\.0\.0\.1, which is not public"):
        await it.deliver(delivery("hook"))
    await it.close()
    assert len(shop.requests) == 1
    assert len(names.asked) == 2


@pytest.mark.parametrize("host", ["127.0.0.2", "hook.example"])
async def test_loopback_is_refused_unless_it_is_named(
    shop: Shop, port: int, certificate: Path, host: str
) -> None:
    it = hook(f"https://{host}:{port}/", certificate, Names(["127.0.0.1"]), allow=())
    with pytest.raises(HandlerError, match="not public"):
        await it.deliver(delivery("hook"))
    await it.close()
    assert shop.requests == []
    assert it.capacity == 1


async def test_an_address_that_is_named_is_connected_to_without_a_name(
    shop: Shop, port: int, certificate: Path
) -> None:
    names = Names(["10.0.0.1"])
    app_port = port
    it = hook(f"https://127.0.0.2:{app_port}/", certificate, names, allow=("127.0.0.2",))
    with pytest.raises(HandlerError, match="Cannot connect"):  # nobody listens there
        await it.deliver(delivery("hook"))
    await it.close()
    assert names.asked == []


async def test_redirects_are_not_followed(shop: Shop, port: int, certificate: Path) -> None:
    shop.status = 307
    it = hook(f"https://hook.example:{port}/", certificate, Names(["127.0.0.1"]))
    with pytest.raises(HandlerError, match=r"307 .*redirects are not followed"):
        await it.deliver(delivery("hook"))
    await it.close()
    assert len(shop.requests) == 1


async def test_gone_is_no_failure_like_others(shop: Shop, port: int, certificate: Path) -> None:
    shop.status = 410
    it = hook(f"https://hook.example:{port}/", certificate, Names(["127.0.0.1"]))
    with pytest.raises(HandlerSuspended, match="answered 410 Gone"):
        await it.deliver(delivery("hook"))
    await it.close()


async def test_a_name_that_leads_nowhere_is_tried_again(certificate: Path) -> None:
    async def fail(host: str, port: int) -> list[str]:
        raise OSError(f"{host}: no such host")

    settings = AddedWebHookSettings(post="https://hook.example/", concurrency=1)
    it = AddedWebHook("hook", settings, look_up=fail)
    with pytest.raises(HandlerError, match=r"hook\.example"):
        await it.deliver(delivery("hook"))
    await it.close()


def test_the_secret_is_in_no_representation() -> None:
    settings = AddedWebHookSettings(post="https://hook.example/", secret=Secret("open sesame"))
    assert "sesame" not in repr(settings)
