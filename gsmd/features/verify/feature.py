"""One-time codes in three directions: who has the phone, proves it once."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from gsmd.clock import Milliseconds
from gsmd.config import Config
from gsmd.features import Feature, Host
from gsmd.features.verify import rules, table
from gsmd.features.verify.keyfile import new_code, read_key
from gsmd.features.verify.table import CodeRow
from gsmd.numbers import spellings
from gsmd.protocol import verify as wire
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Event
from gsmd.protocol.message import Kind, Message
from gsmd.protocol.messages import SendParams
from gsmd.protocol.method import Bound, Context, Role, bind, require
from gsmd.protocol.numbers import normalise
from gsmd.protocol.types import Seconds
from gsmd.protocol.verify import CodeParams, ExpectParams
from gsmd.store.identity import new_id
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables.messages import moment
from gsmd.templates import fill

_HOUR = 3_600_000
_KEPT = 7 * 24 * _HOUR
"""Milliseconds for which it is known what became of a code."""

_PRIORITY = 50
"""Somebody is waiting for it."""

_ENDED = {"verified": "used", "failed": "too_many_attempts", "expired": "expired"}


Asked = CodeParams | ExpectParams
"""A code as asked for; None: as configured."""


class Verify(Feature):
    """Makes codes and takes guesses. Codes are nowhere but in the message that carries them."""

    def __init__(
        self,
        config: Config,
        ledger: Ledger,
        own_numbers: Callable[[], Sequence[str]],
    ) -> None:
        self._ledger = ledger
        self._own_numbers = own_numbers
        self._key = b""
        self._key_file = config.state_dir / "verify.key"
        self.configure(config)

    def configure(self, config: Config) -> None:
        self._config = config.verify
        self._country = config.outbound.country

    async def open(self) -> None:
        """Have the key that hashes are made with. Errors: `OSError`."""
        self._key = self._key or await asyncio.to_thread(read_key, Path(self._key_file))

    # what callers ask for

    def methods(self, host: Host) -> Sequence[Bound]:
        async def start(context: Context, p: CodeParams) -> wire.Started:
            """Text a code to a number; the caller checks what the user says it is."""
            _require_override(context, p)
            return await self._text(host, "start", p, p.text or self._config.text)

        async def reply(context: Context, p: CodeParams) -> wire.Started:
            """Text a code to a number, from where it has to come back."""
            _require_override(context, p)
            return await self._text(host, "reply", p, p.text or self._config.question)

        return (
            bind(wire.START, start),
            bind(wire.REPLY, reply),
            bind(wire.EXPECT, lambda _, p: self._expect(p)),
            bind(wire.CHECK, self._check_code),
            bind(wire.WAIT, self._wait),
        )

    async def _expect(self, asked: ExpectParams) -> wire.Expected:
        """A code that is to be texted to us, by ``from_`` or by anybody. Errors: `Refused`."""
        peer = None if asked.from_ is None else normalise(asked.from_, self._country)
        if asked.any and peer is None:
            raise Refused(Code.INVALID, "any needs from", reason="no_number", field="from")
        length = self._length(asked)
        numbers = self._own_numbers()

        def job(transaction: Transaction) -> wire.Expected:
            code = None if asked.any else new_code(length)
            while code and table.pending_with(transaction.connection, self._hash("expect", code)):
                code = new_code(length)
            kept = None if code is None else self._hash("expect", code)
            row = self._add(transaction, "expect", peer, kept, asked)
            return wire.Expected(
                id=row.id,
                code=code,
                expires_at=moment(row.expires_at),
                number=numbers[0] if numbers else None,
            )

        return await stored(self._ledger.write(job))

    async def _guess(self, id_: str, guess: str) -> str | None:
        """None if the guess is the code, else why not; right once, never again. Errors: `Refused`."""
        return await stored(self._ledger.write(lambda t: self._check(t, id_, guess)))

    async def _settled(self, id_: str, timeout: float | None) -> tuple[str, str | None]:  # noqa: ASYNC109 -- expiry is a refusal with its own code
        """``(state, peer)`` once it is verified, failed or expired. Errors: `Refused`, `Code.TIMEOUT` too."""
        happened = asyncio.Event()

        def hear(event: Event) -> None:
            if event.type.startswith("verify.") and event.fields.get("id") == id_:
                happened.set()

        unsubscribe = self._ledger.bus.subscribe(hear)
        try:
            async with asyncio.timeout(timeout):
                while True:
                    happened.clear()
                    row = await stored(self._ledger.write(lambda t: self._look(t, id_)))
                    if row.state != "pending":
                        return row.state, row.peer
                    left = (row.due_at - self._ledger.timeline.now()) / 1000
                    await _first(happened, max(0.0, left) + 0.001)
        except TimeoutError:
            raise Refused(
                Code.TIMEOUT, "it is still pending", reason="timeout", state="pending"
            ) from None
        finally:
            unsubscribe()

    async def _check_code(self, _: Context, p: wire.CheckParams) -> wire.Checked:
        reason = await self._guess(p.id, p.code)
        return wire.Checked(reason is None, reason)

    async def _wait(self, context: Context, p: wire.WaitParams) -> wire.Verified:
        return wire.Verified(*await context.while_connected(self._settled(p.id, p.timeout)))

    def forget(self, transaction: Transaction, peer: str) -> int:
        """All but what is still waited for."""
        return table.erase(transaction.connection, peer)

    # what messages bring

    def intercept(self, transaction: Transaction, host: Host, message: Message) -> Message | None:
        """Compare what was texted with what is waited for; the message without the code.

        A code is nobody else's business, not for a moment. None if nobody waits for anything in it.
        """
        del host
        connection = transaction.connection
        if message.kind is not Kind.TEXT or not message.text or not message.complete:
            return None
        meant = [row for row in self._meant(connection, message) if not _expire(transaction, row)]
        if not meant:
            return None
        for row in meant:
            if self._proves(row, message.text or ""):
                peer = message.peer
                if table.settle(connection, row.id, "verified", peer=peer, message=message.id):
                    transaction.record_event("verify.verified", None, row.id, kind=row.kind)
                break
        else:
            for row in meant:
                self._wrong(transaction, row)
        if all(row.hash is None for row in meant):
            return message  # there is no code in it
        return msgspec.structs.replace(message, text=rules.masked(message.text or ""))

    def _meant(self, connection: sqlite3.Connection, message: Message) -> list[CodeRow]:
        typed = rules.typed(message.text or "")
        peers = spellings(message.peer, self._country)
        for code in typed:
            row = table.pending_with(connection, self._hash("expect", code))
            if row is not None and (row.peer is None or row.peer in peers):
                return [row]
        waiting = [
            row for kind in ("reply", "expect") for row in table.pending_of(connection, kind, peers)
        ]
        return [row for row in waiting if typed or row.hash is None]

    def _proves(self, row: CodeRow, text: str) -> bool:
        if row.hash is None:
            return True
        purpose = "expect" if row.kind == "expect" else row.id
        return any(rules.fits(self._key, purpose, guess, row.hash) for guess in rules.typed(text))

    # inside

    async def _text(self, host: Host, kind: str, asked: CodeParams, template: str) -> wire.Started:
        if "{code}" not in template:
            raise Refused(Code.INVALID, "the text has no {code}", reason="no_code", field="text")
        peer = normalise(asked.to, self._country)
        length = self._length(asked)

        def job(transaction: Transaction) -> wire.Started:
            code = new_code(length)
            id_ = new_id()
            row = self._add(transaction, kind, peer, self._hash(id_, code), asked, id_)
            request = SendParams(
                to=peer,
                text=fill(template, {"code": code}),
                validity=Seconds((row.due_at - transaction.now) / 1000),
                priority=_PRIORITY,
                key=f"code {id_}",
                override=asked.override,
            )
            host.submit(transaction, request, secret=code)
            return wire.Started(id_, moment(row.expires_at))

        return await stored(self._ledger.write(job))

    def _add(
        self,
        transaction: Transaction,
        kind: str,
        peer: str | None,
        kept: bytes | None,
        asked: Asked,
        id_: str | None = None,
    ) -> CodeRow:
        connection, now = transaction.connection, transaction.now
        lifetime = self._config.lifetime if asked.lifetime is None else asked.lifetime
        if lifetime <= 0:
            raise Refused(
                Code.INVALID, "lifetime must be above 0", reason="lifetime", field="lifetime"
            )
        counted = (
            (self._config.per_hour, None, "too many codes in the last hour"),
            (self._config.per_number, peer, "too many codes for this number in the last hour"),
        )
        for limit, whose, why in counted:
            if (whose or limit is self._config.per_hour) and table.asked_since(
                connection, now - _HOUR, whose
            ) >= limit:
                raise Refused(Code.REFUSED, why, reason="too_many")
        table.forget_before(connection, now - _KEPT)
        for former in (
            table.pending_of(connection, kind, [peer]) if peer and kind != "start" else ()
        ):
            table.settle(connection, former.id, "expired")  # the newest one counts
            transaction.record_event("verify.expired", None, former.id, kind=kind)
        span = round(lifetime * 1000)
        row = CodeRow(
            id_ or new_id(), kind, peer, "pending", kept, 0, transaction.wall, now,
            transaction.wall + span, now + span,
        )  # fmt: skip
        table.add(connection, row)
        transaction.record_event("verify.started", None, row.id, kind=kind)
        return row

    def _check(self, transaction: Transaction, id_: str, guess: str) -> str | None:
        row = self._look(transaction, id_)
        if row.kind != "start":
            raise Refused(Code.CONFLICT, "this code comes by message", reason="not_to_check")
        if row.state != "pending":
            return _ENDED[row.state]
        bare = "".join(guess.split()).replace("-", "")
        if row.hash is None or not rules.fits(self._key, row.id, bare, row.hash):
            return self._wrong(transaction, row)
        table.settle(transaction.connection, id_, "verified")
        transaction.record_event("verify.verified", None, id_, kind=row.kind)
        return None

    def _wrong(self, transaction: Transaction, row: CodeRow) -> str:
        if table.wrong(transaction.connection, row.id) < self._config.attempts:
            transaction.record_event("verify.wrong", None, row.id, kind=row.kind)
            return "wrong"
        table.settle(transaction.connection, row.id, "failed")
        transaction.record_event("verify.failed", None, row.id, kind=row.kind)
        return "too_many_attempts"

    def _look(self, transaction: Transaction, id_: str) -> CodeRow:
        """The code as it is now. Errors: `Refused` if there is none."""
        row = table.get(transaction.connection, id_)
        if row is None:
            raise Refused(
                Code.NOT_FOUND, f"there is no code {id_!r}", reason="no_such_code", field="id"
            )
        return row._replace(state="expired") if _expire(transaction, row) else row

    def _hash(self, purpose: str, code: str) -> bytes:
        return rules.digest(self._key, purpose, code)

    def _length(self, asked: Asked) -> int:
        return self._config.length if asked.length is None else asked.length


def _require_override(context: Context, p: CodeParams) -> None:
    if p.override:
        require(context, Role.OVERRIDE, "write to those who opted out")


def _expire(transaction: Transaction, row: CodeRow) -> bool:
    """Whether a pending code's time is over; then that is on record from now on."""
    if row.state != "pending" or row.due_at > Milliseconds(transaction.now):
        return False
    table.settle(transaction.connection, row.id, "expired")
    transaction.record_event("verify.expired", None, row.id, kind=row.kind)
    return True


async def _first(happened: asyncio.Event, seconds: float) -> None:
    """Wait for the event, no longer than that."""
    waiting = asyncio.ensure_future(happened.wait())
    try:
        await asyncio.wait({waiting}, timeout=seconds)
    finally:
        waiting.cancel()
