CREATE TABLE history (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id         TEXT    NOT NULL UNIQUE,
    cycle_id       TEXT    NOT NULL,
    repo_id        TEXT    NOT NULL,
    repo           BLOB    NOT NULL, -- the path's own bytes
    branch         TEXT,
    commit_oid     TEXT,
    subject        TEXT,
    body           TEXT,
    message_source TEXT,
    files_changed  INTEGER NOT NULL,
    insertions     INTEGER NOT NULL,
    deletions      INTEGER NOT NULL,
    started_at     INTEGER NOT NULL, -- all times: milliseconds since 1970, UTC
    committed_at   INTEGER,
    pushed_at      INTEGER,
    status         TEXT    NOT NULL,
    stage          TEXT    NOT NULL,
    error          TEXT,
    hint           TEXT
) STRICT;

-- Newest first is the primary key backwards; of one repository, this one backwards.
CREATE INDEX history_of_repo ON history (repo_id, id);

CREATE INDEX history_unpushed ON history (repo_id, commit_oid)
    WHERE commit_oid IS NOT NULL AND pushed_at IS NULL AND status <> 'pushed';
