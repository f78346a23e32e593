"""The first hour (docs/first-hour.md) goes as the page says."""

import re
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import needs, path
from tests.walking import PATIENCE, ROOT, Walk, sections

PAGE = sections(ROOT / "docs" / "first-hour.md")
ANNA, BERT = "+33612345678", "+33698765432"


@pytest.fixture
def walk() -> Iterator[Walk]:
    with tempfile.TemporaryDirectory(prefix="gsmd-") as directory, Walk(Path(directory)) as walking:
        walking.walk((ROOT / "docs" / "first-hour.md").read_text().partition("\n## ")[0])
        yield walking


def test_an_sms_is_answered_and_a_vote_runs_on_a_page(walk: Walk) -> None:
    walk.walk(PAGE["The first answered SMS"])
    assert "It came in again." in walk.said
    assert "gsmd works. Socket: " in walk.said
    links = re.findall(r"^Pages: (http://\S+/invitation/\S+)$", walk.said, re.MULTILINE)
    with urllib.request.urlopen(links[-1], timeout=PATIENCE) as page:
        assert "Choose a password" in page.read().decode()
    walk.said = ""
    walk.walk(PAGE["A vote on a page"])
    assert re.search(r"Pizza .*\b1\b", walk.said)
    assert re.search(r"Soup .*\b1\b", walk.said)
    assert re.search(r"Salad .*\b0\b", walk.said)
    assert re.search(r"^http://127\.0\.0\.1:\d+/invitation/\S+$", walk.said, re.MULTILINE)


def _begin(walk: Walk) -> None:
    """gsmd at a modem, as the first section leaves it."""
    first = PAGE["The first answered SMS"]
    walk.walk(first.partition("**3.")[0])


def test_a_program_binds_over_smpp_and_hears_that_its_message_is_delivered(walk: Walk) -> None:
    _begin(walk)
    walk.walk(PAGE["A program that speaks SMPP"])
    assert re.search(r"^id:\S+ .* stat:DELIVRD", walk.said, re.MULTILINE)
    assert [*walk.received(ANNA)] == ["Good morning"]


@needs("mosquitto")
@needs("mosquitto_sub")
def test_home_assistant_is_told_of_the_modem_and_can_write(walk: Walk) -> None:
    _begin(walk)
    broker = subprocess.Popen(
        [path("mosquitto"), "-p", walk.ports["1883"]], stderr=subprocess.DEVNULL
    )
    try:
        walk.walk(PAGE["Home Assistant"])
        assert "notify" in walk.said
        assert [*walk.received(ANNA)] == ["The washing is done"]
    finally:
        broker.terminate()
        broker.wait(PATIENCE)


@needs("nats-server")
def test_three_boxes_send_each_message_once(walk: Walk) -> None:
    walk.walk(PAGE["Three boxes behind one engine"])
    assert [name for name in ("box-1", "box-2", "box-3") if name not in walk.said] == []
    phones = [f"+3361234567{n}" for n in range(1, 7)]
    assert [*walk.received(*phones, world="fleet/world")] == [
        f"Good morning {n}" for n in range(1, 7)
    ]
