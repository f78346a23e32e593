-- Messages in and out, their parts, queues and stories.
--
-- Times: *_at in milliseconds since 1970 UTC (wall) unless a comment says timeline:
-- milliseconds of gsmd's own timeline, which never jumps (store/ledger/timeline.py).
-- Queues (outbound.queue, delivery.queue) share their words:
--   waiting  may be taken now            behind   an earlier one for the same peer goes first
--   leased   taken, not yet settled      deferred not before due_at
--   done     settled                     dead     given up

CREATE TABLE message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,      -- order of acceptance
    id TEXT NOT NULL UNIQUE,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    peer TEXT NOT NULL,
    modem TEXT,
    sim TEXT,
    kind TEXT NOT NULL,
    text TEXT,
    data TEXT,                                  -- hex
    alphabet TEXT NOT NULL,
    class INTEGER,
    destination_port INTEGER,
    source_port INTEGER,
    parts INTEGER NOT NULL,
    complete INTEGER NOT NULL DEFAULT 1,
    tag TEXT,
    in_reply_to TEXT,
    possible_duplicate INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    service_centre_timestamp TEXT,              -- ISO 8601 with the service centre's offset
    sent_at INTEGER,
    delivered_at INTEGER,
    error TEXT                                  -- JSON of message.Failure
) STRICT;
CREATE INDEX message_direction ON message (direction, seq);
CREATE INDEX message_state ON message (state, seq); -- every state belongs to one direction
CREATE INDEX message_modem ON message (modem, seq);
CREATE INDEX message_peer ON message (peer, seq);
CREATE INDEX message_tag ON message (tag, seq) WHERE tag IS NOT NULL;
CREATE INDEX message_created ON message (created_at);

-- The raw frames, as the modem gave them: evidence, stored before they are understood.
CREATE TABLE inbound_part (
    id TEXT PRIMARY KEY,                        -- transport identity: hash of SIM and TPDU
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
) STRICT, WITHOUT ROWID;
CREATE INDEX inbound_part_message ON inbound_part (message, sequence) WHERE message IS NOT NULL;
CREATE INDEX inbound_part_assembly ON inbound_part (assembly, sequence) WHERE assembly IS NOT NULL;

-- A long message that still lacks parts.
CREATE TABLE assembly (
    id INTEGER PRIMARY KEY,
    sim TEXT NOT NULL,
    peer TEXT NOT NULL,
    reference INTEGER NOT NULL,
    width INTEGER NOT NULL,
    total INTEGER NOT NULL,
    service_centre_time INTEGER,                -- seconds since 1970 UTC of its first part
    due_at INTEGER NOT NULL,                    -- timeline: when it is published incomplete
    message INTEGER REFERENCES message (seq) ON DELETE CASCADE -- set once published incomplete
) STRICT;
CREATE INDEX assembly_key ON assembly (sim, peer, reference, width, total);
CREATE INDEX assembly_due ON assembly (due_at) WHERE message IS NULL;
CREATE INDEX assembly_message ON assembly (message) WHERE message IS NOT NULL;

CREATE TABLE outbound (
    message INTEGER PRIMARY KEY REFERENCES message (seq) ON DELETE CASCADE,
    queue TEXT NOT NULL,
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
    key TEXT UNIQUE,
    waits TEXT                                  -- why it waits, for people
) STRICT;
CREATE INDEX outbound_waiting ON outbound (route, priority DESC, message) WHERE queue = 'waiting';
CREATE INDEX outbound_deferred ON outbound (due_at) WHERE queue = 'deferred';
CREATE INDEX outbound_expiry ON outbound (expires_at)
    WHERE expires_at IS NOT NULL AND queue IN ('waiting', 'behind', 'deferred');
CREATE INDEX outbound_open ON outbound (destination, priority, message) WHERE queue != 'done';
CREATE INDEX outbound_leased ON outbound (message) WHERE queue = 'leased';

CREATE TABLE outbound_part (
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    tpdu BLOB NOT NULL,
    state TEXT NOT NULL,                        -- the words of message.State
    attempts INTEGER NOT NULL DEFAULT 0,
    modem TEXT,
    sim TEXT,
    message_reference INTEGER,
    submitted_at INTEGER,                       -- timeline; what the limits count
    sent_at INTEGER,
    unanswered_at INTEGER,                      -- a try then got no answer: it may be out
    tp_status INTEGER,
    discharge_time TEXT,                        -- ISO 8601 with the service centre's offset
    error TEXT,
    PRIMARY KEY (message, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbound_part_reference ON outbound_part (sim, message_reference, submitted_at)
    WHERE message_reference IS NOT NULL;
CREATE INDEX outbound_part_unanswered ON outbound_part (sim, unanswered_at)
    WHERE unanswered_at IS NOT NULL;
CREATE INDEX outbound_part_submitted ON outbound_part (modem, submitted_at)
    WHERE submitted_at IS NOT NULL;

-- Status reports that match nothing yet: the +CMGS answer may come after them.
CREATE TABLE stray_report (
    part TEXT PRIMARY KEY REFERENCES inbound_part (id) ON DELETE CASCADE,
    sim TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message_reference INTEGER NOT NULL,
    due_at INTEGER NOT NULL                     -- timeline: when it is listed as a message of its own
) STRICT, WITHOUT ROWID;
CREATE INDEX stray_report_reference ON stray_report (sim, message_reference);
CREATE INDEX stray_report_due ON stray_report (due_at);

CREATE TABLE handler (
    name TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    configured INTEGER NOT NULL                 -- 1 while it stands in the configuration
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
    handler TEXT NOT NULL REFERENCES handler (name) ON DELETE CASCADE,
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    peer TEXT NOT NULL,
    queue TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,        -- hand-overs so far
    due_at INTEGER NOT NULL DEFAULT 0,          -- timeline
    error TEXT,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (handler, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_waiting ON delivery (handler, message) WHERE queue = 'waiting';
CREATE INDEX delivery_deferred ON delivery (due_at) WHERE queue = 'deferred';
CREATE INDEX delivery_open ON delivery (handler, peer, message)
    WHERE queue NOT IN ('done', 'dead');
CREATE INDEX delivery_dead ON delivery (handler, message) WHERE queue = 'dead';
CREATE INDEX delivery_leased ON delivery (handler, message) WHERE queue = 'leased';
CREATE INDEX delivery_message ON delivery (message);
-- INDEXED BY in the queries: without statistics the planner prefers the primary key, however long the backlog.

-- Every transition and every try, so that `gsmd show` tells a message's whole story.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    message INTEGER REFERENCES message (seq) ON DELETE CASCADE,
    type TEXT NOT NULL,
    detail TEXT NOT NULL                        -- JSON object
) STRICT;
CREATE INDEX event_message ON event (message) WHERE message IS NOT NULL;
CREATE INDEX event_loose ON event (at) WHERE message IS NULL;

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
