//! The links of texts as they are read in the repository: that each leads to a file there, and to a heading of it.

use crate::links::{leads_elsewhere, malformed};
use anyhow::{Context, Result};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::{collections::BTreeSet, fs, path::Path};

/// The broken links of the text at `path` below `root`, a line each.
pub(crate) fn broken(root: &Path, path: &Path) -> Result<Vec<String>> {
    let file = root.join(path);
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let mut broken = Vec::new();
    for link in links(&text) {
        let why = if leads_elsewhere(&link) { malformed(&link) } else { problem(&file, &text, &link) };
        broken.extend(why.map(|why| format!("{}: {link}: {why}", path.display())));
    }
    Ok(broken)
}

fn problem(file: &Path, text: &str, link: &str) -> Option<&'static str> {
    let (name, place) = link.split_once('#').map_or((link, None), |(name, place)| (name, Some(place)));
    let target = if name.is_empty() { file.to_owned() } else { file.parent()?.join(name) };
    if !target.exists() {
        return Some("there is no such file");
    }
    let there = match (name.is_empty(), place) {
        (_, None) => return None,
        (true, Some(_)) => headings(text),
        (false, Some(_)) => headings(&fs::read_to_string(target).unwrap_or_default()),
    };
    (!there.contains(place?)).then_some("there is no such heading in that file")
}

fn links(text: &str) -> Vec<String> {
    let links = Parser::new_ext(text, Options::all()).filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some(dest_url.into_string())
        }
        _ => None,
    });
    links.collect()
}

/// The names under which headings can be led to: in small letters, with a hyphen for each space.
fn headings(text: &str) -> BTreeSet<String> {
    let (mut found, mut heading) = (BTreeSet::new(), None::<String>);
    for event in Parser::new_ext(text, Options::all()) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::Text(words) | Event::Code(words), Some(heading)) => heading.push_str(&words),
            (Event::End(TagEnd::Heading(_)), _) => found.extend(heading.take().map(|heading| name(&heading))),
            _ => {}
        }
    }
    found
}

fn name(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_headings_are_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("docs")).unwrap();
        fs::write(folder.path().join("docs/b.md"), "# What is `held`, and why\n").unwrap();
        let found = |text: &str| {
            fs::write(folder.path().join("a.md"), text).unwrap();
            broken(folder.path(), Path::new("a.md")).unwrap()
        };
        let well =
            "# A b\n[1](#a-b) [2](docs/b.md#what-is-held-and-why) ![3](docs/b.md) [4](https://example.org)\n";
        assert!(found(well).is_empty(), "{:?}", found(well));
        assert!(found("`[x](no.md)`\n\n```\n[x](no.md)\n```\n").is_empty(), "code has no links");
        for (link, why) in [
            ("no.md", "no such file"),
            ("docs/b.md#no", "no such heading"),
            ("#no", "no such heading"),
            ("https://", "no address"),
        ] {
            let broken = found(&format!("[x]({link})\n"));
            assert!(broken.len() == 1 && broken[0].contains(why), "{link}: {broken:?}");
        }
    }
}
