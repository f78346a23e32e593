"""``conversions.*``: what people did elsewhere after a message."""

import msgspec

from gsmd.protocol.method import HANDLE, SEND, Method
from gsmd.protocol.params import Impossible, Unfit
from gsmd.protocol.types import Name, Params


class ConversionParams(Params, frozen=True):
    """Something that somebody did, such as an order: the one with the number ``peer``, or the other side of a ``message``.

    ``goal`` is a name of your own, ``value`` what it is worth. ``key``: the same one again is the same conversion.
    """

    goal: Name
    peer: str | None = None
    message: str | None = None
    value: float | None = None
    key: str | None = None

    def __post_init__(self) -> None:
        if (self.message is None) == (self.peer is None):
            raise Unfit("exactly one of message and peer", "peer")
        if self.value is not None and not abs(self.value) < 1e15:
            raise Impossible("a number that can be summed up", "value")


class ConvertedCampaign(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign for which it counts, by its id. ``variant``: the one that they got; None: they are one of the rest."""

    id: str
    variant: str | None = None


class Conversion(msgspec.Struct, frozen=True, kw_only=True):
    """What was noted. ``campaigns``: those for which it counts, because their window is open for that number; there may be none."""

    peer: str
    goal: str
    value: float | None = None
    campaigns: list[ConvertedCampaign] = []


ADD = Method(
    "conversions.add",
    ConversionParams,
    Conversion,
    SEND | HANDLE,
    "Note that somebody did what a campaign is for. It counts once for each person, within the campaign's window, and"
    " is not kept where no campaign asks for it.",
)

METHODS = (ADD,)
