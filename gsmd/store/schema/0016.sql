-- Contests: codes on the pack, each good once.

CREATE TABLE contest (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    opens_at INTEGER,
    closes_at INTEGER,
    terms TEXT NOT NULL,                        -- JSON: per_number, replies, prizes
    created_at INTEGER NOT NULL,
    configured INTEGER NOT NULL,
    seed TEXT NOT NULL,                         -- of lots and draw; told only once the contest is closed
    commitment TEXT NOT NULL,                   -- SHA-256 of the seed; told from the beginning
    key_commitment TEXT NOT NULL,               -- SHA-256 of the key that marks are made with
    codes INTEGER NOT NULL DEFAULT 0,           -- how many there are
    redeemed INTEGER NOT NULL DEFAULT 0,        -- how many of them have been
    lengths TEXT NOT NULL DEFAULT '[]',         -- JSON: the lengths that they have
    checked INTEGER NOT NULL DEFAULT 1          -- all of them have a check letter
) STRICT;

-- A million of them: rows as short as can be.
CREATE TABLE contest_code (
    mark INTEGER PRIMARY KEY,                   -- 64 bits of a keyed hash
    contest INTEGER NOT NULL,
    prize INTEGER,                              -- position of what it wins at once
    redeemed INTEGER                            -- 1: it is used up
) STRICT;
CREATE INDEX contest_code_prize ON contest_code (contest, prize, redeemed) WHERE prize IS NOT NULL;

-- The codes that counted.
CREATE TABLE contest_entry (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    contest INTEGER NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    peer TEXT NOT NULL,
    prize TEXT,                                 -- what it won at once
    at INTEGER NOT NULL,
    day TEXT NOT NULL,                          -- on which it counts, here
    message TEXT,                               -- id of the message that it came by
    key TEXT                                    -- the caller's, for asking again
) STRICT;
CREATE INDEX contest_entry_peer ON contest_entry (peer, contest, day);
CREATE INDEX contest_entry_contest ON contest_entry (contest, seq);
CREATE UNIQUE INDEX contest_entry_key ON contest_entry (contest, key) WHERE key IS NOT NULL;

-- Wrong codes of a number on the last day that it had any.
CREATE TABLE contest_wrong (
    peer TEXT NOT NULL,
    contest INTEGER NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (peer, contest)
) STRICT, WITHOUT ROWID;

-- What was taken out of a message until it is dealt with.
CREATE TABLE contest_sealed (
    message TEXT PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    contest INTEGER NOT NULL REFERENCES contest (id) ON DELETE CASCADE,
    marks TEXT NOT NULL,                        -- JSON
    mistyped INTEGER NOT NULL                   -- it is no code that was ever made
) STRICT, WITHOUT ROWID;
