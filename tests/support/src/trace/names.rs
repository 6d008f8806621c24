//! Names that are the same in every run: of paths with their random parts taken out, and of processes.

use std::path::Path;

/// Names that end in six or more random characters.
const RANDOM_ENDINGS: [&str; 5] = ["tmp_obj_", "tmp_pack_", "tmp_idx_", "incoming-", "tmp_rev_"];

/// A path below the sandbox with `*` in place of what differs between two runs; nothing for a path outside.
pub(super) fn path(root: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(root).ok()?.to_str()?;
    if below.is_empty() {
        return None;
    }
    let mut names: Vec<String> = below.split('/').map(steady).collect();
    for place in 1..names.len() {
        let objects = names[place - 1] == "objects" || names[place - 1].starts_with("tmp_objdir-");
        if objects && names[place].len() == 2 {
            "*".clone_into(&mut names[place]);
        }
    }
    Some(names.join("/"))
}

/// One name: a run of ten or more of `0-9a-f-` is an id, an object or a day.
fn steady(name: &str) -> String {
    if let Some(start) = RANDOM_ENDINGS.iter().find_map(|start| Some(name.find(start)? + start.len())) {
        return format!("{}*", &name[..start]);
    }
    let mut out = String::new();
    let mut run = String::new();
    for letter in name.chars().map(Some).chain([None]) {
        match letter {
            Some(letter) if letter.is_ascii_digit() || matches!(letter, 'a'..='f' | '-') => run.push(letter),
            _ => {
                let digits = run.chars().filter(char::is_ascii_hexdigit).count();
                // `autocommit-` ends in letters that belong to a run; its hyphen stays outside.
                let kept = run.len() - run.trim_start_matches('-').len();
                if digits >= 8 {
                    out.push_str(&run[..kept]);
                    out.push('*');
                } else {
                    out.push_str(&run);
                }
                run.clear();
                out.extend(letter);
            }
        }
    }
    out
}

/// What a process is called after it started a program: `git update-index`, `receive-pack`, `sh`.
pub(super) fn role(arguments: &[String]) -> String {
    let Some(program) = arguments.first() else { return "unknown".to_owned() };
    let program = program.rsplit('/').next().unwrap_or(program);
    if let Some(command) = program.strip_prefix("git-") {
        return command.to_owned();
    }
    if program != "git" {
        return program.to_owned();
    }
    let mut words = arguments.iter().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-c" | "-C" => {
                words.next();
            }
            option if option.starts_with('-') => {}
            command => return format!("git {command}"),
        }
    }
    "git".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_parts_go() {
        let name = |below: &str| path(Path::new("/tmp/x"), &Path::new("/tmp/x").join(below)).unwrap();
        assert_eq!(name("repos/a/.git/index.lock"), "repos/a/.git/index.lock");
        assert_eq!(
            name("repos/edit/.git/autocommit-01a1fe9828057716ba53f821bb20e677.index.lock"),
            "repos/edit/.git/autocommit-*.index.lock"
        );
        assert_eq!(name("r/.git/objects/1e/0f3f8b5c1c1e8a2b3c4d5e6f708192a3b4c5d6"), "r/.git/objects/*/*");
        assert_eq!(name("r/.git/objects/1e/tmp_obj_LVA0nv"), "r/.git/objects/*/tmp_obj_*");
        assert_eq!(
            name("b.git/objects/tmp_objdir-incoming-x1Y/ad/f"),
            "b.git/objects/tmp_objdir-incoming-*/*/f"
        );
        assert_eq!(name("state/journal/8f00b204e9800998/2026-11-21.jsonl"), "state/journal/*/*.jsonl");
        assert_eq!(name("state/.token.b3d5a63f"), "state/.token.*");
        assert_eq!(name("state/autocommit.db-wal"), "state/autocommit.db-wal");
        assert_eq!(name("repos/a/dir/decade.txt"), "repos/a/dir/decade.txt");
        assert!(path(Path::new("/tmp/x"), Path::new("/usr/lib/y")).is_none());
    }

    #[test]
    fn roles() {
        let role = |line: &str| role(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(role("/usr/bin/git -c gc.auto=0 --git-dir=/a update-ref -m x"), "git update-ref");
        assert_eq!(role("git-receive-pack /a"), "receive-pack");
        assert_eq!(role("/bin/sh -c true"), "sh");
    }
}
