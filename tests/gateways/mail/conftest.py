"""Passwords cost little here: one test looks at what they cost elsewhere."""

import pytest

from gsmd.gateways.mail import users


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "dear_passwords" not in request.fixturenames:
        monkeypatch.setattr(users, "_N", 1 << 4)
        monkeypatch.setattr(users, "_P", 1)


@pytest.fixture
def dear_passwords() -> None:
    """As they cost elsewhere."""
