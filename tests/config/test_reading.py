"""Files that are right."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gsmd.config import (
    AccessRule,
    Backoff,
    Config,
    HandlerConfig,
    Limits,
    Match,
    MatchRule,
    ModemConfig,
    OutboundConfig,
    Retry,
    Route,
    SocketConfig,
    document,
    load,
)
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.handlers.program import ProgramSettings
from gsmd.handlers.socket import SocketSettings
from gsmd.handlers.webhook import WebHookSettings
from gsmd.protocol.method import Role
from tests.config.samples import MODEM, read


def test_a_name_and_a_port_are_enough() -> None:
    config = read(MODEM)

    assert config == Config(modems=(ModemConfig(name="m", port="/dev/ttyUSB0"),))
    assert config.state_dir == Path("/var/lib/gsmd")
    assert config.socket == SocketConfig(path=Path("/run/gsmd/gsmd.sock"), group=None, mode=0o660)
    assert config.access is None


def test_the_example_of_the_interface_is_read_whole() -> None:
    config = read("""
        state_dir: /var/lib/gsmd
        socket: {path: /run/gsmd/gsmd.sock, group: gsmd, mode: "0660"}
        access:                                   # by the caller's uid/gid, from SO_PEERCRED
          - {group: gsmd, may: [read, send, handle]}
          - {user: root,  may: [admin]}           # admin: raw AT, reset, unlock, purge
        modems:
          - name: north
            port: /dev/serial/by-id/usb-x-if00-port0
            baudrate: 115200
            pin_file: /etc/gsmd/north.pin
            smsc: "+33609001390"                         # only if the SIM's is wrong
            storage: SM
            limits: {interval: 3s, per_hour: 100, per_day: 500}   # default: none
            submit_timeout: 60s
          - {name: south, match: {usb: "12d1:1506", interface: 2}}
        routes: [{to: "+33", modems: [north]}, {to: "*", modems: [south, north]}]
        outbound: {validity: 24h, report: false, when_uncertain: resend, attempts: 5, country: FR}
        inbound:  {incomplete_after: 24h, sweep_every: 60s, retention: 90d}
        handlers:
          - {name: crm, socket: true}
          - {name: balance, match: {keyword: BALANCE}, run: [/usr/local/bin/balance], reply: true, timeout: 10s}
          - {name: hook, match: {from: "+33*"}, post: "https://example.org/sms", secret_file: /etc/gsmd/hook.key,
             retry: {first: 1s, max: 10m, attempts: 20}}
    """)

    assert config.access == (
        AccessRule(group="gsmd", may=(Role.READ, Role.SEND, Role.HANDLE)),
        AccessRule(user="root", may=(Role.ADMIN,)),
    )
    assert config.modems == (
        ModemConfig(
            name="north",
            port="/dev/serial/by-id/usb-x-if00-port0",
            pin_file=Path("/etc/gsmd/north.pin"),
            smsc="+33609001390",
            submit_timeout=60.0,
            limits=Limits(interval=3.0, per_hour=100, per_day=500),
        ),
        ModemConfig(name="south", match=Match(usb="12d1:1506", interface=2)),
    )
    assert config.routes == (
        Route(to="+33", modems=("north",)),
        Route(to="*", modems=("south", "north")),
    )
    assert config.outbound == OutboundConfig(country="FR")
    assert config.handlers == (
        HandlerConfig(name="crm", settings=SocketSettings()),
        HandlerConfig(
            name="balance",
            match=MatchRule(keyword=("BALANCE",)),
            settings=ProgramSettings(run=("/usr/local/bin/balance",), reply=True, timeout=10.0),
        ),
        HandlerConfig(
            name="hook",
            match=MatchRule(from_=("+33*",)),
            settings=WebHookSettings(
                post="https://example.org/sms", secret_file=Path("/etc/gsmd/hook.key")
            ),
            retry=Retry(first=1.0, max=600.0, attempts=20),
        ),
    )


def test_a_section_that_is_given_in_part_keeps_the_other_defaults() -> None:
    config = read(MODEM + "outbound: {retry: {max: 1h}}\n")

    assert config.outbound == OutboundConfig(retry=Backoff(first=5.0, max=3600.0))


def test_null_stands_for_left_out_where_something_may_be() -> None:
    config = read(MODEM + "inbound: {retention: null}\nsocket: {group: ~}\naccess:\n")

    assert config.inbound.retention is None
    assert config.socket.group is None
    assert config.access is None


def test_one_can_be_written_without_brackets() -> None:
    config = read(MODEM + "handlers: [{name: h, socket: true, match: {kind: data, modem: m}}]\n")

    assert config.handlers[0].match == MatchRule(kind=("data",), modem=("m",))


def test_anchors_can_be_used() -> None:
    config = read("""
        modems:
          - {name: a, port: /dev/ttyUSB0, limits: &slow {interval: 3s}}
          - {name: b, port: /dev/ttyUSB1, limits: *slow}
    """)

    assert config.modems[0].limits == config.modems[1].limits == Limits(interval=3.0)


@pytest.mark.parametrize(("to", "prefix"), [("*", ""), ("+33", "+33")])
def test_a_route_knows_what_numbers_begin_with(to: str, prefix: str) -> None:
    assert Route(to=to, modems=("m",)).prefix == prefix


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "gsmd.yaml"
    file.write_text(MODEM + "handlers: [{name: é, socket: true}]\n".replace("é", "e"))

    assert load(file, HANDLER_KINDS) == load(str(file), HANDLER_KINDS)


def test_what_is_off_may_stand_beside_any_kind() -> None:
    config = read(
        MODEM
        + """
handlers:
  - {name: crm, socket: true, run: null, secret_file: null, reply: false}
  - {name: balance, socket: false, run: [/bin/true]}
"""
    )

    assert [handler.kind for handler in config.handlers] == ["socket", "run"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@example("on")
@example("0x1F")
@example("1:30")
@example("null")
@example("a: b #c")
@example("x]}, y: [z")
@example("\x85\u2028\n")
def test_a_text_that_is_written_is_read_as_that_text(text: str) -> None:
    line = f"a: [{document.written(text)}, {{b: {document.written(text)}}}]"
    assert "\n" not in line
    root, problems = document.read(line, "here")
    assert not problems
    assert isinstance(root, document.Mapping)
    items = root.items["a"]
    assert isinstance(items, document.Sequence)
    first, second = items.items
    assert isinstance(first, document.Scalar)
    assert isinstance(second, document.Mapping)
    inner = second.items["b"]
    assert isinstance(inner, document.Scalar)
    assert (first.value, inner.value) == (text, text)
