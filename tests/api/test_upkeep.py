"""What is said about the daemon itself, and its log."""

import logging
from collections.abc import Iterator

import pytest

from tests.api.wire import Wire


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    root = logging.getLogger()
    former = root.level
    root.setLevel(logging.WARNING)
    yield
    root.setLevel(former)


async def test_the_level_of_the_log_can_be_asked_for(wire: Wire) -> None:
    assert await wire.result("server.log_level") == {"level": "warning"}


async def test_the_level_of_the_log_can_be_changed(wire: Wire) -> None:
    assert await wire.result("server.log_level", {"level": "debug"}) == {"level": "debug"}
    assert logging.getLogger().level == logging.DEBUG


async def test_it_is_told_what_waits_to_be_sent(wire: Wire) -> None:
    assert await wire.result("messages.waiting") == {
        "queued": 3,
        "scheduled": 1,
        "held": 0,
        "oldest_at": "2026-01-02T00:00:00.000Z",
    }
