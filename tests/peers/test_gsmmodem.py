import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.peers.conftest import Table

pytestmark = pytest.mark.peer
PATIENCE = 30.0
CLIENT = Path(__file__).with_name("gsmmodem_client.py")


TRIES = 3
"""Its reader and its writer race with each other: a line at the wrong moment, and it gives up."""


@pytest.mark.parametrize("mode", ["pdu", "text"])
async def test_python_gsmmodem_sends_receives_and_gets_reports(table: Table, mode: str) -> None:
    sender, identity = table.phone.number, "490154203237518"
    expected = {(sender, "stored"), (sender, "Hello € there"), (sender, "stop")}
    for _ in range(TRIES):
        code, events = await play(table, mode)
        received = {(event[1], event[2]) for event in events if event[0] == "received"}
        if code == 0 and received == expected:
            break

    assert code == 0
    assert received == expected
    assert ["identity", "gsmd", "Simulated Modem", identity, table.sim.imsi, "Testnet"] in events
    assert ["signal", 20, table.sim.smsc, table.sim.number] in events
    assert [event[2] for event in events if event[0] == "sent"] == [0]  # delivered
    assert ["ussd", "1 Account\n2 Help", True] in events
    assert ["ussd", "Call 123."] in events
    texts = [message.text for message in table.phone.received]
    assert texts == ["Hi from gsmmodem", "Grüße €, 你好"]


async def play(table: Table, mode: str) -> tuple[int | None, list[list[Any]]]:
    """Its whole conversation with a modem that has one message: exit code, and what it told."""
    table.phone.received.clear()
    table.network.faults.delivery_delay = 0.0
    table.phone.send(table.sim.number, "stored")  # there before the program opens the port
    # it cannot bear an unsolicited line within a reply, so the network takes a moment
    table.network.faults.delivery_delay = 0.1
    process = await asyncio.create_subprocess_exec(
        sys.executable, CLIENT, table.port, table.phone.number, mode, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    events: list[list[Any]] = []
    async with asyncio.timeout(PATIENCE):
        async for line in process.stdout:
            events.append(json.loads(line))
            if events[-1] == ["ready"]:
                table.phone.send(table.sim.number, "Hello € there")
            if "Hello € there" in events[-1]:
                table.phone.send(table.sim.number, "stop")
        await process.wait()
    return process.returncode, events
