import pytest

from gsmd.gateways.web.rest.router import Router

ROUTER = Router([
    ("GET", "/messages", 1),
    ("POST", "/messages", 2),
    ("GET", "/messages/waiting", 3),
    ("GET", "/messages/{id}", 4),
    ("POST", "/messages/{id}/cancel", 5),
])  # fmt: skip


def test_a_word_goes_before_a_parameter() -> None:
    found = ROUTER.find("/messages/waiting")
    assert found is not None
    assert found.targets == {"GET": 3}


def test_a_word_that_leads_nowhere_is_a_parameter() -> None:
    found = ROUTER.find("/messages/waiting/cancel")
    assert found is not None
    assert (found.targets, found.values) == ({"POST": 5}, ("waiting",))


def test_a_segment_is_decoded_by_itself() -> None:
    found = ROUTER.find("/messages/a%2Fb%20c")
    assert found is not None
    assert found.values == ("a/b c",)


@pytest.mark.parametrize(
    "path", ["/", "", "/messages/", "/messages//cancel", "/other", "/messages/a/b/c"]
)
def test_there_is_nothing_elsewhere(path: str) -> None:
    assert ROUTER.find(path) is None


def test_what_a_path_is_for_is_told() -> None:
    found = ROUTER.find("/messages")
    assert found is not None
    assert found.allowed == "GET, HEAD, POST"


def test_a_route_that_stands_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="twice"):
        Router([("GET", "/a/{b}", 1), ("GET", "/a/{c}", 2)])
