"""``verify.*``: one-time codes in three directions."""

import msgspec

from gsmd.protocol.method import SEND, Method
from gsmd.protocol.types import CodeLength, Params, Seconds, Timestamp


class CodeParams(Params, frozen=True):
    """A code to be texted to a number; ``text`` is a template with ``{code}``. None: as configured."""

    to: str
    length: CodeLength | None = None
    lifetime: Seconds | None = None
    text: str | None = None
    override: bool = False


class ExpectParams(Params, frozen=True):
    """A code to be texted to us, by ``from_`` or by anybody. ``any``: whatever ``from_`` writes will do."""

    from_: str | None = msgspec.field(name="from", default=None)
    lifetime: Seconds | None = None
    length: CodeLength | None = None
    any: bool = False


class CheckParams(Params, frozen=True):
    """A code, and what is taken for it."""

    id: str
    code: str


class VerifyWaitParams(Params, frozen=True):
    """A code that comes by message."""

    id: str
    timeout: Seconds | None = None


class Started(msgspec.Struct, frozen=True):
    """Something to be proved; ``verify.check`` or ``verify.wait`` tells whether it was."""

    id: str
    expires_at: Timestamp


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """The code that is to be texted to ``number``; None where any text will do."""

    id: str
    code: str | None
    expires_at: Timestamp | None = None
    number: str | None = None


class Checked(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of comparing a code: whether it was right, and if not, why."""

    ok: bool
    reason: str | None = None


class Verified(msgspec.Struct, frozen=True):
    """The result of a check: ``verified``, ``failed`` or ``expired``; ``peer`` is who did it."""

    state: str
    peer: str | None = None


START = Method(
    "verify.start",
    CodeParams,
    Started,
    SEND,
    "Text a code to the number; `verify.check` takes what its owner read there.",
)
REPLY = Method(
    "verify.reply",
    CodeParams,
    Started,
    SEND,
    "Text a code to the number, from where it has to come back; `verify.wait` tells whether it did.",
)
EXPECT = Method(
    "verify.expect",
    ExpectParams,
    Expected,
    SEND,
    "A code that somebody is to text to us; `verify.wait` tells whether it came.",
)
CHECK = Method("verify.check", CheckParams, Checked, SEND, "Whether this is the code.")
WAIT = Method(
    "verify.wait",
    VerifyWaitParams,
    Verified,
    SEND,
    "The result, once it is `verified`, `failed` or `expired`; error 7 when the time is over.",
    slow=True,
)

METHODS = (START, REPLY, EXPECT, CHECK, WAIT)
