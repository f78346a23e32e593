"""``gsmd probe`` and ``gsmd doctor``, on ports that nobody drives and beside a daemon that does."""

import asyncio
from pathlib import Path

import pytest
import yaml

from tests.cli import running
from tests.cli.running import Outcome
from tests.rig import Rig, rig


async def gsmd(built: Rig, *arguments: str) -> Outcome:
    return await asyncio.to_thread(running.run, *arguments, socket=built.socket)


async def test_a_modem_is_identified_and_gives_a_stanza_that_can_be_used(tmp_path: Path) -> None:
    async with rig(tmp_path) as built:
        port = str(tmp_path / "north")
        outcome = await gsmd(built, "probe", port)
        assert outcome.code == 0
        assert "IMEI" in outcome.err
        (modem,) = yaml.safe_load(outcome.out)["modems"]
        assert modem == {"name": "modem1", "port": port}
        (found,) = (await gsmd(built, "probe", port, "--json")).json
        assert found["identity"]["imei"] in outcome.err


async def test_a_port_without_a_modem_is_a_failure_with_advice(tmp_path: Path) -> None:
    async with rig(tmp_path) as built:
        outcome = await gsmd(built, "probe", "/dev/null")
    assert (outcome.code, outcome.out) == (1, "")
    assert "/dev/null" in outcome.err
    assert "gsmd doctor" in outcome.err


def configuration(built: Rig, **more: object) -> str:
    path = built.directory / "gsmd.yaml"
    path.write_text(built.configuration(**more))
    return str(path)


async def test_a_healthy_modem_gives_no_complaint_but_that_no_daemon_runs(tmp_path: Path) -> None:
    async with rig(tmp_path) as built:
        outcome = await gsmd(built, "doctor", "-c", configuration(built), "--json")
    assert outcome.code == 0
    assert [(finding["subject"], finding["severity"]) for finding in outcome.json] == [
        ("daemon", "warning")
    ]


async def test_a_running_daemon_with_a_healthy_modem_has_nothing_wrong(tmp_path: Path) -> None:
    async with rig(tmp_path) as built, built.running() as client:
        await built.ready(client)
        outcome = await gsmd(built, "doctor", "-c", configuration(built))
    assert (outcome.code, outcome.out) == (0, "")
    assert "Nothing wrong" in outcome.err


async def test_a_sim_that_asks_for_its_pin_is_named_with_what_to_do(tmp_path: Path) -> None:
    async with rig(tmp_path, pin="1234") as built:
        outcome = await gsmd(built, "doctor", "-c", configuration(built))
    assert outcome.code == 1
    assert "north: the SIM asks for its PIN" in outcome.out
    assert "pin_file" in outcome.out


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (
            {"modems": [{"name": "m", "port": "/dev/no-such-port"}]},
            "/dev/no-such-port is not there",
        ),
        ({"handlers": [{"name": "h", "run": ["/no/such/program"]}]}, "/no/such/program"),
    ],
)
async def test_what_the_configuration_names_and_is_not_there_is_a_problem(
    tmp_path: Path, more: dict[str, object], word: str
) -> None:
    async with rig(tmp_path) as built:
        outcome = await gsmd(built, "doctor", "-c", configuration(built, **more))
    assert outcome.code == 1
    assert word in outcome.out
    assert outcome.err == "gsmd: 1 problem\n"


async def test_a_pin_that_everybody_may_read_is_a_warning(tmp_path: Path) -> None:
    async with rig(tmp_path) as built:
        pin = tmp_path / "pin"
        pin.write_text("1234")
        pin.chmod(0o644)
        modems = [{"name": "north", "port": str(tmp_path / "north"), "pin_file": str(pin)}]
        outcome = await gsmd(built, "doctor", "-c", configuration(built, modems=modems))
    assert outcome.code == 0
    assert f"chmod o= {pin}" in outcome.out


async def test_a_wrong_configuration_is_said_first(tmp_path: Path) -> None:
    async with rig(tmp_path) as built:
        outcome = await gsmd(built, "doctor", "-c", configuration(built, nonsense=1))
    assert outcome.code == 4
    assert "nonsense" in outcome.err
