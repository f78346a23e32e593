"""esm_class and registered_delivery: what a message is, and what its sender wants to hear (SMPP 3.4 §5.2.12, §5.2.17)."""

from enum import IntEnum

UDHI = 0x40
"""esm_class bit 6: the content begins with a user data header."""

REPLY_PATH = 0x80
"""esm_class bit 7."""

RECEIPT = 0x04
"""esm_class of a deliver_sm that is an SMSC delivery receipt: bits 5 to 2 are 0001."""

INTERMEDIATE = 0x20
"""esm_class of a deliver_sm that is an intermediate notification: bits 5 to 2 are 1000."""

_TYPE = 0x3C


def message_type(esm_class: int) -> int:
    """Bits 5 to 2: 0 is a message, `RECEIPT`, `INTERMEDIATE`; an ESME's own acknowledgements are others."""
    return esm_class & _TYPE


class Wanted(IntEnum):
    """The ends of a message of which its sender wants a receipt: bits 1 and 0 of registered_delivery."""

    NONE = 0
    EITHER = 1
    FAILURE = 2
    SUCCESS = 3  # SMPP 5.0 §4.7.21

    def covers(self, *, delivered: bool) -> bool:
        """True if a message that was delivered, or that failed, is to be told of."""
        if self is Wanted.EITHER:
            return True
        return self is (Wanted.SUCCESS if delivered else Wanted.FAILURE)


def wanted(registered_delivery: int) -> Wanted:
    """What is asked for; acknowledgements by the phone's user and intermediate notices are passed over."""
    return Wanted(registered_delivery & 3)
