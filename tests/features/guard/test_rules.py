"""Telling a machine from a person who asks a lot."""

from gsmd.features.guard.rules import Exchange, is_loop


def test_a_person_who_asks_different_things_is_no_machine() -> None:
    before = [Exchange(f"balance {number}", "5.00") for number in range(20)]

    assert not is_loop(before, Exchange("balance 21", "5.00"), 10)
    assert not is_loop([Exchange("hi", "hi")] * 9, Exchange("hi", "hi"), 10)
    assert is_loop([Exchange("Hi!", "hello")] * 10, Exchange("hi", "hello"), 10)
