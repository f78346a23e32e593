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

ALTER TABLE campaign_recipient ADD COLUMN variant INTEGER;
ALTER TABLE campaign_recipient ADD COLUMN out_at INTEGER;
ALTER TABLE campaign_recipient ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaign_recipient ADD COLUMN converted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaign_recipient ADD COLUMN opted_out INTEGER NOT NULL DEFAULT 0;
CREATE INDEX campaign_recipient_out ON campaign_recipient (campaign, out_at)
    WHERE variant IS NOT NULL AND message IS NOT NULL;

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
