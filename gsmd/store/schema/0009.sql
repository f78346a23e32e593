-- The person for whom somebody was opted out or in, blocked, or put on a list, as a caller said it.
ALTER TABLE suppression ADD COLUMN actor TEXT;
ALTER TABLE suppression_log ADD COLUMN actor TEXT;
ALTER TABLE block ADD COLUMN actor TEXT;
ALTER TABLE block_log ADD COLUMN actor TEXT;
ALTER TABLE list_member ADD COLUMN actor TEXT;
