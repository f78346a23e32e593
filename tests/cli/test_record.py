"""``gsmd record``: a modem's line as a file."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gsmd.recording import Way, read
from gsmd.simulator import Player
from gsmd.simulator.pty import Pty
from tests.cli.fake_daemon import PATIENCE, FakeDaemon, Refusal
from tests.cli.running import Outcome
from tests.cli.test_end_to_end import PHONE
from tests.cli.test_end_to_end import Gsmd as Running
from tests.cli.test_end_to_end import gsmd as running
from tests.modem.conftest import at_work

__all__ = ["running"]

Gsmd = Callable[..., Outcome]

STATUS = {
    "name": "north",
    "state": "ready",
    "reason": "registered",
    "manufacturer": "huawei",
    "model": "E173",
    "imei": "490154203237518",
}


def line(number: int, at: float, way: str, text: str) -> dict[str, Any]:
    octets = text if way == "remark" else text.encode().hex()
    return {"number": number, "at": at, "way": way, "octets": octets}


def pages(*found: list[dict[str, Any]], lost: int = 0) -> Callable[[dict[str, Any]], Any]:
    """The first call is told where the line is, later ones what came; then the daemon goes."""
    left = [[], *found]

    def answer(_: dict[str, Any]) -> Any:
        if not left:
            raise Refusal(5, "gone")
        entries = left.pop(0)
        number = entries[-1]["number"] if entries else 1
        return {"entries": entries, "next": number, "lost": lost if entries else 0}

    return answer


def test_the_file_has_both_ways_with_times_and_nobodys_number(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path
) -> None:
    daemon.methods["modems.get"] = lambda _: STATUS
    daemon.methods["modems.record"] = pages(
        [line(2, 70.0, "to", "AT+CIMI\r"), line(3, 70.5, "from", "\r\n20801123")],
        [line(4, 70.6, "from", "4567890\r\n\r\nOK\r\n"), line(5, 71.0, "remark", "it is gone")],
    )
    file = tmp_path / "north.rec"
    outcome = gsmd("record", "north", str(file))
    assert (outcome.code, outcome.out) == (1, "")
    assert "gone" in outcome.err
    recording = read(file)
    assert recording.facts["modem"] == "huawei E173"
    assert "490154203237518" not in file.read_text()
    assert [(entry.at, entry.way) for entry in recording.entries][:3] == [
        (0.0, Way.TO_MODEM),
        (0.5, Way.FROM_MODEM),
        (0.6, Way.FROM_MODEM),
    ]
    said = b"".join(e.octets for e in recording.entries if e.way is Way.FROM_MODEM).decode()
    assert said.startswith("\r\n208011")
    assert said.endswith("\r\n\r\nOK\r\n")
    assert "208011234567890" not in said
    assert [asked.get("after", 0) for asked in daemon.asked("modems.record")] == [0, 1, 3, 5]


def test_what_is_missing_is_said_in_the_file(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path
) -> None:
    daemon.methods["modems.get"] = lambda _: STATUS
    daemon.methods["modems.record"] = pages([line(9, 1.0, "to", "AT\r")], [], lost=7)
    file = tmp_path / "north.rec"
    gsmd("record", "north", str(file))
    assert "! 7 entries are lost" in file.read_text()


def test_a_file_that_cannot_be_written_is_told(
    daemon: FakeDaemon, gsmd: Gsmd, tmp_path: Path
) -> None:
    outcome = gsmd("record", "north", str(tmp_path / "none" / "x.rec"))
    assert outcome.code == 1
    assert "No such file or directory" in outcome.err


async def test_what_happens_while_the_daemon_works_can_be_played_again(
    running: Running, tmp_path: Path
) -> None:
    file = tmp_path / "modem.rec"
    modem = (await running.client.modems())[0].name
    process = await running.start("record", modem, str(file))
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        assert b"Recording" in await process.stderr.readline()
        async with running.client.events("modem.", "message.received") as events:
            await running.client.reset(modem)
            async for event in events:
                if event.fields.get("state") == "ready":
                    running.phone.send(running.rig.sim.number, "Nobody is to read this")
                if event.type == "message.received":
                    break
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
    text = file.read_text()
    assert PHONE[4:] not in text
    link = tmp_path / "replayed"
    async with Pty(Player(read(file)), link=link), at_work(str(link)) as run:
        await run.ready()
        await run.told.until(lambda: bool(run.told.arrivals))
        assert await run.modem.read(*run.told.arrivals[0]) is not None
