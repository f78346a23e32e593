-- What the guard counts of all answers together.
CREATE INDEX message_answering ON message (created_at, parts)
    WHERE direction = 'outbound' AND in_reply_to IS NOT NULL;
