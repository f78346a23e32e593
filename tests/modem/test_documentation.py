"""docs/modems.md tells the truth: each test it names is there, each state and each family is explained."""

import re
from pathlib import Path

import pytest

from gsmd.modem import ModemState
from gsmd.modem.quirks import PROFILES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "modems.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([a-z_]+(?:/[a-z_]+)*/test_[a-z_]+\.py)::(test_[a-z0-9_]+)`", TEXT)


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED)))
def test_each_test_that_is_named_is_there(file: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")


def test_each_quirk_has_a_test() -> None:
    quirks = TEXT[TEXT.index("## What modems do") :]
    rows = [line for line in quirks.splitlines() if line.startswith("| ")]
    without = [row for row in rows if "::test_" not in row and "| test |" not in row]
    assert without == []
    assert len(rows) > 70


@pytest.mark.parametrize("state", ModemState)
def test_each_state_is_explained(state: ModemState) -> None:
    assert f"| `{state}` |" in TEXT


@pytest.mark.parametrize("family", [*(profile.family for profile in PROFILES), "generic"])
def test_each_family_is_explained(family: str) -> None:
    assert f"| {family} |" in TEXT
