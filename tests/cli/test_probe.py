"""``gsmd probe`` and ``gsmd doctor``, on ports that nobody drives and beside a daemon that does."""

import asyncio
from pathlib import Path

import pytest
import yaml

from tests.cli import running
from tests.cli.running import Outcome
from tests.rig import PATIENCE, Rig, rig


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


@pytest.mark.parametrize("wrong", [False, True])
async def test_without_a_configuration_all_is_looked_at_that_needs_none(
    tmp_path: Path, *, wrong: bool
) -> None:
    async with rig(tmp_path) as built:
        path = configuration(built, nonsense=1) if wrong else str(tmp_path / "none.yaml")
        outcome = await gsmd(built, "doctor", "-c", path, "--json")
    findings = {finding["subject"]: finding for finding in outcome.json}
    assert outcome.code == 4
    assert path in outcome.err
    assert path in findings["configuration"]["what"]
    assert ("gsmd check" if wrong else "gsmd setup") in findings["configuration"]["to_do"]
    assert "there is no socket" in findings["daemon"]["what"]


async def test_without_a_configuration_a_daemon_that_runs_tells_of_its_modems(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path, pin="1234") as built, built.running() as client:
        async with asyncio.timeout(PATIENCE), client.events("modem.state") as events:
            while (await client.modem("north")).state != "pin-needed":
                await anext(aiter(events))
        outcome = await gsmd(built, "doctor", "-c", str(tmp_path / "none.yaml"))
    assert outcome.code == 4
    assert "north: pin-needed" in outcome.out
    assert "none.yaml" in outcome.err
    assert "none.yaml" not in outcome.out
