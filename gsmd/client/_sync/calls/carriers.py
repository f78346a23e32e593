# Generated from gsmd/client/_async/calls/carriers.py by .ci/generate: do not edit.

"""The calls of ``carriers.*``: a program carries messages to a network and back, as a modem does."""

from collections.abc import Mapping
from typing import Any, Literal

from gsmd.client._sync.call_group import CallGroup
from gsmd.client.parameters import Moment
from gsmd.protocol import carriers as protocol
from gsmd.protocol.message import Ports


class CarriersCalls(CallGroup):
    """``carriers.*``: a program carries messages to a network and back, as a modem does."""

    def report(
        self,
        carrier: str,
        reference: str,
        *,
        state: Literal["sent", "delivered", "failed", "expired"],
        code: int | str | None = None,
        at: Moment | None = None,
        reason: str | None = None,
        id_: str | None = None,
        actor: str | None = None,
    ) -> protocol.Reported:
        """A delivery report: on disk once this is answered.

        It may come before the answer to the submission, from any connection, and again.
        """
        return self._ask(
            protocol.REPORT,
            carrier=carrier,
            reference=reference,
            state=state,
            code=code,
            at=at,
            reason=reason,
            id_=id_,
            actor=actor,
        )

    def receive(
        self,
        carrier: str,
        from_: str,
        *,
        key: str,
        to: str | None = None,
        text: str | None = None,
        data: str | bytes | None = None,
        ports: Ports | Mapping[str, Any] | None = None,
        at: Moment | None = None,
        actor: str | None = None,
    ) -> protocol.Kept:
        """A message came in: on disk once this is answered, once for each ``key``."""
        return self._ask(
            protocol.RECEIVE,
            carrier=carrier,
            from_=from_,
            key=key,
            to=to,
            text=text,
            data=data,
            ports=ports,
            at=at,
            actor=actor,
        )
