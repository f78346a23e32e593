"""``campaigns.*``: one text to everybody on a list."""

from collections.abc import Sequence
from enum import StrEnum
from typing import cast

import msgspec

from gsmd.protocol.method import READ, SEND, Method
from gsmd.protocol.types import Moment, PageParams, Params, Timestamp


class Category(StrEnum):
    """The kind of a campaign: news that people have to have agreed to, or what they have to know."""

    PROMOTIONAL = "promotional"
    TRANSACTIONAL = "transactional"


class CampaignParams(Params, frozen=True):
    """A campaign as asked for. ``list`` is one list, or several.

    ``per_minute`` None: as fast as modems go; ``quiet``: ``21:00-08:00``, when nobody is written to.
    ``category``: a promotional one goes only to people who gave their consent to one of the lists, and where ``quiet`` does not
    say others, not in the hours that the configuration has for their country.
    ``dry_run``: tell what it would do. ``key``: the same one again is the same campaign, whatever else
    is asked for.
    """

    list: str | Sequence[str]
    text: str
    tag: str | None = None
    modem: str | None = None
    handler: str | None = None
    per_minute: float | None = None
    quiet: str | None = None
    not_before: Moment | None = None
    dry_run: bool = False
    key: str | None = None
    category: Category = Category.TRANSACTIONAL

    @property
    def lists(self) -> tuple[str, ...]:
        """The names of all its lists."""
        return (self.list,) if isinstance(self.list, str) else tuple(self.list)


class OneCampaignParams(Params, frozen=True):
    """A campaign, by its id."""

    id: str


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """One text to many people. ``messages`` counts by state, ``skipped`` by reason.

    The reasons: ``opted_out``, ``no_consent``, ``duplicate`` (on several of the lists), ``missing_field`` (of the text's), and
    what a message may be refused for.
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


class CampaignList(msgspec.Struct, frozen=True):
    """The newest ones."""

    campaigns: list[Campaign]


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of a campaign: SMS parts in all, and seconds at its pace if it has one."""

    recipients: int
    skipped: dict[str, int]
    parts: int
    duration: float | None = None


CREATE = Method(
    "campaigns.create",
    CampaignParams,
    cast("type[Campaign | Forecast]", Campaign | Forecast),
    SEND,
    "Write to everybody on the list, or lists; `{name}` in the text is a member's field. With the `key`"
    " of an earlier campaign nothing is sent: that one is the result. With `dry_run` nothing is sent"
    " either: the result is what would be. A `promotional` one goes only to people who gave their consent, outside quiet hours.",
    slow=True,
)
LIST = Method(
    "campaigns.list", PageParams, CampaignList, READ, "The newest campaigns.", returns="campaigns"
)
GET = Method("campaigns.get", OneCampaignParams, Campaign, READ, "The progress of a campaign.")
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

METHODS = (CREATE, LIST, GET, PAUSE, RESUME, CANCEL)
