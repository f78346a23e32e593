"""The mobile network: subscribers, phones, and a service centre that stores and forwards.

What it took from modems and what it brought to them is written down, so that a test can tell
whether something was lost or doubled.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gsmd import pdu
from gsmd.simulator import spoiling
from gsmd.simulator.ledger import Delivery, Ledger, LostReport, Submission
from gsmd.simulator.phone import Phone, PhoneMessage
from gsmd.simulator.scheduler import LoopScheduler, Scheduler
from gsmd.simulator.sim import Sim
from gsmd.simulator.smsc import Handset, Held, Mailbox, Outcome
from gsmd.simulator.ussd import Menus, UssdAnswer

_DELIVERED = 0x00  # TP-ST (3GPP TS 23.040 §9.2.3.15)
_REJECTED = 0x42  # connection rejected by SME
_EXPIRED = 0x46
_TP_STATUS = {Outcome.ACCEPTED: _DELIVERED, Outcome.REJECTED: _REJECTED, Outcome.EXPIRED: _EXPIRED}


@dataclass
class NetworkFaults:
    """Faults that the network applies to messages. Times are in seconds; -1 is for ever."""

    answer_delay: float = 0.0  # between the text and +CMGS: n
    delivery_delay: float = 0.0  # before each delivery
    report_delay: float = 0.0  # between the delivery and its status report
    retry_after: float = 2.0  # when a handset did not answer
    duplicate: int = 0  # deliveries whose acknowledgement gets lost: they come twice
    lost_report: int = 0
    cut: int = 0  # octets that are missing at the end of each message
    national: int = 0  # country code whose senders' numbers are given as they are dialled there
    swapped: bool = False  # UCS-2 in the other order of octets


class Network:
    """Joins SIMs and phones. ``wall`` tells the date for time stamps.

    ``listeners`` are told of every message that a phone shows.
    """

    def __init__(
        self,
        scheduler: Scheduler | None = None,
        *,
        wall: Callable[[], datetime] | None = None,
        service_centre: str = "+33609001390",
    ) -> None:
        self.scheduler = scheduler or LoopScheduler()
        self.wall = wall or _now
        self.service_centre = pdu.Address.parse(service_centre)
        self.faults = NetworkFaults()
        self.submitted: Ledger[Submission] = Ledger()
        self.delivered: Ledger[Delivery] = Ledger()
        self.lost_reports: list[LostReport] = []
        self.menus = Menus()
        self.listeners: list[Callable[[Phone, PhoneMessage], object]] = []
        self._phones: dict[str, Phone] = {}
        self._mailboxes: dict[str, Mailbox] = {}
        self._modems: set[str] = set()

    # who takes part

    def phone(self, number: str) -> Phone:
        """The phone with that number; there is one for every number. Errors: `ValueError`."""
        name = canonical(number)
        if not _NUMBER.fullmatch(name):
            raise ValueError(f"{number!r} is no phone number")
        if name not in self._phones:
            phone = Phone(name, self)
            self._phones[name] = phone
            self._mailbox(name).attach(phone)
        return self._phones[name]

    @property
    def phones(self) -> list[Phone]:
        """All phones that took part so far."""
        return list(self._phones.values())

    def attach(self, sim: Sim, handset: Handset) -> None:
        """A SIM can be reached at this handset: what waits for it is delivered."""
        self._modems.add(canonical(sim.number))
        self._mailbox(sim.number).attach(handset)

    def detach(self, sim: Sim) -> None:
        """A SIM cannot be reached."""
        self._mailbox(sim.number).detach()

    def reachable(self, phone: Phone, *, on: bool) -> None:
        """A phone is switched on or off."""
        mailbox = self._mailbox(phone.number)
        if on:
            mailbox.attach(phone)
        else:
            mailbox.detach()

    def memory_available(self, sim: Sim) -> None:
        """A SIM that was full has room again."""
        self._mailbox(sim.number).memory_available()

    def waiting(self, number: str) -> int:
        """The number of messages that the service centre holds for a number."""
        return self._mailbox(number).held

    @property
    def held(self) -> dict[str, int]:
        """The number of messages that wait for each number."""
        return {number: mailbox.held for number, mailbox in self._mailboxes.items()}

    # messages

    def submit(self, sim: Sim, tpdu: bytes) -> int:
        """Take a SUBMIT or a COMMAND from a modem; its message reference."""
        reference = sim.next_reference()
        numbered = tpdu[:1] + bytes((reference,)) + tpdu[2:]
        message = pdu.decode(numbered, outgoing=True)
        if isinstance(message, pdu.Submit):
            destination = canonical(str(message.destination))
            text = message.user_data.text
            now = self.scheduler.time()
            self.submitted.add(Submission(sim.number, destination, reference, numbered, text, now))
            self._forward(sim, message)
        return reference

    def send(
        self,
        to: str,
        tpdu: bytes,
        *,
        finished: Callable[[Outcome], None] | None = None,
        lifetime: float | None = None,
    ) -> None:
        """Bring a DELIVER to a number, when it can be reached."""
        number = canonical(to)
        if number in self._modems:
            tpdu = self._spoilt(tpdu)
        else:
            self.phone(number)
        frame = pdu.Frame(self.service_centre, tpdu)
        held = Held(frame, finished or _ignore)
        held.finished = self._recorded(number, held, held.finished)
        self._mailbox(number).put(held, lifetime)

    def _spoilt(self, tpdu: bytes) -> bytes:
        faults = self.faults
        if faults.national:
            tpdu = spoiling.nationally(tpdu, faults.national)
        if faults.swapped:
            tpdu = spoiling.swapped(tpdu)
        return spoiling.cut(tpdu, faults.cut)

    def send_report(self, to: str, tpdu: bytes) -> None:
        """Bring a STATUS-REPORT to a number."""
        number = canonical(to)
        held = Held(pdu.Frame(self.service_centre, tpdu), _ignore, report=True)
        held.finished = self._recorded(number, held, _ignore)
        self._mailbox(number).put(held)

    def lose_report(self, sender: str, recipient: str, reference: int) -> None:
        """Write down that what became of a message will never be known: a test need not wait for it."""
        self.lost_reports.append(LostReport(sender, canonical(recipient), reference))

    # USSD

    def ussd(self, sim: Sim, code: str, answer: UssdAnswer) -> None:
        """Ask the network something; it answers in a moment."""
        self.scheduler.call_later(
            self.faults.delivery_delay, lambda: answer(*self.menus.enter(sim.number, code))
        )

    def end_ussd(self, sim: Sim) -> None:
        """The subscriber ends the session."""
        self.menus.leave(sim.number)

    def _forward(self, sim: Sim, message: pdu.Submit) -> None:
        accepted_at = self._stamp()
        deliver = pdu.Deliver(
            originator=pdu.Address.parse(sim.number),
            protocol_id=message.protocol_id,
            dcs=message.dcs,
            service_centre_timestamp=accepted_at,
            user_data=message.user_data,
            reply_path=message.reply_path,
        )

        def finished(outcome: Outcome) -> None:
            if message.status_report_request:
                self._report(sim, message, accepted_at, outcome)

        self.send(
            str(message.destination),
            deliver.encode(),
            finished=finished,
            lifetime=self._lifetime(message),
        )

    def _report(
        self, sim: Sim, message: pdu.Submit, accepted_at: pdu.Timestamp, outcome: Outcome
    ) -> None:
        if self.faults.lost_report:
            self.faults.lost_report -= self.faults.lost_report > 0
            self.lose_report(sim.number, str(message.destination), message.message_reference)
            return
        report = pdu.StatusReport(
            message_reference=message.message_reference,
            recipient=message.destination,
            service_centre_timestamp=accepted_at,
            discharge_time=self._stamp(),
            tp_status=_TP_STATUS[outcome],
        )
        tpdu = report.encode()
        self.scheduler.call_later(
            self.faults.report_delay, lambda: self.send_report(sim.number, tpdu)
        )

    def _recorded(
        self, number: str, held: Held, then: Callable[[Outcome], None]
    ) -> Callable[[Outcome], None]:
        """Write down what a modem took; bring it again if its acknowledgement is to get lost."""

        def finished(outcome: Outcome) -> None:
            if outcome is Outcome.ACCEPTED and number in self._modems:
                self.delivered.add(Delivery(number, held.frame.tpdu, self.scheduler.time()))
                if self.faults.duplicate and not held.report:
                    self.faults.duplicate -= self.faults.duplicate > 0
                    again = Held(held.frame, _ignore)
                    again.finished = self._recorded(number, again, then)
                    self._mailbox(number).put_first(again)
                    return
            then(outcome)

        return finished

    def _mailbox(self, number: str) -> Mailbox:
        name = canonical(number)
        mailbox = self._mailboxes.get(name)
        if mailbox is None:
            faults = self.faults
            mailbox = Mailbox(
                self.scheduler, lambda: faults.delivery_delay, lambda: faults.retry_after
            )
            self._mailboxes[name] = mailbox
        return mailbox

    def _stamp(self) -> pdu.Timestamp:
        return pdu.Timestamp.of(self.wall())

    def _lifetime(self, message: pdu.Submit) -> float | None:
        if message.validity is None:
            return None
        period = message.validity.relative
        if period is None and message.validity.absolute is not None:
            period = message.validity.absolute - self.wall()
        return None if period is None else max(period, timedelta()).total_seconds()


def canonical(number: str) -> str:
    """One spelling of a number: ``00`` is ``+``, blanks and dashes are nothing; names stay."""
    if not _DIALLED.fullmatch(number):
        return number
    kept = number.translate(_TYPOGRAPHY)
    return f"+{kept[2:]}" if kept.startswith("00") else kept


_DIALLED = re.compile(r"[-+*#0-9 ().]+")
_NUMBER = re.compile(r"\+?[0-9*#]{1,20}", re.ASCII)
_TYPOGRAPHY = str.maketrans("", "", "- ().")


def _now() -> datetime:
    return datetime.now(UTC).astimezone().replace(microsecond=0)


def _ignore(outcome: Outcome) -> None:
    """Ignore the outcome: nobody asked for it."""
