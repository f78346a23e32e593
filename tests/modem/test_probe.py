"""Looking for modems on all ports."""

import pytest
import yaml

from gsmd.config import parse
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.modem.port.sysfs import SerialDevice
from gsmd.modem.probe import Found, Identity, probe, stanzas

from .conftest import QUICK
from .port.test_port_users import held
from .scripted import DEAF, ScriptedModem


async def test_modems_are_identified_and_the_rest_is_explained() -> None:
    async with (
        ScriptedModem({"AT+CGMI": "huawei\r\n\r\nOK", "AT+CGMM": "E173\r\n\r\nOK"}) as modem,
        ScriptedModem(DEAF) as silent,
        ScriptedModem() as busy,
        held(busy.path),
    ):
        devices = [SerialDevice(each.path) for each in (modem, silent, busy)]
        found = await probe([*devices, SerialDevice("/nonexistent/ttyUSB9")], timeouts=QUICK)
        first = found[0].identity
        assert first is not None
        assert (first.manufacturer, first.family) == ("huawei", "huawei")
        assert first.imei == "490154203237518"
        assert first.sim == "the SIM is ready"
        problems = [each.problem or "" for each in found[1:]]
        assert "does not answer" in problems[0]
        assert "in use by" in problems[1]
        assert "is not there" in problems[2]
        assert busy.heard == []  # a port in use is not disturbed


async def test_something_that_is_no_modem_is_not_taken_for_one() -> None:
    async with ScriptedModem(dict.fromkeys(("AT+CGMI", "AT+CGMM", "AT+CGSN"), "ERROR")) as thing:
        (found,) = await probe([SerialDevice(thing.path)], timeouts=QUICK)
        assert found.problem == "something answers there, but it is no modem"


def identity(imei: str | None) -> Identity:
    return Identity(manufacturer="ACME", model="1", imei=imei, family="generic")


def test_the_stanza_is_a_configuration_with_each_modem_once() -> None:
    found = [
        Found(
            device=SerialDevice("/dev/ttyUSB0", by_id="/dev/serial/by-id/x"),
            identity=identity("490154203237518"),
        ),
        Found(device=SerialDevice("/dev/ttyUSB1"), identity=identity("490154203237518")),
        Found(device=SerialDevice("/dev/ttyUSB2"), identity=identity(None)),
        Found(device=SerialDevice("/dev/ttyUSB3"), problem="the modem does not answer"),
    ]
    config = parse(stanzas(found), "probe", HANDLER_KINDS)
    assert [(each.name, each.port) for each in config.modems] == [
        ("modem1", "/dev/serial/by-id/x"),
        ("modem2", "/dev/ttyUSB2"),
    ]
    assert "490154203237518" in stanzas(found)


def test_what_a_modem_and_a_port_are_called_makes_nothing_else_of_the_stanza() -> None:
    port = "/tmp/a: b #c\u2028modems: []"
    found = [Found(device=SerialDevice(port), identity=identity("1\x85handlers: [{}]"))]
    (modem,) = parse(stanzas(found), "probe", HANDLER_KINDS).modems
    assert (modem.name, modem.port) == ("modem1", port)


@pytest.mark.parametrize(
    "found", [[], [Found(device=SerialDevice("/dev/ttyS0"), problem="silent")]]
)
def test_nothing_found_is_no_stanza(found: list[Found]) -> None:
    assert yaml.safe_load(stanzas(found)) is None
