"""What the register has of a message of a pool, and which record may follow which.

There is one record for each message, on the subject ``sms.reg.permit.<id>``, and every change of it is a compare-and-set: the
writer says which record it has seen, and the engine refuses it if there is a newer one. So the register is one
sequence of records, and `follows` is the law of that sequence: the agents write nothing else.

    none ─┬→ permit ─┬→ sent                        the network has it
          │          ├→ failed                      it was refused; never on the air, or not whole
          │          ├→ released → permit (next)    given back: it was never begun
          │          └→ uncertain ─┬→ sent, failed, released       by its holder, whose disk knows
          │                        ├→ uncertain                    by wish sent again, and refused: no late permit may follow
          │                        └→ permit (next, possible_duplicate)   by wish: when_uncertain resend, or by hand
          └→ failed                                 refused before anybody began

A permit's holder is a box with the disk that it had (``box`` and ``inc``). ``attempt`` counts permits: what concerns an
earlier one than the present changes nothing any more.
"""

from enum import StrEnum

import msgspec


class Phase(StrEnum):
    """The state of a message of a pool, in the register."""

    PERMIT = "permit"
    SENT = "sent"
    FAILED = "failed"
    RELEASED = "released"
    UNCERTAIN = "uncertain"


ENDS = frozenset({Phase.SENT, Phase.FAILED})
"""Nothing follows these."""


class Holder(msgspec.Struct, frozen=True):
    """A box, and the incarnation of its disk: another disk is another holder."""

    box: str
    inc: str


class PermitRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record. ``at`` is the holder's time, for people; ``by`` the box that wrote it, where it is not the holder.

    ``nonce`` is new with each write: who lost the answer knows by it whether the write arrived.
    """

    state: Phase
    box: str
    inc: str
    attempt: int
    nonce: str
    at: str = ""
    by: str | None = None
    sim: str | None = None
    reference: str | None = None
    reason: str | None = None
    possible_duplicate: bool = False

    @property
    def holder(self) -> Holder:
        """The box that has, or had, the permit of this attempt."""
        return Holder(self.box, self.inc)


def follows(old: PermitRecord | None, new: PermitRecord) -> bool:
    """Whether ``new`` may be written over ``old`` (None: there is no record, or no longer)."""
    if old is None:
        # what was told before, and got lost with the engine's disk, may be told again
        return new.attempt >= 1
    if old.state in ENDS:
        return False
    if new.state is Phase.PERMIT:
        return _next_permit(old, new)
    if old.state is Phase.RELEASED:
        return new.state is Phase.FAILED
    if new.holder != old.holder or new.attempt != old.attempt:
        return False
    return new.state is Phase.UNCERTAIN or new.by is None


def _next_permit(old: PermitRecord, new: PermitRecord) -> bool:
    if new.attempt != old.attempt + 1:
        return False
    if old.possible_duplicate and not new.possible_duplicate:
        return False
    if old.state is Phase.RELEASED:
        return True
    return old.state is Phase.UNCERTAIN and new.possible_duplicate
