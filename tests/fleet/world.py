"""A small world in which lives of one message are led: a register, a queue, boxes with agent, gsmd and disk, and the air.

What may happen next is a list of choices; whoever explores takes one after the other. Faults (deaths, lost answers,
writes that arrive late) cost of a budget, so that a world comes to rest.
"""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from gsmd.fleet.effects import (
    Age,
    Await,
    Drop,
    Effect,
    Fate,
    Hand,
    Keep,
    Look,
    Mark,
    Put,
    Requeue,
    Return,
    Settle,
    Withdraw,
)
from gsmd.fleet.record import PermitRecord, Phase, follows
from tests.fleet.boxes import Box, Led

BEGUN = {"submitting", "aired", "sent", "refused", "uncertain", "uncertain and aired"}
FATES = {
    "sent": Fate(Phase.SENT),
    "refused": Fate(Phase.FAILED, reason="refused"),
    "uncertain": Fate(Phase.UNCERTAIN),
    "uncertain and aired": Fate(Phase.UNCERTAIN),
    "expired": Fate(Phase.RELEASED),
}


class Wrong(Exception):
    """The protocol broke a promise."""


class Choice(NamedTuple):
    name: str
    do: Callable[[], None]
    cost: int = 0


class World:
    """One message, some boxes. ``budget``: how many faults may happen; ``young``: how often somebody has to wait."""

    def __init__(
        self,
        boxes: int,
        *,
        budget: int,
        young: int = 1,
        resend: bool = False,
        refusals: bool = False,
    ) -> None:
        self._count = count(1)
        self.resend = resend
        self.refusals = refusals
        self.budget = budget
        self.young = young
        self.faults = 0
        self.unwelcome = False
        self.handed_out = False
        self.record: PermitRecord | None = None
        self.revision = 0
        self.revisions = 0
        self.delayed: list[Put] = []
        self.queue: dict[int, str | None] = {0: None}
        self.entries = 1
        self.air: list[tuple[str, int]] = []
        self.marked = False
        self.boxes = [Box(self, name) for name in "abc"[:boxes]]

    def nonce(self) -> str:
        return str(next(self._count))

    def signature(self) -> object:
        return (
            *(self.record, self.revision, tuple(self.delayed), tuple(self.queue.items())),
            *(
                tuple(self.air),
                self.marked,
                self.budget,
                self.young,
                self.unwelcome,
                self.handed_out,
            ),
            tuple(box.signature() for box in self.boxes),
        )

    # -- what may happen ----------------------------------------------------------------------------

    def choices(self) -> list[Choice]:
        found: list[Choice] = []
        for box in self.boxes:
            if not box.alive:
                found.append(Choice(f"{box.holder.box} starts", box.start))
                continue
            for led in box.lives:
                found += self._answers(box, led)
            found += self._taking(box)
            if self.budget and (box.lives or box.put_off):
                found.append(Choice(f"{box.holder.box} agent dies", partial(self._die, box), 1))
                if box.put_off:
                    name = f"{box.holder.box} agent dies, what it put off is lost"
                    found.append(Choice(name, partial(self._die, box, flushed=False), 1))
                for led in box.lives:
                    if isinstance(led.wants, Hand):
                        name = f"{box.holder.box} agent dies, its request is on the way"
                        found.append(Choice(name, partial(self._die_late, box, led.wants), 1))
        for box in self.boxes:
            found += self._gsmd(box)
        if self.refusals and not self.unwelcome and self.budget:
            found.append(Choice("they opt out", lambda: setattr(self, "unwelcome", True), 1))
        found += [
            Choice("a late write arrives", partial(self._arrives, put)) for put in self.delayed
        ]
        return found

    def _taking(self, box: Box) -> list[Choice]:
        busy = any(led.entry is not None or not _idle(led) for led in box.lives)
        if busy:
            return []
        return [
            Choice(f"{box.holder.box} takes {entry}", partial(self._take, box, entry))
            for entry, who in self.queue.items()
            if who is None
        ][:1]

    def _take(self, box: Box, entry: int) -> None:
        self.queue[entry] = box.holder.box
        refused = "opted_out" if self.unwelcome else None
        fresh = entry == 0 and not self.handed_out
        self.handed_out = True
        box.lead(entry, lambda life: life.take(fresh=fresh, refused=refused))

    def _gsmd(self, box: Box) -> list[Choice]:
        found = []
        name = box.holder.box
        for attempt, state in box.gsmd.items():

            def to(new: str, a: int = attempt) -> Callable[[], None]:
                return lambda: box.gsmd.__setitem__(a, new)

            def airs(a: int = attempt) -> None:
                box.gsmd[a] = "aired"
                self.air.append((name, a))

            if state == "queued":
                found.append(Choice(f"{name} begins {attempt}", to("submitting")))
                if self.budget:
                    found.append(Choice(f"{name} expires {attempt}", to("expired"), 1))
            elif state == "submitting":
                found.append(Choice(f"{name} airs {attempt}", airs))
                if self.refusals:
                    found.append(Choice(f"{name} is refused {attempt}", to("refused"), 0))
                if self.budget:
                    found.append(Choice(f"{name} gsmd dies before", to("uncertain"), 1))
            elif state == "aired":
                found.append(Choice(f"{name} sent {attempt}", to("sent")))
                if self.budget:
                    found.append(Choice(f"{name} gsmd dies after", to("uncertain and aired"), 1))
            elif state == "uncertain and aired" and self.budget:
                found.append(Choice(f"{name} late report {attempt}", to("sent"), 1))
        found += [
            Choice(f"{name} late request", partial(self._late, box, attempt))
            for attempt in box.late
        ]
        return found

    def _late(self, box: Box, attempt: int) -> None:
        box.late.remove(attempt)
        box.gsmd.setdefault(attempt, "queued")

    def _die(self, box: Box, *, flushed: bool = True) -> None:
        for led in box.lives:
            if isinstance(led.wants, Put):
                self.delayed.append(led.wants)  # it may have left
        box.die(flushed=flushed)

    def _die_late(self, box: Box, wants: Hand) -> None:
        box.late.append(wants.attempt)
        box.die()

    def _arrives(self, put: Put) -> None:
        self.delayed.remove(put)
        self._write(put)

    # -- answers ------------------------------------------------------------------------------------

    def _answers(self, box: Box, led: Led) -> list[Choice]:  # noqa: PLR0911 -- a way for each kind of wish
        """How the world may answer what a life wants."""
        name = f"{box.holder.box} {type(led.wants).__name__.lower()}"

        def answer(value: Callable[[], Any], how: str = "", cost: int = 0) -> Choice:
            return Choice(f"{name}{how}", lambda: self._go_on(box, led, value()), cost)

        match led.wants:
            case Look():
                return [answer(lambda: (self.record, self.revision))]
            case Put() as put:
                found = [answer(lambda: self._write(put))]
                if self.budget:
                    found.append(answer(lambda: (self._write(put), None)[1], ", answer lost", 1))
                    found.append(answer(lambda: None, ", lost", 1))
                    found.append(answer(lambda: self.delayed.append(put), ", late", 1))
                return found
            case Age():
                old = [answer(lambda: 1000.0, " old")]
                return [answer(self._wait, " young"), *old] if self.young else old
            case Hand(attempt):
                found = [answer(lambda: self._hand(box, attempt))]
                if self.budget and attempt not in box.gsmd:
                    found.append(answer(lambda: False, ", too late", 1))
                return found
            case Withdraw(attempt):
                return [answer(lambda: self._withdraw(box, attempt))]
            case Await(attempt, known):
                fate = FATES.get(box.gsmd.get(attempt, ""))
                return [] if fate is None or fate.state is known else [answer(lambda: fate)]
            case Settle() if led.entry is not None and self.budget:
                heard = answer(lambda: self._do(box, led, led.wants))
                return [heard, answer(lambda: self._unheard(led), ", nobody hears it", 1)]
            case effect:
                return [answer(lambda: self._do(box, led, effect))]

    def _wait(self) -> float:
        self.young -= 1
        return 0.0

    def _write(self, put: Put) -> int | None:
        if put.revision != self.revision:
            return None
        if not follows(self.record, put.record):
            raise Wrong(f"{put.record} over {self.record}")
        self.revisions += 1
        self.record, self.revision = put.record, self.revisions
        return self.revision

    def _hand(self, box: Box, attempt: int) -> bool:
        return box.gsmd.setdefault(attempt, "queued") != "withdrawn"

    def _withdraw(self, box: Box, attempt: int) -> bool:
        state = box.gsmd.get(attempt, "queued")
        if state in BEGUN:
            return False
        box.gsmd[attempt] = "withdrawn"
        return True

    def _do(self, box: Box, led: Led, effect: Effect) -> None:
        match effect:
            case Keep(row):
                box.flush()
                box.rows[row.attempt] = row
            case Drop(attempt):
                box.put_off.add(attempt)
            case Settle():
                if led.entry is not None:
                    self.queue.pop(led.entry, None)
                    led.entry = None
            case Return():
                if led.entry is not None:
                    self.queue[led.entry] = None
                    led.entry = None
            case Requeue():
                self.queue[self.entries] = None
                self.entries += 1
            case Mark(on):
                self.marked = on

    def _unheard(self, led: Led) -> None:
        """The queue hands it out again."""
        assert led.entry is not None
        self.queue[led.entry] = None
        led.entry = None

    def _go_on(self, box: Box, led: Led, answer: Any) -> None:
        try:
            led.wants = led.steps.send(answer)
        except StopIteration:
            box.lives.remove(led)
            if led.entry is not None:
                raise Wrong("a life ended with an entry in its hands") from None

    # -- judging ------------------------------------------------------------------------------------

    def take(self, choice: Choice) -> None:
        self.budget -= choice.cost
        self.faults += choice.cost
        choice.do()
        self.judge()

    def judge(self) -> None:
        """What holds at every moment."""
        if len(self.air) > 1 and not (
            self.resend and self.record and self.record.possible_duplicate
        ):
            raise Wrong(f"on the air {self.air}")
        record = self.record
        if record is None:
            return
        out = [each for each in self.air if each == (record.box, record.attempt)]
        if record.state is Phase.SENT and len(out) != 1:
            raise Wrong(f"said to be sent, on the air {self.air}")
        if record.state is Phase.FAILED and out:
            raise Wrong(f"said to have failed, on the air {self.air}")

    def judge_end(self) -> None:
        """What holds when nothing happens any more."""
        record = self.record
        if self.queue:
            raise Wrong(f"still in the queue: {self.queue}")
        if record is None or record.state not in {Phase.SENT, Phase.FAILED, Phase.UNCERTAIN}:
            raise Wrong(f"no final word: {record}")
        if record.state is Phase.UNCERTAIN and not self.faults:
            raise Wrong("uncertain, and nothing has happened")
        if record.state is Phase.UNCERTAIN and not self.marked:
            raise Wrong("uncertain, and nobody can see it")
        for box in self.boxes:
            box.flush()
            kept = [a for a in box.rows if not box.gsmd.get(a, "").startswith("uncertain")]
            if kept:
                raise Wrong(f"{box.holder.box} keeps {kept}")


def _idle(led: Led) -> bool:
    """Nobody waits for it but the register."""
    return isinstance(led.wants, Await) and led.wants.known is not None and led.entry is None
