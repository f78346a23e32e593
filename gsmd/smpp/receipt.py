"""Delivery receipts: a message's end as text and as TLVs (SMPP 3.4 Appendix B, §5.2.28).

The text has every field of Appendix B in its order; whoever parses receipts does it with a pattern:

    id:IIIIIIIIII sub:SSS dlvrd:DDD submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:DDDDDDD err:E text:…

Ids come in two forms: the same octets as in submit_sm_resp, or the one in hex and the other in decimal.
`same_id` finds them equal.
"""

import re
from datetime import UTC, datetime
from enum import IntEnum

import msgspec


class MessageState(IntEnum):
    """message_state (SMPP 3.4 §5.2.28; 0 is of 5.0)."""

    SCHEDULED = 0
    ENROUTE = 1
    DELIVERED = 2
    EXPIRED = 3
    DELETED = 4
    UNDELIVERABLE = 5
    ACCEPTED = 6
    UNKNOWN = 7
    REJECTED = 8

    @property
    def stat(self) -> str:
        """The seven letters of it in the text of a receipt (Appendix B)."""
        return _STATS[self]


_STATS = {
    MessageState.SCHEDULED: "SCHEDLD",
    MessageState.ENROUTE: "ENROUTE",
    MessageState.DELIVERED: "DELIVRD",
    MessageState.EXPIRED: "EXPIRED",
    MessageState.DELETED: "DELETED",
    MessageState.UNDELIVERABLE: "UNDELIV",
    MessageState.ACCEPTED: "ACCEPTD",
    MessageState.UNKNOWN: "UNKNOWN",
    MessageState.REJECTED: "REJECTD",
}
_STATES = {stat: state for state, stat in _STATS.items()}

GSM_NETWORK = 3
"""network_type of a network_error_code that is a GSM network's (§5.3.2.31)."""


class Receipt(msgspec.Struct, frozen=True):
    """The end of a message. ``error`` is a number of at most three digits, by whoever gave it.

    ``submitted`` and ``done`` are None where a receipt that was read does not tell them.
    """

    message_id: str
    state: MessageState
    submitted: datetime | None
    done: datetime | None
    error: int = 0
    delivered_parts: int = 0
    parts: int = 1
    text: str = ""

    def encode(self) -> bytes:
        """The text of Appendix B; dates in UTC, of ten digits; ``text:`` is empty, since texts are private."""
        return (
            f"id:{self.message_id} sub:{self.parts:03} dlvrd:{self.delivered_parts:03}"
            f" submit date:{_date(self.submitted)} done date:{_date(self.done)}"
            f" stat:{self.state.stat} err:{self.error:03} text:{self.text}"
        ).encode("latin-1", "replace")

    @property
    def network_error(self) -> bytes:
        """The value of network_error_code: the network's type, and the error of two octets."""
        return bytes((GSM_NETWORK,)) + min(self.error, 0xFFFF).to_bytes(2)


def _date(moment: datetime | None) -> str:
    return "0000000000" if moment is None else moment.astimezone(UTC).strftime("%y%m%d%H%M")


_FIELD = re.compile(
    r"\b(id|sub|dlvrd|submit date|done date|stat|err|text):", re.IGNORECASE | re.ASCII
)


def read_receipt(octets: bytes) -> Receipt | None:
    """The receipt that a text is, whatever it leaves out; None for a text that is none: without id or stat."""
    fields = _fields(octets.decode("latin-1"))
    state = _STATES.get(fields.get("stat", "").upper()[:7])
    if state is None or not fields.get("id"):
        return None
    return Receipt(
        message_id=fields["id"],
        state=state,
        submitted=_read_date(fields.get("submit date", "")),
        done=_read_date(fields.get("done date", "")),
        error=_number(fields.get("err", "")),
        delivered_parts=_number(fields.get("dlvrd", "")),
        parts=_number(fields.get("sub", "")),
        text=fields.get("text", ""),
    )


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    marks = [*_FIELD.finditer(text)]
    for number, mark in enumerate(marks):
        name = mark[1].lower()
        if name == "text":
            fields[name] = text[mark.end() :]
            break
        end = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        fields.setdefault(name, text[mark.end() : end].strip())
    return fields


def _read_date(digits: str) -> datetime | None:
    """YYMMDDhhmm, and seconds where they are told."""
    try:
        return datetime.strptime(digits.ljust(12, "0")[:12], "%y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _number(digits: str) -> int:
    """Some write hex or letters there."""
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def same_id(given: str, receipted: str) -> bool:
    """True if a receipt's id is that of a submit_sm_resp: as text, or one in hex and the other in decimal."""
    if given.casefold() == receipted.casefold():
        return True
    return bool(_values(given) & _values(receipted))


def _values(id_: str) -> frozenset[int]:
    bare = id_.lower().removeprefix("0x")
    if not re.fullmatch("[0-9a-f]{1,20}", bare, re.ASCII):
        return frozenset()
    values = {int(bare, 16)}
    if bare.isdigit():
        values.add(int(bare))
    return frozenset(values)
