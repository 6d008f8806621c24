//! Names that a file, a folder or a repository can have.

use crate::{
    case::{Built, Case, Verdict, case, class, commit_bytes},
    plot::{Plot, name},
};

pub(crate) fn cases() -> Vec<Case> {
    let long = vec![b'x'; 255];
    let deep = ["a-folder-of-some-length"; 40].join("/").into_bytes();
    let names: Vec<(&str, Vec<u8>)> = vec![
        ("newline", b"two\nlines.txt".to_vec()),
        ("only-a-newline", b"\n".to_vec()),
        ("tab", b"a\tb.txt".to_vec()),
        ("carriage-return", b"a\r".to_vec()),
        ("escape-sequence", b"\x1b[31mred\x1b[0m".to_vec()),
        ("leading-dash", b"-rf".to_vec()),
        ("two-dashes", b"--help".to_vec()),
        ("at-sign", b"@".to_vec()),
        ("non-utf8", b"caf\xe9.txt".to_vec()),
        ("broken-utf8", b"\xff\xfe\xc3".to_vec()),
        ("emoji", "🦀 résumé ☂.txt".as_bytes().to_vec()),
        ("direction-override", "evil\u{202e}txt.exe".as_bytes().to_vec()),
        ("zero-width", "a\u{200b}b".as_bytes().to_vec()),
        ("decomposed", "u\u{308}ber".as_bytes().to_vec()),
        ("quotes", b"\"quoted\" 'name'.txt".to_vec()),
        ("backslash", b"a\\b\\n.txt".to_vec()),
        ("leading-quote", b"\"".to_vec()),
        ("trailing-space", b"name ".to_vec()),
        ("leading-space", b" name".to_vec()),
        ("only-spaces", b"   ".to_vec()),
        ("trailing-dot", b"name.".to_vec()),
        ("pathspec-magic", b":(glob)*".to_vec()),
        ("pathspec-top", b":/a.txt".to_vec()),
        ("pathspec-colon", b":".to_vec()),
        ("pathspec-exclude", b":!a.txt".to_vec()),
        ("wildcards", b"[ab]*?.txt".to_vec()),
        ("comment-sign", b"#not-a-comment".to_vec()),
        ("like-a-ref", b"HEAD".to_vec()),
        ("like-a-range", b"main..other".to_vec()),
        ("windows-device", b"con.txt".to_vec()),
        ("dollar", b"$(touch pwned) `x` $HOME".to_vec()),
        ("longest", long),
        ("deepest", deep),
    ];
    let one = |(short, path): (&str, Vec<u8>)| {
        let made = path.clone();
        case(&format!("name-{short}"), move |plot| named(plot, &made), commit_bytes([path]))
    };
    let mut all: Vec<Case> = names.into_iter().map(one).collect();
    all.push(case(
        "name-composed-and-decomposed",
        |plot| {
            let (repo, bare) = plot.cloned();
            plot.write(&repo, "\u{fc}", "1\n");
            plot.write(&repo, "u\u{308}", "2\n");
            (repo, bare).into()
        },
        commit_bytes(["\u{fc}", "u\u{308}"].map(|name| name.as_bytes().to_vec())),
    ));
    all.push(case("name-odd-and-deleted", odd_and_deleted, commit_bytes([b"a\nb\"c\\ \xff".to_vec()])));
    all.push(case("name-dot-git-is-refused", dot_git, Verdict::Own));
    let repositories: Vec<(&str, Vec<u8>)> = vec![
        ("space", b"my repo".to_vec()),
        ("newline", b"my\nrepo".to_vec()),
        ("emoji", "🦀".as_bytes().to_vec()),
        ("quote", b"it's \"mine\"".to_vec()),
        ("dash", b"--work-tree".to_vec()),
        ("colon", b"a:b;c".to_vec()),
        ("backslash", b"a\\b".to_vec()),
        ("percent", b"%s%n {0} $(x)".to_vec()),
        ("long", vec![b'r'; 200]),
        ("non-utf8", b"caf\xe9".to_vec()),
    ];
    all.extend(repositories.into_iter().map(|(short, folder)| {
        let short = format!("folder-{short}");
        case(&short, move |plot| folder_named(plot, &folder), commit_bytes([b"README.md".to_vec()]).local())
    }));
    class("names", all)
}

fn named(plot: &Plot<'_>, path: &[u8]) -> Built {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, name(path), "content\n");
    (repo, bare).into()
}

fn odd_and_deleted(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    let file = plot.write(&repo, name(b"a\nb\"c\\ \xff"), "content\n");
    plot.commit(&repo);
    plot.git(&repo, &["push", "--quiet"]);
    std::fs::remove_file(file).unwrap();
    (repo, bare).into()
}

/// Names that other file systems take for `.git`: git itself must decide, and nothing is harmed.
fn dot_git(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.git(&repo, &["config", "core.protectNTFS", "true"]);
    plot.write(&repo, "sub/.GIT/config", "[core]\n\tfsmonitor = touch pwned\n");
    plot.write(&repo, "git~1", "x\n");
    plot.write(&repo, "b.txt", "x\n");
    (repo, bare).into()
}

fn folder_named(plot: &Plot<'_>, folder: &[u8]) -> Built {
    let repo = plot.dir().join(name(folder));
    std::fs::create_dir_all(&repo).unwrap();
    plot.git(&repo, &["init", "--quiet"]);
    plot.fill(&repo);
    plot.commit(&repo);
    plot.edit(&repo);
    repo.into()
}
