"""Other people's programs against the simulated modem: it is a modem, not a mirror of our driver."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gsmd.simulator import Network, Phone, PtyModem, Sim, SimulatedModem


@dataclass
class Table:
    """A modem that programs can open at ``port``, and a phone."""

    network: Network
    sim: Sim
    modem: SimulatedModem
    line: PtyModem
    port: Path

    @property
    def phone(self) -> Phone:
        return self.network.phone("+33611111111")


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    network = Network()
    sim = Sim("+33600000001")
    modem = SimulatedModem(sim, network)
    port = tmp_path / "modem"
    async with PtyModem(modem, link=port) as line:
        yield Table(network, sim, modem, line, port)
