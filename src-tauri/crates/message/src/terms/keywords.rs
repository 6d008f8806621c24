//! Words that programming languages have themselves: they are no news of a change.

/// Words of languages, and names that every program has.
const KEYWORDS: &str = "\
    abstract and any args as assert async await auto base begin bool boolean break byte case catch char class clone \
    const constructor continue crate data debug def default defer del delete do double echo elif else elsif end \
    enum err error except export extends extern false fi final finally float fmt fn for foreach from func function \
    get global go goto group guard if impl implements import in include init inline instanceof int interface \
    internal into is it item items key kwargs lambda len let list local log loop main map match method mod module \
    mut namespace new nil node none not null number obj object of ok on open operator option or out override \
    package panic param params parent partial pass path print println private prop props protected pub public raise \
    range readonly record ref require result return returns rescue res req sealed self set short size some static \
    std str string struct sub super switch synchronized template test text that the then this throw throws to trait \
    true try type typeof uint undefined union unless unsafe until use using usize val value values var vec virtual \
    void volatile when where while with yield";

/// Words of SQL, as they are mostly written.
const SQL: &str = "\
    ALTER BEGIN BETWEEN BIGINT BOOLEAN CASCADE CHECK COLUMN COMMIT CONSTRAINT COUNT CREATE DATE DEFAULT DISTINCT DROP \
    EXISTS FOREIGN FROM FUNCTION GRANT GROUP HAVING INDEX INNER INSERT INTEGER INTO JOIN LEFT LIMIT NUMERIC OFFSET ORDER \
    OUTER PRIMARY REFERENCES RENAME RETURNING REVOKE RIGHT ROLLBACK SELECT SERIAL TABLE TEXT TIMESTAMP TRIGGER TRUNCATE \
    UNION UNIQUE UPDATE USING VALUES VARCHAR VIEW WHERE WITH";

fn is_sql(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_uppercase()) && SQL.split_ascii_whitespace().any(|word| word == name)
}

/// Whether a name says nothing about what the change is.
pub(super) fn is_keyword(name: &str) -> bool {
    name.len() < 3
        || is_sql(name)
        || KEYWORDS.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(name))
}

/// Words in front of a definition that say who may use it, or how.
pub(super) const MODIFIERS: &[&str] = &[
    "abstract",
    "async",
    "const",
    "export",
    "final",
    "internal",
    "override",
    "private",
    "protected",
    "pub",
    "public",
    "readonly",
    "sealed",
    "static",
    "virtual",
];
