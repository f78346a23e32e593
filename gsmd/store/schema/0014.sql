-- Forms: questions that are asked one after the other, and what people answered.

CREATE TABLE form (
    name TEXT PRIMARY KEY,
    questions TEXT NOT NULL,
    texts TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    lifetime INTEGER NOT NULL,
    once INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    closed_at INTEGER,
    configured INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE form_entry (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    form TEXT NOT NULL REFERENCES form (name) ON DELETE CASCADE,
    peer TEXT NOT NULL,
    modem TEXT,
    state TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    due_at INTEGER NOT NULL,
    wrong INTEGER NOT NULL DEFAULT 0,
    answers TEXT NOT NULL DEFAULT '{}',
    fields TEXT NOT NULL DEFAULT '{}',
    key TEXT,
    last INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    redacted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX form_entry_form ON form_entry (form, state, seq);
CREATE INDEX form_entry_peer ON form_entry (peer);
CREATE INDEX form_entry_due ON form_entry (due_at) WHERE state = 'open';
CREATE INDEX form_entry_last ON form_entry (last);
CREATE UNIQUE INDEX form_entry_key ON form_entry (form, key) WHERE key IS NOT NULL;
