# Generated from gsmd/client/_async/calls/forms.py by .ci/generate: do not edit.

"""The calls of ``forms.*``: questions by SMS, one after the other, and what people answered."""

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

from gsmd.client._sync.call_group import CallGroup
from gsmd.client.parameters import Duration, Moment
from gsmd.protocol import forms as protocol


class FormsCalls(CallGroup):
    """``forms.*``: questions by SMS, one after the other, and what people answered."""

    def list(self, *, actor: str | None = None) -> builtins.list[protocol.FormSummary]:
        """Every form."""
        return (self._ask(protocol.LIST, actor=actor)).forms

    def get(self, form: str, *, actor: str | None = None) -> protocol.Form:
        """One form, and how its questions were answered."""
        return self._ask(protocol.GET, form=form, actor=actor)

    def create(
        self,
        form: str,
        questions: Sequence[protocol.NewQuestion | Mapping[str, Any]],
        *,
        thanks: str | None = None,
        wrong: str | None = None,
        attempts: int | None = None,
        expires: Duration | None = None,
        once: bool | None = None,
        already: str | None = None,
        cancelled: str | None = None,
        actor: str | None = None,
    ) -> protocol.Form:
        """A form; a question has ``name``, ``ask``, ``type``, and what docs/configuration.md has besides."""
        return self._ask(
            protocol.CREATE,
            form=form,
            questions=questions,
            thanks=thanks,
            wrong=wrong,
            attempts=attempts,
            expires=expires,
            once=once,
            already=already,
            cancelled=cancelled,
            actor=actor,
        )

    def start(
        self,
        form: str,
        to: str,
        *,
        key: str | None = None,
        fields: Mapping[str, Any] | None = None,
        modem: str | None = None,
        actor: str | None = None,
    ) -> protocol.Entry:
        """Ask somebody the first question; the same ``key`` is the same entry."""
        return self._ask(
            protocol.START, form=form, to=to, key=key, fields=fields, modem=modem, actor=actor
        )

    def entries(
        self,
        form: str,
        state: protocol.EntryState | str | None = None,
        *,
        since: Moment | None = None,
        limit: int | None = None,
        after: str | None = None,
        actor: str | None = None,
    ) -> protocol.Entries:
        """What people answered, oldest first."""
        return self._ask(
            protocol.ENTRIES,
            form=form,
            state=state,
            since=since,
            limit=limit,
            after=after,
            actor=actor,
        )

    def close(self, form: str, *, actor: str | None = None) -> protocol.Form:
        """No new entries; open ones may still be finished."""
        return self._ask(protocol.CLOSE, form=form, actor=actor)

    def delete(self, form: str, *, actor: str | None = None) -> protocol.DeletedForm:
        """The form and its entries are no more."""
        return self._ask(protocol.DELETE, form=form, actor=actor)
