-- Consent: who agreed to get what, with the proof of it; and campaigns that go only to those who did.
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

-- Who joined a list by a message agreed by it.
INSERT INTO consent (list, peer, state, source, given_at, sim, modem, message, text)
    SELECT list_member.list, list_member.peer, 'given', 'message', list_member.at, message.sim, message.modem, list_member.message,
        message.text
    FROM list_member LEFT JOIN message ON message.id = list_member.message
    WHERE list_member.message IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM suppression WHERE suppression.peer = list_member.peer);

ALTER TABLE campaign ADD COLUMN category TEXT NOT NULL DEFAULT 'transactional';
