"""Which regular expressions can keep the daemon busy."""

import pytest

from gsmd.handlers.regex_cost import is_cheap


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "fire",
            r"(?i)\bfire\b",
            "^stock [0-9]{1,6}$",
            "a|b|c",
            "(red|green) light",
            r"order\s+now",
        ),
        *("(?=a)b", "(?:ab){3}", "[a-z]+", "x?y?z?", "(a)?(?(1)b|c)", "(?>a+)b"),
    ],
)
def test_few_ways_to_fit_are_cheap(pattern: str) -> None:
    assert is_cheap(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "(a+)+$",
            "(a*)*b",
            "(a|a)*b",
            "(?:(ab|cd)e)+",
            ".*.*x",
            r"\s*x\s*",
            "(.{0,99}){9}",
            "a{5000}",
        ),
        *("(?=a+)b+", "(?:a+){2,}", "((a|aa))+$", "(x+x+)+y", "(a+|b)?c+"),
        *("(?:a?){24}a{24}", "(?:aa?){20}b", "a?" * 20 + "a" * 20, "(a|ab)" * 16),
    ],
)
def test_what_can_take_for_ever_is_not(pattern: str) -> None:
    assert not is_cheap(pattern)
