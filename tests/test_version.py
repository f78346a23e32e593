"""The version stands in one place; what else tells it says the same."""

import re
import tomllib
from pathlib import Path

from gsmd import __version__

ROOT = Path(__file__).parents[1]


def test_it_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" in project["project"]["dynamic"]
    kept = ROOT / project["tool"]["hatch"]["version"]["path"]
    assert f'__version__ = "{__version__}"\n' in kept.read_text()


def test_the_newest_changes_are_those_of_this_version() -> None:
    versions = re.findall(r"(?m)^## (\S+)", (ROOT / "docs/changelog.md").read_text())
    assert versions[0] == __version__
    assert versions == sorted(versions, key=_numbers, reverse=True)


def test_no_page_of_the_documentation_says_another_one() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        if page.name != "changelog.md":
            for found in re.findall(r"\bgsmd,? (?:version )?v?(\d+\.\d+\.\d+)\b", page.read_text()):
                assert found == __version__, page


def _numbers(version: str) -> list[int]:
    return [int(each) for each in version.split(".")]
