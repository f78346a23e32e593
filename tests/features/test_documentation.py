"""docs/twoway.md: every task has a whole configuration, and the daemon starts on it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gsmd.config import parse
from gsmd.core.app import App
from gsmd.features.polls.rules import draw
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.store.engine.database import Database
from tests.config.samples import ACCOUNTS

PAGE = Path(__file__).parents[2] / "docs" / "twoway.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
LINKED = re.findall(r"twoway\.md#([\w-]+)", (PAGE.parent / "configuration.md").read_text())


@pytest.mark.parametrize("text", BLOCKS, ids=range(len(BLOCKS)))
async def test_the_core_can_be_built_on_every_configuration(text: str, tmp_path: Path) -> None:
    whole = {**yaml.safe_load(text), "state_dir": str(tmp_path)}
    config = parse(yaml.safe_dump(whole), "twoway.md", HANDLER_KINDS, accounts=ACCOUNTS)
    app = await App.open(config, await Database.open(tmp_path / "gsmd.db"))
    await app.close()

    assert "modems" in yaml.safe_load(text)


def test_links_to_the_tasks_lead_somewhere() -> None:
    titles = re.findall(r"^## (.*)", PAGE.read_text(), re.MULTILINE)
    anchors = {title.lower().replace(" ", "-") for title in titles}

    assert LINKED
    assert set(LINKED) <= anchors


def test_the_draw_that_the_page_shows_is_the_one_that_is_made() -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    shown: dict[str, Any] = {}
    exec(code, shown)
    numbers = [f"+3361111{number:04}" for number in range(40)]

    assert shown["winners"]("5eed" * 16, numbers, 5) == draw("5eed" * 16, numbers, 5)
