"""A box with an NKEY of its own and the least rights does its work, over TLS, and nothing else."""

import asyncio
import json
from pathlib import Path

import pytest

from gsmd.fleet import rights
from gsmd.fleet.client import AsyncFleetClient, NotSetUp
from gsmd.fleet.link import EngineAway
from gsmd.fleet.setting_up import carry_out, plan
from gsmd.simulator import Network
from tests.gateways.fleet.engine import PLAIN, engine
from tests.gateways.fleet.jwt import JwtWorld
from tests.gateways.fleet.scene import ANNA, Scene, boxes_of
from tests.gateways.smpp.certificates import certificates
from tests.tools import needs

SHARED = {"polls": [{"name": "lunch", "options": [{"name": "pizza"}, {"name": "salad"}]}]}


@needs("nats-server", "openssl")
async def test_a_box_works_with_the_least_rights_over_tls(tmp_path: Path) -> None:
    files = certificates(tmp_path)
    seeds = {name: tmp_path / f"{name}.seed" for name in ("north", "program")}
    box = rights.block(rights.new_key(seeds["north"]), rights.of_box("north", ["default"]))
    program = rights.block(rights.new_key(seeds["program"]), rights.of_program())
    more = (
        f'tls {{ cert_file: "{files.certificate}", key_file: "{files.key}" }}\n'
        f"authorization {{ users: [ {{user: admin, password: secret}}, {box}, {program} ] }}"
    )
    async with engine(tmp_path, None, more) as it:
        url, ca = f"tls://localhost:{it.port}", str(files.ca)
        async with AsyncFleetClient(f"tls://admin:secret@localhost:{it.port}", ca=ca) as admin:
            await carry_out(admin.link, await plan(admin.link, PLAIN))
        network = Network()
        async with (
            boxes_of(tmp_path, url, network, ("north",)) as boxes,
            AsyncFleetClient(url, ca=ca, credentials_file=seeds["program"]) as fleet,
        ):
            scene, north = Scene(tmp_path, network, it), boxes["north"]
            scene.fleet = fleet
            await north.daemon_starts(**SHARED)
            await north.agent_starts(credentials_file=str(seeds["north"]), ca=ca)
            await north.at_work()
            found = await scene.state(await fleet.send(ANNA, "hello"), "sent")
            pinned = await fleet.send(ANNA, "to you", sim=found["sim"])
            await scene.state(pinned, "sent")
            sim = north.rig.modems["m1"].sim
            assert sim is not None
            id_ = await fleet.codes.start(ANNA)
            assert await fleet.codes.check(id_, "x") == (False, "wrong")
            await fleet.campaigns.put_in("spring", "Hello", [ANNA])
            await scene.state("spring-33612345678", "sent")
            network.phone(ANNA).send(sim.number, "pizza")
            await north.client.consents.add("news", ANNA)
            async with asyncio.timeout(60):
                while not (await fleet.tally("lunch"))["votes"]:
                    await asyncio.sleep(0.02)
                while await fleet.link.last("SMS_REG", "sms.reg.consent.33612345678.news") is None:
                    await asyncio.sleep(0.02)
            network.phone(ANNA).send(sim.number, "STOP")
            async with asyncio.timeout(60):
                while await fleet.link.last("SMS_REG", "sms.reg.optout.33612345678") is None:
                    await asyncio.sleep(0.02)
                while (
                    came := await fleet.link.last("SMS_INBOX", "sms.inbox.north.*.*")
                ) is None or (json.loads(came.data)["text"] != "STOP"):
                    await asyncio.sleep(0.02)
            for subject in (
                "sms.inbox.south.x.y",
                "$JS.API.STREAM.DELETE.SMS_OUT",
                "$KV.sms_box.south",
            ):
                with pytest.raises(EngineAway):
                    await north.agent._link.request(subject, b"{}", patience=0.3)


def test_a_seed_is_the_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "seed"
    assert rights.new_key(path).startswith("U")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        rights.new_key(path)


@needs("nats-server")
async def test_tenants_are_accounts_and_see_nothing_of_each_other(tmp_path: Path) -> None:
    more = (
        "accounts {"
        + "".join(
            f"{name} {{ jetstream: enabled, users: [ {{user: {name}, password: secret}} ] }}\n"
            for name in ("north", "south")
        )
        + "}"
    )
    async with engine(tmp_path, None, more) as it:
        url = f"secret@127.0.0.1:{it.port}"
        async with (
            AsyncFleetClient(f"nats://north:{url}") as north,
            AsyncFleetClient(f"nats://south:{url}") as south,
        ):
            await carry_out(north.link, await plan(north.link, PLAIN))
            with pytest.raises(NotSetUp):
                await south.boxes()
            await carry_out(south.link, await plan(south.link, PLAIN))
            await north.send(ANNA, "hello", key="order-1")
            assert (await north.status())["streams"]["SMS_OUT"] == 1
            assert (await south.status())["streams"]["SMS_OUT"] == 0
            assert await south.show("order-1") is None


@needs("nats-server")
async def test_a_box_may_come_with_a_jwt(tmp_path: Path) -> None:
    signed = JwtWorld()
    file = tmp_path / "north.creds"
    file.write_text(signed.credentials("program", rights.of_program()))
    async with engine(tmp_path, None, signed.configuration()) as it:
        admin_file = tmp_path / "admin.creds"
        admin_file.write_text(signed.credentials("admin", None))
        async with AsyncFleetClient(it.url, credentials_file=admin_file) as admin:
            await carry_out(admin.link, await plan(admin.link, PLAIN))
        async with AsyncFleetClient(it.url, credentials_file=file) as program:
            await program.send(ANNA, "hello", key="order-1")
            assert (await program.show("order-1") or {})["state"] == "queued"
            with pytest.raises(EngineAway):
                await program.link.request("$JS.API.STREAM.DELETE.SMS_OUT", b"", patience=0.3)
