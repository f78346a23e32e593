"""A modem's treatment of a message from the network (3GPP TS 27.005 §3.4.1)."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gsmd import pdu
from gsmd.simulator.scheduler import Timer
from gsmd.simulator.smsc import Outcome
from gsmd.simulator.storage import Entry, StoredStatus
from gsmd.simulator.text import direct_lines, direct_report_lines

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

Done = Callable[[Outcome], None]
_STATUS_REPORT = 2  # TP-MTI towards the handset (3GPP TS 23.040 §9.2.3.1)


class Reception:
    """Stores, hands over and announces as ``+CNMI`` says; the network's view of the modem."""

    def __init__(self, modem: "SimulatedModem") -> None:
        self._modem = modem
        self._unacknowledged: Done | None = None
        self._timer: Timer | None = None
        self._buffered: list[Sequence[str]] = []
        # the network brings one message at a time: the next waits for the acknowledgement of the last
        self._queue: deque[tuple[Sequence[str], Done]] = deque()

    @property
    def awaits_acknowledgement(self) -> bool:
        """True if something was handed over that ``+CNMA`` must confirm."""
        return self._unacknowledged is not None

    def receive(self, frame: pdu.Frame, done: Done) -> None:
        """Take a frame from the network."""
        modem = self._modem
        if not modem.powered or modem.faults.dead or not modem.sim_ready:
            done(Outcome.NO_ANSWER)
        elif frame.tpdu[0] & 0b11 == _STATUS_REPORT:
            self._take_report(frame, done)
        else:
            self._take_message(frame, done)

    def acknowledge(self, *, accepted: bool) -> bool:
        """Pass a ``+CNMA`` on to the network; False if nothing waits for one."""
        done, self._unacknowledged = self._unacknowledged, None
        if done is None:
            return False
        if self._timer is not None:
            self._timer.cancel()
        faults = self._modem.faults
        if accepted and faults.unheard_acknowledgement and faults.take("unheard_acknowledgement"):
            accepted = False
        done(Outcome.ACCEPTED if accepted else Outcome.NO_ANSWER)
        if self._queue and self._unacknowledged is None:
            self._hand_over(*self._queue.popleft())
        return True

    def reset(self) -> None:
        """Forget what was not acknowledged, as after a restart."""
        self._unacknowledged = None
        self._buffered.clear()
        self._queue.clear()

    def release(self, *, flush: bool) -> None:
        """Announce what was held back while ``mode`` was 0 (``bfr`` decides)."""
        buffered, self._buffered = self._buffered, []
        if flush:
            for lines in buffered:
                self._modem.unsolicited(*lines)

    def _take_message(self, frame: pdu.Frame, done: Done) -> None:
        modem = self._modem
        direct = self._is_direct(frame)
        both = modem.faults.direct_and_stored and modem.profile.knows("+CPMS")
        if not direct or both:
            position = self._store(modem.selected[2], frame, done)
            if position is None:
                return
            if modem.settings.cnmi.mt:
                self._announce_stored("+CMTI", modem.selected[2], position)
        if direct:
            self._hand_over(direct_lines(modem, frame), done)
            return
        if both:
            self._announce(*direct_lines(modem, frame))
        done(Outcome.ACCEPTED)

    def _is_direct(self, frame: pdu.Frame) -> bool:
        mt = self._modem.settings.cnmi.mt
        if mt < 2:
            return False
        message_class = _message_class(frame.tpdu)
        return message_class == 3 if mt == 3 else message_class != 2

    def _take_report(self, frame: pdu.Frame, done: Done) -> None:
        modem = self._modem
        ds = modem.settings.cnmi.ds
        if ds == 1:
            self._hand_over(self._report_lines(frame), done)
            return
        if ds == 2:
            storage = modem.profile.report_storage
            position = self._store(storage, frame, done)
            if position is None:
                return
            self._announce_stored("+CDSI", modem.profile.report_announced or storage, position)
        else:
            self._swallow(frame)
        done(Outcome.ACCEPTED)

    def _swallow(self, frame: pdu.Frame) -> None:
        """``ds`` 0: it is taken from the network, and nobody ever sees it (27.005 §3.4.1)."""
        report = pdu.StatusReport.decode(frame.tpdu)
        number = self._modem.require_card().number
        self._modem.network.lose_report(number, str(report.recipient), report.message_reference)

    def _report_lines(self, frame: pdu.Frame) -> Sequence[str]:
        """``+CDS`` with its PDU, spoilt as the faults want it."""
        style = self._modem.faults.report_style
        lines = direct_report_lines(self._modem, frame)
        if style == "extra-comma":
            return [lines[0].replace("+CDS: ", "+CDS: ,"), *lines[1:]]
        if style == "no-address" and len(lines) > 1:
            return [lines[0], frame.tpdu.hex().upper()]
        return lines

    def _store(self, storage: str, frame: pdu.Frame, done: Done) -> int | None:
        """The place that a frame gets; None, and the network is told, if it gets none."""
        modem = self._modem
        if not modem.profile.knows("+CMGR"):  # nowhere to keep it: the network does
            done(Outcome.NO_ANSWER)
            return None
        entry = Entry(StoredStatus.RECEIVED_UNREAD, frame.hex(), frame.length)
        memory = modem.memory(storage)
        position = memory.put(entry)
        if modem.faults.slow_slot:
            entry.hidden = True
            modem.scheduler.call_later(modem.faults.slow_slot, entry.show)
        if position is None:
            done(Outcome.MEMORY_FULL)
        if modem.profile.full and memory.used == memory.capacity:
            for line in modem.profile.full:
                modem.unsolicited(line.format(storage=storage))
        return position

    def _announce_stored(self, prefix: str, storage: str, position: int) -> None:
        modem = self._modem
        faults = modem.faults
        if faults.lost_indication and faults.take("lost_indication"):
            return
        index = position + modem.profile.index_base
        if faults.wrong_index and faults.take("wrong_index"):
            index = -1
        self._announce(f'{prefix}: "{faults.wrong_storage or storage}",{index}')

    def _hand_over(self, lines: Sequence[str], done: Done) -> None:
        """Give a message to the computer; under ``+CSMS=1`` it must say that it has it."""
        if self._unacknowledged is not None:
            self._queue.append((lines, done))
            return
        self._announce(*lines)
        waits = self._modem.settings.service or self._modem.profile.acknowledged
        if not waits or self._modem.faults.acknowledges_itself:
            done(Outcome.ACCEPTED)
            return
        self._unacknowledged = done
        self._timer = self._modem.after(
            self._modem.profile.acknowledge_time, self._not_acknowledged
        )

    def _not_acknowledged(self) -> None:
        """No ``+CNMA`` came: nothing is handed over any more (27.005 §3.4.1)."""
        self._modem.settings.cnmi.mt = self._modem.settings.cnmi.ds = 0
        refused, self._queue = self._queue, deque()
        for _, done in refused:
            done(Outcome.NO_ANSWER)
        self.acknowledge(accepted=False)

    def _announce(self, *lines: str) -> None:
        if self._modem.settings.cnmi.mode == 0:
            self._buffered.append(lines)
        elif lines[0].startswith("+CDS:") and self._modem.faults.report_style == "split":
            self._modem.unsolicited_in_pieces(*lines)
        else:
            self._modem.unsolicited(*lines)


def _message_class(tpdu: bytes) -> int | None:
    try:
        message = pdu.decode(tpdu)
    except pdu.PduError:
        return None
    return message.dcs.message_class if isinstance(message, pdu.Deliver) else None
