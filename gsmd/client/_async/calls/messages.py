# Generated from gsmd/protocol/messages.py by .ci/generate: do not edit.
# ruff: noqa: ASYNC109 -- the daemon keeps the time of a call
"""The calls of ``messages.*``: sending, looking, waiting."""

from collections.abc import Mapping
from typing import Any, Literal

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.client.parameters import Duration, Moment
from gsmd.protocol import messages as protocol
from gsmd.protocol.message import Direction, Message, Ports, State


class AsyncMessagesCalls(AsyncCallGroup):
    """``messages.*``: sending, looking, waiting."""

    async def send(
        self,
        to: str,
        text: str | None = None,
        *,
        data: str | bytes | None = None,
        modem: str | None = None,
        report: bool | None = None,
        flash: bool | None = None,
        validity: Duration | None = None,
        not_before: Moment | None = None,
        priority: int | None = None,
        key: str | None = None,
        tag: str | None = None,
        handler: str | None = None,
        ports: Ports | Mapping[str, Any] | None = None,
        in_reply_to: str | None = None,
        override: bool | None = None,
        receipt: bool | Literal["sent"] | None = None,
        when_uncertain: Literal["resend", "hold"] | None = None,
        send_within: Duration | None = None,
        protocol_id: int | None = None,
        udh: str | bytes | None = None,
        new: bool | None = None,
        actor: str | None = None,
    ) -> Message:
        """Accept a message: it is on the daemon's disk once this is answered.

        With the ``key`` of an earlier one nothing is sent: that one is the result; `Conflict`,
        with its id, if it had another recipient or content.
        """
        return await self._ask(
            protocol.SENDING,
            to=to,
            text=text,
            data=data,
            modem=modem,
            report=report,
            flash=flash,
            validity=validity,
            not_before=not_before,
            priority=priority,
            key=key,
            tag=tag,
            handler=handler,
            ports=ports,
            in_reply_to=in_reply_to,
            override=override,
            receipt=receipt,
            when_uncertain=when_uncertain,
            send_within=send_within,
            protocol_id=protocol_id,
            udh=udh,
            new=new,
            actor=actor,
        )

    async def get(self, id_: str, *, actor: str | None = None) -> Message:
        """A message as it is now."""
        return await self._ask(protocol.GET, id_=id_, actor=actor)

    async def show(self, id_: str, *, actor: str | None = None) -> protocol.History:
        """The whole history of a message. A unique beginning of its id will do."""
        return await self._ask(protocol.SHOW, id_=id_, actor=actor)

    async def list(
        self,
        direction: Direction | str | None = None,
        state: State | str | None = None,
        *,
        peer: str | None = None,
        modem: str | None = None,
        tag: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        search: str | None = None,
        limit: int | None = None,
        after: str | None = None,
        reasons: bool | None = None,
        actor: str | None = None,
    ) -> protocol.Page:
        """Messages, newest first.

        A page may be short, even empty, and have a ``next``: a search through a large store is
        told after a second as far as it has come.
        """
        return await self._ask(
            protocol.LIST,
            direction=direction,
            state=state,
            peer=peer,
            modem=modem,
            tag=tag,
            since=since,
            until=until,
            search=search,
            limit=limit,
            after=after,
            reasons=reasons,
            actor=actor,
        )

    async def cancel(self, id_: str, *, actor: str | None = None) -> Message:
        """Do not send a message that is still waiting; `Conflict` if it is too late."""
        return await self._ask(protocol.CANCEL, id_=id_, actor=actor)

    async def replace(self, id_: str, text: str, *, actor: str | None = None) -> Message:
        """Send another text in place of one that is still waiting; `Conflict` if it is too late."""
        return await self._ask(protocol.REPLACE, id_=id_, text=text, actor=actor)

    async def retry(self, id_: str, *, actor: str | None = None) -> Message:
        """Send once more what failed, expired, was cancelled or is uncertain; hand over once more what handlers gave up on."""
        return await self._ask(protocol.RETRY, id_=id_, actor=actor)

    async def wait(
        self,
        id_: str,
        state: State | str,
        timeout: Duration | None = None,
        *,
        actor: str | None = None,
    ) -> Message:
        """The message once it is in that state, beyond it, or at an end; `TimedOut` when the time is over."""
        return await self._ask(protocol.WAIT, id_=id_, state=state, timeout=timeout, actor=actor)

    async def waiting(self, *, actor: str | None = None) -> protocol.Waiting:
        """The number of messages that are to be sent, and the age of the oldest."""
        return await self._ask(protocol.WAITING, actor=actor)
