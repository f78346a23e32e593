"""The codes that are waited for: added within limits, guessed at, expired; each step part of a transaction."""

import secrets
import sqlite3
from collections.abc import Sequence

import msgspec

from gsmd.clock import Milliseconds
from gsmd.config import VerifyConfig
from gsmd.features.verify import rules, table
from gsmd.features.verify.table import CodeRow
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.verify import CodeParams, ExpectParams
from gsmd.store.identity import new_id
from gsmd.store.ledger import Transaction

_HOUR = 3_600_000
_KEPT = 7 * 24 * _HOUR
"""Milliseconds for which it is known what became of a code."""

_EXPECTED = "expect"
"""The purpose that codes to be texted to us are hashed for, all alike, so that one is found by itself; others for their id."""

_ENDED = {"verified": "used", "failed": "too_many_attempts", "expired": "expired"}

Asked = CodeParams | ExpectParams
"""A code as asked for; None: as configured."""


class Codes(msgspec.Struct, frozen=True):
    """Codes by one configuration; ``key`` is what their hashes are made with."""

    config: VerifyConfig
    key: bytes

    # begun

    def to_be_texted(
        self, transaction: Transaction, kind: str, peer: str, asked: Asked
    ) -> tuple[CodeRow, str]:
        """A code for us to text to ``peer``, and the code itself, which is kept nowhere. Errors: `Refused`."""
        code, id_ = new_code(self._length(asked)), new_id()
        return self._add(transaction, kind, peer, self._hash(id_, code), asked, id_), code

    def expected(
        self, transaction: Transaction, peer: str | None, asked: ExpectParams
    ) -> tuple[CodeRow, str | None]:
        """A code that is to be texted to us, by ``peer`` or by anybody. Errors: `Refused`.

        None with ``any``: whatever they text will do.
        """
        code = None if asked.any else self._unused(transaction.connection, self._length(asked))
        hash_ = None if code is None else self._hash(_EXPECTED, code)
        return self._add(transaction, "expect", peer, hash_, asked, new_id()), code

    def _add(
        self,
        transaction: Transaction,
        kind: str,
        peer: str | None,
        kept: bytes | None,
        asked: Asked,
        id_: str,
    ) -> CodeRow:
        connection, now = transaction.connection, transaction.now
        lifetime = self.config.lifetime if asked.lifetime is None else asked.lifetime
        if lifetime <= 0:
            raise Refused(
                Code.INVALID, "lifetime must be above 0", reason="lifetime", field="lifetime"
            )
        self._require_room(connection, now, peer)
        table.forget_before(connection, now - _KEPT)
        if peer and kind != "start":
            for former in table.pending_of(connection, kind, [peer]):
                _end(transaction, former, "expired")  # the newest one counts
        span = round(lifetime * 1000)
        row = CodeRow(
            id_, kind, peer, "pending", kept, 0, transaction.wall, now,
            transaction.wall + span, now + span,
        )  # fmt: skip
        table.add(connection, row)
        transaction.record_event("verify.started", None, row.id, kind=kind)
        return row

    def _require_room(
        self, connection: sqlite3.Connection, now: Milliseconds, peer: str | None
    ) -> None:
        if table.asked_since(connection, now - _HOUR) >= self.config.per_hour:
            raise Refused(Code.REFUSED, "too many codes in the last hour", reason="too_many")
        if peer and table.asked_since(connection, now - _HOUR, peer) >= self.config.per_number:
            text = "too many codes for this number in the last hour"
            raise Refused(Code.REFUSED, text, reason="too_many")

    def _unused(self, connection: sqlite3.Connection, length: int) -> str:
        """A code that is not waited for already: whoever texts it says by it alone which one is meant."""
        code = new_code(length)
        while table.pending_with(connection, self._hash(_EXPECTED, code)):
            code = new_code(length)
        return code

    # guessed at

    def check(self, transaction: Transaction, id_: str, guess: str) -> str | None:
        """None if the guess is the code, else why not; right once, never again. Errors: `Refused`."""
        row = look(transaction, id_)
        if row.kind != "start":
            raise Refused(Code.CONFLICT, "this code comes by message", reason="not_to_check")
        if row.state != "pending":
            return _ENDED[row.state]
        bare = "".join(guess.split()).replace("-", "")
        if row.hash is None or not rules.fits(self.key, row.id, bare, row.hash):
            return self.wrong(transaction, row)
        _end(transaction, row, "verified")
        return None

    def meant(self, transaction: Transaction, peers: Sequence[str], text: str) -> Sequence[CodeRow]:
        """The awaited codes that a text of somebody, who goes by ``peers``, may be about."""
        connection = transaction.connection
        typed = rules.typed(text)
        for code in typed:
            row = table.pending_with(connection, self._hash(_EXPECTED, code))
            if row is not None and (row.peer is None or row.peer in peers):
                return _in_time(transaction, [row])
        waiting = [
            row for kind in ("reply", "expect") for row in table.pending_of(connection, kind, peers)
        ]
        return _in_time(transaction, [row for row in waiting if typed or row.hash is None])

    def proves(self, row: CodeRow, text: str) -> bool:
        """True if a text has what is waited for in it."""
        if row.hash is None:
            return True
        purpose = _EXPECTED if row.kind == "expect" else row.id
        return any(rules.fits(self.key, purpose, guess, row.hash) for guess in rules.typed(text))

    def wrong(self, transaction: Transaction, row: CodeRow) -> str:
        """Count a wrong guess; returns the reason that the guesser is told."""
        if table.wrong(transaction.connection, row.id) < self.config.attempts:
            transaction.record_event("verify.wrong", None, row.id, kind=row.kind)
            return "wrong"
        _end(transaction, row, "failed")
        return "too_many_attempts"

    def _hash(self, purpose: str, code: str) -> bytes:
        return rules.digest(self.key, purpose, code)

    def _length(self, asked: Asked) -> int:
        return self.config.length if asked.length is None else asked.length


def look(transaction: Transaction, id_: str) -> CodeRow:
    """The code as it is now. Errors: `Refused` if there is none."""
    row = table.get(transaction.connection, id_)
    if row is None:
        raise Refused(
            Code.NOT_FOUND, f"there is no code {id_!r}", reason="no_such_code", field="id"
        )
    return row if _in_time(transaction, [row]) else row._replace(state="expired")


def settle(transaction: Transaction, row: CodeRow, peer: str, message: str) -> None:
    """A message of ``peer`` proves it, unless something else did before."""
    if table.settle(transaction.connection, row.id, "verified", peer=peer, message=message):
        transaction.record_event("verify.verified", None, row.id, kind=row.kind)


def _in_time(transaction: Transaction, codes: Sequence[CodeRow]) -> list[CodeRow]:
    """Without those that are pending although their time is over, which is on record from now on."""
    kept = []
    for row in codes:
        if row.state == "pending" and row.due_at <= transaction.now:
            _end(transaction, row, "expired")
        else:
            kept.append(row)
    return kept


def _end(transaction: Transaction, row: CodeRow, state: str) -> None:
    table.settle(transaction.connection, row.id, state)
    transaction.record_event(f"verify.{state}", None, row.id, kind=row.kind)


def new_code(length: int) -> str:
    """A code of so many decimal digits."""
    return "".join(secrets.choice("0123456789") for _ in range(length))
