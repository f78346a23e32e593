from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gsmd import pdu
from gsmd.simulator import ManualScheduler, Network, Phone, Profile, Sim, SimulatedModem

PHONE = "+33611111111"
DATE = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


class Bench:
    """A modem, its SIM and its network on a table, and time under control."""

    def __init__(self, profile: str | Profile = "generic", sim: Sim | None = None) -> None:
        self.scheduler = ManualScheduler()
        self.network = Network(self.scheduler, wall=lambda: DATE)
        self.sim = sim or Sim("+33600000001")
        self.modem = SimulatedModem(self.sim, self.network, profile)
        self.written = bytearray()
        self.modem.output = self.written.extend
        self.modem.settings.echo = 0

    @property
    def phone(self) -> Phone:
        return self.network.phone(PHONE)

    def feed(self, data: str | bytes) -> bytes:
        """What the modem writes, at once and in the same moment, when it gets these bytes."""
        self.written.clear()
        self.modem.feed(data.encode("latin-1") if isinstance(data, str) else data)
        self.scheduler.advance()
        return bytes(self.written)

    def ask(self, line: str) -> list[str]:
        """The lines of the answer to one command line."""
        return lines(self.feed(line + "\r"))

    def set_up(self, *lines_: str) -> None:
        """Command lines that must all end with OK."""
        for line in lines_:
            assert self.ask(line)[-1] == "OK", line

    def after(self, seconds: float) -> list[str]:
        """The lines that come while time passes."""
        self.written.clear()
        self.scheduler.advance(seconds)
        return lines(bytes(self.written))

    def text(self, text: str = "Hello") -> list[str]:
        """The lines that come when a phone sends a text."""
        self.phone.send(self.sim.number, text)
        return self.after(0)

    def send(self, text: str = "Hi", *, report: bool = False) -> list[str]:
        """The lines that come when a PDU is sent to the phone; the prompt is expected."""
        submit = pdu.compose(text, PHONE, status_report_request=report)[0]
        frame = pdu.Frame(None, submit.encode())
        assert self.feed(f"AT+CMGS={frame.length}\r") == b"\r\n> "
        return lines(self.feed(frame.hex() + "\x1a"))


def lines(written: bytes) -> list[str]:
    return [line for line in written.decode("latin-1").replace("\r", "\n").split("\n") if line]


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    return Bench
