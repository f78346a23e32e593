"""``contests.*``: codes on the pack, each good once; prizes at once and by draw."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds
from gsmd.protocol.method import READ, SEND, Method
from gsmd.protocol.types import Limit, Moment, Name, Nothing, Params, Timestamp, Winners

CodesLength = Annotated[int, Meta(ge=bounds.PACK_CODE[0], le=bounds.PACK_CODE[1])]


class Outcome(StrEnum):
    """The outcome of a code that somebody texted."""

    WON = "won"
    VALID = "valid"
    USED = "used"
    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    TOO_MANY = "too_many"


class PerNumber(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits for one number: codes that count, in all and on one day; wrong ones on one day. None: without limit."""

    total: Annotated[int, Meta(ge=1)] | None = None
    per_day: Annotated[int, Meta(ge=1)] | None = None
    wrong_per_day: Annotated[int, Meta(ge=1)] | None = 10


class Replies(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers: one to each outcome, and to who comes too early or too late. ``{prize}`` and ``{contest}`` are filled in."""

    valid: str = "Good luck! You are in the draw."
    won: str = "You won {prize}!"
    used: str = "This code was used before."
    mistyped: str = "Please check the code."
    unknown: str = "We do not know this code."
    too_many: str = "Tomorrow again."
    early: str = "This has not begun yet."
    over: str = "This is over."


class Prize(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A prize: so many codes win it at once, so many are drawn among all numbers once the contest is closed."""

    name: Annotated[str, Meta(min_length=1)]
    codes: Annotated[int, Meta(ge=0, le=bounds.PRIZES)] = 0
    draw: Annotated[int, Meta(ge=0, le=bounds.WINNERS)] = 0


class ContestParams(Params, frozen=True):
    """A contest as asked for."""

    contest: Name
    opens: Moment | None = None
    closes: Moment | None = None
    per_number: PerNumber = PerNumber()
    replies: Replies = Replies()
    prizes: tuple[Prize, ...] = ()


class OneContestParams(Params, frozen=True):
    """A contest, by its name."""

    contest: str


class ImportParams(Params, frozen=True):
    """Codes that are printed already; blanks, dashes and case are of no matter."""

    contest: str
    codes: Annotated[list[str], Meta(min_length=1, max_length=bounds.PACK_CODES)]


class GenerateParams(Params, frozen=True):
    """So many new codes of so many characters, the check letter among them."""

    contest: str
    count: Annotated[int, Meta(ge=1, le=bounds.PACK_CODES)]
    length: CodesLength = 9


class RedeemParams(Params, frozen=True):
    """A code that somebody has. The same ``key`` gives the first answer again."""

    contest: str
    peer: str
    code: Annotated[str, Meta(max_length=bounds.COMMAND)]
    key: Name | None = None


class ContestEntriesParams(Params, frozen=True):
    """A page of a contest's entries; ``outcome`` is ``won`` or ``valid``."""

    contest: str
    outcome: Outcome | None = None
    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None


class ContestDrawParams(Params, frozen=True):
    """The number of winners to draw; without it as many as there are prizes to draw, at least one."""

    contest: str
    winners: Winners | None = None


class PrizeStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A prize, and how often a code has won it."""

    name: str
    codes: int
    draw: int
    won: int


class Contest(msgspec.Struct, frozen=True, kw_only=True):
    """A contest as it stands. ``codes`` there are, ``redeemed`` of them; ``entries`` are those that are still known."""

    name: str
    state: str
    opens_at: Timestamp | None = None
    closes_at: Timestamp | None = None
    codes: int
    redeemed: int
    won: int
    entries: int
    numbers: int
    prizes: list[PrizeStanding]
    commitment: str
    key_commitment: str


class ContestList(msgspec.Struct, frozen=True):
    """Every contest, by name."""

    contests: list[Contest]


class DeletedContest(msgspec.Struct, frozen=True):
    """The contest that is no more."""

    contest: str


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """Counts: codes ``added``, codes that were there already (``known``), and all that there are now."""

    contest: str
    added: int
    known: int
    codes: int


class Generated(msgspec.Struct, frozen=True, kw_only=True):
    """New codes: they are told this once, and kept nowhere."""

    contest: str
    codes: list[str]


class Redeemed(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome, and the prize that was won."""

    outcome: Outcome
    prize: str | None = None


class ContestEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A code that counted. ``message`` is the id of the SMS that it came by."""

    id: str
    peer: str
    outcome: Outcome
    at: Timestamp
    prize: str | None = None
    message: str | None = None


class ContestEntries(msgspec.Struct, frozen=True):
    """A page of entries, oldest first."""

    entries: list[ContestEntry]
    next: str | None = None


class ContestDraw(msgspec.Struct, frozen=True, kw_only=True):
    """Winners, and what each wins; and all that it takes to check them, and which codes won (docs/twoway.md)."""

    contest: str
    winners: list[str]
    prizes: list[str | None]
    entrants: int
    list_hash: str
    seed: str
    commitment: str
    key: str
    key_commitment: str


LIST = Method("contests.list", Nothing, ContestList, READ, "Every contest.", returns="contests")
GET = Method("contests.get", OneContestParams, Contest, READ, "One contest as it stands.")
CREATE = Method("contests.create", ContestParams, Contest, SEND, "A contest, without codes as yet.")
IMPORT = Method(
    "contests.import",
    ImportParams,
    Imported,
    SEND,
    "Codes that are printed already are good in this contest; call it again and again for more of them.",
    slow=True,
)
GENERATE = Method(
    "contests.generate",
    GenerateParams,
    Generated,
    SEND,
    "New codes that nobody can guess, told this once.",
    slow=True,
    big=True,
)
REDEEM = Method(
    "contests.redeem",
    RedeemParams,
    Redeemed,
    SEND,
    "Take a code of somebody, as if they had texted it; `outcome` is `won`, `valid`, `used`, `mistyped`, `unknown` or `too_many`.",
)
ENTRIES = Method(
    "contests.entries",
    ContestEntriesParams,
    ContestEntries,
    READ,
    "The codes that counted, oldest first.",
)
DRAW = Method(
    "contests.draw",
    ContestDrawParams,
    ContestDraw,
    SEND,
    "Draw winners among the numbers that took part, once the contest is closed.",
)
CLOSE = Method("contests.close", OneContestParams, Contest, SEND, "No code counts any more.")
DELETE = Method(
    "contests.delete",
    OneContestParams,
    DeletedContest,
    SEND,
    "The contest, its codes and its entries are no more.",
    slow=True,
)

METHODS = (LIST, GET, CREATE, IMPORT, GENERATE, REDEEM, ENTRIES, DRAW, CLOSE, DELETE)
