"""One-time codes of the whole fleet: texted by any box, checked from any machine.

Theory of operation. A code is nowhere but in the message that carries it; the engine has its keyed hash, by id, for as long as it is
good. Each guess is a compare-and-set of that record, so that two who guess at the same moment are two guesses, and a code is good
once. The key is made once, and is kept at the engine too: who may read everything there can find a code of six digits. Whether
a code is still good is told by the clock of who checks.
"""

import hashlib
import hmac
import secrets
import time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gsmd.fleet import subjects
from gsmd.fleet.order import BadOrder
from gsmd.fleet.subjects import CODES, SETTINGS

if TYPE_CHECKING:
    from gsmd.fleet.client import AsyncFleetClient

_KEY = "verify_key"
_DIGITS = range(4, 13)


class CodeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A code. ``until``: seconds since 1970. ``state``: ``pending``, ``verified`` or ``failed``."""

    peer: str
    hash: str
    until: float
    left: int
    state: str = "pending"


class CodeChecked(NamedTuple):
    """Whether a guess was right; if not, why: ``wrong``, ``too_many_attempts``, ``expired``, ``used``, ``unknown``."""

    ok: bool
    reason: str | None = None


class FleetCodes:
    """Codes, by way of a client of the fleet."""

    def __init__(self, fleet: "AsyncFleetClient") -> None:
        self._fleet = fleet
        self._key = b""

    async def start(
        self,
        to: str,
        *,
        text: str = "{code} is your code.",
        length: int = 6,
        lifetime: float = 300.0,
        attempts: int = 3,
        pool: str = "default",
    ) -> str:
        """Text a code to a number; returns the id that `check` takes. ``lifetime`` in seconds. Errors: `BadOrder`."""
        if "{code}" not in text:
            raise BadOrder("the text has no {code}")
        if length not in _DIGITS or attempts < 1 or lifetime <= 0:
            raise BadOrder("4 to 12 digits, at least one attempt, some time")
        code = "".join(secrets.choice("0123456789") for _ in range(length))
        id_ = secrets.token_hex(12)
        record = CodeRecord(
            peer=to, hash=await self._hash(id_, code), until=time.time() + lifetime, left=attempts
        )
        await self._fleet.link.create(subjects.kv(CODES, id_), msgspec.json.encode(record))
        words = text.replace("{code}", code)
        await self._fleet.send(
            *(to, words),
            pool=pool,
            key=f"code-{id_}",
            priority=50,
            send_within=lifetime,
            validity=lifetime,
        )
        return id_

    async def check(self, id_: str, code: str) -> CodeChecked:
        """Whether this is the code; a right one is good once. Errors: as of the client."""
        if not subjects.is_id(id_):
            return CodeChecked(ok=False, reason="unknown")
        place = subjects.kv(CODES, id_)
        while True:
            found = await self._fleet.link.last(f"KV_{CODES}", place)
            if found is None or not found.data:
                return CodeChecked(ok=False, reason="unknown")
            record = msgspec.json.decode(found.data, type=CodeRecord)
            if record.state != "pending":
                reason = "used" if record.state == "verified" else "too_many_attempts"
                return CodeChecked(ok=False, reason=reason)
            if record.until <= time.time():
                return CodeChecked(ok=False, reason="expired")
            right = hmac.compare_digest(record.hash, await self._hash(id_, code.strip()))
            new = _after(record, right=right)
            body = msgspec.json.encode(new)
            if await self._fleet.link.put(place, body, found.seq) is not None:
                reason = "wrong" if new.state == "pending" else "too_many_attempts"
                return CodeChecked(ok=True) if right else CodeChecked(ok=False, reason=reason)

    async def _hash(self, id_: str, code: str) -> str:
        if not self._key:
            place = subjects.kv(SETTINGS, _KEY)
            await self._fleet.link.create(place, secrets.token_hex(32).encode())
            found = await self._fleet.link.last(f"KV_{SETTINGS}", place)
            assert found is not None
            self._key = found.data
        return hmac.new(self._key, f"{id_}\n{code}".encode(), hashlib.sha256).hexdigest()


def _after(record: CodeRecord, *, right: bool) -> CodeRecord:
    """The record after a guess."""
    if right:
        return msgspec.structs.replace(record, state="verified", hash="")
    left = record.left - 1
    state = "pending" if left > 0 else "failed"
    return msgspec.structs.replace(record, left=left, state=state)
