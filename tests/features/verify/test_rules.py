"""Codes in what people type."""

import pytest

from gsmd.features.verify import rules


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("482913", ["482913"]),
        ("Code: 482 913.", ["482913"]),
        ("482-913 or 4444", ["482913", "4444"]),
        ("12", []),
        ("no", []),
        ("1234567890123", []),
    ],
)
def test_codes_are_found_in_what_people_type(text: str, found: list[str]) -> None:
    assert rules.typed(text)[: len(found)] == found
    assert bool(rules.typed(text)) == bool(found)


def test_a_code_fits_for_one_purpose_and_one_key() -> None:
    kept = rules.digest(b"key", "login", "123456")
    assert rules.fits(b"key", "login", "123456", kept)
    assert not rules.fits(b"key", "login", "123457", kept)
    assert not rules.fits(b"key", "payment", "123456", kept)
    assert not rules.fits(b"another key", "login", "123456", kept)


def test_no_digit_is_left_of_a_masked_text() -> None:
    assert rules.masked("my code is 12-34 56") == "my code is **-** **"
