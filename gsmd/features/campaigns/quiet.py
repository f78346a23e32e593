"""The hours in which recipients are left alone: those of the campaign, else of a promotional one those of their country."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

import msgspec

from gsmd import hours
from gsmd.clock import Milliseconds
from gsmd.config import CampaignsConfig
from gsmd.features.campaigns.rules import before, until
from gsmd.features.campaigns.table import Campaign, Recipient
from gsmd.features.campaigns.zones import zones_of
from gsmd.hours import Hours
from gsmd.protocol.campaigns import Category
from gsmd.regions import region_of_number
from gsmd.store.tables import messages


class Quiet(msgspec.Struct, frozen=True):
    """Knows them, by the configuration."""

    config: CampaignsConfig

    @staticmethod
    def applies(campaign: Campaign) -> bool:
        """True if there may be any for a campaign."""
        return campaign.quiet is not None or campaign.category == Category.PROMOTIONAL

    def hours(self, campaign: Campaign, peer: str) -> Hours | None:
        """The hours of somebody's day in which they get nothing of a campaign; None: it may come at any time."""
        if campaign.quiet is not None:
            return hours.parse(campaign.quiet)
        if campaign.category != Category.PROMOTIONAL:
            return None
        return self.config.quiet_in.get(region_of_number(peer) or "", self.config.quiet)

    def ends(
        self, campaign: Campaign, recipient: Recipient, wall: Milliseconds
    ) -> Milliseconds | None:
        """Until when (wall) somebody is to be left alone; None if that is not now."""
        quiet, at, zones = self._of(campaign, recipient, wall)
        end = None if quiet is None else until(quiet, at, zones)
        return None if end is None else messages.milliseconds(end)

    def begins_in(
        self, campaign: Campaign, recipient: Recipient, wall: Milliseconds
    ) -> float | None:
        """In how many seconds somebody is to be left alone; None: never."""
        quiet, at, zones = self._of(campaign, recipient, wall)
        begin = None if quiet is None else before(quiet, at, zones)
        return None if begin is None else (begin - at).total_seconds()

    def _of(
        self, campaign: Campaign, recipient: Recipient, wall: Milliseconds
    ) -> tuple[Hours | None, datetime, Sequence[tzinfo]]:
        quiet = self.hours(campaign, recipient.peer)
        at = datetime.fromtimestamp(wall / 1000, UTC)
        named = recipient.fields.get("timezone")
        return quiet, at, () if quiet is None else zones_of(recipient.peer, named)
