"""What a life (`gsmd.fleet.life`) asks of the world, one at a time, and what it is answered.

Whoever carries them out repeats each until it has an answer: all can be repeated. Being killed is the only way in which a
life does not hear one.
"""

from enum import StrEnum

import msgspec

from gsmd.fleet.record import PermitRecord, Phase


class HandRow(msgspec.Struct, frozen=True):
    """What a box has on disk of a message that is in its hands: enough to find out what became of it.

    It is there before the register is asked for a permit, and until the register has the end.
    """

    id: str
    attempt: int
    nonce: str


class Look(msgspec.Struct, frozen=True):
    """The record, and its revision: ``(None, 0)`` if there is none. Of the leader, not of a copy."""


class Put(msgspec.Struct, frozen=True):
    """Write ``record`` if the present one is that of ``revision``. The answer is its revision; None: refused, or nobody knows."""

    record: PermitRecord
    revision: int


class Keep(msgspec.Struct, frozen=True):
    """Put the row on disk, synced."""

    row: HandRow


class Drop(msgspec.Struct, frozen=True):
    """The row of ``attempt`` is not needed any more; there may be none."""

    attempt: int


class Hand(msgspec.Struct, frozen=True):
    """Give it to the box's gsmd, under a key that is that of ``attempt``; again it is the same message.

    The answer: True; False: no time is left (the permit is too old); a reason: gsmd refuses it.
    """

    attempt: int


class Withdraw(msgspec.Struct, frozen=True):
    """Make sure that what gsmd has not begun to send under the key of ``attempt`` never is, also if it comes later.

    The answer: True if it was never begun and never will be.
    """

    attempt: int


class Await(msgspec.Struct, frozen=True):
    """What became of it at gsmd: a `Fate`. ``known``: the one that was heard of last; wait for another."""

    attempt: int
    known: Phase | None = None


class Fate(msgspec.Struct, frozen=True):
    """What became of a message at gsmd; ``released``: it was never begun."""

    state: Phase
    reason: str | None = None
    sim: str | None = None
    reference: str | None = None


class Age(msgspec.Struct, frozen=True):
    """For how many seconds this box has seen the record of ``revision`` unchanged, by its own clock."""

    revision: int


class Settle(msgspec.Struct, frozen=True):
    """The queue's entry is done with."""


class Return(msgspec.Struct, frozen=True):
    """The queue is to hand the entry out again, to whomever, after so many seconds."""

    after: float


class Requeue(msgspec.Struct, frozen=True):
    """Put the message into the queue again."""


class Mark(msgspec.Struct, frozen=True):
    """It stands in the list of those that are ``uncertain`` (``on``), or no longer.

    The list is a hint, kept by several: who reads it asks the register too. Nothing uncertain is missing in it.
    """

    on: bool


class Reason(StrEnum):
    """The reason why a life ended."""

    TOLD = "told"  # the register has the end
    ELSEWHERE = "elsewhere"  # another box has it, or it goes to another
    SUPERSEDED = "superseded"  # another attempt goes on
    UNSURE = "unsure"  # nobody knows, and its holder has been told


Effect = Look | Put | Keep | Drop | Hand | Withdraw | Await | Age | Settle | Return | Requeue | Mark
