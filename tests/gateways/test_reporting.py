"""How the daemon hears of the gateways' troubles, and of their end."""

import asyncio
import os
import pwd
from collections.abc import Sequence
from pathlib import Path

from gsmd.client import AsyncClient
from gsmd.config import Config, parse
from gsmd.gateways.gateway import Gateway, Surroundings
from gsmd.gateways.reporting import Reporter
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.protocol.gateways import GatewayStatus, GatewayTrouble
from tests.gateways.toy import Toy
from tests.rig import PATIENCE, rig


class Troubled(Toy):
    """A gateway with troubles that come and go."""

    why: Sequence[GatewayTrouble] = ()

    def troubles(self) -> Sequence[GatewayTrouble]:
        return self.why


def gateway(directory: Path, text: str = "mqtt: {}\n") -> tuple[Troubled, Config]:
    config = parse(f"modems: [{{name: m, port: /dev/x}}]\n{text}", "t.yaml", HANDLER_KINDS)
    return Troubled(config, Surroundings(daemon=directory, state_dir=directory)), config


async def until(client: AsyncClient, state: str, troubles: Sequence[str] = ()) -> GatewayStatus:
    """Ask until the daemon knows it so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for each in await client.gateways.list():
                if each.state == state and [t.what for t in each.troubles] == list(troubles):
                    return each
            await asyncio.sleep(0.02)


async def test_the_daemon_knows_what_troubles_a_gateway_until_it_ends(tmp_path: Path) -> None:
    made, config = gateway(tmp_path)
    at_work: dict[str, tuple[Gateway, Config]] = {"mqtt": (made, config)}
    failures: dict[str, str] = {}
    async with rig(tmp_path) as it, it.running(mqtt={}) as client:
        assert (await until(client, "away")).configured
        task = asyncio.create_task(Reporter(it.socket, lambda: at_work, failures).run())
        told = await until(client, "running")
        assert (told.says, told.troubles) == ("at work", [])
        made.why = [GatewayTrouble("the broker is\naway", "start it")]
        told = await until(client, "running", ["the broker is away"])
        assert told.troubles[0].to_do == "start it"
        made.why = ()
        failures["mqtt"] = "the address is in use"
        await until(client, "running", ["it does not work: the address is in use"])
        task.cancel()
        await until(client, "away")


async def test_a_daemon_that_is_started_again_hears_it_again(tmp_path: Path) -> None:
    made, config = gateway(tmp_path)
    async with rig(tmp_path) as it:
        task = asyncio.create_task(Reporter(it.socket, lambda: {"mqtt": (made, config)}, {}).run())
        for _ in range(2):
            async with it.running(mqtt={}) as client:
                await until(client, "running")
        task.cancel()


async def test_what_its_user_may_not_do_is_a_trouble(tmp_path: Path) -> None:
    made, config = gateway(tmp_path, "mqtt: {may: [read, carry]}\n")
    async with rig(tmp_path) as it:
        me = pwd.getpwuid(os.geteuid()).pw_name
        async with it.running(mqtt={}, access=[{"user": me, "may": ["read"]}]) as client:
            reporter = Reporter(it.socket, lambda: {"mqtt": (made, config)}, {})
            task = asyncio.create_task(reporter.run())
            told = await until(
                client, "running", [f"its user {me} lacks carry at the daemon's socket"]
            )
            assert f"{{user: {me}, may: [carry, read]}}" in told.troubles[0].to_do
            task.cancel()


async def test_a_certificate_that_cannot_be_read_is_a_trouble(tmp_path: Path) -> None:
    tls = f"web: {{tls: {{certificate: {tmp_path}/c.pem, key_file: {tmp_path}/k.pem}}}}\n"
    made, config = gateway(tmp_path, tls)
    async with rig(tmp_path) as it, it.running() as client:
        task = asyncio.create_task(Reporter(it.socket, lambda: {"web": (made, config)}, {}).run())
        await until(client, "running", [f"{tmp_path}/c.pem: No such file or directory"])
        task.cancel()
