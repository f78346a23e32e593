-- One table for all events, in the order in which they are told, which is only ever added to at its end; a message
-- has the numbers of its own. What was told before stays where it is, and goes with its messages: to move it would
-- keep a start waiting.
ALTER TABLE event RENAME TO former_event;
ALTER TABLE loose_event RENAME TO former_loose_event;
ALTER TABLE event_order RENAME TO former_event_order;

CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    message INTEGER,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX event_loose ON event (at) WHERE message IS NULL;
ALTER TABLE message ADD COLUMN story TEXT;

-- The numbers go on behind those of before.
INSERT INTO event (seq, at, type, detail)
    SELECT max(seq) + 1, 0, 'event.erased', '{}' FROM former_event_order HAVING max(seq) IS NOT NULL;
INSERT INTO meta (key, value) SELECT 'events_from', seq FROM event;

DROP TRIGGER message_events;
CREATE TRIGGER message_events AFTER DELETE ON message BEGIN
    DELETE FROM former_event WHERE seq BETWEEN old.seq << 20 AND (old.seq << 20) + 0xFFFFF;
    UPDATE event SET message = NULL, type = 'event.erased', detail = '{}'
        WHERE seq = (SELECT max(seq) FROM event) AND message = old.seq;
    DELETE FROM event WHERE seq IN (SELECT value FROM json_each('[' || old.story || ']')) AND message = old.seq;
END;
