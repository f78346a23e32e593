"""Where a request really comes from."""

from pathlib import Path

import pytest

from gsmd.gateways.web.door.proxies import Proxies
from tests.gateways.web.house import house


def scope(client: str | None, **headers: str) -> dict[str, object]:
    said = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    client_ = None if client is None else (client, 1234)
    return {"type": "http", "scheme": "http", "client": client_, "headers": said}


@pytest.mark.parametrize(
    ("trusted", "client", "said", "address"),
    [
        ((), "127.0.0.1", "192.0.2.7", "127.0.0.1"),
        (("127.0.0.1",), "127.0.0.1", "192.0.2.7", "192.0.2.7"),
        (("127.0.0.1",), "192.0.2.1", "192.0.2.7", "192.0.2.1"),
        (("127.0.0.1",), "127.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        (("127.0.0.1", "10.0.0.0/8"), "127.0.0.1", "192.0.2.7, 10.1.2.3", "192.0.2.7"),
        (("127.0.0.1",), "127.0.0.1", "nonsense", "127.0.0.1"),
        (("127.0.0.1",), "127.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        (("127.0.0.1",), "127.0.0.1", "192.0.2.7:5000", "192.0.2.7"),
        (("unix",), None, "192.0.2.7", "192.0.2.7"),
        (("127.0.0.1",), None, "192.0.2.7", ""),
        (("10.0.0.0/8",), "::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
    ],
)
def test_the_sender_is_the_last_that_no_trusted_proxy_is(
    trusted: tuple[str, ...], client: str | None, said: str, address: str
) -> None:
    origin = Proxies(trusted).origin(scope(client, x_forwarded_for=said))
    assert origin.address == address


def test_scheme_and_host_are_what_a_trusted_proxy_says_and_nobody_else() -> None:
    told = {"host": "inside", "x_forwarded_proto": "https", "x_forwarded_host": "sms.example.org"}
    trusted = Proxies(("127.0.0.1",)).origin(scope("127.0.0.1", **told))
    assert (trusted.scheme, trusted.host, trusted.by_proxy) == ("https", "sms.example.org", True)
    other = Proxies(("127.0.0.1",)).origin(scope("192.0.2.1", **told))
    assert (other.scheme, other.host, other.by_proxy) == ("http", "inside", False)


def test_one_subscriber_of_ipv6_is_one_address() -> None:
    proxies = Proxies(())
    groups = {proxies.origin(scope(f"2001:db8::{each}")).group for each in range(1, 9)}
    assert groups == {"2001:db8::/64"}


async def test_who_has_signed_on_is_believed_of_a_trusted_proxy_alone(tmp_path: Path) -> None:
    keys = "trusted_proxies: [{}], user_header: Remote-User"
    said = {"Remote-User": "anna", "Sec-Fetch-Site": "same-origin"}
    async with house(tmp_path, keys.format("127.0.0.1")) as it:
        it.invitation("anna")
        answer = await it.ask("GET", "/api/v1/me", headers=said)
        assert (answer.json["name"], answer.json["kind"]) == ("anna", "proxy")
        answer = await it.ask("GET", "/api/v1/me", headers={**said, "Remote-User": "ben"})
        assert answer.reason == "no_such_user"
    async with house(tmp_path, keys.format("192.0.2.1")) as it:
        assert (await it.ask("GET", "/api/v1/me", headers=said)).status == 401
