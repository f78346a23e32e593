"""Whether a message may go to its number, by the engine's own records, asked after the permit was won: what the box's lists say may be a moment old."""

from gsmd.fleet import subjects
from gsmd.fleet.campaigns import CampaignRecord
from gsmd.fleet.link import EngineLink
from gsmd.fleet.order import FleetOrder
from gsmd.gateways.fleet.shared_list import SharedList
from gsmd.protocol.errors import Refused
from gsmd.protocol.numbers import normalise


class Welcome:
    """Asks. ``country`` is that of numbers without one."""

    def __init__(
        self, link: EngineLink, optouts: SharedList, consents: SharedList, country: str | None
    ) -> None:
        self.country = country
        self._link = link
        self._optouts = optouts
        self._consents = consents

    async def refuses(self, order: FleetOrder) -> str | None:
        """The reason why it does not go out; None if it may. Errors: `EngineAway`, `EngineRefused`."""
        try:
            number = normalise(order.peer, self.country)
        except Refused:  # gsmd says what is wrong with it
            return None
        if await self._optouts.wish(number) == self._optouts.book.forbids:
            return "opted_out"
        if order.campaign is not None and await self._is_cancelled(order.campaign):
            return "cancelled"
        if order.consent and not await self._agreed(number, order.consent):
            return "no_consent"
        return None

    async def _agreed(self, number: str, lists: tuple[str, ...]) -> bool:
        for name in lists:
            if await self._consents.wish(number, name) == "given":
                return True
        return False

    async def _is_cancelled(self, campaign: str) -> bool:
        if not subjects.is_id(campaign):
            return False
        found = await self._link.last(subjects.REGISTER, subjects.campaign(campaign))
        record = None if found is None else found.read(CampaignRecord)
        return record is not None and record.state == "cancelled"
