"""Which numbers in addresses are international."""

import pytest

from gsmd.gateways.mail.dialling import completed


@pytest.mark.parametrize(
    ("typed", "country", "wanted"),
    [
        ("33612345678", None, "+33612345678"),
        ("33612345678", "FR", "+33612345678"),
        ("33612345678", "DE", "+33612345678"),
        ("491711234567", "FR", "+491711234567"),
        ("0612345678", "FR", "0612345678"),
        ("612345678", "ES", "612345678"),
        ("34612345678", "ES", "34612345678"),  # the daemon knows its own country
        ("2025550123", "US", "2025550123"),
        ("36111", "FR", "36111"),
        ("+33612345678", "FR", "+33612345678"),
    ],
)
def test_a_plus_may_be_left_out(typed: str, country: str | None, wanted: str) -> None:
    assert completed(typed, country) == wanted
