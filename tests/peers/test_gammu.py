import asyncio

import pytest

from tests.peers.conftest import Table
from tests.tools import needs

pytestmark = [pytest.mark.peer, needs("gammu")]
PATIENCE = 60.0
LONG = "Füße € " + "0123456789" * 10


async def gammu(table: Table, *commands: str) -> str:
    """What gammu prints for these commands, in one session: each session takes it 4 s to begin."""
    directory = table.port.parent
    settings = directory / "gammurc"
    settings.write_text(f"[gammu]\ndevice = {table.port}\nconnection = at115200\n")
    batch = directory / "batch"
    batch.write_text("".join(f"{command}\n" for command in commands))
    process = await asyncio.create_subprocess_exec(
        "gammu",
        "-c",
        settings,
        "batch",
        batch,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={"LC_ALL": "C.UTF-8", "HOME": str(directory), "PATH": "/usr/bin:/bin"},
    )
    async with asyncio.timeout(PATIENCE):
        output, _ = await process.communicate()
    printed = output.decode()
    assert process.returncode == 0, printed
    return printed


async def test_gammu_identifies_the_modem_reads_its_sim_and_sends(table: Table) -> None:
    table.phone.send(table.sim.number, "Hello € there")
    table.phone.send(table.sim.number, "long " * 60)
    table.phone.send(table.sim.number, "Ünïcode 😀")

    printed = await gammu(
        table,
        "identify",
        "getallsms",
        'sendsms TEXT +33622222222 -text "Hi from gammu"',
        f'sendsms TEXT +33622222222 -report -unicode -len 400 -text "{LONG}"',
        "deleteallsms 1",
    )

    assert "IMEI                 : 490154203237518" in printed
    assert "SIM IMSI             : 001010000000001" in printed
    assert 'Remote number        : "+33611111111"' in printed
    assert "Hello € there" in printed
    assert "Ünïcode 😀" in printed
    assert "4 SMS parts" in printed
    received = await table.network.phone("+33622222222").expect(2)
    assert [(message.text, message.parts) for message in received] == [
        ("Hi from gammu", 1),
        (LONG, 2),
    ]
    assert table.sim.messages.used == 0
