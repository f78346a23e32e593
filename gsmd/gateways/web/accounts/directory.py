"""All accounts as the running gateway sees them: looked up for each request, and what was used noted now and then.

Theory of operation. A look-up by a digest is remembered until anything in the file changes. Changes by this process
pass through here; those of the command line (``gsmd web revoke``) are seen by SQLite's ``data_version``, which a
connection of its own reads from shared memory before each use of what is remembered. So a token that is revoked is
good no more with the next request, and a request costs no thread and no disk. When a token was last used is kept here
and written every so often: it is no news that somebody's script still runs.
"""

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gsmd.gateways.database import Database
from gsmd.gateways.web.accounts import audit, credentials, sessions, tokens, users
from gsmd.gateways.web.accounts.schema import STEPS
from gsmd.gateways.web.accounts.sessions import Session
from gsmd.gateways.web.accounts.tokens import Token
from gsmd.gateways.web.accounts.users import User

log = logging.getLogger(__name__)

T = TypeVar("T")

DATABASE = "web.db"
"""The file in ``state_dir``."""

NOTED_EVERY = 60.0
"""Seconds between two notes of what was used."""

RECORDED_WITHIN = 1.0
"""Seconds until what was done is in the audit log: reads cost no write of their own."""

_FULL = 500
"""Entries that are written down at once."""

_REMEMBERED = 2000


class Directory:
    """The accounts in the file at ``path``. `open`, then `close`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sight = sqlite3.connect(database.path, isolation_level=None)
        self._version = -1
        self._known: dict[tuple[str, object], Token | Session | User | None] = {}
        self._used: dict[str, float] = {}
        self._seen: dict[str, float] = {}
        self._record: list[tuple[float, str, str, str, str]] = []
        self._recorded = asyncio.Event()

    @classmethod
    async def open(cls, state_dir: Path) -> "Directory":
        """Errors: `CannotServe`."""
        return cls(await Database.open(state_dir / DATABASE, STEPS))

    async def close(self) -> None:
        """Note what was used, and let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            await self.record()
            await self._note()
        self._sight.close()
        await self._database.close()

    async def run(self) -> None:
        """Note what was used every so often and what was done soon, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_record())
            group.create_task(self._note_use())

    async def _note_use(self) -> None:
        while True:
            await asyncio.sleep(NOTED_EVERY)
            try:
                await self._note()
            except sqlite3.Error as error:
                log.warning("what was used cannot be noted: %s", error)

    async def token(self, text: str) -> Token | None:
        """The token, if it is good."""
        if not credentials.is_token(text):
            return None
        digest = credentials.digest(text)
        found = await self._look("token", digest, lambda db: tokens.by_digest(db, digest))
        now = time.time()
        if not isinstance(found, Token) or not found.good_at(now):
            return None
        self._used[found.id] = now
        return found

    async def session(self, secret: str) -> Session | None:
        """The session, if it is good."""
        digest = credentials.digest(secret)
        found = await self._look("session", digest, lambda db: sessions.by_digest(db, digest))
        now = time.time()
        if not isinstance(found, Session):
            return None
        seen = self._seen.get(found.id, found.seen_at)
        if not found.good_at(now) or now > seen + sessions.IDLE:
            return None
        self._seen[found.id] = now
        return found

    async def user(self, name: str) -> User | None:
        """The user of that name, if they are not disabled."""
        found = await self._look("user", name.casefold(), lambda db: users.named(db, name))
        return found if isinstance(found, User) and not found.disabled else None

    async def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Change something; once this returns it is on the disk, and holds."""
        result = await self._database.write(job)
        self._known.clear()
        return result

    async def read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Look something up that is not remembered."""
        return await self._database.read(job)

    async def note(self, actor: str, action: str, subject: str = "", address: str = "") -> None:
        """Put something into the audit log."""
        await self._database.write(
            lambda db: audit.note(db, actor, action, subject, address=address)
        )

    def note_soon(self, actor: str, action: str, subject: str = "", address: str = "") -> None:
        """Put something into the audit log within `RECORDED_WITHIN` seconds: together with what else was done by then."""
        self._record.append((time.time(), actor, action, subject, address))
        if len(self._record) == 1 or len(self._record) == _FULL:
            self._recorded.set()

    async def record(self) -> None:
        """Write down what was to be noted soon. Errors: sqlite3.Error; then it is still to be."""
        record, self._record = self._record, []
        if not record:
            return

        def add(db: sqlite3.Connection) -> None:
            for at, actor, action, subject, address in record:
                audit.note(db, actor, action, subject, address=address, at=at)

        try:
            await self._database.write(add)
        except sqlite3.Error:
            self._record = record[:_FULL] + self._record
            raise

    async def _keep_record(self) -> None:
        while True:
            await self._recorded.wait()
            self._recorded.clear()
            if len(self._record) < _FULL:
                await asyncio.sleep(RECORDED_WITHIN)
            try:
                await self.record()
            except sqlite3.Error as error:
                log.warning("what was done cannot be recorded: %s", error)

    async def _look(
        self,
        kind: str,
        key: object,
        find: Callable[[sqlite3.Connection], Token | Session | User | None],
    ) -> Token | Session | User | None:
        (version,) = self._sight.execute("PRAGMA data_version").fetchone()
        if version != self._version or len(self._known) > _REMEMBERED:
            self._known.clear()
            self._version = version
        if (kind, key) in self._known:
            return self._known[kind, key]
        found = await self._database.read(find)
        if found is not None:
            self._known[kind, key] = found
        return found

    async def _note(self) -> None:
        used, seen = self._used, self._seen
        self._used = {}
        if used or seen:

            def note(db: sqlite3.Connection) -> None:
                tokens.note_use(db, used)
                sessions.note_seen(db, seen)

            await self._database.write(note)
        since = time.time() - sessions.IDLE
        self._seen = {id_: at for id_, at in self._seen.items() if at > since}
