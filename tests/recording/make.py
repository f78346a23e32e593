"""Makes the recordings in ``tests/data``: a day of each family, and what modems in the field have said.

``python -m tests.recording.make [NAME…]``, or ``make recordings``. The modem is simulated, the driver is
the real one; what is written down went over the line between them. The names of cases are of `CASES`.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from gsmd import __version__, pdu
from gsmd.clock import SystemClock
from gsmd.config import ModemConfig
from gsmd.modem import Modem, Timeouts
from gsmd.protocol.modems import LineEntry
from gsmd.recording import Disguise, Entry, Way, head_line, written
from gsmd.simulator import PROFILES, Network, Phone, Sim, SimulatedModem
from gsmd.simulator.pty import Pty
from tests.modem.conftest import PATIENCE
from tests.modem.recorder import Recorder
from tests.recording.cases import CASES, Case
from tests.recording.overlay import Overlay

DIRECTORY = Path(__file__).parents[1] / "data" / "recordings"
PHONE = "+33612345678"
_KEY = b"tests/data"  # the numbers are nobody's: they may be the same every time
_WAYS = {"to": Way.TO_MODEM, "from": Way.FROM_MODEM, "remark": Way.REMARK}
_TIMEOUTS = Timeouts(
    retry_first=0.05,
    settle=0.1,
    registration=0.2,
    sim_check=0.5,
    sim_patience=2.0,
    standstill=2.0,
    prompt=0.5,
    unprompted=0.5,
    ussd_empty=2.0,
)


class Stage:
    """One modem at work, and who hears its line."""

    def __init__(
        self,
        modem: Modem,
        told: Recorder,
        phone: Phone,
        device: SimulatedModem,
        say: Callable[[str], None],
    ) -> None:
        self.modem = modem
        self.told = told
        self.phone = phone
        self.device = device
        self.say = say

    async def ready(self) -> None:
        await self.told.until(lambda: self.modem.can_send)

    async def receive(self) -> None:
        """Everything that waits, off the SIM."""
        if entries := await self.modem.sweep():
            await self.modem.delete(entries)

    async def send(self, text: str) -> None:
        (part,) = pdu.compose(text, PHONE, status_report_request=True)
        await self.modem.submit(pdu.Frame(None, part.encode()), commit=_nothing)


async def day(stage: Stage) -> None:
    """It comes up, a message comes in and is fetched, one goes out, and its report comes."""
    await stage.ready()
    assert stage.device.sim is not None
    stage.phone.send(stage.device.sim.number, "Hello from the phone")
    await stage.told.until(lambda: bool(stage.told.arrivals or stage.told.frames))
    await stage.receive()
    await stage.send("Hello from here")
    await stage.phone.expect(1, PATIENCE)
    await stage.modem.sweep()


async def record(family: str, case: Case | None, act: Callable[[Stage], Awaitable[None]]) -> str:
    """The text of a recording of what ``act`` does."""
    network = Network()
    card = Sim(imsi="208010000000001", iccid="8933010000000000001", number="+33600000001")
    device = SimulatedModem(card, network, family)
    told = Recorder()
    with tempfile.TemporaryDirectory() as directory:
        link = Path(directory) / "modem"
        overlay = Overlay(device, case.rules if case else ())
        async with Pty(overlay, link=link):
            config = ModemConfig(name="m", port=str(link), **(case.config if case else {}))
            modem = Modem(config, told, clock=SystemClock(), timeouts=_TIMEOUTS)
            await modem.recorder.read(0, 0)
            task = asyncio.create_task(modem.run())
            try:
                async with asyncio.timeout(4 * PATIENCE):
                    await act(Stage(modem, told, network.phone(PHONE), device, overlay.say))
                page = await modem.recorder.read(1, 0)
                status = modem.status()
            finally:
                task.cancel()
                await asyncio.wait({task})
    facts = {
        "modem": f"{status.manufacturer or ''} {status.model or ''}".strip(),
        "made with": f"gsmd {__version__} on a simulated {family} modem",
    }
    if case is not None:
        facts["about"] = case.about
    entries = Disguise(_KEY).entries(map(_entry, _from_zero(page.entries)))
    return head_line(facts) + written(entries)


def _from_zero(entries: list[LineEntry]) -> list[LineEntry]:
    began = entries[0].at
    return [LineEntry(each.number, each.at - began, each.way, each.octets) for each in entries]


def _entry(entry: LineEntry) -> Entry:
    octets = entry.octets.encode() if entry.way == "remark" else bytes.fromhex(entry.octets)
    if entry.way == "remark":
        octets = octets.rpartition(b"/")[2]  # without this machine's directory
    return Entry(entry.at, _WAYS[entry.way], octets)


async def _nothing() -> None:
    """A commit that is done at once."""


async def _main(names: list[str]) -> None:
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    jobs: dict[str, tuple[str, Case | None, Callable[[Stage], Awaitable[None]]]] = {
        **{name: (name, None, day) for name in PROFILES},
        **{name: (case.family, case, case.act) for name, case in CASES.items()},
    }
    for name in names or jobs:
        text = await record(*jobs[name])
        (DIRECTORY / f"{name}.rec").write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name}: {len(text.splitlines())} lines\n")


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1:]))
