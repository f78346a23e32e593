"""All that is known of a person: shown to them, or erased."""

from collections.abc import Sequence
from functools import partial

from gsmd.config import Config
from gsmd.features import Feature, Host
from gsmd.features.privacy import table
from gsmd.features.privacy.redaction import Redaction
from gsmd.numbers import spellings
from gsmd.protocol import people as rows
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.numbers import normalise
from gsmd.protocol.paging import cut, number
from gsmd.protocol.types import Params
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored

_BATCH = 200
"""Messages erased in one transaction, so that nothing else waits long."""


class Privacy(Feature):
    """By number, as people write it or as the network gave it."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._ledger = ledger
        self._redaction = Redaction(config, ledger)
        self.configure(config)

    def configure(self, config: Config) -> None:
        self._country = config.outbound.country
        self._redaction.configure(config)

    async def run(self, host: Host) -> None:
        """Redact what is handled, until cancelled."""
        await self._redaction.run(host)

    def hides(self, tag: str | None) -> bool:
        return self._redaction.hides(tag)

    def methods(self, host: Host) -> Sequence[Bound]:
        return (
            bind(rows.GET, lambda _, p: self._person(host, p)),
            bind(rows.MESSAGES, self._messages),
            bind(rows.FORGET, lambda _, p: self._forget(host, p.peer)),
        )

    async def _messages(self, _: Context, p: rows.PersonMessagesParams) -> rows.Correspondence:
        peers, after = self._spellings(p.peer), number(p.after, 0)
        if not after:
            self._note_reader(p, peers)
        found = await self._ledger.read(lambda c: table.messages_of(c, peers, after, p.limit + 1))
        page, next_ = cut(found, p.limit, lambda row: row[0])
        return rows.Correspondence([message for _, message in page], next_)

    async def _person(self, host: Host, p: rows.PersonParams) -> rows.Person:
        """The person, as they are to us. Errors: `Refused`."""
        peers = self._spellings(p.peer)
        self._note_reader(p, peers)
        blank = rows.Person(peer=peers[0])
        return await self._ledger.read(lambda c: host.about(c, peers, blank))

    async def _forget(self, host: Host, typed: str) -> rows.Forgotten:
        """Erase them. That they opted out stays: else they would be written to again. Errors: `Refused`."""
        peers = self._spellings(typed)
        count = traces = 0
        for peer in peers:
            gone = 1
            while gone:
                step = partial(_erase, host=host, peer=peer)
                gone, more = await stored(self._ledger.write(step))
                count, traces = count + gone, traces + more
            traces += await stored(self._ledger.write(partial(_erase_traces, peer=peer)))
        await stored(self._ledger.database.empty_log())
        kept = len(await self._ledger.read(lambda c: table.messages_of(c, peers, 0, 1000)))
        # not who: that is forgotten
        self._ledger.emit("people.forgotten", messages=count, traces=traces)
        return rows.Forgotten(peer=peers[0], messages=count, traces=traces, kept=kept)

    def _note_reader(self, p: Params, peers: Sequence[str]) -> None:
        """Who looked at a person's data, where somebody says who it is; forgetting the person erases that too."""
        if p.actor is not None:
            self._ledger.emit("people.read", peer=peers[0])

    def _spellings(self, typed: str) -> tuple[str, ...]:
        """The number, and what the store may have for it from before the country was known. Errors: `Refused`."""
        peer = normalise(typed, self._country)
        return spellings(peer, self._country) if self._country else (peer,)


def _erase(transaction: Transaction, host: Host, peer: str) -> tuple[int, int]:
    """One step: ``(messages, traces)`` that are gone. What features know first: they may need the messages for it."""
    with table.unreadable(transaction.connection):
        traces = host.forget(transaction, peer)
        return table.erase_messages(transaction.connection, peer, _BATCH), traces


def _erase_traces(transaction: Transaction, peer: str) -> int:
    with table.unreadable(transaction.connection):
        return table.erase_traces(transaction.connection, peer)
