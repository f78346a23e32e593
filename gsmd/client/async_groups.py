"""The calls of two-way messaging as coroutines: the same names as in `gsmd.client.groups`."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from gsmd.client import twoway_types as types
from gsmd.client.groups import CampaignList, MailingLists, PollList
from gsmd.client.options import Duration, Moment

T = TypeVar("T")


class Caller(Protocol):
    """What asks the daemon: an `AsyncClient`."""

    async def call(self, method: str, /, **params: Any) -> Any: ...


class AsyncGroup:
    """Calls whose names begin alike."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    async def _typed(self, kind: type[T], method: str, /, **params: Any) -> T:
        return msgspec.convert(await self._client.call(method, **params), kind)

    async def _member(self, name: str, kind: type[T], method: str, /, **params: Any) -> T:
        return msgspec.convert((await self._client.call(method, **params))[name], kind)


class AsyncOptOut(AsyncGroup):
    """Who wants no messages from us."""

    async def list(self, limit: int | None = None, after: str | None = None) -> types.OptOuts:
        """Who opted out, by number."""
        return await self._typed(types.OptOuts, "optout.list", limit=limit, after=after)

    async def log(
        self, peer: str | None = None, limit: int | None = None, after: str | None = None
    ) -> types.OptOutLog:
        """Who opted out or in, when and how, newest first."""
        return await self._typed(types.OptOutLog, "optout.log", peer=peer, limit=limit, after=after)

    async def add(self, peer: str, note: str | None = None, source: str | None = None) -> bool:
        """Nothing more is sent to this number. False if it had opted out before."""
        return await self._member("added", bool, "optout.add", peer=peer, note=note, source=source)

    async def remove(self, peer: str, note: str | None = None, source: str | None = None) -> bool:
        """The number may be written to again. False if it might be before."""
        return await self._member(
            "removed", bool, "optout.remove", peer=peer, note=note, source=source
        )


class AsyncBlocks(AsyncGroup):
    """Senders whose messages are kept and given to nobody."""

    async def list(self, limit: int | None = None, after: str | None = None) -> types.Blocks:
        """Who is blocked."""
        return await self._typed(types.Blocks, "blocks.list", limit=limit, after=after)

    async def log(self, limit: int | None = None, after: str | None = None) -> types.BlockLog:
        """Who was blocked and unblocked, newest first."""
        return await self._typed(types.BlockLog, "blocks.log", limit=limit, after=after)

    async def add(self, pattern: str, note: str | None = None) -> types.Blocked:
        """Block a number, a name, or all that fit a pattern with ``*``."""
        return await self._typed(types.Blocked, "blocks.add", pattern=pattern, note=note)

    async def remove(self, pattern: str, note: str | None = None) -> types.Blocked:
        """Hear of them again."""
        return await self._typed(types.Blocked, "blocks.remove", pattern=pattern, note=note)


class AsyncLists(AsyncGroup):
    """Mailing lists."""

    async def list(self) -> MailingLists:
        """Every list."""
        return await self._member("lists", MailingLists, "lists.list")

    async def create(self, list_: str) -> bool:
        """An empty list. False if there was one of that name."""
        return await self._member("created", bool, "lists.create", list_=list_)

    async def delete(self, list_: str) -> None:
        """The list is no more; the people on it are as they were."""
        await self._client.call("lists.delete", list_=list_)

    async def get(
        self, list_: str, limit: int | None = None, after: str | None = None
    ) -> types.Members:
        """Who is on a list, by number."""
        return await self._typed(types.Members, "lists.get", list_=list_, limit=limit, after=after)

    async def add(self, list_: str, members: Sequence[str | Mapping[str, Any]]) -> types.Added:
        """Put numbers, or ``{"peer": …, "fields": {…}}``, on a list, which is made if there is none."""
        return await self._typed(types.Added, "lists.add", list_=list_, members=members)

    async def remove(self, list_: str, peers: Sequence[str]) -> int:
        """Take numbers off a list; returns how many were on it."""
        return await self._member("removed", int, "lists.remove", list_=list_, peers=peers)


class AsyncCampaigns(AsyncGroup):
    """One text to everybody on a list."""

    async def create(
        self,
        list_: str | Sequence[str],
        text: str,
        *,
        tag: str | None = None,
        modem: str | None = None,
        handler: str | None = None,
        per_minute: float | None = None,
        quiet: str | None = None,
        not_before: Moment | None = None,
        key: str | None = None,
    ) -> types.Campaign:
        """Write to everybody on the list, or lists; ``{name}`` in the text is a member's field.

        With the ``key`` of an earlier campaign nothing is sent: that one is returned.
        """
        return await self._typed(
            types.Campaign,
            "campaigns.create",
            list_=list_,
            text=text,
            tag=tag,
            modem=modem,
            handler=handler,
            per_minute=per_minute,
            quiet=quiet,
            not_before=not_before,
            key=key,
        )

    async def forecast(
        self,
        list_: str | Sequence[str],
        text: str,
        *,
        modem: str | None = None,
        per_minute: float | None = None,
        quiet: str | None = None,
        not_before: Moment | None = None,
    ) -> types.Forecast:
        """What `create` would do; nothing is sent (``dry_run``)."""
        return await self._typed(
            types.Forecast,
            "campaigns.create",
            list_=list_,
            text=text,
            modem=modem,
            per_minute=per_minute,
            quiet=quiet,
            not_before=not_before,
            dry_run=True,
        )

    async def list(self, limit: int | None = None) -> CampaignList:
        """The newest campaigns."""
        return await self._member("campaigns", CampaignList, "campaigns.list", limit=limit)

    async def get(self, id_: str) -> types.Campaign:
        """How far a campaign is."""
        return await self._typed(types.Campaign, "campaigns.get", id_=id_)

    async def pause(self, id_: str) -> types.Campaign:
        """Queue nothing more of it for now."""
        return await self._typed(types.Campaign, "campaigns.pause", id_=id_)

    async def resume(self, id_: str) -> types.Campaign:
        """Go on with it."""
        return await self._typed(types.Campaign, "campaigns.resume", id_=id_)

    async def cancel(self, id_: str) -> types.Campaign:
        """Send nothing more of it, what is queued included."""
        return await self._typed(types.Campaign, "campaigns.cancel", id_=id_)


class AsyncPolls(AsyncGroup):
    """Votes by SMS."""

    async def list(self) -> PollList:
        """Every poll."""
        return await self._member("polls", PollList, "polls.list")

    async def get(self, poll: str) -> types.Poll:
        """One poll with its tally."""
        return await self._typed(types.Poll, "polls.get", poll=poll)

    async def create(
        self,
        poll: str,
        options: Sequence[str | Mapping[str, Any]],
        *,
        question: str | None = None,
        opens: Moment | None = None,
        closes: Moment | None = None,
        counts: str | None = None,
        reply: str | None = None,
    ) -> types.Poll:
        """A poll; options are names, or ``{"name": …, "words": […]}``; ``counts`` is ``first`` or ``last``."""
        return await self._typed(
            types.Poll,
            "polls.create",
            poll=poll,
            options=options,
            question=question,
            opens=opens,
            closes=closes,
            counts=counts,
            reply=reply,
        )

    async def close(self, poll: str) -> types.Poll:
        """No more votes."""
        return await self._typed(types.Poll, "polls.close", poll=poll)

    async def delete(self, poll: str) -> None:
        """The poll and its votes are no more."""
        await self._client.call("polls.delete", poll=poll)

    async def votes(
        self, poll: str, limit: int | None = None, after: str | None = None
    ) -> types.Votes:
        """Who voted for what, by number."""
        return await self._typed(types.Votes, "polls.votes", poll=poll, limit=limit, after=after)

    async def draw(self, poll: str, winners: int = 1, option: str | None = None) -> types.Draw:
        """Draw winners among those who voted, or voted for ``option``."""
        return await self._typed(
            types.Draw, "polls.draw", poll=poll, winners=winners, option=option
        )


class AsyncVerify(AsyncGroup):
    """One-time codes."""

    async def start(
        self,
        to: str,
        *,
        length: int | None = None,
        lifetime: Duration | None = None,
        text: str | None = None,
        override: bool | None = None,
    ) -> types.Code:
        """Text a code to the number; `check` takes what its owner read there."""
        return await self._typed(
            types.Code,
            "verify.start",
            to=to,
            length=length,
            lifetime=lifetime,
            text=text,
            override=override,
        )

    async def reply(
        self,
        to: str,
        *,
        length: int | None = None,
        lifetime: Duration | None = None,
        text: str | None = None,
        override: bool | None = None,
    ) -> types.Code:
        """Text a question to the number; `wait` tells whether its owner agreed."""
        return await self._typed(
            types.Code,
            "verify.reply",
            to=to,
            length=length,
            lifetime=lifetime,
            text=text,
            override=override,
        )

    async def expect(
        self,
        from_: str | None = None,
        *,
        lifetime: Duration | None = None,
        length: int | None = None,
        any_: bool | None = None,
    ) -> types.ExpectedCode:
        """A code that somebody is to text to us; `wait` tells whether it came."""
        return await self._typed(
            types.ExpectedCode,
            "verify.expect",
            from_=from_,
            lifetime=lifetime,
            length=length,
            any_=any_,
        )

    async def check(self, id_: str, code: str) -> types.Checked:
        """Whether this is the code."""
        return await self._typed(types.Checked, "verify.check", id_=id_, code=code)

    async def wait(self, id_: str, timeout: Duration | None = None) -> types.Verified:  # noqa: ASYNC109 -- the daemon keeps this time
        """Wait for the end. Errors: `TimedOut`."""
        return await self._typed(types.Verified, "verify.wait", id_=id_, timeout=timeout)


class AsyncPeople(AsyncGroup):
    """What is known of one number."""

    async def get(self, peer: str) -> types.Person:
        """Lists, votes and opt-out of a number."""
        return await self._typed(types.Person, "people.get", peer=peer)

    async def messages(
        self, peer: str, limit: int | None = None, after: str | None = None
    ) -> types.Correspondence:
        """What was written from and to a number, oldest first."""
        return await self._typed(
            types.Correspondence, "people.messages", peer=peer, limit=limit, after=after
        )

    async def forget(self, peer: str) -> types.Forgotten:
        """Erase what is known of a number, for administrators."""
        return await self._typed(types.Forgotten, "people.forget", peer=peer)
