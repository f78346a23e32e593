"""Passwords: which will do, and how they are kept and compared.

Argon2id with 19 MiB, two passes, one lane (OWASP's least). One at a time: whoever tries many passwords at once takes
19 MiB and one processor, not all there are. A user who does not exist costs the same time as one who does.
"""

import asyncio
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 128
"""Characters of a password."""


class Unsuitable(ValueError):
    """A password that will not do; the message says why."""


def check(password: str, user: str) -> None:
    """Errors: `Unsuitable`. Length and commonness decide, not kinds of characters (NIST SP 800-63B §5.1.1.2)."""
    if len(password) < SHORTEST:
        raise Unsuitable(f"a password has at least {SHORTEST} characters; a sentence is a good one")
    if len(password) > LONGEST:
        raise Unsuitable(f"a password has at most {LONGEST} characters")
    plain = password.casefold()
    if len(set(plain)) < 5:
        raise Unsuitable("too few different characters")
    if plain in _common() or plain.replace(user.casefold(), "").strip("0123456789") in {"", "gsmd"}:
        raise Unsuitable("it is one of the first that others would try")


@cache
def _common() -> frozenset[str]:
    """Of the 30,000 that were found most often in leaks, those that are not too short anyway."""
    file = resources.files(__package__).joinpath("common_passwords.txt")
    return frozenset(file.read_text(encoding="utf-8").split())


class Passwords:
    """Makes and compares what is kept of passwords, off the event loop."""

    def __init__(self) -> None:
        self._one = asyncio.Lock()
        self._of_nobody: str | None = None

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        async with self._one:
            return await asyncio.to_thread(hash_now, password)

    async def right(self, kept: str | None, password: str) -> bool:
        """True if ``password`` is the one; None is kept of nobody, and takes the same time."""
        if self._of_nobody is None:
            self._of_nobody = await self.hash("nobody's password")
        async with self._one:
            found = await asyncio.to_thread(_verify, kept or self._of_nobody, password[:LONGEST])
        return found and kept is not None


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher, Type

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def hash_now(password: str) -> str:
    """What is kept of a password. Blocks for some 30 ms."""
    return _hasher().hash(password)


def _verify(kept: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
