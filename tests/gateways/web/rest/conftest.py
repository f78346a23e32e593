from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateways.web.rest.scene import Scene, scene


@pytest.fixture
async def rest(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as it:
        yield it
