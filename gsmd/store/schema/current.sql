-- The schema as it is now: the steps beside this file, taken together. To be read, never to be run: a database
-- is made and brought up to date by the steps, and a test holds the two equal. Whoever adds a step writes here
-- what comes of it.
--
-- Times: *_at in milliseconds since 1970 UTC (wall) unless a comment says timeline:
-- milliseconds of gsmd's own timeline, which never jumps (store/ledger/timeline.py).
--
-- Queues (outbound.queue, delivery.queue) share their words; tables/outbox.py and tables/deliveries.py say who
-- moves what:
--   waiting  may be taken now            behind    an earlier one for the same peer goes first
--   leased   taken, not yet settled      deferred  not before due_at
--   done     settled                     dead      given up (delivery)
--   held     until somebody decides (outbound)
--
-- Indexes: a queue is taken from by an index that holds only what is open, so that a look costs the same however
-- much is done with. Where the planner would choose another, the query says INDEXED BY.

-- Messages, in and out

-- One row for every message, in or out, for as long as it is kept. Everything below hangs on it, and goes with it.
CREATE TABLE message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,      -- order of acceptance
    id TEXT NOT NULL UNIQUE,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    peer TEXT NOT NULL,
    modem TEXT,                                 -- or carrier; a carrier is its own sim
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
    error TEXT,                                 -- JSON of message.Failure
    keyword TEXT,                               -- which keyword it was taken for
    answered_at INTEGER,                        -- wall: when the first answer came to it, or the first of ours went out
    story TEXT                                  -- numbers of its events, comma-separated
) STRICT;
-- A listing walks one of these from the newest down; seq comes behind created_at by itself. There is none by
-- direction: every state belongs to one, so a direction is a few walks side by side.
CREATE INDEX message_created ON message (created_at);
CREATE INDEX message_state ON message (state, created_at);
CREATE INDEX message_modem ON message (modem, created_at) WHERE modem IS NOT NULL;
CREATE INDEX message_peer ON message (peer, created_at);
CREATE INDEX message_tag ON message (tag, created_at) WHERE tag IS NOT NULL;
-- What the guard counts of all answers together.
CREATE INDEX message_answering ON message (created_at, parts)
    WHERE direction = 'outbound' AND in_reply_to IS NOT NULL;

-- Every transition and every try, so that `gsmd show` tells a message's whole story, and what belongs to no message. A
-- number that is missing was erased.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,                    -- as it is told: one more for each event, over restarts too
    message INTEGER,                            -- message.seq; the message has the numbers
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    detail TEXT NOT NULL                        -- JSON object
) STRICT;
CREATE INDEX event_loose ON event (at) WHERE message IS NULL;

-- What was told before it all came to lie in one table; empty in a newer database. A message's events by
-- (message << 20) + number, from 1; what belongs to no message; and both in the order of telling: event.seq, or of what belongs
-- to none the negative.
CREATE TABLE former_event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE TABLE former_loose_event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX loose_event_at ON former_loose_event (at);
CREATE TABLE former_event_order (
    seq INTEGER PRIMARY KEY,
    event INTEGER NOT NULL
) STRICT;

-- A story goes with its message; of the newest event its number stays, or it would be given anew.
CREATE TRIGGER message_events AFTER DELETE ON message BEGIN
    DELETE FROM former_event WHERE seq BETWEEN old.seq << 20 AND (old.seq << 20) + 0xFFFFF;
    UPDATE event SET message = NULL, type = 'event.erased', detail = '{}'
        WHERE seq = (SELECT max(seq) FROM event) AND message = old.seq;
    DELETE FROM event WHERE seq IN (SELECT value FROM json_each('[' || old.story || ']')) AND message = old.seq;
END;

-- Inbound

-- The raw frames, as the modem gave them: evidence, stored before they are understood. In the order they came;
-- only the identity lies where the hash says.
CREATE TABLE inbound_part (
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

-- Every handler that ever collected.
CREATE TABLE handler (
    name TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    configured INTEGER NOT NULL,                -- 1 while it stands in the configuration
    match TEXT                                  -- JSON: the choice of one that is not configured; NULL: all messages
) STRICT, WITHOUT ROWID;

-- Web hooks that were added over the socket.
CREATE TABLE hook (
    name TEXT PRIMARY KEY,
    settings TEXT NOT NULL,                     -- JSON: what it was added with, but the secret
    secret TEXT,                                -- stands for the key that signs; nobody but the daemon reads it
    added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Web hooks that said that they want no more: nothing is handed over to them.
CREATE TABLE suspension (
    handler TEXT PRIMARY KEY,
    address TEXT NOT NULL,                      -- that wants no more; another one in its place may
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What each handler has yet to acknowledge: messages that came in, and receipts for those of ours. By message first:
-- what comes in lies together, whoever it is for.
CREATE TABLE delivery (
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    handler TEXT NOT NULL,
    receipt INTEGER NOT NULL DEFAULT 0,         -- 0: the message itself; from 1: what became of one of ours; -1: the form it ends
    lane TEXT NOT NULL,                         -- what goes one after the other: the peer, or the receipts of a message
    queue TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,        -- hand-overs so far
    due_at INTEGER NOT NULL DEFAULT 0,          -- timeline
    error TEXT,
    updated_at INTEGER NOT NULL,
    before INTEGER NOT NULL DEFAULT 0,          -- how many of the attempts were before somebody had it tried anew
    told TEXT,                                  -- JSON: what a receipt tells; the form, with its answers
    PRIMARY KEY (message, handler, receipt)
) STRICT, WITHOUT ROWID;
-- One index for what comes and goes quickly: an entry moves within a page.
CREATE INDEX delivery_ready ON delivery (handler, queue, message)
    WHERE queue IN ('waiting', 'leased', 'dead');
CREATE INDEX delivery_deferred ON delivery (due_at) WHERE queue = 'deferred';
CREATE INDEX delivery_open ON delivery (handler, lane, message)
    WHERE queue NOT IN ('done', 'dead');

-- Which services a notification of a message has reached: those are not told again.
CREATE TABLE reached (
    message TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    handler TEXT NOT NULL,
    service TEXT NOT NULL,                      -- a short hash of its address, which holds secrets
    PRIMARY KEY (message, handler, service)
) STRICT, WITHOUT ROWID;

-- Outbound

-- How an accepted message is to be sent, and where it stands. finished: so that the indexes of what is open
-- are left alone while it goes from hand to hand.
CREATE TABLE outbound (
    message INTEGER PRIMARY KEY REFERENCES message (seq) ON DELETE CASCADE,
    queue TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,        -- 1 while queue is 'done'
    destination TEXT NOT NULL,
    route TEXT NOT NULL,                        -- names of modems and carriers that may send it, comma-separated; '' any modem
    leased_by TEXT,                             -- name of a modem or carrier
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
    secret INTEGER NOT NULL DEFAULT 0,          -- its parts are wiped once it is out
    receipts TEXT,                              -- the handler that is told what becomes of it
    receipt_sent INTEGER NOT NULL DEFAULT 0,    -- also when it is sent, and when it is uncertain
    when_uncertain TEXT,                        -- resend or hold; NULL as configured
    send_within INTEGER,                        -- milliseconds; until it is begun expires_at goes by it, not by validity
    protocol_id INTEGER NOT NULL DEFAULT 0,
    udh TEXT,                                   -- further information elements, hex
    fingerprint BLOB                            -- of what key stands for
) STRICT;
CREATE UNIQUE INDEX outbound_key ON outbound (key) WHERE key IS NOT NULL;
CREATE INDEX outbound_ready ON outbound (queue, route, priority DESC, message)
    WHERE queue IN ('waiting', 'leased');
CREATE INDEX outbound_deferred ON outbound (due_at) WHERE queue = 'deferred';
CREATE INDEX outbound_expiry ON outbound (expires_at) WHERE expires_at IS NOT NULL AND NOT finished;
CREATE INDEX outbound_open ON outbound (destination, priority, message) WHERE NOT finished;

-- The parts of an outbound message: what was submitted when, and what the network said of it.
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

-- What carriers that are programs call the messages that they took: reports find back by it.
CREATE TABLE carried (
    carrier TEXT NOT NULL,
    reference TEXT NOT NULL,
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    PRIMARY KEY (carrier, reference, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX carried_message ON carried (message);

-- Their reports about what is known by no reference yet, or is being submitted once more.
CREATE TABLE early_report (
    carrier TEXT NOT NULL,
    reference TEXT NOT NULL,
    state TEXT NOT NULL,                        -- sent, delivered, failed or expired
    code TEXT,
    reason TEXT,
    at TEXT,                                    -- ISO 8601: when the network says that it was so
    message TEXT,                               -- id of the message, where the carrier knew it
    due_at INTEGER NOT NULL,                    -- timeline: when it is given up
    PRIMARY KEY (carrier, reference, state)
) STRICT, WITHOUT ROWID;
CREATE INDEX early_report_due ON early_report (due_at);

-- What was sent on, for which handler: the recipient's answer finds back by it.
CREATE TABLE forwarded (
    message INTEGER PRIMARY KEY REFERENCES message (seq) ON DELETE CASCADE, -- what went to the recipient
    origin INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,     -- what it sends on
    handler TEXT NOT NULL
) STRICT;
CREATE INDEX forwarded_origin ON forwarded (origin);
CREATE INDEX forwarded_handler ON forwarded (handler, message);

-- Statistics

-- Up to when (by created_at) messages are summed up. The figures of a span are what summary and summary_time say
-- of it, and the messages themselves from here on. The triggers keep that true whatever becomes of a message: one
-- that changes after it was summed up is summed up anew, one that is deleted before is summed up then.
CREATE TABLE summarised (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    until INTEGER NOT NULL,                     -- a whole quarter of an hour
    countries INTEGER NOT NULL DEFAULT 0,       -- the same of summary_country, never more
    figures INTEGER NOT NULL DEFAULT 0          -- up to which quarter figure and figure_time have what the summaries have
) STRICT;

-- How many messages of a kind there were.
CREATE TABLE summary (
    quarter INTEGER NOT NULL,                   -- created_at in quarters of an hour
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    modem TEXT NOT NULL,                        -- '' for none, here and below
    tag TEXT NOT NULL,
    keyword TEXT NOT NULL,
    reason TEXT NOT NULL,                       -- of a failure
    count INTEGER NOT NULL,
    answered INTEGER NOT NULL,                  -- how many of them
    PRIMARY KEY (quarter, direction, state, modem, tag, keyword, reason)
) STRICT, WITHOUT ROWID;

-- How long things took.
CREATE TABLE summary_time (
    quarter INTEGER NOT NULL,
    kind TEXT NOT NULL,                         -- see message_timed
    modem TEXT NOT NULL,
    tag TEXT NOT NULL,
    keyword TEXT NOT NULL,
    slot INTEGER NOT NULL,                      -- milliseconds, from here to the next slot
    count INTEGER NOT NULL,
    PRIMARY KEY (quarter, kind, modem, tag, keyword, slot)
) STRICT, WITHOUT ROWID;

-- What one message adds to summary.
CREATE VIEW message_counted AS SELECT
    seq, created_at, direction, state, coalesce(modem, '') AS modem, coalesce(tag, '') AS tag,
    coalesce(keyword, '') AS keyword,
    iif(state IN ('failed', 'expired'),
        coalesce(json_extract(error, '$.message'), json_extract(error, '$.reason'), '?'), '') AS reason,
    1 AS count, answered_at IS NOT NULL AND (direction = 'inbound' OR sent_at IS NOT NULL) AS answered, peer
    FROM message;

-- What one message adds to summary_time.
CREATE VIEW message_timed AS SELECT
    seq, created_at, what AS kind, coalesce(modem, '') AS modem, coalesce(tag, '') AS tag, coalesce(keyword, '') AS keyword,
    -- to a tenth of a second, or to a twentieth of itself
    CASE
        WHEN ms < 4000 THEN ms / 100 * 100
        WHEN ms < 8000 THEN ms / 200 * 200
        WHEN ms < 16000 THEN ms / 400 * 400
        WHEN ms < 32000 THEN ms / 800 * 800
        WHEN ms < 64000 THEN ms / 1600 * 1600
        WHEN ms < 128000 THEN ms / 3200 * 3200
        WHEN ms < 256000 THEN ms / 6400 * 6400
        WHEN ms < 512000 THEN ms / 12800 * 12800
        WHEN ms < 1024000 THEN ms / 25600 * 25600
        WHEN ms < 2048000 THEN ms / 51200 * 51200
        WHEN ms < 4096000 THEN ms / 102400 * 102400
        WHEN ms < 8192000 THEN ms / 204800 * 204800
        WHEN ms < 16384000 THEN ms / 409600 * 409600
        WHEN ms < 32768000 THEN ms / 819200 * 819200
        WHEN ms < 65536000 THEN ms / 1638400 * 1638400
        WHEN ms < 131072000 THEN ms / 3276800 * 3276800
        WHEN ms < 262144000 THEN ms / 6553600 * 6553600
        WHEN ms < 524288000 THEN ms / 13107200 * 13107200
        ELSE ms / 26214400 * 26214400 END AS slot, 1 AS count
    FROM (
        -- response, reply: how long they took to answer us, and we to answer them
        SELECT seq, created_at, modem, tag, keyword, what, max(0, CASE what
                WHEN 'sending' THEN sent_at - created_at WHEN 'delivery' THEN delivered_at - sent_at
                WHEN 'response' THEN answered_at - sent_at ELSE answered_at - created_at END) AS ms
            FROM message CROSS JOIN (SELECT 'sending' AS what, 'outbound' AS whose
                UNION ALL SELECT 'delivery', 'outbound' UNION ALL SELECT 'response', 'outbound'
                UNION ALL SELECT 'reply', 'inbound')
            WHERE direction = whose AND (sent_at IS NOT NULL OR answered_at IS NOT NULL)
    ) WHERE ms IS NOT NULL;

-- Whose numbers begin so: of several that fit, the longest.
CREATE TABLE calling_code (
    digits TEXT PRIMARY KEY,
    country TEXT NOT NULL                       -- ISO 3166
) STRICT, WITHOUT ROWID;

-- How many messages there were with each country.
CREATE TABLE summary_country (
    quarter INTEGER NOT NULL,
    country TEXT NOT NULL,                      -- '' for what is no number
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    modem TEXT NOT NULL,
    tag TEXT NOT NULL,
    count INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (quarter, country, direction, state, modem, tag)
) STRICT, WITHOUT ROWID;

-- What one message adds to summary_country.
CREATE VIEW message_located AS SELECT
    seq, created_at, direction, state, coalesce(modem, '') AS modem, coalesce(tag, '') AS tag,
    coalesce(iif(substr(peer, 1, 1) = '+', (SELECT country FROM calling_code WHERE digits IN
        (substr(peer, 2, 1), substr(peer, 2, 2), substr(peer, 2, 3), substr(peer, 2, 4))
        ORDER BY digits DESC LIMIT 1), ''), '') AS country,
    1 AS count, answered_at IS NOT NULL AND (direction = 'inbound' OR sent_at IS NOT NULL) AS answered
    FROM message;

-- Before the row changes it says what it added, afterwards what it adds.
CREATE TRIGGER summary_before BEFORE UPDATE
OF state, modem, tag, keyword, error, created_at, sent_at, delivered_at, answered_at ON message
WHEN old.created_at < (SELECT until FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, -count, -answered
        FROM message_counted WHERE seq = old.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, -count
        FROM message_timed WHERE seq = old.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
    INSERT INTO summary_country SELECT created_at / 900000, country, direction, state, modem, tag, -count, -answered
        FROM message_located WHERE seq = old.seq AND created_at < (SELECT countries FROM summarised)
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER summary_after AFTER UPDATE
OF state, modem, tag, keyword, error, created_at, sent_at, delivered_at, answered_at ON message
WHEN new.created_at < (SELECT until FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, count, answered
        FROM message_counted WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, count
        FROM message_timed WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
    INSERT INTO summary_country SELECT created_at / 900000, country, direction, state, modem, tag, count, answered
        FROM message_located WHERE seq = new.seq AND created_at < (SELECT countries FROM summarised)
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
-- What is stored with a stamp of long ago is summed up at once; what goes before its time is summed up then.
CREATE TRIGGER summary_late AFTER INSERT ON message
WHEN new.created_at < (SELECT until FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, count, answered
        FROM message_counted WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, count
        FROM message_timed WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
    INSERT INTO summary_country SELECT created_at / 900000, country, direction, state, modem, tag, count, answered
        FROM message_located WHERE seq = new.seq AND created_at < (SELECT countries FROM summarised)
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER summary_early BEFORE DELETE ON message
WHEN old.created_at >= (SELECT countries FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, count, answered
        FROM message_counted WHERE seq = old.seq AND created_at >= (SELECT until FROM summarised)
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, count
        FROM message_timed WHERE seq = old.seq AND created_at >= (SELECT until FROM summarised)
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
    INSERT INTO summary_country SELECT created_at / 900000, country, direction, state, modem, tag, count, answered
        FROM message_located WHERE seq = old.seq AND 1
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;

-- The summaries by one property at a time, so that a figure of a million messages reads some
-- thousand rows. Filled from
-- them up to summarised.figures; what changes in them before that changes here by triggers. Tests of ourselves count for their tag
-- alone.
CREATE TABLE figure (
    dimension TEXT NOT NULL,                    -- modem, tag, keyword, reason, country; '' for all together
    value TEXT NOT NULL,
    quarter INTEGER NOT NULL,                   -- of all together; of a property the first of each day of UTC (96 quarters)
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (dimension, value, quarter, direction, state)
) STRICT, WITHOUT ROWID;

-- How long things took, likewise, by days of UTC.
CREATE TABLE figure_time (
    dimension TEXT NOT NULL,
    value TEXT NOT NULL,
    kind TEXT NOT NULL,
    day INTEGER NOT NULL,                       -- 96 quarters
    slot INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (dimension, value, kind, day, slot)
) STRICT, WITHOUT ROWID;

-- How long answers took, of all together: what summary_time says of a quarter in one row, filled as the figures are.
CREATE TABLE figure_answers (
    kind TEXT NOT NULL,                         -- response or reply
    quarter INTEGER NOT NULL,
    slots TEXT,                                 -- with commas between them; NULL: it has changed, and is written anew
    counts TEXT,                                -- of each
    PRIMARY KEY (kind, quarter)
) STRICT, WITHOUT ROWID;
CREATE INDEX figure_answers_stale ON figure_answers (kind, quarter) WHERE slots IS NULL;
CREATE TRIGGER figure_answers_new AFTER INSERT ON summary_time
WHEN new.kind IN ('response', 'reply') AND new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure_answers (kind, quarter) VALUES (new.kind, new.quarter)
        ON CONFLICT DO UPDATE SET slots = NULL, counts = NULL;
END;
CREATE TRIGGER figure_answers_changed AFTER UPDATE OF count ON summary_time
WHEN new.kind IN ('response', 'reply') AND new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure_answers (kind, quarter) VALUES (new.kind, new.quarter)
        ON CONFLICT DO UPDATE SET slots = NULL, counts = NULL;
END;

CREATE TRIGGER figure_new AFTER INSERT ON summary
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure SELECT dimension, value, iif(dimension = '', new.quarter, new.quarter / 96 * 96), new.direction, new.state, new.count, new.answered FROM (
            SELECT '' AS dimension, '' AS value
            UNION ALL SELECT 'modem', new.modem
            UNION ALL SELECT 'tag', new.tag
            UNION ALL SELECT 'keyword', new.keyword
            UNION ALL SELECT 'reason', new.reason)
        WHERE (dimension = 'tag' OR new.tag != 'gsmd.selftest') AND (dimension != 'reason' OR value != '')
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER figure_changed AFTER UPDATE OF count, answered ON summary
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure SELECT dimension, value, iif(dimension = '', new.quarter, new.quarter / 96 * 96), new.direction, new.state, new.count - old.count, new.answered - old.answered FROM (
            SELECT '' AS dimension, '' AS value
            UNION ALL SELECT 'modem', new.modem
            UNION ALL SELECT 'tag', new.tag
            UNION ALL SELECT 'keyword', new.keyword
            UNION ALL SELECT 'reason', new.reason)
        WHERE (dimension = 'tag' OR new.tag != 'gsmd.selftest') AND (dimension != 'reason' OR value != '')
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER figure_country_new AFTER INSERT ON summary_country
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure SELECT 'country', new.country, new.quarter / 96 * 96, new.direction, new.state, new.count, new.answered
        WHERE new.tag != 'gsmd.selftest'
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER figure_country_changed AFTER UPDATE OF count, answered ON summary_country
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure SELECT 'country', new.country, new.quarter / 96 * 96, new.direction, new.state, new.count - old.count, new.answered - old.answered
        WHERE new.tag != 'gsmd.selftest'
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
END;
CREATE TRIGGER figure_time_new AFTER INSERT ON summary_time
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure_time SELECT dimension, value, new.kind, new.quarter / 96, new.slot, new.count FROM (
            SELECT '' AS dimension, '' AS value
            UNION ALL SELECT 'modem', new.modem
            UNION ALL SELECT 'tag', new.tag
            UNION ALL SELECT 'keyword', new.keyword)
        WHERE dimension = 'tag' OR new.tag != 'gsmd.selftest'
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER figure_time_changed AFTER UPDATE OF count ON summary_time
WHEN new.quarter < (SELECT figures FROM summarised) BEGIN
    INSERT INTO figure_time SELECT dimension, value, new.kind, new.quarter / 96, new.slot, new.count - old.count FROM (
            SELECT '' AS dimension, '' AS value
            UNION ALL SELECT 'modem', new.modem
            UNION ALL SELECT 'tag', new.tag
            UNION ALL SELECT 'keyword', new.keyword)
        WHERE dimension = 'tag' OR new.tag != 'gsmd.selftest'
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
END;
-- The first answer counts: theirs when it comes, ours when it is out.
CREATE TRIGGER answered_by_them AFTER INSERT ON message
WHEN new.in_reply_to IS NOT NULL AND new.direction = 'inbound' BEGIN
    UPDATE message SET answered_at = new.created_at WHERE id = new.in_reply_to AND answered_at IS NULL;
END;
CREATE TRIGGER answered_by_us AFTER UPDATE OF sent_at ON message
WHEN new.in_reply_to IS NOT NULL AND new.direction = 'outbound' AND new.sent_at IS NOT NULL
    AND old.sent_at IS NULL BEGIN
    UPDATE message SET answered_at = new.sent_at WHERE id = new.in_reply_to AND answered_at IS NULL;
END;

-- Two-way

-- Who wants no messages.
CREATE TABLE suppression (
    peer TEXT PRIMARY KEY,
    tail TEXT NOT NULL,                         -- the end of the number, however it is spelt
    at INTEGER NOT NULL,
    source TEXT NOT NULL,                       -- message, request or import
    message TEXT,                               -- id of the message that asked for it
    note TEXT,
    actor TEXT                                  -- for whom it was done, as a caller said it
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
    note TEXT,
    actor TEXT
) STRICT;
CREATE INDEX suppression_log_peer ON suppression_log (peer, seq);
CREATE UNIQUE INDEX suppression_log_message ON suppression_log (message) WHERE message IS NOT NULL;

-- Senders that nobody wants to hear of.
CREATE TABLE block (
    pattern TEXT PRIMARY KEY,                   -- a number or name, * for anything
    at INTEGER NOT NULL,
    note TEXT,
    actor TEXT                                  -- for whom it was done, as a caller said it
) STRICT, WITHOUT ROWID;

-- Every change of it, for ever.
CREATE TABLE block_log (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    pattern TEXT NOT NULL,
    wish TEXT NOT NULL,                         -- block or unblock
    note TEXT,
    actor TEXT
) STRICT;
CREATE INDEX block_log_pattern ON block_log (pattern, seq);

-- Lists of people, to send to.
CREATE TABLE list (
    name TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is on them.
CREATE TABLE list_member (
    list TEXT NOT NULL REFERENCES list (name) ON DELETE CASCADE,
    peer TEXT NOT NULL,
    fields TEXT NOT NULL DEFAULT '{}',          -- JSON object of texts, for templates
    at INTEGER NOT NULL,
    message TEXT,                               -- id of the message that asked for it
    actor TEXT,                                 -- for whom they were put on it by hand
    PRIMARY KEY (list, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_member_peer ON list_member (peer);

-- Who agreed to get what: a row for each time that somebody was asked, or agreed. It is kept when it ends.
CREATE TABLE consent (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    list TEXT NOT NULL,                         -- that it is to; it stays when the list is no more
    peer TEXT NOT NULL,
    state TEXT NOT NULL,                        -- asked, given, declined, withdrawn
    source TEXT NOT NULL,                       -- message, or request
    asked_at INTEGER,
    due_at INTEGER,                             -- timeline: until when an answer is waited for
    request TEXT,                               -- id of their message that asked to be let in
    question TEXT,                              -- id of our message that asked them, if it is no answer to that
    fields TEXT NOT NULL DEFAULT '{}',          -- JSON: what the list will know of them
    given_at INTEGER,
    ended_at INTEGER,
    ended_by TEXT,                              -- no, stop, leave, request, forgotten
    sim TEXT,                                   -- the SIM that it came to
    modem TEXT,
    number TEXT,                                -- that of the SIM
    shown TEXT,                                 -- the text that they agreed to
    message TEXT,                               -- id of the message that agreed
    text TEXT,                                  -- and what it said
    note TEXT,
    actor TEXT                                  -- for whom it was recorded, as a caller said it
) STRICT;
CREATE INDEX consent_peer ON consent (peer, list);
CREATE INDEX consent_list ON consent (list, seq);
CREATE INDEX consent_asked ON consent (due_at) WHERE state = 'asked';
CREATE INDEX consent_message ON consent (message) WHERE message IS NOT NULL;
CREATE UNIQUE INDEX consent_open ON consent (peer, list) WHERE state IN ('asked', 'given');

-- A text to everybody on some lists.
CREATE TABLE campaign (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    list TEXT NOT NULL,
    text TEXT NOT NULL,                         -- template
    tag TEXT NOT NULL,
    state TEXT NOT NULL,                        -- preparing, running, paused, cancelled, done
    modem TEXT,
    handler TEXT,
    per_minute REAL,                            -- pace; NULL: as fast as modems go
    quiet TEXT,                                 -- 21:00-08:00 where the recipient is
    created_at INTEGER NOT NULL,
    not_before INTEGER,                         -- wall
    next_at INTEGER NOT NULL DEFAULT 0,         -- timeline: when the pace allows the next one
    finished_at INTEGER,
    category TEXT NOT NULL DEFAULT 'transactional', -- or promotional
    opted_out INTEGER NOT NULL DEFAULT 0        -- recipients who did, in answer to it
) STRICT;
CREATE INDEX campaign_open ON campaign (seq) WHERE state = 'running';
CREATE INDEX campaign_tag ON campaign (tag);

-- Who is in it, as the lists were when it began; position is the order.
CREATE TABLE campaign_recipient (
    campaign INTEGER NOT NULL REFERENCES campaign (seq) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    peer TEXT NOT NULL,
    fields TEXT NOT NULL DEFAULT '{}',
    state TEXT NOT NULL,                        -- pending, queued, skipped
    due_at INTEGER NOT NULL DEFAULT 0,          -- wall: when the quiet hours where they are end; 2^62: once the trial is decided
    reason TEXT,
    message TEXT,                               -- id of what was sent to them
    variant INTEGER,                            -- number of the text that they get; -1: the rest; NULL: there is one
    out_at INTEGER,                             -- timeline: since when their message is known to be out; -1: it never was
    answered INTEGER NOT NULL DEFAULT 0,        -- 1: they did that in time, here and below
    converted INTEGER NOT NULL DEFAULT 0,
    opted_out INTEGER NOT NULL DEFAULT 0,
    became TEXT,                                -- the state of their message, for as long as it is kept
    PRIMARY KEY (campaign, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_recipient_due ON campaign_recipient (campaign, due_at, position)
    WHERE state = 'pending';
CREATE UNIQUE INDEX campaign_recipient_peer ON campaign_recipient (peer, campaign)
    WHERE state != 'skipped';
CREATE INDEX campaign_recipient_skipped ON campaign_recipient (peer) WHERE state = 'skipped';
-- Who had their message when, on their way first.
CREATE INDEX campaign_recipient_out ON campaign_recipient (campaign, out_at)
    WHERE variant IS NOT NULL AND message IS NOT NULL;

-- The progress of each: how many recipients are in which state (became, else state) for which reason. Triggers keep it.
CREATE TABLE campaign_count (
    campaign INTEGER NOT NULL REFERENCES campaign (seq) ON DELETE CASCADE,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,                       -- '' for none
    count INTEGER NOT NULL,
    PRIMARY KEY (campaign, state, reason)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER campaign_counted AFTER INSERT ON campaign_recipient BEGIN
    INSERT INTO campaign_count VALUES (new.campaign, coalesce(new.became, new.state), coalesce(new.reason, ''), 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER campaign_recounted AFTER UPDATE OF state, reason, became ON campaign_recipient
WHEN coalesce(old.became, old.state) != coalesce(new.became, new.state) OR old.reason IS NOT new.reason BEGIN
    UPDATE campaign_count SET count = count - 1 WHERE campaign = old.campaign
        AND state = coalesce(old.became, old.state) AND reason = coalesce(old.reason, '');
    INSERT INTO campaign_count VALUES (new.campaign, coalesce(new.became, new.state), coalesce(new.reason, ''), 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER campaign_became AFTER UPDATE OF state ON message WHEN new.tag IS NOT NULL AND new.state != old.state
    AND EXISTS (SELECT 1 FROM campaign WHERE tag = new.tag) BEGIN
    UPDATE campaign_recipient SET became = new.state WHERE campaign IN (SELECT seq FROM campaign WHERE tag = new.tag)
        AND peer = new.peer AND state != 'skipped' AND message = new.id;
END;
CREATE TRIGGER campaign_left AFTER UPDATE OF opted_out ON campaign_recipient WHEN new.opted_out AND NOT old.opted_out BEGIN
    UPDATE campaign SET opted_out = opted_out + 1 WHERE seq = new.campaign;
END;

-- Campaigns that try several texts on a share of their recipients, and send the better one to the rest.
CREATE TABLE campaign_trial (
    campaign INTEGER PRIMARY KEY REFERENCES campaign (seq) ON DELETE CASCADE,
    goal TEXT NOT NULL,                         -- reply, keyword:X, conversion or conversion:X
    "window" INTEGER NOT NULL,                  -- milliseconds behind a message in which what its recipient does counts
    share REAL NOT NULL,                        -- part of the recipients that is tried, 0 to 1
    seed TEXT NOT NULL,                         -- decides with the number who is tried with what
    otherwise TEXT,                             -- what the rest get if no difference shows; NULL: what did best
    horizon INTEGER NOT NULL,                   -- recipients that are tried
    state TEXT NOT NULL,                        -- running, decided, no_difference
    winner INTEGER,                             -- number of the variant
    rest INTEGER,                               -- of what the rest get, once that is decided; NULL: otherwise
    reason TEXT,                                -- why it won: better, opt_outs
    decided_at INTEGER,
    counted_until INTEGER NOT NULL,             -- timeline: whose window was over by then is counted
    ended INTEGER NOT NULL                      -- 1: nothing that happens counts any more
) STRICT;
CREATE INDEX campaign_trial_open ON campaign_trial (campaign) WHERE NOT ended;

-- Their texts, and what came of each.
CREATE TABLE campaign_variant (
    campaign INTEGER NOT NULL REFERENCES campaign_trial (campaign) ON DELETE CASCADE,
    number INTEGER NOT NULL,                    -- from 0; -1: the rest
    name TEXT NOT NULL,
    text TEXT NOT NULL,                         -- template
    recipients INTEGER NOT NULL,                -- that it was meant for when the campaign began
    sent INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    converted INTEGER NOT NULL DEFAULT 0,
    opted_out INTEGER NOT NULL DEFAULT 0,
    worth REAL NOT NULL DEFAULT 0,              -- of all conversions together
    counted INTEGER NOT NULL DEFAULT 0,         -- whose window is over
    reached INTEGER NOT NULL DEFAULT 0,         -- of those, who reached the goal
    stopped INTEGER NOT NULL DEFAULT 0,         -- 1: too many opt out
    PRIMARY KEY (campaign, number)
) STRICT, WITHOUT ROWID;

-- What recipients did elsewhere that counts for such a campaign.
CREATE TABLE conversion (
    seq INTEGER PRIMARY KEY,
    campaign INTEGER NOT NULL REFERENCES campaign_trial (campaign) ON DELETE CASCADE,
    variant INTEGER NOT NULL,
    peer TEXT NOT NULL,
    at INTEGER NOT NULL,
    goal TEXT NOT NULL,                         -- the caller's name for it
    worth REAL,
    key TEXT                                    -- the caller's, for asking again
) STRICT;
CREATE INDEX conversion_peer ON conversion (peer);
CREATE UNIQUE INDEX conversion_key ON conversion (key, campaign) WHERE key IS NOT NULL;

-- Votes of many: what there is to choose from, and until when.
CREATE TABLE poll (
    name TEXT PRIMARY KEY,
    question TEXT,
    options TEXT NOT NULL,                      -- JSON, in the order of their positions
    counts TEXT NOT NULL,                       -- first or last: which vote of a number counts
    opens_at INTEGER,
    closes_at INTEGER,
    reply TEXT,
    created_at INTEGER NOT NULL,
    configured INTEGER NOT NULL,
    seed TEXT NOT NULL,                         -- of the draw; told only once the poll is closed
    commitment TEXT NOT NULL                    -- SHA-256 of the seed; told from the beginning
) STRICT, WITHOUT ROWID;

-- One for each number.
CREATE TABLE vote (
    poll TEXT NOT NULL REFERENCES poll (name) ON DELETE CASCADE,
    peer TEXT NOT NULL,
    choice INTEGER NOT NULL,
    at INTEGER NOT NULL,
    message TEXT NOT NULL,                      -- id of the message that counts
    PRIMARY KEY (poll, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX vote_choice ON vote (poll, choice);

-- Questions that are asked one after the other.
CREATE TABLE form (
    name TEXT PRIMARY KEY,
    questions TEXT NOT NULL,                    -- JSON, in their order
    texts TEXT NOT NULL,                        -- JSON: what else people are told
    attempts INTEGER NOT NULL,                  -- how often a question is asked again
    lifetime INTEGER NOT NULL,                  -- milliseconds that an entry may be open
    once INTEGER NOT NULL,                      -- 1: one entry a number
    created_at INTEGER NOT NULL,
    closed_at INTEGER,                          -- no new entries since
    configured INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What one number answers, or has answered.
CREATE TABLE form_entry (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    form TEXT NOT NULL REFERENCES form (name) ON DELETE CASCADE,
    peer TEXT NOT NULL,
    modem TEXT,                                 -- that the questions come from; NULL: none has heard an answer yet. The SIM is that of last
    state TEXT NOT NULL,                        -- open, finished, abandoned, cancelled
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    due_at INTEGER NOT NULL,                    -- timeline: when it is abandoned
    wrong INTEGER NOT NULL DEFAULT 0,           -- answers to the question that is open that did not fit
    answers TEXT NOT NULL DEFAULT '{}',         -- JSON by question; null: left out
    fields TEXT NOT NULL DEFAULT '{}',          -- JSON: what it was started with, for templates
    key TEXT,                                   -- the same key again is the same entry
    last INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE, -- the newest message of it: it goes with that
    redacted INTEGER NOT NULL DEFAULT 0         -- 1: what it says in free words is not kept once it has ended
) STRICT;
CREATE INDEX form_entry_form ON form_entry (form, state, seq);
CREATE INDEX form_entry_peer ON form_entry (peer);
CREATE INDEX form_entry_due ON form_entry (due_at) WHERE state = 'open';
CREATE INDEX form_entry_last ON form_entry (last);
CREATE UNIQUE INDEX form_entry_key ON form_entry (form, key) WHERE key IS NOT NULL;
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

-- The desk

-- Conversations that people deal with. None of it is written for a message; what messages say is taken up later.
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

-- The process

-- When gsmd was at work.
CREATE TABLE run (
    began_at INTEGER PRIMARY KEY,
    until INTEGER                               -- NULL: it goes on
) STRICT;

-- How modems were: a row when that changes, and one an hour.
CREATE TABLE modem_history (
    modem TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    registration TEXT,
    roaming INTEGER NOT NULL,
    operator TEXT,
    signal_dbm INTEGER,
    lowest_dbm INTEGER,                         -- since the row before
    highest_dbm INTEGER,
    PRIMARY KEY (modem, at)
) STRICT, WITHOUT ROWID;

-- Single values that outlive the process: the timeline, and when the wall clock went wrong.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
