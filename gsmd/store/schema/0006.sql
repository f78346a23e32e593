-- Statistics: what is long over is summed up, once. Times as in 0001.sql.
--
-- The figures of a span are what `summary` and `summary_time` say of it, and the messages themselves from
-- `summarised.until` on. The triggers keep that true whatever becomes of a message: one that changes after it was summed
-- up is summed up anew, one that is deleted before is summed up then. So a purge takes nothing from the figures.

ALTER TABLE message ADD COLUMN answered_at INTEGER; -- wall: when the first answer came to it, or the first of ours went out

DROP INDEX message_statistics;
DROP INDEX message_answers;

UPDATE message SET answered_at = first FROM (
    SELECT in_reply_to AS asked, min(iif(direction = 'inbound', created_at, sent_at)) AS first FROM message
    WHERE in_reply_to IS NOT NULL GROUP BY in_reply_to
) WHERE id = asked AND first IS NOT NULL;

CREATE TABLE summarised (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    until INTEGER NOT NULL                      -- a whole quarter of an hour
) STRICT;
INSERT INTO summarised VALUES (1, 0);

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

-- What one message adds to the one and to the other.
CREATE VIEW message_counted AS SELECT
    seq, created_at, direction, state, coalesce(modem, '') AS modem, coalesce(tag, '') AS tag,
    coalesce(keyword, '') AS keyword,
    iif(state IN ('failed', 'expired'),
        coalesce(json_extract(error, '$.message'), json_extract(error, '$.reason'), '?'), '') AS reason,
    1 AS count, answered_at IS NOT NULL AND (direction = 'inbound' OR sent_at IS NOT NULL) AS answered
    FROM message;

CREATE VIEW message_timed AS SELECT
    seq, created_at, kind, coalesce(modem, '') AS modem, coalesce(tag, '') AS tag, coalesce(keyword, '') AS keyword,
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
        SELECT seq, created_at, modem, tag, keyword, 'sending' AS kind, max(0, sent_at - created_at) AS ms
            FROM message WHERE direction = 'outbound' AND sent_at IS NOT NULL
        UNION ALL SELECT seq, created_at, modem, tag, keyword, 'delivery', max(0, delivered_at - sent_at)
            FROM message WHERE direction = 'outbound' AND delivered_at IS NOT NULL AND sent_at IS NOT NULL
        -- how long they took to answer us, and we to answer them
        UNION ALL SELECT seq, created_at, modem, tag, keyword, 'response', max(0, answered_at - sent_at)
            FROM message WHERE direction = 'outbound' AND answered_at IS NOT NULL AND sent_at IS NOT NULL
        UNION ALL SELECT seq, created_at, modem, tag, keyword, 'reply', max(0, answered_at - created_at)
            FROM message WHERE direction = 'inbound' AND answered_at IS NOT NULL
    );

-- Before the row changes it says what it added, afterwards what it adds.
CREATE TRIGGER summary_before BEFORE UPDATE OF state, modem, tag, keyword, error, created_at, sent_at, delivered_at, answered_at ON message
WHEN old.created_at < (SELECT until FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, -count, -answered
        FROM message_counted WHERE seq = old.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, -count
        FROM message_timed WHERE seq = old.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER summary_after AFTER UPDATE OF state, modem, tag, keyword, error, created_at, sent_at, delivered_at, answered_at ON message
WHEN new.created_at < (SELECT until FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, count, answered
        FROM message_counted WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, count
        FROM message_timed WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER summary_late AFTER INSERT ON message
WHEN new.created_at < (SELECT until FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, count, answered
        FROM message_counted WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, count
        FROM message_timed WHERE seq = new.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
END;
CREATE TRIGGER summary_early BEFORE DELETE ON message
WHEN old.created_at >= (SELECT until FROM summarised) BEGIN
    INSERT INTO summary SELECT created_at / 900000, direction, state, modem, tag, keyword, reason, count, answered
        FROM message_counted WHERE seq = old.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered;
    INSERT INTO summary_time SELECT created_at / 900000, kind, modem, tag, keyword, slot, count
        FROM message_timed WHERE seq = old.seq
        ON CONFLICT DO UPDATE SET count = count + excluded.count;
END;

-- The first answer counts: theirs when it comes, ours when it is out.
CREATE TRIGGER answered_by_them AFTER INSERT ON message
WHEN new.in_reply_to IS NOT NULL AND new.direction = 'inbound' BEGIN
    UPDATE message SET answered_at = new.created_at WHERE id = new.in_reply_to AND answered_at IS NULL;
END;
CREATE TRIGGER answered_by_us AFTER UPDATE OF sent_at ON message
WHEN new.in_reply_to IS NOT NULL AND new.direction = 'outbound' AND new.sent_at IS NOT NULL AND old.sent_at IS NULL BEGIN
    UPDATE message SET answered_at = new.sent_at WHERE id = new.in_reply_to AND answered_at IS NULL;
END;
