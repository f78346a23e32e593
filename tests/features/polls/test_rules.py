"""A draw that anybody can check."""

from gsmd.features.polls.rules import draw


def test_the_draw_does_not_depend_on_the_order_of_the_list_and_ends_with_it() -> None:
    people = [f"+3360000000{number}" for number in range(9)]
    winners = draw("seed", people, 20)

    assert winners == draw("seed", reversed(people), 20)
    assert sorted(winners) == people
    assert winners != draw("another", people, 20)
