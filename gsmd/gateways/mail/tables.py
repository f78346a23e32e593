"""What the gateway keeps: conversations, whose mail became which message, mail of ours that waits to go out."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from gsmd.gateways import forgetting

STEPS = (
    """
    -- Secrets of this installation.
    CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

    -- Somebody with a phone, seen from a forward (its handler) or from a person with a mail address (party).
    CREATE TABLE conversation (
        token TEXT PRIMARY KEY,
        handler TEXT NOT NULL,
        party TEXT NOT NULL,
        peer TEXT NOT NULL,
        modem TEXT,
        subject TEXT NOT NULL,
        last_mail TEXT,     -- the Message-ID of the newest mail of it
        last_inbound TEXT,  -- the id of the newest message that came in
        at INTEGER NOT NULL
    ) WITHOUT ROWID;

    -- Mail that became a message, to tell its sender what became of that.
    CREATE TABLE submission (
        message TEXT PRIMARY KEY,
        account TEXT NOT NULL,  -- who it counts for: the user, else the sender
        sender TEXT NOT NULL,
        recipient TEXT NOT NULL,
        token TEXT,
        mail_id TEXT,
        subject TEXT NOT NULL,
        notify TEXT NOT NULL,
        original TEXT,      -- ORCPT (RFC 3461 §4.2)
        envelope_id TEXT,   -- ENVID (RFC 3461 §4.4)
        at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX submission_of_account ON submission (account, at);
    CREATE INDEX submission_at ON submission (at);

    -- Mail of our own that the smarthost has not taken yet.
    CREATE TABLE outbox (
        id TEXT PRIMARY KEY,
        sender TEXT NOT NULL,
        recipients TEXT NOT NULL,
        content BLOB NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        due_at INTEGER NOT NULL,
        at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX outbox_due ON outbox (due_at);
    """,
    forgetting.STEP,
    "CREATE INDEX conversation_at ON conversation (at);",
)


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``conversation``."""

    token: str
    handler: str
    party: str
    peer: str
    modem: str | None
    subject: str
    last_mail: str | None = None
    last_inbound: str | None = None
    at: int = 0


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``submission``. ``notify`` has words of RFC 3461 §4.1 with commas between."""

    message: str
    account: str
    sender: str
    recipient: str
    token: str | None
    mail_id: str | None
    subject: str
    notify: str
    original: str | None
    envelope_id: str | None
    at: int


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``outbox``: mail of ours; ``sender`` and ``recipients`` are those of the envelope. Times in ms."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    attempts: int = 0
    due_at: int = 0
    at: int = 0


def secret(connection: sqlite3.Connection, name: str, fresh: bytes) -> bytes:
    """The secret of that name, ``fresh`` if there is none yet."""
    connection.execute("INSERT OR IGNORE INTO secret VALUES (?, ?)", (name, fresh))
    (value,) = connection.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()
    return bytes(value)


def conversation(connection: sqlite3.Connection, token: str) -> Conversation | None:
    """The conversation with that token."""
    row = connection.execute("SELECT * FROM conversation WHERE token = ?", (token,)).fetchone()
    return None if row is None else Conversation(**_named(Conversation, row))


def keep_conversation(connection: sqlite3.Connection, wanted: Conversation) -> Conversation:
    """The conversation with that token as it stands; ``wanted`` if it is a new one."""
    values = _values(wanted)
    connection.execute(f"INSERT OR IGNORE INTO conversation VALUES ({_marks(values)})", values)  # noqa: S608 -- question marks
    found = conversation(connection, wanted.token)
    assert found is not None
    return found


def note_mail(
    connection: sqlite3.Connection, token: str, mail_id: str | None, inbound: str | None, at: int
) -> None:
    """The newest mail of a conversation, and the newest message that came in, as far as there is one."""
    connection.execute(
        "UPDATE conversation SET last_mail = coalesce(?, last_mail), last_inbound = coalesce(?, last_inbound),"
        " at = ? WHERE token = ?",
        (mail_id, inbound, at, token),
    )


def add_submission(connection: sqlite3.Connection, row: Submission) -> bool:
    """Keep it; false if it was kept before."""
    values = _values(row)
    done = connection.execute(f"INSERT OR IGNORE INTO submission VALUES ({_marks(values)})", values)  # noqa: S608 -- question marks
    return done.rowcount == 1


def submission(connection: sqlite3.Connection, message: str) -> Submission | None:
    """The mail that became that message."""
    row = connection.execute("SELECT * FROM submission WHERE message = ?", (message,)).fetchone()
    return None if row is None else Submission(**_named(Submission, row))


def sent_since(connection: sqlite3.Connection, account: str, since: int) -> int:
    """How many messages came of somebody's mail since then."""
    statement = "SELECT count(*) FROM submission WHERE account = ? AND at > ?"
    (count,) = connection.execute(statement, (account, since)).fetchone()
    return int(count)


def add_mail(connection: sqlite3.Connection, mail: Waiting) -> None:
    """Mail of ours is to go out; one with the same id is the same one."""
    connection.execute(
        "INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(mail.id, mail.sender, "\n".join(mail.recipients), mail.content),
            *(mail.attempts, mail.due_at, mail.at),
        ),
    )


def next_mail(connection: sqlite3.Connection) -> Waiting | None:
    """The mail of ours that is due first."""
    row = connection.execute("SELECT * FROM outbox ORDER BY due_at, at LIMIT 1").fetchone()
    if row is None:
        return None
    named = _named(Waiting, row)
    return Waiting(**{**named, "recipients": tuple(named["recipients"].split("\n"))})


def mail_gone(connection: sqlite3.Connection, id_: str) -> None:
    """The smarthost has it, or nobody will."""
    connection.execute("DELETE FROM outbox WHERE id = ?", (id_,))


def mail_later(
    connection: sqlite3.Connection, id_: str, recipients: Sequence[str], due_at: int
) -> None:
    """These recipients are to be tried again."""
    connection.execute(
        "UPDATE outbox SET recipients = ?, attempts = attempts + 1, due_at = ? WHERE id = ?",
        ("\n".join(recipients), due_at, id_),
    )


def forget_old(connection: sqlite3.Connection, before: int) -> None:
    """Delete what nobody will ask for any more, and conversations in which nothing was said since."""
    connection.execute("DELETE FROM submission WHERE at < ?", (before,))
    connection.execute("DELETE FROM conversation WHERE at < ?", (before,))


def peers(connection: sqlite3.Connection) -> list[str]:
    """Everybody with whom there is a conversation."""
    return [peer for (peer,) in connection.execute("SELECT DISTINCT peer FROM conversation")]


def messages(connection: sqlite3.Connection) -> list[str]:
    """The messages that mail became, and those that mail of ours which waits is about; not what went to lists."""
    lists: set[str] = set()
    sent: set[str] = set()
    for id_, recipient in connection.execute("SELECT message, recipient FROM submission"):
        (lists if recipient.lower().startswith("list-") else sent).add(id_)
    waiting = {_message_of(id_) for (id_,) in connection.execute("SELECT id FROM outbox")}
    return [*(sent | waiting) - lists]


def forget(connection: sqlite3.Connection, strangers: set[str], gone: set[str]) -> None:
    """Delete conversations with these people, and whatever is about these messages."""
    connection.executemany(
        "DELETE FROM conversation WHERE peer = ?", [(peer,) for peer in strangers]
    )
    connection.executemany("DELETE FROM submission WHERE message = ?", [(id_,) for id_ in gone])
    waiting = connection.execute("SELECT id FROM outbox").fetchall()
    about = [(id_,) for (id_,) in waiting if _message_of(id_) in gone]
    connection.executemany("DELETE FROM outbox WHERE id = ?", about)


def _message_of(mail_id: str) -> str:
    """The message that a mail of ours is about (`Threads.mail_id`)."""
    return mail_id.removeprefix("<").partition("@")[0].partition(".")[0]


def _named(kind: type[msgspec.Struct], row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(kind.__struct_fields__, row, strict=True))


def _values(row: msgspec.Struct) -> tuple[object, ...]:
    return msgspec.structs.astuple(row)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
