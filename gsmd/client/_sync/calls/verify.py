# Generated from gsmd/client/_async/calls/verify.py by .ci/generate: do not edit.

"""The calls of ``verify.*``: one-time codes in three directions."""

from gsmd.client._sync.call_group import CallGroup
from gsmd.client.parameters import Duration
from gsmd.protocol import verify as protocol


class VerifyCalls(CallGroup):
    """``verify.*``: one-time codes in three directions."""

    def start(
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
        return self._ask(
            protocol.START,
            to=to,
            length=length,
            lifetime=lifetime,
            text=text,
            override=override,
            actor=actor,
        )

    def reply(
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
        return self._ask(
            protocol.REPLY,
            to=to,
            length=length,
            lifetime=lifetime,
            text=text,
            override=override,
            actor=actor,
        )

    def expect(
        self,
        from_: str | None = None,
        lifetime: Duration | None = None,
        *,
        length: int | None = None,
        any_: bool | None = None,
        actor: str | None = None,
    ) -> protocol.Expected:
        """A code that somebody is to text to us; ``verify.wait`` tells whether it came."""
        return self._ask(
            protocol.EXPECT, from_=from_, lifetime=lifetime, length=length, any_=any_, actor=actor
        )

    def check(self, id_: str, code: str, *, actor: str | None = None) -> protocol.Checked:
        """Whether this is the code."""
        return self._ask(protocol.CHECK, id_=id_, code=code, actor=actor)

    def wait(
        self, id_: str, timeout: Duration | None = None, *, actor: str | None = None
    ) -> protocol.Verified:
        """The result, once it is ``verified``, ``failed`` or ``expired``; `TimedOut` when the time is over."""
        return self._ask(protocol.WAIT, id_=id_, timeout=timeout, actor=actor)
