-- Hand-overs are counted for ever; how many of them were before the last time somebody had it tried anew.
ALTER TABLE delivery ADD COLUMN before INTEGER NOT NULL DEFAULT 0;
