"""A phone in the network: sends texts, receives them, and can answer by itself."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gsmd import pdu
from gsmd.simulator.smsc import Outcome

if TYPE_CHECKING:
    from gsmd.simulator.network import Network

_EXPECTED_WITHIN = 10.0  # seconds


@dataclass(frozen=True)
class PhoneMessage:
    """A message as the phone shows it, its parts joined. Either ``text`` or ``data`` is None.

    ``tpdus`` are the parts in the order in which they came; ``at`` is the scheduler's time.
    """

    originator: str
    text: str | None
    data: bytes | None
    message_class: int | None
    ports: pdu.Ports | None
    tpdus: tuple[bytes, ...]
    at: float

    @property
    def parts(self) -> int:
        """The number of TPDUs it took."""
        return len(self.tpdus)


_Key = tuple[str, int, int, int]


class Phone:
    """A phone with a number. It is made by `Network.phone`."""

    def __init__(self, number: str, network: "Network") -> None:
        self.number = number
        self.received: list[PhoneMessage] = []
        self.listeners: list[Callable[[PhoneMessage], object]] = []
        self.rejects = False  # refuses what comes, so that its sender is told "failed"
        self._network = network
        self._on = True
        self._reference = 0
        self._parts: dict[_Key, dict[int, tuple[pdu.Deliver, bytes]]] = {}
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    @property
    def on(self) -> bool:
        """True if it can be reached; what comes meanwhile is held by the network."""
        return self._on

    @on.setter
    def on(self, on: bool) -> None:
        self._on = on
        self._network.reachable(self, on=on)

    def send(
        self,
        to: str,
        text: str | None = None,
        *,
        data: bytes | None = None,
        reference: int | None = None,
        width: Literal[8, 16] = 8,
        parts: Sequence[int] | None = None,
        message_class: int | None = None,
        ports: pdu.Ports | None = None,
        protocol_id: int = 0,
        originator: str | None = None,
    ) -> list[bytes]:
        """Send a text or a datagram; the TPDUs that go out.

        ``parts`` picks parts of a long message and their order, counted from 1: ``(2, 1, 1)`` sends
        the second, and the first twice; ``reference`` is theirs. ``originator`` sends under another name, as services do.
        """
        self._reference += 1
        delivers = pdu.compose_deliver(
            text,
            originator or self.number,
            self._network.wall(),
            data=data,
            reference=self._reference % (1 << width) if reference is None else reference,
            width=width,
            message_class=message_class,
            ports=ports,
            protocol_id=protocol_id,
        )
        chosen = [delivers[part - 1] for part in parts] if parts else delivers
        tpdus = [deliver.encode() for deliver in chosen]
        for tpdu in tpdus:
            self._network.send(to, tpdu)
        return tpdus

    def send_data(self, to: str, data: bytes, *, ports: pdu.Ports | None = None) -> list[bytes]:
        """Send octets."""
        return self.send(to, data=data, ports=ports)

    def receive(self, frame: pdu.Frame, done: Callable[[Outcome], None]) -> None:
        """Take a TPDU from the network."""
        if self.rejects:
            done(Outcome.REJECTED)
            return
        deliver = pdu.Deliver.decode(frame.tpdu)
        done(Outcome.ACCEPTED)
        concatenation = deliver.user_data.concatenation
        if concatenation is None:
            self._show([(deliver, frame.tpdu)])
            return
        key = (
            str(deliver.originator),
            concatenation.reference,
            concatenation.total,
            concatenation.width,
        )
        parts = self._parts.setdefault(key, {})
        parts[concatenation.sequence] = (deliver, frame.tpdu)
        if len(parts) == concatenation.total:
            del self._parts[key]
            self._show(list(parts.values()))

    def reply_with(self, answer: Callable[[PhoneMessage], str | None]) -> None:
        """Answer what comes with what ``answer`` returns, if anything."""

        def reply(message: PhoneMessage) -> None:
            text = answer(message)
            if text is not None:
                self.send(message.originator, text)

        self.listeners.append(reply)

    async def expect(self, n: int = 1, timeout: float = _EXPECTED_WITHIN) -> list[PhoneMessage]:  # noqa: ASYNC109 -- callers want one number, not a context
        """Wait until ``n`` messages have come in all; `TimeoutError` tells how many have."""
        if len(self.received) < n:
            came = asyncio.get_running_loop().create_future()
            self._waiting.append((n, came))
            try:
                async with asyncio.timeout(timeout):
                    await came
            except TimeoutError:
                count = len(self.received)
                raise TimeoutError(
                    f"{self.number} has {count} of {n} messages after {timeout} s"
                ) from None
        return self.received[:n]

    def _show(self, parts: Sequence[tuple[pdu.Deliver, bytes]]) -> None:
        first = parts[0][0]
        joined = pdu.join([deliver.user_data for deliver, _ in parts])
        message = PhoneMessage(
            originator=str(first.originator),
            text=joined.text,
            data=joined.data,
            message_class=first.dcs.message_class,
            ports=first.user_data.ports,
            tpdus=tuple(tpdu for _, tpdu in parts),
            at=self._network.scheduler.time(),
        )
        self.received.append(message)
        for listener in self.listeners:
            listener(message)
        for told in self._network.listeners:
            told(self, message)
        self._wake()

    def _wake(self) -> None:
        for n, came in self._waiting:
            if len(self.received) >= n and not came.done():
                came.set_result(None)
        self._waiting = [(n, came) for n, came in self._waiting if not came.done()]
