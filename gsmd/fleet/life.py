"""The life of a message of a pool at one box: the protocol of permits, without I/O, clock or chance.

Theory of operation
===================

**The one rule.** Before gsmd gets a message of a pool, its box has won the *permit*: one compare-and-set on the message's record
(`gsmd.fleet.record`). Who has no permit does not send. A permit without a result is ``uncertain``, and nobody sends such a message
again unless that was wished for. This is gsmd's own rule, marked ``submitting`` before Ctrl-Z, for many boxes.

**Order of writing.** Each step is on a disk before the next is asked for:

    row on the box's disk → permit in the register → message at gsmd, under a key → … the network …
      → result in the register → entry out of the queue → row forgotten

A box that dies anywhere finds its rows again and `resume` asks, for each, the two that know: the register (did we have the
permit, and is it still ours?) and gsmd (did it begin?). gsmd is asked with the key, so that asking twice is asking once.
What gsmd has not begun is *withdrawn*: the key belongs to a cancelled message from then on, and a request of the
dead agent that arrives late finds that.

**No clock is part of it.** How long somebody else's permit is waited for (`Patience.give_up`), how long one's own holds
(``use_within``, with `Hand`): these decide only when a message is called ``uncertain`` and when it is too late to begin, never whether it may
be sent twice. The one exception is wished for: with ``resend`` an uncertain message is sent again after ``use_within`` and a
margin, is marked ``possible_duplicate``, and may be on the air twice if its first holder stood still in between. Who does not send it
again after all, as it is refused by now, writes ``uncertain`` anew before the entry goes: the late permit of another finds that.

**Every answer may be lost.** A `Put` that is not answered is looked up: the nonce tells whether it arrived. A write that
arrives even later finds another revision and is refused, except where nobody has a record yet: then the record is a permit
that nobody remembers, which others call ``uncertain`` after a while. That is safe, and rare.

A life is a generator: it yields what it wants done (`gsmd.fleet.effects`) and is sent the answer. `gsmd.gateways.fleet` carries
out for real; the simulator of the tests carries out every interleaving of it, with deaths in between.
"""

from collections.abc import Callable, Generator
from typing import Any

import msgspec

from gsmd.fleet.effects import (
    Age,
    Await,
    Drop,
    Effect,
    Fate,
    Hand,
    HandRow,
    Keep,
    Look,
    Mark,
    Put,
    Reason,
    Requeue,
    Return,
    Settle,
    Withdraw,
)
from gsmd.fleet.record import ENDS, Holder, PermitRecord, Phase

Steps = Generator[Effect, Any, Reason]
Seen = tuple[PermitRecord | None, int]


class Patience(msgspec.Struct, frozen=True):
    """Seconds. ``resend_after``: an uncertain message that is to be sent again waits so long, beyond the use of its permit."""

    give_up: float = 60.0
    resend_after: float = 150.0


class Life:
    """One message in the hands of ``me``. ``resend``: what the message wants when it is uncertain.

    ``nonce`` gives a new word each time.
    """

    def __init__(
        self,
        id_: str,
        me: Holder,
        nonce: Callable[[], str],
        patience: Patience,
        *,
        resend: bool = False,
    ) -> None:
        self.id = id_
        self.me = me
        self._nonce = nonce
        self._patience = patience
        self._resend = resend
        self.attempt = 0
        """The one that we are concerned with; 0: none yet."""
        self._duplicate = False
        self._seen_unsure = False

    # -- from the queue -----------------------------------------------------------------------

    def take(self, *, fresh: bool, refused: str | None = None) -> Steps:
        """The queue handed it to us; ``fresh``: for the first time. ``refused``: the reason why it is not to be sent at all."""
        won = False
        seen: Seen = (None, 0)
        if not fresh:
            seen = yield Look()
        while not won:
            record, revision = seen
            if record is not None and record.state in ENDS:
                return (yield from self._done(Reason.TOLD))
            if record is None or record.state is Phase.RELEASED:
                won, seen = yield from self._ask_first(record, revision, refused)
            elif record.state is Phase.UNCERTAIN and not (self._resend and refused is None):
                if self._resend:  # who wanted to send it again, and died, may have asked
                    fence = self._unsure(record)
                    seen = yield from self._put(fence, revision)
                    if seen[0] is None or seen[0].nonce != fence.nonce:
                        continue
                yield Mark(on=True)
                return (yield from self._done(Reason.UNSURE))
            elif (left := self._patience_with(record) - (yield Age(revision))) > 0:
                return (yield from self._leave(left))
            elif record.state is Phase.PERMIT:
                seen = yield from self._put(self._unsure(record), revision)
            else:
                won, seen = yield from self._ask_again(record, revision)
        return (yield from self._send(seen))

    def _ask_first(
        self, record: PermitRecord | None, revision: int, refused: str | None
    ) -> Generator[Effect, Any, tuple[bool, Seen]]:
        """Nobody has it."""
        attempt = 1 if record is None else record.attempt + 1
        self._duplicate = record is not None and record.possible_duplicate
        if refused is None:
            return (yield from self._ask(attempt, revision))
        self.attempt = attempt  # that is its end, as nobody has begun
        end = self._record(Fate(Phase.FAILED, reason=refused))
        return False, (yield from self._put(end, revision))

    def _ask_again(
        self, record: PermitRecord, revision: int
    ) -> Generator[Effect, Any, tuple[bool, Seen]]:
        """Nobody knows whether it went out, and it is to be sent all the same."""
        self._duplicate = True
        won, seen = yield from self._ask(record.attempt + 1, revision)
        if won:
            yield Mark(on=False)
        return won, seen

    def _patience_with(self, record: PermitRecord) -> float:
        if record.state is Phase.PERMIT:
            return self._patience.give_up
        return self._patience.resend_after

    # -- after a start, and after the engine was away -------------------------------------------

    def resume(self, row: HandRow) -> Steps:
        """We find it on our disk, and do not know how far it came."""
        self.attempt = row.attempt
        self._seen_unsure = True  # by now others may have called it so
        seen: Seen = yield Look()
        record = seen[0]
        mine = record is not None and self._mine(record)
        if record is not None and mine:
            self._duplicate = record.possible_duplicate
            if record.state is not Phase.UNCERTAIN:
                return (yield from self._take_up(record, seen))
        untouched: bool = yield Withdraw(self.attempt)
        if (record is None and untouched) or not (record is None or mine):
            yield Drop(self.attempt)  # never asked for; or somebody goes on with it
            return Reason.SUPERSEDED
        if untouched:
            return (yield from self._tell(Fate(Phase.RELEASED), seen))
        return (yield from self._follow(seen))

    def _take_up(self, record: PermitRecord, seen: Seen) -> Steps:
        """It is ours, by the register too."""
        if record.state is Phase.PERMIT:
            return (yield from self._send(seen))
        if record.state is Phase.RELEASED:
            return (yield from self._give_back())
        if record.state is Phase.SENT:
            # too late for that; but gsmd goes on telling of it, and whose it is may not have been written down
            yield Withdraw(self.attempt)
        return (yield from self._done(Reason.TOLD))

    # -- the permit is ours -----------------------------------------------------------------------

    def _send(self, seen: Seen) -> Steps:
        answer: bool | str = yield Hand(self.attempt)
        if isinstance(answer, str):
            return (yield from self._tell(Fate(Phase.FAILED, reason=answer), seen))
        if not answer and (yield Withdraw(self.attempt)):
            return (yield from self._tell(Fate(Phase.RELEASED), seen))
        return (yield from self._follow(seen))

    def _follow(self, seen: Seen) -> Steps:
        """Wait for what becomes of it at gsmd, and tell the register."""
        fate: Fate = yield Await(self.attempt)
        return (yield from self._tell(fate, seen))

    def _tell(self, fate: Fate, seen: Seen) -> Steps:
        """The register is to have what became of it, whatever else it has of this attempt."""
        while True:
            record, revision = seen
            if record is not None and record.state is Phase.UNCERTAIN:
                self._seen_unsure = True
            if record is not None and not self._mine(record):
                # somebody goes on with it, by wish: what we know is told as an event only
                return (yield from self._done(Reason.SUPERSEDED))
            if record is None or record.state not in {*ENDS, fate.state}:
                seen = yield from self._put(self._record(fate), revision)
                continue
            if record.state is not Phase.UNCERTAIN:
                break
            yield Mark(on=True)
            if self._resend:
                yield Requeue()
            yield Settle()
            fate = yield Await(self.attempt, Phase.UNCERTAIN)
        if record.state is Phase.RELEASED:
            return (yield from self._give_back())
        if self._seen_unsure:
            yield Mark(on=False)
        return (yield from self._done(Reason.TOLD))

    def _give_back(self) -> Steps:
        """The register says that it was never begun: others may have it."""
        yield Requeue()
        if self._seen_unsure:
            yield Mark(on=False)
        return (yield from self._done(Reason.ELSEWHERE))

    # -- writing ------------------------------------------------------------------------------------

    def _ask(self, attempt: int, revision: int) -> Generator[Effect, Any, tuple[bool, Seen]]:
        """Ask for the permit; true if it is ours."""
        if self.attempt not in {0, attempt}:
            yield Drop(self.attempt)  # asked for in vain
        self.attempt = attempt
        new = self._record(Fate(Phase.PERMIT))
        yield Keep(HandRow(self.id, attempt, new.nonce))
        seen = yield from self._put(new, revision)
        record = seen[0]
        return record is not None and record.nonce == new.nonce, seen

    def _put(self, new: PermitRecord, revision: int) -> Generator[Effect, Any, Seen]:
        """Write it; the answer is what the register has afterwards."""
        written: int | None = yield Put(new, revision)
        if written is not None:
            return new, written
        seen: Seen = yield Look()
        return seen

    def _record(self, fate: Fate) -> PermitRecord:
        return PermitRecord(
            state=fate.state,
            box=self.me.box,
            inc=self.me.inc,
            attempt=self.attempt,
            nonce=self._nonce(),
            sim=fate.sim,
            reference=fate.reference,
            reason=fate.reason,
            possible_duplicate=self._duplicate,
        )

    def _unsure(self, record: PermitRecord) -> PermitRecord:
        """Somebody else's permit, of which nothing was heard."""
        return msgspec.structs.replace(
            record, state=Phase.UNCERTAIN, nonce=self._nonce(), by=self.me.box
        )

    def _mine(self, record: PermitRecord) -> bool:
        return record.holder == self.me and record.attempt == self.attempt

    # -- leaving ------------------------------------------------------------------------------------

    def _done(self, why: Reason) -> Steps:
        yield Settle()
        yield Drop(self.attempt)
        return why

    def _leave(self, seconds: float) -> Steps:
        yield Return(seconds)
        yield Drop(self.attempt)
        return Reason.ELSEWHERE
