"""No option is passed over in silence: where it would have no effect, it is a usage error."""

from collections.abc import Iterator

import click
import pytest

from gsmd.cli.combinations import Noun
from gsmd.cli.root import gsmd as root
from gsmd.gateways.catalogue import GATEWAYS
from tests.cli.conftest import Gsmd

FILE = __file__  # any file that is there


@pytest.mark.parametrize(
    ("line", "situation", "idle"),
    [
        ("send +33612345678 hi --again", "Without --bulk", "--again"),
        ("send +33612345678 hi --timeout 5", "Without --wait sent or delivered", "--timeout"),
        ("send +33612345678 hi --wait accepted --timeout 5", "Without --wait sent or delivered", "--timeout"),
        ("send +33612345678 --bulk FILE", "With --bulk", "TO"),
        ("send +33612345678 hi --bulk FILE", "With --bulk", "TO and TEXT"),
        ("send --bulk FILE --data 00", "With --bulk", "--data"),
        ("send --bulk FILE --wait sent", "With --bulk", "--wait"),
        ("send --bulk FILE --timeout 5", "With --bulk", "--timeout"),
        ("send --bulk FILE --key k", "With --bulk", "--key"),
        ("listen --as crm --reply", "Without --exec", "--reply"),
        ("listen --as crm --timeout 5", "Without --exec", "--timeout"),
        ("listen --as crm prog -x", "Without --exec", "ARGUMENT"),
        ("listen --exec true --reply", "Without --as", "--reply"),
        ("listen --from beginning", "Without --as", "--from"),
        ("inbox --follow --until 1h", "With --follow", "--until"),
        ("outbox -f --until 1h", "With --follow", "--until"),
        ("probe FILE --built-in", "With a PORT", "--built-in"),
        ("setup FILE --built-in", "With a PORT", "--built-in"),
        ("stats --csv --json", "With --csv", "--json"),
        ("optout export FILE --json", "With --json", "FILE"),
        ("broadcast news hi --dry-run --wait", "With --dry-run", "--wait"),
        ("forget +33612345678 --export --yes", "With --export", "--yes"),
        ("verify expect --any", "Without --from", "--any"),
        ("verify expect --from +33612345678 --any --length 6", "With --any", "--length"),
        ("pdu decode 00 --as deliver --outgoing", "With --as", "--outgoing"),
        ("pdu encode --text x", "Without --to", "--text"),
        ("pdu encode --data 00 --report", "Without --to", "--data and --report"),
        ("pdu encode --national off", "Without --to", "--national"),
        ("pdu encode --to +33612345678 --text x --source-port 5", "Without --port", "--source-port"),
        ("pdu encode --to +33612345678 --text x --flash --class 1", "With --flash", "--class"),
        ("pdu encode --to +33612345678 --data 00 --national auto", "With --data", "--national"),
        ("pdu encode --to +33612345678 --data 00 --smart", "With --data", "--smart"),
    ],
)  # fmt: skip
def test_an_option_without_effect_is_a_usage_error(
    gsmd: Gsmd, line: str, situation: str, idle: str
) -> None:
    outcome = gsmd(*(FILE if word == "FILE" else word for word in line.split()))

    assert (outcome.code, outcome.out) == (2, "")
    assert f"{situation}, {idle}" in outcome.err
    assert "would have no effect" in outcome.err


def test_setup_that_starts_nothing_needs_no_socket(gsmd: Gsmd) -> None:
    for words in (
        ("setup", "--no-start", "--socket", "s"),
        ("--socket", "s", "setup", "--no-start"),
    ):
        outcome = gsmd(*words)
        assert outcome.code == 2, words
        assert "With --no-start, --socket would have no effect" in outcome.err


def test_more_profiles_than_simulated_modems_are_a_usage_error(gsmd: Gsmd) -> None:
    outcome = gsmd("simulate", "--profile", "generic", "--profile", "sim800")

    assert outcome.code == 2
    assert "2 profiles for 1 modem" in outcome.err


@pytest.mark.parametrize(
    "words",
    [("run",), ("check",), ("pdu", "decode"), ("probe",), ("simulate",), ("demo",), ("completion", "bash")],
)  # fmt: skip
def test_a_socket_before_a_command_that_talks_to_no_daemon_is_a_usage_error(
    gsmd: Gsmd, words: tuple[str, ...]
) -> None:
    outcome = gsmd("--socket", "/run/other.sock", *words)

    assert outcome.code == 2
    assert f"Before {words[0]}, --socket would have no effect" in outcome.err


def _groups() -> Iterator[tuple[str, click.Group]]:
    context = click.Context(root)
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        if isinstance(command, click.Group):
            yield name, command


def test_options_of_a_listing_are_usage_errors_before_a_command_behind_it(gsmd: Gsmd) -> None:
    nouns = {name: group for name, group in _groups() if isinstance(group, Noun)}
    assert {
        "modems",
        "handlers",
        "optout",
        "lists",
        "campaigns",
        "poll",
        "contest",
        "forms",
        "block",
        "desk",
    } == set(nouns)
    for name, group in nouns.items():
        behind = min(group.commands)
        own = {param.opts[0]: param for param in group.params if param.name != "socket"}
        for option, param in own.items():
            value = () if getattr(param, "is_flag", False) else (_some_value(param),)
            outcome = gsmd(name, option, *value, behind, "x")
            assert outcome.code == 2, name
            assert f"Before {behind}, {option} would have no effect" in outcome.err


def _some_value(param: click.Parameter) -> str:
    return str(param.type.choices[0]) if isinstance(param.type, click.Choice) else "1"


def test_every_group_with_options_of_its_own_refuses_them_before_a_command() -> None:
    for name, group in _groups():
        own = {param.name for param in group.params} - {"socket"}
        if name in GATEWAYS:  # its -c counts for the command behind it too
            own -= {"config"}
        assert isinstance(group, Noun) or not own, name


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('{"to": "+33612345678", "text": "x", "source_port": 5}', "source_port"),
        ('{"to": "+33612345678", "text": "x", "flash": true, "class": 1}', "class"),
        ('{"to": "+33612345678", "data": "00", "smart": true}', "smart"),
        ('{"to": "+33612345678", "data": "00", "national": "off"}', "national"),
    ],
)
def test_a_line_for_the_encoder_is_held_to_the_same(gsmd: Gsmd, line: str, field: str) -> None:
    outcome = gsmd("pdu", "encode", "--json", stdin=line)

    assert outcome.code == 1
    (told,) = outcome.json
    assert told["field"] == field
    assert "no effect" in told["error"]


def test_a_monitor_that_asks_for_json_gets_it_without_a_daemon_too(gsmd: Gsmd) -> None:
    outcome = gsmd("status", "--exit-code", "--json")

    assert outcome.code == 2
    (told,) = outcome.json
    assert told["level"] == "critical"
    assert "no daemon" in told["troubles"][0]["text"]
