-- Which entries have which three characters in a row in them, whatever their case: a search looks closely at those alone. No text
-- is kept twice, and no places in it.
CREATE VIRTUAL TABLE history_text USING fts5 (words, content = '', detail = 'none', tokenize = 'trigram');

CREATE TRIGGER history_text_new AFTER INSERT ON history BEGIN
    INSERT INTO history_text (rowid, words)
    VALUES (new.id, coalesce(new.subject, '') || char(10) || coalesce(new.body, '') || char(10) || CAST(new.repo AS TEXT)
        || char(10) || coalesce(new.branch, '') || char(10) || coalesce(new.error, '') || char(10)
        || coalesce(substr(new.commit_oid, 1, 16), ''));
END;

CREATE TRIGGER history_text_gone AFTER DELETE ON history BEGIN
    INSERT INTO history_text (history_text, rowid, words)
    VALUES ('delete', old.id, coalesce(old.subject, '') || char(10) || coalesce(old.body, '') || char(10) || CAST(old.repo AS TEXT)
        || char(10) || coalesce(old.branch, '') || char(10) || coalesce(old.error, '') || char(10)
        || coalesce(substr(old.commit_oid, 1, 16), ''));
END;

-- Most changes of a row change none of its words.
CREATE TRIGGER history_text_other AFTER UPDATE OF subject, body, repo, branch, error, commit_oid ON history
WHEN old.subject IS NOT new.subject OR old.body IS NOT new.body OR old.repo IS NOT new.repo OR old.branch IS NOT new.branch
    OR old.error IS NOT new.error OR old.commit_oid IS NOT new.commit_oid
BEGIN
    INSERT INTO history_text (history_text, rowid, words)
    VALUES ('delete', old.id, coalesce(old.subject, '') || char(10) || coalesce(old.body, '') || char(10) || CAST(old.repo AS TEXT)
        || char(10) || coalesce(old.branch, '') || char(10) || coalesce(old.error, '') || char(10)
        || coalesce(substr(old.commit_oid, 1, 16), ''));
    INSERT INTO history_text (rowid, words)
    VALUES (new.id, coalesce(new.subject, '') || char(10) || coalesce(new.body, '') || char(10) || CAST(new.repo AS TEXT)
        || char(10) || coalesce(new.branch, '') || char(10) || coalesce(new.error, '') || char(10)
        || coalesce(substr(new.commit_oid, 1, 16), ''));
END;

-- What there was before.
INSERT INTO history_text (rowid, words)
SELECT id, coalesce(subject, '') || char(10) || coalesce(body, '') || char(10) || CAST(repo AS TEXT)
    || char(10) || coalesce(branch, '') || char(10) || coalesce(error, '') || char(10)
    || coalesce(substr(commit_oid, 1, 16), '')
FROM history;
