"""Matching by time of day, by file, and by what a message answers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from gsmd.config import MatchRule
from gsmd.handlers.matching import matches
from gsmd.hours import parse
from tests.handlers.messages import INBOUND


@pytest.mark.parametrize(
    ("between", "hour", "taken"),
    [
        ("08:00-18:30", 8, True),
        ("08:00-18:30", 19, False),
        ("20:00-08:00", 23, True),
        ("20:00-08:00", 7, True),
        ("20:00-08:00", 8, False),
    ],
)
def test_a_part_of_the_day_may_go_over_midnight(between: str, hour: int, *, taken: bool) -> None:
    here = datetime(2026, 6, 1, hour, 0).astimezone()

    assert (
        matches(
            MatchRule(between=parse(between)), replace(INBOUND, created_at=here.astimezone(UTC))
        )
        is taken
    )


def test_a_file_of_senders_is_read_again_after_a_change(tmp_path: Path) -> None:
    file = tmp_path / "customers"
    rule = MatchRule(from_file=file)
    message = replace(INBOUND, peer="+33612345678")
    answers = [matches(rule, message)]
    for content in ("# all of France\n+336*  # mobile\n", "Vodafone\n\n", "+33612345678\n"):
        file.write_text(content)
        answers.append(matches(rule, message))

    assert answers == [False, True, False, True]


def test_answers_to_us_can_be_told_from_what_comes_unasked() -> None:
    answer, unasked = replace(INBOUND, in_reply_to="x"), replace(INBOUND, in_reply_to=None)

    assert matches(MatchRule(answers=True), answer)
    assert not matches(MatchRule(answers=True), unasked)
    assert matches(MatchRule(answers=False), unasked)
    assert matches(MatchRule(), answer)
