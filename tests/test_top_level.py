"""The folders at the top are those of the product, its tests and its documentation: no program leaves its own there."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = {"config", "docs", "gsmd", "systemd", "tests", "udev"}
MADE = {"build", "dist"}
"""By targets of the Makefile, and ignored."""


def test_no_folder_stands_beside_the_agreed_ones() -> None:
    there = {each.name for each in ROOT.iterdir() if each.is_dir() and each.name[0] != "."}
    assert {name for name in there - MADE if not name.endswith(".egg-info")} == FOLDERS
