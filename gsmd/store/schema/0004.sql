-- What was forwarded for whom, who is blocked at run time, which services a notification has reached.

CREATE TABLE forwarded (
    message INTEGER PRIMARY KEY REFERENCES message (seq) ON DELETE CASCADE, -- what went to the recipient
    origin INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,     -- what it sends on
    handler TEXT NOT NULL
) STRICT;
CREATE INDEX forwarded_origin ON forwarded (origin);
CREATE INDEX forwarded_handler ON forwarded (handler, message);

CREATE TABLE block (
    pattern TEXT PRIMARY KEY,                   -- a number or name, * for anything
    at INTEGER NOT NULL,
    note TEXT
) STRICT, WITHOUT ROWID;

-- Every change of it, for ever.
CREATE TABLE block_log (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    pattern TEXT NOT NULL,
    wish TEXT NOT NULL,                         -- block or unblock
    note TEXT
) STRICT;
CREATE INDEX block_log_pattern ON block_log (pattern, seq);

CREATE TABLE reached (
    message TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    handler TEXT NOT NULL,
    service TEXT NOT NULL,                      -- a short hash of its address, which holds secrets
    PRIMARY KEY (message, handler, service)
) STRICT, WITHOUT ROWID;
