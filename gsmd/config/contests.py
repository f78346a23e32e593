"""The configuration of contests: codes on the pack, what they are answered with, what can be won."""

from typing import Annotated

from msgspec import Meta

from gsmd.config.errors import Impossible
from gsmd.config.types import Count, Moment, Name, Section, Text
from gsmd.protocol import bounds
from gsmd.protocol.contests import Replies

_DEFAULT = Replies()


class PerNumberConfig(Section, frozen=True, kw_only=True):
    """Limits for one number: codes that count, in all and on one day; wrong ones on one day."""

    total: Count | None = None
    per_day: Count | None = None
    wrong_per_day: Count | None = 10


class RepliesConfig(Section, frozen=True, kw_only=True):
    """The answer to each outcome; ``early`` and ``over`` go to whoever comes before it opens and after it closed."""

    valid: Text = _DEFAULT.valid
    won: Text = _DEFAULT.won
    used: Text = _DEFAULT.used
    mistyped: Text = _DEFAULT.mistyped
    unknown: Text = _DEFAULT.unknown
    too_many: Text = _DEFAULT.too_many
    early: Text = _DEFAULT.early
    over: Text = _DEFAULT.over


class PrizeConfig(Section, frozen=True, kw_only=True):
    """A prize: so many codes win it at once, so many are drawn in the end."""

    name: Text
    codes: Annotated[
        int, Meta(ge=0, le=bounds.PRIZES, description="a whole number, 0 to 1000000")
    ] = 0
    draw: Annotated[
        int, Meta(ge=0, le=bounds.WINNERS, description="a whole number, 0 to 10000")
    ] = 0

    def __post_init__(self) -> None:
        if not self.codes and not self.draw:
            raise Impossible("codes or draw, above 0")


class ContestConfig(Section, frozen=True, kw_only=True):
    """A contest. Its codes are imported or generated, they are not in the file."""

    name: Name
    opens: Moment | None = None
    closes: Moment | None = None
    per_number: PerNumberConfig = PerNumberConfig()
    replies: RepliesConfig = RepliesConfig()
    prizes: tuple[PrizeConfig, ...] = ()

    def __post_init__(self) -> None:
        if self.opens and self.closes and self.closes <= self.opens:
            raise Impossible("later than opens", key="closes")
