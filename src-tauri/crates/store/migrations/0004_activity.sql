-- Everything that is counted by day and by repository, so that counting reads the index alone.
CREATE INDEX history_by_time ON history (committed_at, started_at, pushed_at, insertions, deletions)
    WHERE committed_at IS NOT NULL;

CREATE INDEX history_by_repo ON history (repo_id, committed_at, insertions, deletions)
    WHERE committed_at IS NOT NULL;
