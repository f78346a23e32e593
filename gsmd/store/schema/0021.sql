-- Campaigns: the progress of each is counted as it goes, so that a look at a hundred thousand recipients reads some rows;
-- who opted out in answer to one is counted, too. A recipient is found by their number in whatever campaigns they are.

ALTER TABLE campaign ADD COLUMN opted_out INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaign_recipient ADD COLUMN became TEXT;
CREATE INDEX campaign_tag ON campaign (tag);

DROP INDEX campaign_recipient_peer;
CREATE UNIQUE INDEX campaign_recipient_peer ON campaign_recipient (peer, campaign) WHERE state != 'skipped';
CREATE INDEX campaign_recipient_skipped ON campaign_recipient (peer) WHERE state = 'skipped';

CREATE TABLE campaign_count (
    campaign INTEGER NOT NULL REFERENCES campaign (seq) ON DELETE CASCADE,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (campaign, state, reason)
) STRICT, WITHOUT ROWID;

UPDATE campaign_recipient SET became = (SELECT state FROM message WHERE message.id = campaign_recipient.message)
    WHERE message IS NOT NULL;
INSERT INTO campaign_count SELECT campaign, coalesce(became, state), coalesce(reason, ''), count(*)
    FROM campaign_recipient GROUP BY 1, 2, 3;
UPDATE campaign SET opted_out = (SELECT count(*) FROM campaign_recipient WHERE campaign = campaign.seq AND opted_out)
    WHERE EXISTS (SELECT 1 FROM campaign_trial WHERE campaign = campaign.seq);

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

-- Figures: how long answers took, a row for each quarter of an hour, so that figures by hour and day read few rows.

CREATE TABLE figure_answers (
    kind TEXT NOT NULL,
    quarter INTEGER NOT NULL,
    slots TEXT,
    counts TEXT,
    PRIMARY KEY (kind, quarter)
) STRICT, WITHOUT ROWID;
CREATE INDEX figure_answers_stale ON figure_answers (kind, quarter) WHERE slots IS NULL;

INSERT INTO figure_answers (kind, quarter) SELECT DISTINCT kind, quarter FROM summary_time
    WHERE kind IN ('response', 'reply') AND quarter < (SELECT figures FROM summarised);

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
