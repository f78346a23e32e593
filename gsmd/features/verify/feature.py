"""One-time codes in three directions: who has the phone, proves it once."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from gsmd.config import Config
from gsmd.features import Feature, Host
from gsmd.features.verify import rules, table
from gsmd.features.verify.codes import Codes, look, settle
from gsmd.features.verify.table import CodeRow
from gsmd.numbers import spellings
from gsmd.protocol import verify as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Event
from gsmd.protocol.message import Kind, Message
from gsmd.protocol.messages import SendParams
from gsmd.protocol.method import Bound, Context, Role, bind, require
from gsmd.protocol.numbers import normalise
from gsmd.protocol.types import Seconds
from gsmd.protocol.verify import CodeParams, ExpectParams
from gsmd.store.keyfile import read_key
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables.messages import moment
from gsmd.templates import fill

_PRIORITY = 50
"""Somebody is waiting for it."""


class Verify(Feature):
    """Makes codes and takes guesses. Codes are nowhere but in the message that carries them."""

    def __init__(
        self, config: Config, ledger: Ledger, own_numbers: Callable[[], Sequence[str]]
    ) -> None:
        self._ledger = ledger
        self._own_numbers = own_numbers
        self._key_file = config.state_dir / "verify.key"
        self._key = b""
        self.configure(config)

    def configure(self, config: Config) -> None:
        self._config = config.verify
        self._country = config.outbound.country
        self._codes = Codes(config.verify, self._key)

    async def open(self) -> None:
        """Have the key that hashes are made with. Errors: `OSError`."""
        self._key = await asyncio.to_thread(read_key, self._key_file)
        self._codes = Codes(self._config, self._key)

    # what messages bring

    def intercept(self, transaction: Transaction, host: Host, message: Message) -> Message | None:
        """Compare what was texted with what is waited for; the message without the code.

        A code is nobody else's business, not for a moment. None if nobody waits for anything in it.
        """
        del host
        if message.kind is not Kind.TEXT or not message.text or not message.complete:
            return None
        meant = self._codes.meant(transaction, spellings(message.peer, self._country), message.text)
        if not meant:
            return None
        proven = next((row for row in meant if self._codes.proves(row, message.text)), None)
        if proven is not None:
            settle(transaction, proven, message.peer, message.id)
        else:
            for row in meant:
                self._codes.wrong(transaction, row)
        if all(row.hash is None for row in meant):
            return message  # there is no code in it
        return msgspec.structs.replace(message, text=rules.masked(message.text))

    def forget(self, transaction: Transaction, peer: str) -> int:
        """All but what is still waited for."""
        return table.erase(transaction.connection, peer)

    # what callers ask for

    def methods(self, host: Host) -> Sequence[Bound]:
        async def start(context: Context, p: CodeParams) -> rows.Started:
            """Text a code to a number; the caller checks what the user says it is."""
            return await self._text(context, host, "start", p, p.text or self._config.text)

        async def reply(context: Context, p: CodeParams) -> rows.Started:
            """Text a code to a number, from where it has to come back."""
            return await self._text(context, host, "reply", p, p.text or self._config.question)

        return (
            bind(rows.START, start),
            bind(rows.REPLY, reply),
            bind(rows.EXPECT, self._expect),
            bind(rows.CHECK, self._check),
            bind(rows.WAIT, self._wait),
        )

    async def _text(
        self, context: Context, host: Host, kind: str, asked: CodeParams, template: str
    ) -> rows.Started:
        if asked.override:
            require(context, Role.OVERRIDE, "write to those who opted out")
        if "{code}" not in template:
            raise Refused(Code.INVALID, "the text has no {code}", reason="no_code", field="text")
        peer = normalise(asked.to, self._country)

        def job(transaction: Transaction) -> rows.Started:
            row, code = self._codes.to_be_texted(transaction, kind, peer, asked)
            request = SendParams(
                to=peer,
                text=fill(template, {"code": code}),
                validity=Seconds((row.due_at - transaction.now) / 1000),
                priority=_PRIORITY,
                key=f"code {row.id}",
                override=asked.override,
            )
            host.submit(transaction, request, secret=code)
            return rows.Started(row.id, moment(row.expires_at))

        return await stored(self._ledger.write(job))

    async def _expect(self, _: Context, p: ExpectParams) -> rows.Expected:
        peer = None if p.from_ is None else normalise(p.from_, self._country)
        if p.any and peer is None:
            raise Refused(Code.INVALID, "any needs from", reason="no_number", field="from")
        row, code = await stored(self._ledger.write(lambda t: self._codes.expected(t, peer, p)))
        number = next(iter(self._own_numbers()), None)
        return rows.Expected(id=row.id, code=code, expires_at=moment(row.expires_at), number=number)

    async def _check(self, _: Context, p: rows.CheckParams) -> rows.Checked:
        reason = await stored(self._ledger.write(lambda t: self._codes.check(t, p.id, p.code)))
        return rows.Checked(reason is None, reason)

    async def _wait(self, context: Context, p: rows.VerifyWaitParams) -> rows.Verified:
        row = await context.while_connected(self._settled(p.id, p.timeout))
        return rows.Verified(row.state, row.peer)

    async def _settled(self, id_: str, timeout: float | None) -> CodeRow:  # noqa: ASYNC109 -- expiry is a refusal with its own code
        """The code once it is verified, failed or expired. Errors: `Refused`, `Code.TIMEOUT` too."""
        happened = asyncio.Event()

        def hear(event: Event) -> None:
            if event.type.startswith("verify.") and event.fields.get("id") == id_:
                happened.set()

        unsubscribe = self._ledger.bus.subscribe(hear)
        try:
            async with asyncio.timeout(timeout):
                while True:
                    happened.clear()
                    row = await stored(self._ledger.write(lambda t: look(t, id_)))
                    if row.state != "pending":
                        return row
                    left = (row.due_at - self._ledger.timeline.now()) / 1000
                    await _first(happened, max(0.0, left) + 0.001)
        except TimeoutError:
            raise Refused(
                Code.TIMEOUT, "it is still pending", reason="timeout", state="pending"
            ) from None
        finally:
            unsubscribe()


async def _first(happened: asyncio.Event, seconds: float) -> None:
    """Wait for the event, no longer than that."""
    waiting = asyncio.ensure_future(happened.wait())
    try:
        await asyncio.wait({waiting}, timeout=seconds)
    finally:
        waiting.cancel()
