"""Which gateways there should be, and what those that are there say."""

import msgspec
import pytest

from gsmd.config import parse
from gsmd.core.gateways import Gateways
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.protocol import gateways
from gsmd.protocol.errors import Refused
from gsmd.protocol.gateways import GatewayReportParams, GatewayStatus, GatewayTrouble
from gsmd.protocol.types import Nothing
from tests.clocks import HandClock


def configuration(sections: str) -> Gateways:
    text = f"modems: [{{name: m, port: /dev/ttyUSB0}}]\n{sections}"
    return Gateways(parse(text, "test.yaml", HANDLER_KINDS), HandClock())


async def listed(of: Gateways) -> list[GatewayStatus]:
    (bound,) = of.methods()
    assert bound.method is gateways.LIST
    found: list[GatewayStatus] = (await bound.function(None, Nothing())).gateways
    return found


async def test_what_is_configured_and_says_nothing_is_away() -> None:
    found = await listed(configuration("web: {}\nmqtt: {}\n"))
    assert [(each.name, each.state, each.configured) for each in found] == [
        ("web", "away", True),
        ("mqtt", "away", True),
    ]


async def test_what_it_says_holds_until_its_connection_ends() -> None:
    of, connection = configuration("mqtt: {}\n"), object()
    trouble = GatewayTrouble("the broker is away", "start it")
    report = GatewayReportParams(gateway="mqtt", says="looks for a broker", troubles=(trouble,))
    assert of.report(connection, "gsmd-mqtt", 7, report)
    (status,) = await listed(of)
    assert (status.state, status.says, status.user, status.pid) == (
        *("running", "looks for a broker"),
        *("gsmd-mqtt", 7),
    )
    assert status.troubles == [trouble]
    assert not of.report(connection, "gsmd-mqtt", 7, msgspec.structs.replace(report, troubles=()))
    assert (await listed(of))[0].troubles == []
    of.gone(connection)
    assert (await listed(of))[0].state == "away"


async def test_the_end_of_another_connection_does_not_matter() -> None:
    of = configuration("web: {}\n")
    connection, other = object(), object()
    of.report(connection, "me", 1, GatewayReportParams(gateway="web"))
    of.gone(other)
    assert (await listed(of))[0].state == "running"


async def test_one_that_runs_by_another_configuration_is_told_too() -> None:
    of = configuration("")
    of.report(object(), "me", 1, GatewayReportParams(gateway="web"))
    (status,) = await listed(of)
    assert (status.name, status.configured) == ("web", False)


async def test_a_connection_speaks_for_no_more_than_some() -> None:
    of, connection = configuration(""), object()
    for number in range(32):
        of.report(connection, "me", 1, GatewayReportParams(gateway=f"web{number}"))
    with pytest.raises(Refused, match="at most 32"):
        of.report(connection, "me", 1, GatewayReportParams(gateway="one more"))
    of.report(connection, "me", 1, GatewayReportParams(gateway="web0", says="still there"))
    of.report(object(), "me", 1, GatewayReportParams(gateway="one more"))
    assert len(await listed(of)) == 33
