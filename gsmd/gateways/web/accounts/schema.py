"""The tables of the web gateway, step by step (`gsmd.gateways.database`). Times are Unix seconds.

Of what opens a door only digests are kept: SHA-256 of tokens, sessions and invitations, which are random and long; Argon2
of passwords, which are not. A list of names is JSON; NULL means that nothing is narrowed. A token that was made by means of
another one (``parent``) is good as long as that one is.
"""

STEPS = (
    """
CREATE TABLE user (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    roles TEXT NOT NULL,
    password TEXT,
    totp BLOB,
    totp_step INTEGER NOT NULL DEFAULT 0,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL
) STRICT;

CREATE TABLE invitation (
    digest BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    expires_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE passkey (
    credential BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    public_key BLOB NOT NULL,
    sign_count INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    created_at REAL NOT NULL,
    seen_at REAL NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    id TEXT PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL COLLATE NOCASE,
    roles TEXT NOT NULL,
    handlers TEXT,
    modems TEXT,
    tags TEXT,
    lists TEXT,
    created_at REAL NOT NULL,
    expires_at REAL,
    used_at REAL,
    revoked_at REAL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit log is only added to'); END;

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN old.at > unixepoch('now') - 31536000
BEGIN SELECT raise(ABORT, 'the audit log is kept for a year'); END;
""",
    """
CREATE TABLE preference (
    user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (user, name)
) STRICT, WITHOUT ROWID;
""",
    """
ALTER TABLE token ADD COLUMN parent TEXT;

CREATE TABLE compat_sent (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    surface TEXT NOT NULL,
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    message TEXT NOT NULL,
    peer TEXT NOT NULL,
    error TEXT NOT NULL,
    url TEXT NOT NULL,
    secret BLOB NOT NULL,
    detail TEXT NOT NULL,
    created_at REAL NOT NULL
) STRICT;

CREATE INDEX compat_sent_id ON compat_sent (surface, owner, id);
CREATE INDEX compat_sent_message ON compat_sent (message);
CREATE INDEX compat_sent_age ON compat_sent (created_at);

CREATE TABLE compat_hook (
    id TEXT NOT NULL,
    surface TEXT NOT NULL,
    owner TEXT NOT NULL,
    event TEXT NOT NULL,
    url TEXT NOT NULL,
    secret BLOB NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (surface, owner, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE compat_setting (
    surface TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (surface, owner, name)
) STRICT, WITHOUT ROWID;
""",
    """
-- the one that there was had no place for the handle, and nothing in it
DROP TABLE passkey;

CREATE TABLE passkey (
    credential BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    public_key BLOB NOT NULL,
    sign_count INTEGER NOT NULL,
    handle BLOB NOT NULL,
    name TEXT NOT NULL,
    created_at REAL NOT NULL,
    used_at REAL
) STRICT, WITHOUT ROWID;

CREATE INDEX passkey_user ON passkey (user);
""",
    """
-- 1: a password alone, or a proxy's word; 2: a code besides, or a passkey
ALTER TABLE session ADD COLUMN factors INTEGER NOT NULL DEFAULT 1;
""",
)
