"""The table of routes is complete, and says nothing that is not so."""

import pytest

from gsmd.gateways.web.rest.routes import ALSO, ROUTES, WITHOUT_ROUTE, Route
from gsmd.protocol.methods import METHODS

ROWS = [pytest.param(route, id=f"{route.verb} {route.path}") for route in ROUTES]


def test_every_method_of_the_socket_has_a_route_or_a_reason_why_not() -> None:
    routed = {route.method.name for route in ROUTES}
    beside = {method.name for method in (*ALSO, *WITHOUT_ROUTE)}
    assert routed | beside == set(METHODS)
    assert not routed & beside
    assert all(len(reason) > 10 for reason in WITHOUT_ROUTE.values())


@pytest.mark.parametrize("route", ROWS)
def test_the_parameters_in_a_path_are_the_methods_own(route: Route) -> None:
    fields = set(route.method.params.__struct_encode_fields__)
    # settling is by lease, whoever's it is
    assert set(route.in_path) <= fields | {"handler", "lease"}


def test_what_changes_nothing_is_had_by_get_and_the_rest_is_not() -> None:
    telling = {r.path for r in ROUTES if r.method.only_tells and r.verb != "GET"}
    assert telling == set()
