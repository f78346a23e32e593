"""``campaigns.*``: one text to everybody on a list, or the better of several."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, cast

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds
from gsmd.protocol.method import READ, SEND, Method
from gsmd.protocol.types import Moment, Name, PageParams, Params, Seconds, Timestamp


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the texts that a campaign tries, and what it is called."""

    name: Name
    text: str


Variants = list[Variant]
"""Several of them, for structs in which ``list`` is something else."""


class Category(StrEnum):
    """The kind of a campaign: news that people have to have agreed to, or what they have to know."""

    PROMOTIONAL = "promotional"
    TRANSACTIONAL = "transactional"


class CampaignParams(Params, frozen=True):
    """A campaign as asked for. ``list`` is one list, or several.

    ``variants``: texts that are tried on a ``share`` of the recipients (0 to 1; 0.2), the better of which the rest get; ``text`` is
    then what they get where no difference shows, else the one that did best. Better is what more recipients of reach the ``goal``
    within the ``window`` behind it (24h): ``reply`` (the usual), ``keyword:WORD``, ``conversion`` or ``conversion:NAME``.

    ``per_minute`` None: as fast as modems go; ``quiet``: ``21:00-08:00``, when nobody is written to.
    ``category``: a promotional one goes only to people who gave their consent to one of the lists, and where ``quiet`` does not
    say others, not in the hours that the configuration has for their country.
    ``dry_run``: tell what it would do. ``key``: the same one again is the same campaign, whatever else
    is asked for.
    """

    list: str | Sequence[str]
    text: str = ""
    tag: str | None = None
    modem: str | None = None
    handler: str | None = None
    per_minute: float | None = None
    quiet: str | None = None
    not_before: Moment | None = None
    dry_run: bool = False
    key: str | None = None
    category: Category = Category.TRANSACTIONAL
    variants: Annotated[Sequence[Variant], Meta(max_length=bounds.VARIANTS)] = ()
    goal: str | None = None
    window: Seconds | None = None
    share: float | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts that somebody may get."""
        return tuple(filter(None, (self.text, *(each.text for each in self.variants))))

    @property
    def lists(self) -> tuple[str, ...]:
        """The names of all its lists."""
        return (self.list,) if isinstance(self.list, str) else tuple(self.list)


class OneCampaignParams(Params, frozen=True):
    """A campaign, by its id."""

    id: str


class TrialState(StrEnum):
    """The state of a trial. ``no_difference``: none is to be seen, with all that is known."""

    RUNNING = "running"
    DECIDED = "decided"
    NO_DIFFERENCE = "no_difference"


class WinReason(StrEnum):
    """Why a variant won: more of its recipients reached the goal, or too many of the others' opted out."""

    BETTER = "better"
    OPT_OUTS = "opt_outs"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """How a trial stands. ``winner`` is the name of a variant.

    ``counted`` of the ``horizon`` recipients that are tried have had their time. The one that leads wins once it is ``ahead``
    by more than ``bound``, in standard deviations, weighed by how many are counted.
    """

    state: TrialState
    winner: str | None = None
    reason: WinReason | None = None
    at: Timestamp | None = None
    counted: int = 0
    horizon: int = 0
    ahead: float = 0.0
    bound: float = 0.0


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """One text, or the better of several, to many people. ``messages`` counts by state, ``skipped`` by reason.

    The reasons: ``opted_out``, ``no_consent``, ``duplicate`` (on several of the lists), ``missing_field`` (of a text's), ``forgotten``, and
    what a message may be refused for. ``opted_out``: recipients who did so in answer to it. With ``variants``, ``decision`` says how their
    trial stands, and ``text`` is what the rest get, empty until that is decided.
    """

    id: str
    list: str = ""
    tag: str = ""
    text: str = ""
    state: str
    recipients: int
    pending: int = 0
    messages: dict[str, int] = {}
    skipped: dict[str, int] = {}
    per_minute: float | None = None
    quiet: str | None = None
    created_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    category: Category = Category.TRANSACTIONAL
    variants: Variants = []
    goal: str | None = None
    window: float | None = None
    share: float | None = None
    decision: Decision | None = None
    opted_out: int = 0


class VariantResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a variant, in people. ``rate``: the part of them that reached the goal, surely between ``low`` and ``high`` (95 %).

    ``answered``: not by STOP. ``converted``: they texted the keyword that is the goal, else something was added for them by
    `conversions.add`, whose ``value`` are summed up. ``counted``: those whose window is over; ``reached``: those of them who
    reached the goal. ``stopped``: so many opted out that nobody else gets it.
    """

    name: str
    text: str
    recipients: int
    sent: int
    answered: int
    converted: int
    opted_out: int
    rate: float | None
    low: float | None
    high: float | None
    value: float
    counted: int
    reached: int
    stopped: bool


class RestResult(msgspec.Struct, frozen=True, kw_only=True):
    """The same of the rest: ``name`` is the variant that they get, None until that is decided, and where it is none of them."""

    name: str | None
    text: str
    recipients: int
    sent: int
    answered: int
    converted: int
    opted_out: int
    rate: float | None
    low: float | None
    high: float | None
    value: float


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign with variants has shown. ``variants`` have the figures of those that are tried alone.

    ``uneven``: so many more were sent of one than of another that it is no chance; the figures may mislead. ``seed`` decides
    with each number what it gets. ``window`` in seconds.
    """

    id: str
    goal: str
    window: float
    share: float
    seed: str
    variants: list[VariantResult]
    rest: RestResult
    decision: Decision
    uneven: bool


class CampaignList(msgspec.Struct, frozen=True):
    """Campaigns, the newest first; ``next`` goes behind the last of them."""

    campaigns: list[Campaign]
    next: str | None = None


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of a campaign: SMS parts in all, at the most, and seconds at its pace if it has one.

    With variants, ``tried`` is how many recipients get them all together, and ``least_difference`` that of two rates (0.04: 12 and
    16 %) which so many can be expected to show, where the lesser is 10 %; None: none at all.
    """

    recipients: int
    skipped: dict[str, int]
    parts: int
    duration: float | None = None
    tried: int | msgspec.UnsetType = msgspec.UNSET
    least_difference: float | msgspec.UnsetType | None = msgspec.UNSET


CREATE = Method(
    "campaigns.create",
    CampaignParams,
    cast("type[Campaign | Forecast]", Campaign | Forecast),
    SEND,
    "Write to everybody on the list, or lists; `{name}` in a text is a member's field. With `variants`, several texts"
    " are tried on a share of them, and the better one goes to the rest. With the `key`"
    " of an earlier campaign nothing is sent: that one is the result. With `dry_run` nothing is sent"
    " either: the result is what would be. A `promotional` one goes only to people who gave their consent, outside quiet hours.",
    slow=True,
)
LIST = Method("campaigns.list", PageParams, CampaignList, READ, "Campaigns, newest first.")
GET = Method("campaigns.get", OneCampaignParams, Campaign, READ, "The progress of a campaign.")
RESULTS = Method(
    "campaigns.results",
    OneCampaignParams,
    Results,
    READ,
    "What each variant has come to, what the rest got, and which is better as far as one can know."
    " A campaign without variants is error 6.",
)
PAUSE = Method(
    "campaigns.pause", OneCampaignParams, Campaign, SEND, "Queue nothing more of it for now."
)
RESUME = Method("campaigns.resume", OneCampaignParams, Campaign, SEND, "Go on with it.")
CANCEL = Method(
    "campaigns.cancel",
    OneCampaignParams,
    Campaign,
    SEND,
    "Send nothing more of it, what is queued included.",
)

METHODS = (CREATE, LIST, GET, RESULTS, PAUSE, RESUME, CANCEL)
