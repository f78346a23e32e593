-- Fewer pages written per message, and listings in the order of created_at. Times as in 0001.sql.

-- A listing walks one of these from the newest down; seq comes behind created_at by itself. There is none by
-- direction: every state belongs to one, so a direction is a few walks side by side.
DROP INDEX message_direction;
DROP INDEX message_state;
DROP INDEX message_modem;
DROP INDEX message_peer;
DROP INDEX message_tag;
DROP INDEX message_replies;
CREATE INDEX message_created ON message (created_at);
CREATE INDEX message_state ON message (state, created_at);
CREATE INDEX message_modem ON message (modem, created_at) WHERE modem IS NOT NULL;
CREATE INDEX message_peer ON message (peer, created_at);
CREATE INDEX message_tag ON message (tag, created_at) WHERE tag IS NOT NULL;

-- The story of a message lies together, and needs no index of its own. One integer for the key, the message's
-- in front: what is appended to such a table changes one page, to any other a handful now and then.
CREATE TABLE event_of_message (
    seq INTEGER PRIMARY KEY,                    -- (message << 20) + number, from 1
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    detail TEXT NOT NULL                        -- JSON object
) STRICT;
INSERT INTO event_of_message
    SELECT (message << 20) + row_number() OVER (PARTITION BY message ORDER BY seq), at, type, detail FROM event
    WHERE message IS NOT NULL ORDER BY 1;
-- What belongs to no message.
CREATE TABLE loose_event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
INSERT INTO loose_event SELECT seq, at, type, detail FROM event WHERE message IS NULL ORDER BY seq;
CREATE INDEX loose_event_at ON loose_event (at);
DROP TABLE event;
ALTER TABLE event_of_message RENAME TO event;
CREATE TRIGGER message_events AFTER DELETE ON message BEGIN
    DELETE FROM event WHERE seq BETWEEN old.seq << 20 AND (old.seq << 20) + 0xFFFFF;
END;

-- By message first: what comes in lies together, whoever it is for.
CREATE TABLE delivery_by_message (
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    handler TEXT NOT NULL,
    peer TEXT NOT NULL,
    queue TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,        -- hand-overs so far
    due_at INTEGER NOT NULL DEFAULT 0,          -- timeline
    error TEXT,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (message, handler)
) STRICT, WITHOUT ROWID;
INSERT INTO delivery_by_message
    SELECT message, handler, peer, queue, attempts, due_at, error, updated_at FROM delivery
    ORDER BY message, handler;
DROP TABLE delivery;
ALTER TABLE delivery_by_message RENAME TO delivery;
-- One index for what comes and goes quickly: an entry moves within a page.
CREATE INDEX delivery_ready ON delivery (handler, queue, message)
    WHERE queue IN ('waiting', 'leased', 'dead');
CREATE INDEX delivery_deferred ON delivery (due_at) WHERE queue = 'deferred';
CREATE INDEX delivery_open ON delivery (handler, peer, message)
    WHERE queue NOT IN ('done', 'dead');

-- finished: so that the indexes of what is open are left alone while it goes from hand to hand.
CREATE TABLE outbound_order (
    message INTEGER PRIMARY KEY REFERENCES message (seq) ON DELETE CASCADE,
    queue TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,        -- 1 while queue is 'done'
    destination TEXT NOT NULL,
    route TEXT NOT NULL,                        -- modem names that may send it, comma-separated; '' any
    leased_by TEXT,                             -- modem name
    priority INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL DEFAULT 0,          -- timeline
    not_before INTEGER,                         -- wall, as asked for
    expires_at INTEGER,                         -- timeline
    validity INTEGER,                           -- milliseconds, as asked for
    report INTEGER NOT NULL DEFAULT 0,
    flash INTEGER NOT NULL DEFAULT 0,
    handler TEXT,
    key TEXT,
    waits TEXT,                                 -- why it waits, for people
    override INTEGER NOT NULL DEFAULT 0,        -- goes to those who opted out, too
    secret INTEGER NOT NULL DEFAULT 0           -- its parts are wiped once it is out
) STRICT;
INSERT INTO outbound_order
    SELECT message, queue, queue = 'done', destination, route, leased_by, priority, attempts, due_at, not_before,
        expires_at, validity, report, flash, handler, key, waits, override, secret
    FROM outbound ORDER BY message;
DROP TABLE outbound;
ALTER TABLE outbound_order RENAME TO outbound;
CREATE UNIQUE INDEX outbound_key ON outbound (key) WHERE key IS NOT NULL;
CREATE INDEX outbound_ready ON outbound (queue, route, priority DESC, message)
    WHERE queue IN ('waiting', 'leased');
CREATE INDEX outbound_deferred ON outbound (due_at) WHERE queue = 'deferred';
CREATE INDEX outbound_expiry ON outbound (expires_at) WHERE expires_at IS NOT NULL AND NOT finished;
CREATE INDEX outbound_open ON outbound (destination, priority, message) WHERE NOT finished;

-- Frames in the order they came; only the identity lies where the hash says.
CREATE TABLE inbound_part_in_order (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,                    -- transport identity: hash of SIM and TPDU
    sim TEXT NOT NULL,
    modem TEXT NOT NULL,
    frame TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,                   -- when it was read last: a slot that cannot be freed
    seen INTEGER NOT NULL DEFAULT 1,            -- how many times it was read
    sequence INTEGER NOT NULL DEFAULT 1,
    assembly INTEGER REFERENCES assembly (id) ON DELETE SET NULL,
    message INTEGER REFERENCES message (seq) ON DELETE CASCADE,
    error TEXT                                  -- why it could not be decoded
) STRICT;
INSERT INTO inbound_part_in_order
    (id, sim, modem, frame, received_at, seen_at, seen, sequence, assembly, message, error)
    SELECT id, sim, modem, frame, received_at, seen_at, seen, sequence, assembly, message, error
    FROM inbound_part ORDER BY received_at, message, sequence;
DROP TABLE inbound_part;
ALTER TABLE inbound_part_in_order RENAME TO inbound_part;
CREATE INDEX inbound_part_message ON inbound_part (message, sequence) WHERE message IS NOT NULL;
CREATE INDEX inbound_part_assembly ON inbound_part (assembly, sequence) WHERE assembly IS NOT NULL;
