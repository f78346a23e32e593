from collections.abc import Iterator
from pathlib import Path

import pytest

from gsmd.client import Client
from tests.client.daemon import Daemon


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with Daemon(tmp_path / "gsmd.sock") as daemon:
        yield daemon


@pytest.fixture
def client(daemon: Daemon) -> Iterator[Client]:
    with Client(daemon.path, timeout=20) as client:
        yield client
