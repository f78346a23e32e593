import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.peers.conftest import Table
from tests.tools import needs, path

pytestmark = [pytest.mark.peer, needs("smsd")]
PATIENCE = 60.0
FOLDERS = ("outgoing", "checked", "incoming", "failed", "sent", "report")
SETTINGS = """
devices = GSM1
{folders}
logfile = {directory}/smsd.log
infofile = {directory}/smsd.info
pidfile = {directory}/smsd.pid
delaytime = 1
[GSM1]
device = {port}
baudrate = 115200
incoming = high
report = yes
init = AT+CNMI=2,1,0,2,0
"""


@asynccontextmanager
async def smsd(table: Table) -> AsyncIterator[Path]:
    """smstools at work on the modem; its directory."""
    directory = table.port.parent
    for folder in FOLDERS:
        (directory / folder).mkdir(exist_ok=True)
    folders = "\n".join(f"{folder} = {directory / folder}" for folder in FOLDERS)
    settings = directory / "smsd.conf"
    settings.write_text(SETTINGS.format(folders=folders, directory=directory, port=table.port))
    process = await asyncio.create_subprocess_exec(
        *(path("smsd"), f"-c{settings}", "-t"),
        start_new_session=True,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield directory
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def until(what: Callable[[], bool]) -> None:
    """Wait for files to appear: smsd tells nobody."""
    async with asyncio.timeout(PATIENCE):
        while not what():
            await asyncio.sleep(0.05)


def contents(folder: Path) -> str:
    return "".join(sorted(path.read_text("latin-1") for path in folder.iterdir()))


async def test_smstools_sends_receives_and_gets_reports(table: Table) -> None:
    table.phone.send(table.sim.number, "Hello there")
    for folder in FOLDERS:
        (table.port.parent / folder).mkdir()
    (table.port.parent / "outgoing" / "one").write_text(
        "To: 33611111111\nReport: yes\n\nHi from smsd"
    )

    async with smsd(table) as directory:
        received = await table.phone.expect(1, PATIENCE)
        await until(lambda: "Hello there" in contents(directory / "incoming"))
        await until(lambda: "SMS STATUS REPORT" in contents(directory / "report"))
        await until(lambda: table.sim.messages.used == 0)

    assert received[0].text == "Hi from smsd"
    assert "From: 33611111111" in contents(directory / "incoming")
    assert "Status: 0" in contents(directory / "report")
