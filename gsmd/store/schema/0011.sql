-- Handlers made at run time: web hooks that were added over the socket, and the choice of messages of a name that is
-- not configured. Web hooks of both kinds that said that they want no more.

ALTER TABLE handler ADD COLUMN match TEXT;      -- JSON: the choice of one that is not configured; NULL: all messages

CREATE TABLE hook (
    name TEXT PRIMARY KEY,
    settings TEXT NOT NULL,                     -- JSON: what it was added with, but the secret
    secret TEXT,                                -- stands for the key that signs; nobody but the daemon reads it
    added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE suspension (
    handler TEXT PRIMARY KEY,
    address TEXT NOT NULL,                      -- that wants no more; another one in its place may
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
