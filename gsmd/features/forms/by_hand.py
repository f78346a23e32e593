"""What callers ask for of forms: to make them, to have somebody asked, to see what was answered."""

import sqlite3
from collections.abc import Mapping, Sequence

from gsmd.features import Host
from gsmd.features.forms import rules, table
from gsmd.features.forms.dialogue import blank, tell, values_of
from gsmd.features.forms.standing import found, of_request, shown, status, summary
from gsmd.features.forms.table import Entry, Form
from gsmd.numbers import spellings
from gsmd.protocol import forms as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.messages import SendParams
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.numbers import normalise
from gsmd.protocol.paging import cut, number
from gsmd.protocol.types import Nothing
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import messages
from gsmd.templates import fill


class ByHand:
    """The methods of the socket. ``country`` (ISO 3166) completes national numbers."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.country: str | None = None

    def methods(self, host: Host) -> Sequence[Bound]:
        """Each bound to its row."""

        async def start(_: Context, p: rows.StartParams) -> rows.Entry:
            peer = normalise(p.to, self.country)
            job = self._ledger.write(
                lambda t: self.ask(t, host, p.form, peer, p.fields, key=p.key, modem=p.modem)
            )
            return shown(await stored(job))

        return (
            bind(rows.LIST, self._list),
            bind(rows.GET, lambda _, p: self._get(p.form)),
            bind(rows.CREATE, self._create),
            bind(rows.START, start),
            bind(rows.ENTRIES, self._entries),
            bind(rows.CLOSE, self._close),
            bind(rows.DELETE, self._delete),
        )

    def ask(
        self,
        transaction: Transaction,
        host: Host,
        name: str,
        peer: str,
        fields: Mapping[str, str],
        *,
        key: str | None = None,
        modem: str | None = None,
    ) -> Entry:
        """Begin an entry by asking ``peer`` the first question; the same key is the same entry. Errors: `Refused`."""
        connection = transaction.connection
        form = found(connection, name)
        if key is not None and (first := table.entry_with_key(connection, name, key)) is not None:
            return first
        if form.closed_at is not None:
            raise Refused(Code.CONFLICT, f"the form {name} is closed", reason="closed")
        peers = spellings(peer, self.country)
        self._require_free(transaction, form, peers, modem)
        entry = blank(transaction, form, peer, modem, 0)
        entry = entry._replace(key=key, fields=dict(fields))
        question = rules.next_question(form.questions, {})
        assert question is not None  # the first one has no condition
        text = fill(question.ask, values_of(entry))
        request = SendParams(to=peer, text=text, modem=modem, key=f"form {entry.id}")
        sent = messages.find(connection, host.submit(transaction, request).id)
        assert sent is not None  # it was stored right now
        entry = table.add(connection, entry._replace(last=sent[0]))
        tell(transaction, "form.started", entry)
        return entry

    def _require_free(
        self, transaction: Transaction, form: Form, peers: Sequence[str], modem: str | None
    ) -> None:
        """Errors: `Refused` for somebody who is being asked something, or has answered what is asked once."""
        connection, now = transaction.connection, transaction.now
        if form.once and table.has_answered(connection, form.name, peers, now):
            text = f"{peers[0]} has an entry, and everybody may have one"
            raise Refused(Code.CONFLICT, text, reason="already", field="to")
        if (other := table.open_entry(connection, peers, modem, now)) is not None:
            text = f"{peers[0]} is being asked the form {other.form}"
            raise Refused(Code.CONFLICT, text, reason="being_asked", field="to", entry=other.id)

    async def _list(self, _: Context, __: Nothing) -> rows.FormList:
        return await self._ledger.read(
            lambda c: rows.FormList([summary(c, form) for form in table.all_of_them(c)])
        )

    async def _get(self, name: str) -> rows.Form:
        return await self._ledger.read(lambda c: status(c, found(c, name)))

    async def _create(self, _: Context, p: rows.FormParams) -> rows.Form:
        """A form besides those of the configuration."""

        def job(transaction: Transaction) -> None:
            if table.get(transaction.connection, p.form) is not None:
                raise Refused(Code.CONFLICT, f"there is a form {p.form}", reason="exists")
            table.save(transaction.connection, of_request(p, transaction.wall))
            transaction.record_event("form.created", form=p.form)

        await stored(self._ledger.write(job))
        return await self._get(p.form)

    async def _entries(self, _: Context, p: rows.EntriesParams) -> rows.Entries:
        after = number(p.after, 0)
        since = None if p.since is None else messages.milliseconds(p.since)

        def query(connection: sqlite3.Connection) -> list[Entry]:
            found(connection, p.form)
            return table.entries(connection, p.form, p.state, since, after, p.limit + 1)

        page, next_ = cut(await self._ledger.read(query), p.limit, lambda each: each.seq)
        return rows.Entries([shown(each) for each in page], next_)

    async def _close(self, _: Context, p: rows.OneFormParams) -> rows.Form:
        def job(transaction: Transaction) -> None:
            if found(transaction.connection, p.form).closed_at is None:
                table.close(transaction.connection, p.form, transaction.wall)
                transaction.record_event("form.closed", form=p.form)

        await stored(self._ledger.write(job))
        return await self._get(p.form)

    async def _delete(self, _: Context, p: rows.OneFormParams) -> rows.DeletedForm:
        """One of the configuration comes back at the next start."""

        def job(transaction: Transaction) -> None:
            found(transaction.connection, p.form)
            table.delete(transaction.connection, p.form)
            transaction.record_event("form.deleted", form=p.form)

        await stored(self._ledger.write(job))
        return rows.DeletedForm(p.form)
