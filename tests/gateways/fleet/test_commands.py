"""``gsmd fleet …`` from any machine: set up, send, look."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import yaml

from gsmd.cli import root
from gsmd.fleet import Client
from gsmd.fleet.setting_up import carry_out, plan
from tests.cli.running import Outcome
from tests.gateways.fleet.engine import PLAIN, engine
from tests.gateways.fleet.scene import ANNA, scene
from tests.tools import needs

pytestmark = needs("nats-server")

Gsmd = Callable[..., Awaitable[Outcome]]


@pytest.fixture
def fleet(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Gsmd:
    monkeypatch.delenv("GSMD_CONFIG", raising=False)

    async def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = await asyncio.to_thread(root.run, ("fleet", *arguments))
        return Outcome(code, *capsys.readouterr())

    return run


async def test_the_engine_is_set_up_once(tmp_path: Path, fleet: Gsmd) -> None:
    async with engine(tmp_path, None, sync=True) as it:
        path = tmp_path / "gsmd.yaml"
        section = {"servers": [it.url], "replicas": 1, "monitor": it.monitor, "pools": ["france"]}
        modems = [{"name": "m", "port": "/dev/ttyUSB0"}]
        path.write_text(yaml.safe_dump({"modems": modems, "fleet": section}))
        would = await fleet("setup", "--dry-run", "-c", str(path))
        assert "stream SMS_OUT would be made" in would.lines
        assert "consumer france_now would be made" in would.lines
        made = await fleet("setup", "-c", str(path), "--json")
        assert {"stream", "consumer"} == {each["kind"] for each in made.json}
        again = await fleet("setup", "-c", str(path))
        assert (again.code, again.out) == (0, "")
        status = await fleet("status", "-c", str(path), "--json")
        assert status.json[0]["boxes"] == 0
        del section["monitor"]
        path.write_text(yaml.safe_dump({"modems": modems, "fleet": section}))
        unsure = await fleet("setup", "-c", str(path))
        assert unsure.code == 1
        assert "nobody can know" in unsure.err


async def test_a_message_is_sent_and_looked_at_from_any_machine(
    tmp_path: Path, fleet: Gsmd
) -> None:
    async with scene(tmp_path, "north") as it:
        here = ("--server", it.engine.url)
        sent = await fleet("send", ANNA, "hello", "--key", "order-1", *here)
        assert sent.lines == ["order-1"]
        await it.state("order-1", "sent")
        shown = await fleet("show", "order-1", "--json", *here)
        assert shown.json[0]["state"] == "sent"
        assert "sent" in (await fleet("show", "order-1", *here)).out
        boxes = await fleet("boxes", "--json", *here)
        assert [each["box"] for each in boxes.json] == ["north"]
        assert "north" in (await fleet("boxes", *here)).out
        assert "NATS" in (await fleet("status", *here)).out
        assert (await fleet("uncertain", "--json", *here)).out == ""
        assert (await fleet("uncertain", "--resend", "order-1", *here)).code == 1
        assert (await fleet("show", "nobody", *here)).code == 1
        assert (await fleet("send", ANNA, "hello", "--key", "a.b", *here)).code == 1


async def test_a_program_that_waits_for_each_call_does_as_well(tmp_path: Path) -> None:
    async with scene(tmp_path, "north") as it:

        def program() -> str:
            with Client(it.engine.url) as client:
                return client.send(ANNA, "hello")

        id_ = await asyncio.to_thread(program)
        await it.state(id_, "sent")


async def test_what_is_uncertain_is_listed_and_sent_again_by_hand(
    tmp_path: Path, fleet: Gsmd
) -> None:
    async with scene(tmp_path, "north", use_within="1s", give_up="1s") as it:
        here = ("--server", it.engine.url)
        north = it.boxes["north"]
        await north.daemon_stops()
        lost = b'{"state":"permit","box":"south","inc":"gone","attempt":1,"nonce":"x"}'
        await it.fleet.link.store("sms.reg.permit.order-1", lost)
        await it.fleet.send(ANNA, "hello", key="order-1")
        await north.daemon_starts()
        await it.state("order-1", "uncertain")
        listed = await fleet("uncertain", "--json", *here)
        assert [(each["id"], each["box"], each["by"], each["to"]) for each in listed.json] == [
            ("order-1", "south", "north", ANNA)
        ]
        assert not it.phone().received
        north.agent._hands._patience = type(north.agent._hands._patience)(1.0, 1.0)
        assert (await fleet("uncertain", "--resend", "order-1", *here)).code == 0
        found = await it.state("order-1", "sent")
        assert found["possible_duplicate"]
        assert (await fleet("uncertain", "--json", *here)).out == ""


async def test_routes_and_figures(tmp_path: Path, fleet: Gsmd) -> None:
    async with scene(tmp_path, "north", pools=["france"]) as it:
        here = ("--server", it.engine.url)
        await carry_out(it.fleet.link, await plan(it.fleet.link, PLAIN._replace(pools=["france"])))
        path = tmp_path / "routes.yaml"
        path.write_text('{"+33": france, "*": other}')
        assert (await fleet("routes", str(path), *here)).code == 0
        assert (await fleet("routes", "--json", *here)).json == [{"+33": "france", "*": "other"}]
        sent = await fleet("send", ANNA, "bonjour", "--pool", "auto", *here)
        assert (await it.state(sent.lines[0], "sent"))["box"] == "north"
        async with asyncio.timeout(60):
            while True:
                figures = (await fleet("status", "--prometheus", *here)).out
                if 'gsmd_fleet_box_up{box="north"} 1' in figures:
                    break
                await asyncio.sleep(0.1)
        assert "gsmd_fleet_uncertain 0" in figures
        path.write_text('{"33": france}')
        assert (await fleet("routes", str(path), *here)).code == 1


async def test_an_engine_that_is_not_there_is_an_error_in_words(
    fleet: Gsmd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsmd.cli.fleet_options._PATIENCE", 0.2)
    done = await fleet("status", "--server", "nats://127.0.0.1:9")
    assert done.code == 5
    assert "does not answer" in done.err


async def test_codes_votes_and_campaigns_are_there_from_any_machine(
    tmp_path: Path, fleet: Gsmd
) -> None:
    async with engine(tmp_path) as it:
        server = ("--server", it.url)
        people = tmp_path / "people.csv"
        people.write_text("to,name\n+33612345678,Anna\n+33612345679,Betty\n")
        done = await fleet("campaign", "spring", str(people), "Hello {name}", *server)
        assert done.lines == ["spring: done, 2 put in"]
        assert (await fleet("cancel", "spring", *server)).code == 0
        assert (await fleet("cancel", "summer", *server)).code == 1
        people.write_text("number\n")
        assert (
            "no column to" in (await fleet("campaign", "autumn", str(people), "Hello", *server)).err
        )
        started = await fleet("code", ANNA, *server)
        wrong = await fleet("check", started.lines[0], "x", "--json", *server)
        assert (wrong.code, wrong.json) == (1, [{"ok": False, "reason": "wrong"}])
        assert (await fleet("code", ANNA, "--text", "no place", *server)).code == 1
        nobody = await fleet("poll", "lunch", "--json", *server)
        assert nobody.json == [{"poll": "lunch", "votes": 0, "tally": {}}]
