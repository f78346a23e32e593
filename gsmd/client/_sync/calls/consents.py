# Generated from gsmd/client/_async/calls/consents.py by .ci/generate: do not edit.

"""The calls of ``consents.*``: who agreed to get what, and the proof of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from gsmd.client._sync.call_group import CallGroup
from gsmd.client.parameters import Moment
from gsmd.protocol import consents as protocol


class ConsentsCalls(CallGroup):
    """``consents.*``: who agreed to get what, and the proof of it."""

    def get(self, peer: str, *, actor: str | None = None) -> Sequence[protocol.Consent]:
        """Every consent of a number with its proof: when, through which SIM, the text shown, the message that agreed."""
        return (self._ask(protocol.GET, peer=peer, actor=actor)).consents

    def export(
        self,
        list_: str | None = None,
        limit: int | None = None,
        after: str | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.Consents:
        """All consents with their proofs, oldest first."""
        return self._ask(protocol.EXPORT, list_=list_, limit=limit, after=after, actor=actor)

    def ask(
        self,
        list_: str,
        peer: str,
        *,
        fields: Mapping[str, Any] | None = None,
        modem: str | None = None,
        actor: str | None = None,
    ) -> protocol.Consent:
        """Ask somebody whether they want a list, as who joins it is asked; nobody is asked twice at a time."""
        return self._ask(
            protocol.ASK, list_=list_, peer=peer, fields=fields, modem=modem, actor=actor
        )

    def add(
        self,
        list_: str,
        peer: str,
        *,
        shown: str | None = None,
        at: Moment | None = None,
        note: str | None = None,
        fields: Mapping[str, Any] | None = None,
        actor: str | None = None,
    ) -> protocol.Consent:
        """Record a consent that was given elsewhere; they are on the list then."""
        return self._ask(
            protocol.ADD,
            list_=list_,
            peer=peer,
            shown=shown,
            at=at,
            note=note,
            fields=fields,
            actor=actor,
        )

    def withdraw(
        self,
        peer: str,
        list_: str | None = None,
        note: str | None = None,
        *,
        actor: str | None = None,
    ) -> int:
        """They want the list, or any, no more, and are on it no more."""
        return (
            self._ask(protocol.WITHDRAW, peer=peer, list_=list_, note=note, actor=actor)
        ).withdrawn
