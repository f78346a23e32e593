"""A network with modems on ptys, under one roof: what ``gsmd simulate`` and test rigs run."""

import itertools
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from gsmd.recording import Recording
from gsmd.simulator.modem import SimulatedModem
from gsmd.simulator.network import Network
from gsmd.simulator.player import Player
from gsmd.simulator.profiles import Profile
from gsmd.simulator.pty import Pty, PtyModem
from gsmd.simulator.sim import Sim


class Simulation:
    """Modems by name, each with its own SIM, all in one network.

    With a ``directory`` the port of ``modem1`` is there as a symbolic link ``modem1``.
    """

    def __init__(self, directory: Path | None = None, network: Network | None = None) -> None:
        self.directory = directory
        self.network = network or Network()
        self.modems: dict[str, SimulatedModem] = {}
        self.lines: dict[str, Pty] = {}
        self.removed: dict[str, Sim] = {}  # SIMs that were taken out, by modem
        self._sims = itertools.count(1)

    def add(
        self,
        name: str | None = None,
        profile: str | Profile = "generic",
        *,
        pin: str | None = None,
        slots: int = 30,
        baudrate: int | None = None,
    ) -> SimulatedModem:
        """A further modem with a SIM of its own; by default its name is the next ``modem<n>``."""
        ordinal = next(self._sims)
        name = name or f"modem{len(self.lines) + 1}"
        if name in self.modems:
            raise ValueError(f"there is a {name} already")
        modem = SimulatedModem(
            new_sim(ordinal, pin=pin, slots=slots), self.network, profile, imei=imei(ordinal)
        )
        self.modems[name] = modem
        link = self.directory / name if self.directory is not None else None
        self.lines[name] = PtyModem(modem, link=link, baudrate=baudrate)
        return modem

    def replay(
        self,
        recording: Recording,
        *,
        speed: float = 1.0,
        on_unknown: Callable[[str], object] = lambda _command: None,
    ) -> str:
        """A further port, behind which a recording is played; returns its name, ``modem<n>``."""
        name = f"modem{len(self.lines) + 1}"
        link = self.directory / name if self.directory is not None else None
        player = Player(recording, speed=speed, on_unknown=on_unknown)
        self.lines[name] = Pty(player, link=link)
        return name

    def spare_sim(self) -> Sim:
        """A SIM that is in no modem yet."""
        return new_sim(next(self._sims))

    async def __aenter__(self) -> Self:
        for line in self.lines.values():
            line.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for line in self.lines.values():
            line.close()


def new_sim(ordinal: int, *, pin: str | None = None, slots: int = 30) -> Sim:
    """The SIM number ``ordinal``: ``+33600000001`` is the first one's number."""
    return Sim(
        number=f"+336{ordinal:08d}",
        imsi=f"00101{ordinal:010d}",
        iccid=with_check_digit(f"890010100000{ordinal:06d}"),
        pin=pin,
        slots=slots,
    )


def imei(ordinal: int) -> str:
    """The serial number of the modem number ``ordinal`` (3GPP TS 23.003 §6.2.1)."""
    return with_check_digit(f"35000000{ordinal:06d}")


def with_check_digit(digits: str) -> str:
    """Digits with their Luhn digit (ISO/IEC 7812-1)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)
