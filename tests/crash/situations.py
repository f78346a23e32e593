"""What goes on while the daemon dies: messages both ways, and what makes it hard."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gsmd import pdu
from gsmd.simulator import Network, Sim, SimulatedModem
from gsmd.simulator.errors import MessageError
from gsmd.simulator.settings import Cnmi
from tests.faults.stage import NUMBERS


@dataclass(frozen=True)
class Arrival:
    """Somebody writes to us; what the program is to answer."""

    sender: str
    text: str
    answer: str | None = None


@dataclass(frozen=True)
class Order:
    """What the program sends; without a ``key`` it asks again only after an error."""

    to: str
    text: str
    key: str | None = None
    ends: str = "delivered"
    more: dict[str, Any] = field(default_factory=dict)


SINGLE = Arrival("+33611111111", "How much is left?", "Five euros.")
LONG = Arrival(
    "+33622222222", "Une question qui ne tient pas dans un seul message, et de loin. " * 4
)
LETTER = Order(
    "+33633333333", "Une lettre qui ne tient pas dans un seul message non plus. " * 4, "letter"
)
NOTE = Order("+33644444444", "Just a note.", "note")
CARD = Order("+33655555555", "A card without a key.")
SAGA = Order("+33633333333", "Une lettre en quatre parties, et la deuxième coince. " * 11, "saga")
SECOND_NOTE = Order("+33655555555", "Just another note.", "second")
TOO_LATE = Order(
    "+33666666666", "Nobody wants this later.", "late", "expired", {"modem": "away", "validity": 1}
)
WITHDRAWN = Order("+33677777777", "Better not.", "withdrawn", "cancelled", {"modem": "away"})

_TOLD = {"handler": "crm", "receipt": "sent"}
FOLLOWED = tuple(
    replace(order, more={**order.more, **_TOLD}) for order in (LETTER, NOTE, TOO_LATE, WITHDRAWN)
)
"""The program is told what becomes of these."""

Prepare = Callable[[Network, Sequence[SimulatedModem]], None]


def _as_it_is(network: Network, modems: Sequence[SimulatedModem]) -> None:
    """Nothing is in the way."""


@dataclass(frozen=True)
class Situation:
    """One kind of trial. ``modems`` work; ``config`` is added to the daemon's."""

    name: str
    arrivals: Sequence[Arrival] = (SINGLE, LONG)
    orders: Sequence[Order] = (LETTER, NOTE)
    modems: int = 1
    to: str = NUMBERS[0]
    """Which of our numbers people write to."""
    modem_config: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    prepare: Prepare = _as_it_is
    reports: bool = True
    """Whether the network is asked to tell of deliveries."""

    @property
    def sent(self) -> dict[str, tuple[str, str]]:
        """By number: the text that is to arrive there, and how the message ends."""
        answers = {a.sender: (a.answer, "delivered") for a in self.arrivals if a.answer}
        sent = answers | {order.to: (order.text, order.ends) for order in self.orders}
        if self.reports:
            return sent
        ends = {"delivered": "sent"}
        return {to: (text, ends.get(end, end)) for to, (text, end) in sent.items()}


def _before_each_submission(network: Network, look: Callable[[Sim, pdu.Submit], None]) -> None:
    """Call ``look`` with what a modem hands over; what it raises is the network's answer."""
    submit = network.submit

    def looked_at(sim: Sim, tpdu: bytes) -> int:
        message = pdu.decode(tpdu, outgoing=True)
        if isinstance(message, pdu.Submit):
            look(sim, message)
        return submit(sim, tpdu)

    network.submit = looked_at  # type: ignore[method-assign] # the network has no hook for it


def _refuse_second_parts(network: Network, _modems: Sequence[SimulatedModem]) -> None:
    """The network is congested when the second part of a message comes, three times."""
    left = [3]

    def look(_sim: Sim, message: pdu.Submit) -> None:
        concatenation = message.user_data.concatenation
        if concatenation is not None and concatenation.sequence == 2 and left[0]:
            left[0] -= 1
            raise MessageError(42)

    _before_each_submission(network, look)


def _hang_at_second_submission(network: Network, modems: Sequence[SimulatedModem]) -> None:
    """The first modem hangs for good while it sends its second part; the second goes on."""
    count = [0]
    first = modems[0]

    def look(sim: Sim, _message: pdu.Submit) -> None:
        if sim is first.sim:
            count[0] += 1
            first.faults.hang = count[0] >= 2

    _before_each_submission(network, look)


def _late_answers(_network: Network, modems: Sequence[SimulatedModem]) -> None:
    """The status report comes on the line before the answer that tells the reference."""
    for modem in modems:
        modem.faults.late_reply = 0.02


def _answers_after_the_time_out(_network: Network, modems: Sequence[SimulatedModem]) -> None:
    """The network has each part at once; the modem tells its reference later than anybody waits."""
    for modem in modems:
        modem.faults.late_result = 0.5


def _duplicates(network: Network, _modems: Sequence[SimulatedModem]) -> None:
    """The network did not hear that it was taken, and brings everything again."""
    network.faults.duplicate = 20


def _hand_over_from_the_beginning(_network: Network, modems: Sequence[SimulatedModem]) -> None:
    """A gsmd that is no more had the modems hand over what comes in: nobody acknowledges the first."""
    for modem in modems:
        modem.settings.service = 1
        modem.settings.cnmi = Cnmi(2, 2, 0, 1, 0)


SITUATIONS = {
    situation.name: situation
    for situation in (
        Situation("both-ways"),
        Situation("failing-part", orders=(SAGA, NOTE), prepare=_refuse_second_parts),
        Situation(
            "failover",
            orders=(NOTE, SECOND_NOTE),
            modems=2,
            to=NUMBERS[1],
            modem_config={"submit_timeout": "1s"},
            prepare=_hang_at_second_submission,
            reports=False,  # those of the first part lie with the SIM in the modem that hangs
        ),
        Situation("early-reports", prepare=_late_answers),
        Situation(
            "late-references",
            modem_config={"submit_timeout": "0.3s"},
            prepare=_answers_after_the_time_out,
        ),
        Situation("everything-twice", prepare=_duplicates),
        Situation("on-the-equipment", modem_config={"storage": "ME"}),
        Situation(
            "handed-over",
            modem_config={"reception": "direct"},
            prepare=_hand_over_from_the_beginning,
        ),
        Situation("withdrawn", orders=(LETTER, NOTE, TOO_LATE, WITHDRAWN)),
        Situation("receipts", orders=FOLLOWED),
        Situation("without-a-key", orders=(LETTER, NOTE, CARD)),
    )
}
"""All situations by name."""
