-- The name that a program gave to asking for this commit: to ask again makes no second one.
ALTER TABLE history ADD COLUMN request_id TEXT;

CREATE INDEX history_of_request ON history (request_id) WHERE request_id IS NOT NULL;
