"""Time that goes by at once."""

import asyncio
from collections.abc import Callable

import pytest

PassBy = Callable[[float], None]


@pytest.fixture
def pass_by(monkeypatch: pytest.MonkeyPatch) -> PassBy:
    """Lets seconds go by for the event loop: a time-out is over when the test says so, not before."""

    def pass_by(seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until_now = loop.time
        monkeypatch.setattr(loop, "time", lambda: until_now() + seconds)

    return pass_by
