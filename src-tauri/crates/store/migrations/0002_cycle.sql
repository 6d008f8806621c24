CREATE TABLE cycle (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    id        TEXT    NOT NULL UNIQUE,
    summary   TEXT    NOT NULL, -- JSON
    runs      TEXT    NOT NULL, -- JSON
    run_count INTEGER NOT NULL
) STRICT;
