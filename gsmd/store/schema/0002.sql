-- Two-way: who wants no messages, lists, campaigns, polls, codes. Times as in 0001.sql.

ALTER TABLE outbound ADD COLUMN override INTEGER NOT NULL DEFAULT 0;  -- goes to those who opted out, too
ALTER TABLE outbound ADD COLUMN secret INTEGER NOT NULL DEFAULT 0;    -- its parts are wiped once it is out
ALTER TABLE message ADD COLUMN keyword TEXT;                          -- which keyword it was taken for

CREATE INDEX message_answers ON message (in_reply_to, created_at)
    WHERE in_reply_to IS NOT NULL AND direction = 'inbound';
-- All that statistics ask of a span of time, so that they never look at the rows themselves.
CREATE INDEX message_statistics ON message
    (created_at, direction, state, modem, tag, keyword, sent_at, delivered_at, error);
DROP INDEX message_created;
-- What the guard counts.
CREATE INDEX message_replies ON message (peer, created_at)
    WHERE direction = 'outbound' AND in_reply_to IS NOT NULL;

CREATE TABLE suppression (
    peer TEXT PRIMARY KEY,
    tail TEXT NOT NULL,                         -- the end of the number, however it is spelt
    at INTEGER NOT NULL,
    source TEXT NOT NULL,                       -- message, request or import
    message TEXT,                               -- id of the message that asked for it
    note TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX suppression_tail ON suppression (tail);

-- Every change of it, for ever: who asked for what, when and how.
CREATE TABLE suppression_log (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    peer TEXT NOT NULL,
    wish TEXT NOT NULL,                         -- stop or start
    source TEXT NOT NULL,
    message TEXT,
    note TEXT
) STRICT;
CREATE INDEX suppression_log_peer ON suppression_log (peer, seq);
CREATE UNIQUE INDEX suppression_log_message ON suppression_log (message) WHERE message IS NOT NULL;

CREATE TABLE list (
    name TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE list_member (
    list TEXT NOT NULL REFERENCES list (name) ON DELETE CASCADE,
    peer TEXT NOT NULL,
    fields TEXT NOT NULL DEFAULT '{}',          -- JSON object of texts, for templates
    at INTEGER NOT NULL,
    message TEXT,                               -- id of the message that asked for it
    PRIMARY KEY (list, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_member_peer ON list_member (peer);

CREATE TABLE campaign (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    list TEXT NOT NULL,
    text TEXT NOT NULL,                         -- template
    tag TEXT NOT NULL,
    state TEXT NOT NULL,                        -- running, paused, cancelled, done
    modem TEXT,
    handler TEXT,
    per_minute REAL,                            -- pace; NULL: as fast as modems go
    quiet TEXT,                                 -- 21:00-08:00 where the recipient is
    created_at INTEGER NOT NULL,
    not_before INTEGER,                         -- wall
    next_at INTEGER NOT NULL DEFAULT 0,         -- timeline: when the pace allows the next one
    finished_at INTEGER
) STRICT;
CREATE INDEX campaign_open ON campaign (seq) WHERE state = 'running';

CREATE TABLE campaign_recipient (
    campaign INTEGER NOT NULL REFERENCES campaign (seq) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    peer TEXT NOT NULL,
    fields TEXT NOT NULL DEFAULT '{}',
    state TEXT NOT NULL,                        -- pending, quiet, queued, skipped, refused
    due_at INTEGER NOT NULL DEFAULT 0,          -- wall: when the quiet hours where they are end
    reason TEXT,
    message TEXT,                               -- id of what was sent to them
    PRIMARY KEY (campaign, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_recipient_due ON campaign_recipient (campaign, due_at, position)
    WHERE state = 'pending';
CREATE UNIQUE INDEX campaign_recipient_peer ON campaign_recipient (campaign, peer)
    WHERE state != 'skipped';

CREATE TABLE poll (
    name TEXT PRIMARY KEY,
    question TEXT,
    options TEXT NOT NULL,                      -- JSON: [{"label": …, "words": […]}]
    counts TEXT NOT NULL,                       -- first or last: which vote of a number counts
    opens_at INTEGER,
    closes_at INTEGER,
    reply TEXT,
    created_at INTEGER NOT NULL,
    configured INTEGER NOT NULL,
    seed TEXT NOT NULL,                         -- of the draw; told only once the poll is closed
    commitment TEXT NOT NULL                    -- SHA-256 of the seed; told from the beginning
) STRICT, WITHOUT ROWID;

CREATE TABLE vote (
    poll TEXT NOT NULL REFERENCES poll (name) ON DELETE CASCADE,
    peer TEXT NOT NULL,
    choice INTEGER NOT NULL,
    at INTEGER NOT NULL,
    message TEXT NOT NULL,                      -- id of the message that counts
    PRIMARY KEY (poll, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX vote_choice ON vote (poll, choice);

-- One-time codes: only a keyed hash of each.
CREATE TABLE code (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                         -- start, expect, reply
    peer TEXT,
    state TEXT NOT NULL,                        -- pending, verified, failed, expired
    hash BLOB,                                  -- NULL: any message from that number
    attempts INTEGER NOT NULL DEFAULT 0,        -- wrong guesses
    created_at INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,                  -- timeline: what the rates count
    expires_at INTEGER NOT NULL,                -- wall, for people
    due_at INTEGER NOT NULL,                    -- timeline: when it ends
    message TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX code_pending ON code (kind, peer) WHERE state = 'pending';
CREATE INDEX code_due ON code (due_at) WHERE state = 'pending';
CREATE INDEX code_hash ON code (hash) WHERE state = 'pending' AND hash IS NOT NULL;
CREATE INDEX code_asked ON code (asked_at);
CREATE INDEX code_asked_peer ON code (peer, asked_at) WHERE peer IS NOT NULL;
