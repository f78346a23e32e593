"""Whom an answer names."""

import pytest

from gsmd.features.forward.rules import Named, named


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5678 I come at five", Named("5678", "I come at five")),
        ("> +33612345678: yes", Named("33612345678", "yes")),
        ("@06-12-34-56-78, see you", Named("0612345678", "see you")),
        ("567 too short", None),
        ("5678", None),
        ("5678   ", None),
        ("I come at 1700 sharp", None),
    ],
)
def test_a_number_in_front_of_an_answer_says_whom_it_is_for(text: str, found: Named | None) -> None:
    assert named(text) == found


@pytest.mark.parametrize(
    ("digits", "peer", "fits"),
    [
        ("5678", "+33612345678", True),
        ("0612345678", "+33612345678", True),
        ("1234", "+33612345678", False),
    ],
)
def test_a_number_is_named_by_its_end_or_as_it_is_dialled_at_home(
    digits: str, peer: str, fits: bool
) -> None:
    assert Named(digits, "yes").fits(peer) is fits
