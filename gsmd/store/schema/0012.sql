-- Receipts: the end of a message of ours is a delivery too, to the handler in whose name it went. And what a sender
-- may say of one message: how it is to be when uncertain, how soon it has to go, further elements, what its key stands for.
ALTER TABLE outbound ADD COLUMN receipts TEXT;
ALTER TABLE outbound ADD COLUMN receipt_sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbound ADD COLUMN when_uncertain TEXT;
ALTER TABLE outbound ADD COLUMN send_within INTEGER;
ALTER TABLE outbound ADD COLUMN protocol_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbound ADD COLUMN udh TEXT;
ALTER TABLE outbound ADD COLUMN fingerprint BLOB;

CREATE TABLE delivery_with_receipts (
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    handler TEXT NOT NULL,
    receipt INTEGER NOT NULL DEFAULT 0,         -- 0: the message itself; from 1: what became of one of ours
    lane TEXT NOT NULL,
    queue TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,        -- hand-overs so far
    due_at INTEGER NOT NULL DEFAULT 0,          -- timeline
    error TEXT,
    updated_at INTEGER NOT NULL,
    before INTEGER NOT NULL DEFAULT 0,          -- how many of the attempts were before somebody had it tried anew
    told TEXT,                                  -- of a receipt: JSON of what it tells
    PRIMARY KEY (message, handler, receipt)
) STRICT, WITHOUT ROWID;
INSERT INTO delivery_with_receipts (message, handler, lane, queue, attempts, due_at, error, updated_at, before)
    SELECT message, handler, peer, queue, attempts, due_at, error, updated_at, before FROM delivery;
DROP TABLE delivery;
ALTER TABLE delivery_with_receipts RENAME TO delivery;
CREATE INDEX delivery_ready ON delivery (handler, queue, message)
    WHERE queue IN ('waiting', 'leased', 'dead');
CREATE INDEX delivery_deferred ON delivery (due_at) WHERE queue = 'deferred';
CREATE INDEX delivery_open ON delivery (handler, lane, message)
    WHERE queue NOT IN ('done', 'dead');
