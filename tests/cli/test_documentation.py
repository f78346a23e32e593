"""The sessions of docs/cli.md are what the commands really print.

``GSMD_RECORD=1 pytest tests/cli/test_documentation.py`` writes them anew.
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gsmd.client import AsyncClient
from tests.cli.fake_daemon import PATIENCE
from tests.cli.running import converse, environment
from tests.cli.sessions import Step, blocks, comparable, rewrite, screen
from tests.rig import Rig, rig
from tests.tools import needs

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
HAPPENS = re.compile(r"# (?P<phone>\+\d+) texts: (?P<text>.*)")
HANDLERS = [
    {
        "name": "balance",
        "match": {"keyword": "BALANCE"},
        "run": ["/bin/echo", "Your balance is 5.00"],
        "reply": True,
    },
    {"name": "crm", "socket": True, "match": {"from": "+4*"}},
]
PARTY = (
    'to,text\n+33611111111,Party at 8\nnone,Party at 8\n+33633333333,"Party at 8, bring a cake"\n'
)


class Stage:
    """Where the sessions play: a directory, a daemon with a modem, phones."""

    def __init__(self, built: Rig, client: AsyncClient) -> None:
        self._rig = built
        self._client = client
        directory = built.directory
        bin_directory = directory / "bin"
        bin_directory.mkdir()
        wrapper = bin_directory / "gsmd"
        wrapper.write_text(f'#!/bin/sh\nexec {sys.executable} -m gsmd "$@"\n')
        wrapper.chmod(0o755)
        (directory / "party.csv").write_text(PARTY)
        (directory / "gsmd.yaml").write_text(built.configuration(handlers=HANDLERS))
        (directory / "wrong.yaml").write_text(
            "modems:\n  - {name: m, port: /dev/ttyUSB0, baudrate: fast}\n"
        )
        self._environment = environment(
            built.socket,
            PATH=f"{bin_directory}:{os.environ['PATH']}",
            PYTHONPATH=str(PAGE.parents[1]),
            NO_COLOR="1",
            COLUMNS="100",
            TERM="xterm",
        )

    async def play(self, line: str) -> str:
        """What is seen after ``line``."""
        if (happens := HAPPENS.fullmatch(line)) is not None:
            await self._text(happens["phone"], happens["text"])
            return ""
        seen = await asyncio.to_thread(
            converse,
            ["bash", "-c", line.removeprefix("$ ")],
            self._environment,
            {},
            cwd=self._rig.directory,
        )
        await self._settle()
        return screen(seen[1]).replace(str(self._rig.directory), "/home/me").strip("\n")

    async def _text(self, phone: str, text: str) -> None:
        before = len((await self._client.list(direction="inbound")).messages)
        self._rig.network.phone(phone).send("+33600000001", text)
        async with asyncio.timeout(PATIENCE):
            while len((await self._client.list(direction="inbound")).messages) == before:
                await asyncio.sleep(0.02)

    async def _settle(self) -> None:
        """Wait until all is dealt with and out that may be, so that the next command shows it so."""
        async with asyncio.timeout(PATIENCE):
            while True:
                page = await self._client.list()
                states = {"received", "queued", "submitting"}
                moving = [m.id for m in page.messages if m.state in states]
                reasons = [(await self._client.show(id_)).waiting_for or "" for id_ in moving]
                if all(reason.startswith("not before") for reason in reasons):
                    return
                await asyncio.sleep(0.02)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with rig(tmp_path) as built, built.running(handlers=HANDLERS) as client:
        await built.ready(client)
        yield Stage(built, client)


@needs("jq")
async def test_the_sessions_of_the_page_are_what_the_commands_print(stage: Stage) -> None:
    recorded = [
        [Step(step.line, await stage.play(step.line)) for step in steps]
        for steps in blocks(PAGE.read_text())
    ]
    if os.environ.get("GSMD_RECORD"):
        rewrite(PAGE, recorded)
    for expected, seen in zip(blocks(PAGE.read_text()), recorded, strict=True):
        for wanted, got in zip(expected, seen, strict=True):
            assert comparable(got.output) == comparable(wanted.output), wanted.line
