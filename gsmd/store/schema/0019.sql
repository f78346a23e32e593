-- Figures by a property are kept by days of UTC: one of a million messages reads a few hundred rows, and the summaries
-- are taken into them for half the work. They are filled anew, in the background. What messages add to the summaries is
-- found in one walk through them.

DROP TRIGGER figure_new;
DROP TRIGGER figure_changed;
DROP TRIGGER figure_country_new;
DROP TRIGGER figure_country_changed;

DELETE FROM figure;
DELETE FROM figure_time;
UPDATE summarised SET figures = 0;

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

DROP VIEW message_counted;
CREATE VIEW message_counted AS SELECT
    seq, created_at, direction, state, coalesce(modem, '') AS modem, coalesce(tag, '') AS tag,
    coalesce(keyword, '') AS keyword,
    iif(state IN ('failed', 'expired'),
        coalesce(json_extract(error, '$.message'), json_extract(error, '$.reason'), '?'), '') AS reason,
    1 AS count, answered_at IS NOT NULL AND (direction = 'inbound' OR sent_at IS NOT NULL) AS answered, peer
    FROM message;

DROP VIEW message_timed;
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
