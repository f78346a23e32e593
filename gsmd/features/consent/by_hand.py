"""What callers ask for of consents: to see and to export them, to have somebody asked, to record one, to end one."""

from collections.abc import Mapping, Sequence

from gsmd.config import Config, ListConfig
from gsmd.features import Host
from gsmd.features.consent import rules, table
from gsmd.features.consent.book import Book
from gsmd.features.consent.table import Consent
from gsmd.protocol import consents as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.messages import SendParams
from gsmd.protocol.method import Bound, Context, bind, by
from gsmd.protocol.numbers import normalise
from gsmd.protocol.paging import cut, number
from gsmd.store.identity import new_id
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import messages
from gsmd.templates import fill


class ByHand:
    """The methods of the socket."""

    def __init__(self, ledger: Ledger, book: Book) -> None:
        self._ledger = ledger
        self._book = book
        self._lists: Mapping[str, ListConfig] = {}

    def configure(self, config: Config) -> None:
        """Go by another configuration."""
        self._lists = {each.name: each for each in config.lists}

    def methods(self, host: Host) -> Sequence[Bound]:
        """Each bound to its row."""
        return (
            bind(rows.GET, lambda _, p: self._get(p.peer)),
            bind(rows.EXPORT, self._export),
            bind(rows.ASK, lambda context, p: self._ask(host, context, p)),
            bind(rows.ADD, self._add),
            bind(rows.WITHDRAW, lambda _, p: self._withdraw(host, p)),
        )

    async def _get(self, typed: str) -> rows.PersonsConsents:
        peers = self._book.spellings(self._peer(typed))
        found = await self._ledger.read(lambda c: table.of_peer(c, peers))
        return rows.PersonsConsents(peers[0], self._shown(found))

    async def _export(self, _: Context, p: rows.ExportParams) -> rows.Consents:
        after = number(p.after, 0)
        found = await self._ledger.read(lambda c: table.page(c, p.list, after, p.limit + 1))
        page, next_ = cut(found, p.limit, lambda each: each.seq)
        return rows.Consents(self._shown(page), next_)

    async def _ask(self, host: Host, context: Context, p: rows.AskParams) -> rows.Consent:
        """Errors: `Refused`, also for a list that asks nothing."""
        config = self._lists.get(p.list)
        if config is None or config.confirm is None:
            text = f"the configuration has no list {p.list!r} with a question (confirm)"
            raise Refused(Code.INVALID, text, reason="no_question", field="list")
        question, lifetime, peer = config.confirm, config.expires, self._peer(p.peer)

        def job(transaction: Transaction) -> Consent:
            connection = transaction.connection
            former = self._book.current(connection, p.list, peer)
            if former is not None and self._is_open(former, transaction.now):
                return former
            text = fill(question, {**p.fields, "peer": peer, "list": p.list})
            request = SendParams(
                to=peer, text=text, modem=p.modem, key=f"consent {p.list} {new_id()}"
            )
            sent = host.submit(transaction, request)
            asked = Consent(
                0,
                p.list,
                peer,
                "asked",
                "request",
                question=sent.id,
                fields=dict(p.fields),
                shown=text,
                note=by(context, p),
                actor=transaction.actor,
            )
            return self._book.ask(transaction, asked, lifetime)

        return self._one(await stored(self._ledger.write(job)))

    async def _add(self, context: Context, p: rows.ConsentParams) -> rows.Consent:
        peer = self._peer(p.peer)

        def job(transaction: Transaction) -> Consent:
            former = self._book.current(transaction.connection, p.list, peer)
            if former is not None and former.state == "given":
                return former
            consent = former or Consent(0, p.list, peer, "given", "request")
            at = transaction.wall if p.at is None else messages.milliseconds(p.at)
            consent = consent._replace(
                source="request",
                given_at=min(at, transaction.wall),
                shown=p.shown or consent.shown,
                note=p.note or by(context, p),
                fields={**consent.fields, **p.fields},
                actor=transaction.actor,
            )
            return self._book.give(transaction, consent, None)

        return self._one(await stored(self._ledger.write(job)))

    async def _withdraw(self, host: Host, p: rows.WithdrawParams) -> rows.Withdrawn:
        peer = self._peer(p.peer)
        peers = self._book.spellings(peer)

        def job(transaction: Transaction) -> int:
            connection = transaction.connection
            names = {p.list} if p.list else {each.list for each in table.of_peer(connection, peers)}
            ended = 0
            for name in sorted(names):
                ended += self._book.leave(transaction, name, peer, "request", note=p.note)
                host.withdrew(transaction, peer, None, name)
            return ended

        return rows.Withdrawn(await stored(self._ledger.write(job)))

    def _peer(self, typed: str) -> str:
        return normalise(typed, self._book.country)

    @staticmethod
    def _is_open(consent: Consent, now: int) -> bool:
        state = rules.state_of(consent.state, consent.due_at, now)
        return state in {rows.ConsentState.ASKED, rows.ConsentState.GIVEN}

    def _one(self, consent: Consent) -> rows.Consent:
        return shown(consent, self._ledger.timeline.now())

    def _shown(self, found: Sequence[Consent]) -> Sequence[rows.Consent]:
        return [self._one(each) for each in found]


def shown(consent: Consent, now: int) -> rows.Consent:
    """A consent as the protocol has it, at a time of the timeline."""
    return rows.Consent(
        id=str(consent.seq),
        list=consent.list,
        peer=consent.peer,
        state=rules.state_of(consent.state, consent.due_at, now),
        source=consent.source,
        asked_at=messages.moment(consent.asked_at),
        given_at=messages.moment(consent.given_at),
        ended_at=messages.moment(consent.ended_at),
        ended_by=consent.ended_by,
        modem=consent.modem,
        sim=consent.sim,
        number=consent.number,
        shown=consent.shown,
        message=consent.message,
        text=consent.text,
        request=consent.request,
        note=consent.note,
        actor=consent.actor,
    )
