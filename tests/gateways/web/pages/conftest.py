from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateways.web.pages.scene import Scene, scene


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as it:
        yield it
