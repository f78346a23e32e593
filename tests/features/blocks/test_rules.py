"""Patterns of senders."""

import pytest

from gsmd.features.blocks.rules import matches, pattern_of
from gsmd.protocol import bounds
from gsmd.protocol.errors import Refused


@pytest.mark.parametrize(
    ("typed", "pattern"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("+33 899 *", "+33899*"),
        ("Vodafone", "Vodafone"),
        (" Big Win* ", "Big Win*"),
        ("36111", "36111"),
        ("\u202a+33612345678\u202c", "+33612345678"),
        ("\u202a+33899*\u202c", "+33899*"),
    ],
)
def test_a_number_is_compared_as_the_network_gives_it_and_a_name_as_it_was_typed(
    typed: str, pattern: str
) -> None:
    assert pattern_of(typed, "FR") == pattern


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "everybody"),
        ("**", "everybody"),
        ("x" * (bounds.PATTERN + 1), "pattern"),
        ("a\nb", "pattern"),
    ],
)
def test_what_nobody_or_everybody_would_fit_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        pattern_of(typed, None)
    assert refused.value.data["reason"] == reason


def test_senders_are_compared_without_case() -> None:
    assert matches("BIGWIN", ("+44*", "big*"))
    assert not matches("Bank", ("+44*", "big*"))


def test_a_number_that_is_blocked_is_blocked_in_each_of_its_spellings() -> None:
    assert matches("+33612345678", ["0612345678"])
    assert matches("0612345678", ["+33612345678"])
    assert not matches("+33612345679", ["0612345678"])
    assert not matches("Vodafone", ["0612345678"])
