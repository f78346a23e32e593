-- Carriers that are programs: what they call the messages that they took, and reports that came before that was known.
CREATE TABLE carried (
    carrier TEXT NOT NULL,
    reference TEXT NOT NULL,
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    PRIMARY KEY (carrier, reference, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX carried_message ON carried (message);

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
