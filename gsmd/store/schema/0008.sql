-- Every event in the order in which it was told, so that whoever was away can go on without a gap.
CREATE TABLE event_order (
    seq INTEGER PRIMARY KEY,                    -- as it is told: one more for each event, over restarts too
    event INTEGER NOT NULL                      -- event.seq; of loose_event.seq the negative
) STRICT;
