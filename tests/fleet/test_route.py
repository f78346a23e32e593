"""From a number to a pool."""

import pytest

from gsmd.fleet.route import pool_for, problem

ROUTES = {"+33": "france", "+336": "mobile", "*": "world"}


@pytest.mark.parametrize(
    ("to", "pool"), [("+33112345678", "france"), ("+33612345678", "mobile"), ("+491", "world")]
)
def test_the_longest_beginning_holds(to: str, pool: str) -> None:
    assert pool_for(to, ROUTES) == pool


def test_without_a_table_there_is_one_pool() -> None:
    assert pool_for("+33612345678", {}) == "default"


@pytest.mark.parametrize("routes", [{"33": "a"}, {"+33": "auto"}, {"+33": "a b"}, {"+33": ""}])
def test_what_is_no_table_is_said_to_be_none(routes: dict[str, str]) -> None:
    assert problem(routes)
    assert problem(ROUTES) is None
