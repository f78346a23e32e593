# Generated from gsmd/protocol/campaigns.py by .ci/generate: do not edit.

"""The calls of ``campaigns.*``: one text to everybody on a list, or the better of several."""

from collections.abc import Mapping, Sequence
from typing import Any

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.client.parameters import Duration, Moment
from gsmd.protocol import campaigns as protocol


class AsyncCampaignsCalls(AsyncCallGroup):
    """``campaigns.*``: one text to everybody on a list, or the better of several."""

    async def create(
        self,
        list_: str | Sequence[str],
        text: str | None = None,
        *,
        tag: str | None = None,
        modem: str | None = None,
        handler: str | None = None,
        per_minute: float | None = None,
        quiet: str | None = None,
        not_before: Moment | None = None,
        key: str | None = None,
        category: protocol.Category | str | None = None,
        variants: Sequence[protocol.Variant | Mapping[str, Any]] | None = None,
        goal: str | None = None,
        window: Duration | None = None,
        share: float | None = None,
        actor: str | None = None,
    ) -> protocol.Campaign:
        """Write to everybody on the list, or lists; ``{name}`` in a text is a member's field.

        With ``variants``, several texts are tried on a share of them, and the better one goes
        to the rest. With the ``key`` of an earlier campaign nothing is sent: that one is the
        result. A ``promotional`` one goes only to people who gave their consent, outside quiet
        hours.
        """
        return await self._ask_as(
            protocol.Campaign,
            protocol.CREATE,
            list_=list_,
            text=text,
            tag=tag,
            modem=modem,
            handler=handler,
            per_minute=per_minute,
            quiet=quiet,
            not_before=not_before,
            key=key,
            category=category,
            variants=variants,
            goal=goal,
            window=window,
            share=share,
            actor=actor,
        )

    async def forecast(
        self,
        list_: str | Sequence[str],
        text: str | None = None,
        *,
        modem: str | None = None,
        per_minute: float | None = None,
        quiet: str | None = None,
        not_before: Moment | None = None,
        category: protocol.Category | str | None = None,
        variants: Sequence[protocol.Variant | Mapping[str, Any]] | None = None,
        goal: str | None = None,
        window: Duration | None = None,
        share: float | None = None,
        actor: str | None = None,
    ) -> protocol.Forecast:
        """The result that ``create`` would have; nothing is sent."""
        return await self._ask_as(
            protocol.Forecast,
            protocol.CREATE,
            list_=list_,
            text=text,
            modem=modem,
            per_minute=per_minute,
            quiet=quiet,
            not_before=not_before,
            category=category,
            variants=variants,
            goal=goal,
            window=window,
            share=share,
            actor=actor,
            dry_run=True,
        )

    async def list(
        self, limit: int | None = None, after: str | None = None, *, actor: str | None = None
    ) -> protocol.CampaignList:
        """Campaigns, newest first."""
        return await self._ask(protocol.LIST, limit=limit, after=after, actor=actor)

    async def get(self, id_: str, *, actor: str | None = None) -> protocol.Campaign:
        """The progress of a campaign."""
        return await self._ask(protocol.GET, id_=id_, actor=actor)

    async def results(self, id_: str, *, actor: str | None = None) -> protocol.Results:
        """What each variant has come to, what the rest got, and which is better as far as one can know.

        A campaign without variants is `Conflict`.
        """
        return await self._ask(protocol.RESULTS, id_=id_, actor=actor)

    async def pause(self, id_: str, *, actor: str | None = None) -> protocol.Campaign:
        """Queue nothing more of it for now."""
        return await self._ask(protocol.PAUSE, id_=id_, actor=actor)

    async def resume(self, id_: str, *, actor: str | None = None) -> protocol.Campaign:
        """Go on with it."""
        return await self._ask(protocol.RESUME, id_=id_, actor=actor)

    async def cancel(self, id_: str, *, actor: str | None = None) -> protocol.Campaign:
        """Send nothing more of it, what is queued included."""
        return await self._ask(protocol.CANCEL, id_=id_, actor=actor)
