-- The desk: conversations that people deal with. None of it is written for a message; what the messages say is taken up later.
CREATE TABLE conversation (
    peer TEXT PRIMARY KEY,                      -- one subscriber, whichever way the messages spell the number
    last INTEGER NOT NULL,                      -- message.seq of the newest message, as far as conversations_reach
    heard INTEGER NOT NULL,                     -- message.seq of the newest of theirs; 0: none
    received INTEGER NOT NULL,                  -- how many of theirs there ever were, and of ours
    sent INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,         -- how many of theirs have been deleted since
    state TEXT NOT NULL DEFAULT 'open',         -- the words of protocol.conversations.Attention
    assignee TEXT,
    snooze_until INTEGER,
    opened_at INTEGER                           -- when it was opened last; NULL: with its first message
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_last ON conversation (last);
CREATE INDEX conversation_state ON conversation (state, last);
CREATE INDEX conversation_assignee ON conversation (assignee, last) WHERE assignee IS NOT NULL;
CREATE INDEX conversation_snoozed ON conversation (snooze_until) WHERE snooze_until IS NOT NULL;

-- Up to which message (message.seq) conversation tells of them, and for which country numbers were completed.
CREATE TABLE conversations_reach (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    until INTEGER NOT NULL,
    country TEXT
) STRICT;

-- What people call it.
CREATE TABLE conversation_label (
    label TEXT NOT NULL,
    peer TEXT NOT NULL REFERENCES conversation (peer) ON DELETE CASCADE,
    PRIMARY KEY (label, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_label_peer ON conversation_label (peer);

-- What people tell each other about it.
CREATE TABLE conversation_note (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    peer TEXT NOT NULL REFERENCES conversation (peer) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    text TEXT NOT NULL,
    key TEXT                                    -- the same key again is the same note
) STRICT;
CREATE INDEX conversation_note_peer ON conversation_note (peer);
CREATE UNIQUE INDEX conversation_note_key ON conversation_note (peer, key) WHERE key IS NOT NULL;

-- How far somebody has read.
CREATE TABLE conversation_read (
    peer TEXT NOT NULL REFERENCES conversation (peer) ON DELETE CASCADE,
    by TEXT NOT NULL,
    until INTEGER NOT NULL,                     -- message.seq
    received INTEGER NOT NULL,                  -- conversation.received up to there
    at INTEGER NOT NULL,
    PRIMARY KEY (peer, by)
) STRICT, WITHOUT ROWID;

-- Each time that a conversation was closed.
CREATE TABLE conversation_closing (
    seq INTEGER PRIMARY KEY,
    peer TEXT REFERENCES conversation (peer) ON DELETE SET NULL, -- NULL: its messages are not kept any more
    opened_at INTEGER NOT NULL,
    responded_at INTEGER,                       -- the first message of ours behind opened_at
    closed_at INTEGER NOT NULL,
    by TEXT,
    assignee TEXT
) STRICT;
CREATE INDEX conversation_closing_peer ON conversation_closing (peer) WHERE peer IS NOT NULL;
CREATE INDEX conversation_closing_at ON conversation_closing (closed_at);

-- A conversation goes with its last message.
CREATE TRIGGER conversation_shorter AFTER DELETE ON message
WHEN EXISTS (SELECT 1 FROM conversation WHERE peer = old.peer) BEGIN
    UPDATE conversation SET deleted = deleted + 1 WHERE peer = old.peer AND old.direction = 'inbound'
        AND old.kind != 'report' AND old.seq <= (SELECT until FROM conversations_reach);
    DELETE FROM conversation WHERE peer = old.peer
        AND NOT EXISTS (SELECT 1 FROM message INDEXED BY message_peer WHERE message.peer = old.peer);
END;
