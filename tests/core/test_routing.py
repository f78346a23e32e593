"""Which route a number takes."""

from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsmd.config import ConfigError, ModemConfig, Route, parse
from gsmd.core.routing import ANY, Routing
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.protocol.errors import Refused

MODEM = ModemConfig(name="m", port="/dev/x")
DIGITS = st.text("0123", max_size=4)
BEGINNINGS = DIGITS.map(lambda digits: f"+1{digits}") | st.just("*")
NUMBERS = DIGITS.map(lambda digits: f"+1{digits}") | st.text("0123", min_size=1, max_size=4)


def routing(*beginnings: str) -> Routing:
    """Each beginning is a route to a modem that bears its name."""
    return Routing([Route(to=each, modems=(each,)) for each in beginnings], [MODEM.name])


@pytest.mark.parametrize("order", list(permutations(["*", "+3", "+33", "+336"])))
@pytest.mark.parametrize(
    ("number", "route"),
    [
        ("+33612345678", "+336"),
        ("+33112345678", "+33"),
        ("+391234", "+3"),
        ("+4912345", "*"),
        ("36111", "*"),
        ("33612345678", "*"),
        ("*100#", "*"),
    ],
)
def test_the_longest_beginning_wins_in_any_order(
    order: tuple[str, ...], number: str, route: str
) -> None:
    assert routing(*order).route(number, None) == route


@given(st.lists(BEGINNINGS, unique=True, min_size=1), NUMBERS, st.randoms())
def test_the_route_fits_and_no_other_that_fits_is_longer(
    beginnings: list[str],
    number: str,
    random: Random,
) -> None:
    fitting = [each for each in beginnings if each == "*" or number.startswith(each)]
    shuffled = random.sample(beginnings, len(beginnings))

    if not fitting:
        with pytest.raises(Refused, match="no route leads to"):
            routing(*shuffled).route(number, None)
    else:
        longest = max(fitting, key=lambda each: 0 if each == "*" else len(each))
        assert routing(*shuffled).route(number, None) == longest


@given(st.lists(BEGINNINGS, min_size=1, max_size=6))
def test_every_route_that_a_configuration_may_have_is_used_by_some_number(
    beginnings: list[str],
) -> None:
    routes = "".join(f"- {{to: '{each}', modems: [m]}}\n" for each in beginnings)
    text = f"modems: [{{name: m, port: /dev/x}}]\nroutes:\n{routes}"
    if len(set(beginnings)) < len(beginnings):
        with pytest.raises(ConfigError, match="each beginning once"):
            parse(text, "gsmd.yaml", HANDLER_KINDS)
        return
    config = parse(text, "gsmd.yaml", HANDLER_KINDS)
    table = routing(*(route.to for route in config.routes))
    for route in config.routes:
        number = "36111" if route.to == "*" else route.to
        assert table.route(number, None) == route.to


def test_without_routes_any_modem_sends_to_anybody() -> None:
    assert routing().route("+33612345678", None) == ANY


def test_a_modem_that_is_named_is_the_route_if_there_is_one_of_that_name() -> None:
    assert routing("+33").route("+4912345", "m") == "m"
    with pytest.raises(Refused, match="no modem or carrier is called 'x'"):
        routing("+33").route("+33612345678", "x")
