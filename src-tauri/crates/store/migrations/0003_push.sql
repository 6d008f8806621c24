CREATE TABLE push (
    repo_id     TEXT    NOT NULL,
    remote      TEXT    NOT NULL,
    url_sha256  TEXT    NOT NULL, -- never the address itself: it may hold a password
    branch      TEXT    NOT NULL,
    arrived_oid TEXT,
    arrived_at  INTEGER,          -- all times: milliseconds since 1970, UTC
    class       TEXT,             -- not null exactly while the last push failed
    tip_oid     TEXT,
    detail      TEXT,
    failures    INTEGER NOT NULL DEFAULT 0,
    failed_at   INTEGER,
    next_try_at INTEGER,
    PRIMARY KEY (repo_id, remote, url_sha256, branch)
) STRICT, WITHOUT ROWID;
