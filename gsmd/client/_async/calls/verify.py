# Generated from gsmd/protocol/verify.py by .ci/generate: do not edit.
# ruff: noqa: ASYNC109 -- the daemon keeps the time of a call
"""The calls of ``verify.*``: one-time codes in three directions."""

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.client.parameters import Duration
from gsmd.protocol import verify as protocol


class AsyncVerifyCalls(AsyncCallGroup):
    """``verify.*``: one-time codes in three directions."""

    async def start(
        self,
        to: str,
        length: int | None = None,
        *,
        lifetime: Duration | None = None,
        text: str | None = None,
        override: bool | None = None,
        actor: str | None = None,
    ) -> protocol.Started:
        """Text a code to the number; ``verify.check`` takes what its owner read there."""
        return await self._ask(
            protocol.START,
            to=to,
            length=length,
            lifetime=lifetime,
            text=text,
            override=override,
            actor=actor,
        )

    async def reply(
        self,
        to: str,
        length: int | None = None,
        *,
        lifetime: Duration | None = None,
        text: str | None = None,
        override: bool | None = None,
        actor: str | None = None,
    ) -> protocol.Started:
        """Text a code to the number, from where it has to come back; ``verify.wait`` tells whether it did."""
        return await self._ask(
            protocol.REPLY,
            to=to,
            length=length,
            lifetime=lifetime,
            text=text,
            override=override,
            actor=actor,
        )

    async def expect(
        self,
        from_: str | None = None,
        lifetime: Duration | None = None,
        *,
        length: int | None = None,
        any_: bool | None = None,
        actor: str | None = None,
    ) -> protocol.Expected:
        """A code that somebody is to text to us; ``verify.wait`` tells whether it came."""
        return await self._ask(
            protocol.EXPECT, from_=from_, lifetime=lifetime, length=length, any_=any_, actor=actor
        )

    async def check(self, id_: str, code: str, *, actor: str | None = None) -> protocol.Checked:
        """Whether this is the code."""
        return await self._ask(protocol.CHECK, id_=id_, code=code, actor=actor)

    async def wait(
        self, id_: str, timeout: Duration | None = None, *, actor: str | None = None
    ) -> protocol.Verified:
        """The result, once it is ``verified``, ``failed`` or ``expired``; `TimedOut` when the time is over."""
        return await self._ask(protocol.WAIT, id_=id_, timeout=timeout, actor=actor)
