-- Why this source wrote the message, in sentences, and how many milliseconds that took.
ALTER TABLE history ADD COLUMN message_reason TEXT;
ALTER TABLE history ADD COLUMN message_ms INTEGER;
