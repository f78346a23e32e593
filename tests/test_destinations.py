"""Where a web hook that was added over the socket may lead, and where it may not."""

import ipaddress

import pytest

from gsmd.destinations import (
    Destinations,
    ForbiddenDestination,
    Resolver,
    look_up,
    special,
    target_of,
)

NOWHERE = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1"),
    *("172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255"),
    *("192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1"),
    *("64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::"),
    *("3fff::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
    *("4000::1", "5f00::1"),
]
PUBLIC = [
    *("8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1"),
    *("11.0.0.1", "192.169.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1"),
]


@pytest.mark.parametrize("address", NOWHERE)
def test_what_is_not_public_is_refused_by_address_and_by_name(address: str) -> None:
    destinations = Destinations(())
    literal = ipaddress.ip_address(address)
    assert special(literal)
    with pytest.raises(ForbiddenDestination, match="not public"):
        destinations.judge_host(address, https=True)
    with pytest.raises(ForbiddenDestination, match=r"hook\.example leads to .* not public"):
        destinations.permitted("hook.example", [address], https=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_allowed_over_https_only(address: str) -> None:
    destinations = Destinations(())
    destinations.judge_host(address, https=True)
    assert destinations.permitted("hook.example", [address], https=True) == [address]
    with pytest.raises(ForbiddenDestination, match="only https"):
        destinations.judge_host(address, https=False)
    with pytest.raises(ForbiddenDestination, match="only https"):
        destinations.permitted("hook.example", [address], https=False)


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.01", "0x7f.1", "127.0.0.1."),
        *("1", "010.0.0.1", "127.000.000.001", "hook.1"),
    ],
)
@pytest.mark.parametrize("https", [True, False])
def test_an_address_in_another_spelling_is_refused(host: str, https: bool) -> None:
    with pytest.raises(ForbiddenDestination, match="not the usual one"):
        Destinations(("127.0.0.0/8", host)).judge_host(host, https=https)


def test_of_many_addresses_only_those_that_are_allowed_are_connected_to() -> None:
    found = ["10.0.0.1", "8.8.8.8", "::1", "2606:4700::1111"]
    permitted = Destinations(()).permitted("hook.example", found, https=True)
    assert permitted == ["8.8.8.8", "2606:4700::1111"]


def test_a_name_without_addresses_leads_nowhere() -> None:
    with pytest.raises(ForbiddenDestination, match="has no address"):
        Destinations(()).permitted("hook.example", [], https=True)


@pytest.mark.parametrize("https", [True, False])
def test_a_network_that_is_named_is_allowed_whatever_leads_there(https: bool) -> None:
    destinations = Destinations(("192.168.0.0/16", "fd00::/8"))
    destinations.judge_host("192.168.1.5", https=https)
    assert destinations.permitted("nas.lan", ["192.168.1.5"], https=https) == ["192.168.1.5"]
    assert destinations.permitted("nas.lan", ["fd12::1"], https=https) == ["fd12::1"]
    with pytest.raises(ForbiddenDestination):
        destinations.permitted("nas.lan", ["10.0.0.1"], https=https)


@pytest.mark.parametrize("https", [True, False])
@pytest.mark.parametrize("spelling", ["nas.lan", "NAS.lan", "nas.lan."])
def test_a_host_that_is_named_is_allowed_wherever_it_leads(spelling: str, https: bool) -> None:
    destinations = Destinations(("Nas.Lan",))
    destinations.judge_host(spelling, https=https)
    assert destinations.permitted(spelling, ["10.0.0.1"], https=https) == ["10.0.0.1"]
    with pytest.raises(ForbiddenDestination):
        destinations.permitted("other.lan", ["10.0.0.1"], https=https)


async def test_a_name_is_looked_up_once_for_a_connection_and_what_was_found_is_what_is_used() -> (
    None
):
    asked: list[tuple[str, int]] = []

    async def answer(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["8.8.8.8", "127.0.0.1"]

    resolver = Resolver(Destinations(()), https=True, look_up=answer)
    (found,) = await resolver.resolve("hook.example", 443)
    assert (found["host"], found["hostname"], found["port"]) == ("8.8.8.8", "hook.example", 443)
    assert asked == [("hook.example", 443)]


async def test_localhost_is_what_the_system_says_it_is() -> None:
    assert set(await look_up("localhost", 80)) <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hook.example/sms", ("hook.example", 443, True)),
        ("http://[::1]:8080/", ("::1", 8080, False)),
        ("https://１２７.0.0.1/", ("127.0.0.1", 443, True)),
    ],
)
def test_the_target_is_what_would_be_connected_to(url: str, target: tuple[str, int, bool]) -> None:
    assert target_of(url) == target
