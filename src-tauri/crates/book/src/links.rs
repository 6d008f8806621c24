//! The links of the built pages: that each leads to a file, and to a place in it. Nothing is asked over the network.

use anyhow::Result;
use html5gum::{Token, Tokenizer};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use url::Url;
use walkdir::WalkDir;

/// What a page has: places that can be led to, and where its links lead.
#[derive(Debug, Default)]
struct Page {
    places: BTreeSet<String>,
    links: Vec<String>,
}

/// The broken links of all pages below `folder`, a line each.
pub(crate) fn broken(folder: &Path) -> Result<Vec<String>> {
    let folder = fs::canonicalize(folder)?;
    let mut pages = BTreeMap::new();
    for entry in WalkDir::new(&folder) {
        let path = entry?.into_path();
        if path.extension().is_some_and(|ending| ending == "html") {
            pages.insert(path.clone(), Page::read(&fs::read_to_string(path)?));
        }
    }
    let mut broken = Vec::new();
    for (path, page) in &pages {
        for link in &page.links {
            if let Some(why) = problem(path, link, &pages) {
                let path = path.strip_prefix(&folder).unwrap_or(path);
                broken.push(format!("{}: {link}: {why}", path.display()));
            }
        }
    }
    Ok(broken)
}

/// So many links, in words.
pub(crate) fn counted(number: usize) -> String {
    format!("{number} link{}", if number == 1 { " is" } else { "s are" })
}

/// What is wrong with the address of something elsewhere; its host is not asked.
pub(crate) fn malformed(address: &str) -> Option<&'static str> {
    match Url::parse(address) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => Some("it is no address of the web"),
        Ok(url) if url.host_str().is_none_or(str::is_empty) => Some("it names no host"),
        Ok(_) if address.contains(char::is_whitespace) => Some("there is a space in it"),
        Ok(_) => None,
        Err(_) => Some("it is no address"),
    }
}

/// Whether a link leads away from the files here.
pub(crate) fn leads_elsewhere(link: &str) -> bool {
    let scheme = link.split_once(':').map(|(scheme, _)| scheme);
    link.starts_with("//")
        || scheme.is_some_and(|scheme| scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)))
}

fn problem(from: &Path, link: &str, pages: &BTreeMap<PathBuf, Page>) -> Option<&'static str> {
    if leads_elsewhere(link) {
        return malformed(link);
    }
    let target = Url::from_file_path(from).ok().and_then(|from| from.join(link).ok());
    let Some((url, path)) = target.and_then(|url| Some((url.clone(), url.to_file_path().ok()?))) else {
        return Some("it is no address");
    };
    let path = if path.is_dir() { path.join("index.html") } else { path };
    match (pages.get(&path), url.fragment()) {
        (Some(_), None | Some("")) => None,
        (Some(page), Some(place)) if page.places.contains(&unescaped(place)) => None,
        (Some(_), Some(_)) => Some("there is no such place on that page"),
        (None, _) if path.is_file() => None,
        (None, _) => Some("there is no such file"),
    }
}

/// A fragment as it is written in the page.
fn unescaped(fragment: &str) -> String {
    let query = format!("={}", fragment.replace('+', "%2B"));
    url::form_urlencoded::parse(query.as_bytes()).map(|(_, value)| value.into_owned()).collect()
}

impl Page {
    fn read(html: &str) -> Self {
        let mut page = Self::default();
        for Ok(token) in Tokenizer::new(html) {
            let Token::StartTag(tag) = token else { continue };
            for (name, value) in &tag.attributes {
                let value = String::from_utf8_lossy(value).into_owned();
                match name.as_slice() {
                    b"id" => drop(page.places.insert(value)),
                    b"name" if tag.name.as_slice() == b"a" => drop(page.places.insert(value)),
                    b"href" | b"src" => page.links.push(value),
                    _ => {}
                }
            }
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pages: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, html) in pages {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, html).unwrap();
        }
        broken(folder.path()).unwrap()
    }

    #[test]
    fn what_leads_somewhere_is_well() {
        let index = "<h1 id=top>x</h1><a href=#top>1</a><a href='b/c.html#größe'>2</a><a href='b/'>3</a>\
                     <img src=p.png><a href=https://example.org/x?y#z>4</a><a href='b/c.html#gr%C3%B6%C3%9Fe'>5</a>";
        let c = "<a name='größe'></a><a href='../index.html#top'>1</a>";
        assert!(
            found(&[("index.html", index), ("b/c.html", c), ("b/index.html", ""), ("p.png", "")]).is_empty()
        );
    }

    #[test]
    fn what_leads_nowhere_is_told() {
        for (link, why) in [
            ("no.html", "no such file"),
            ("#no", "no such place"),
            ("b.html#no", "no such place"),
            ("https://", "no address"),
            ("http://exa mple.org", "no address"),
            ("javascript:x", "no address of the web"),
            ("//example.org/x", "no address"),
        ] {
            let broken = found(&[("a.html", &format!("<a href='{link}'>x</a>")), ("b.html", "<p id=yes>")]);
            assert!(broken.len() == 1 && broken[0].contains(why), "{link}: {broken:?}");
        }
        let picture = found(&[("a.html", "<p>&amp;<img alt='>' src=\"no.png\">")]);
        assert_eq!(picture, ["a.html: no.png: there is no such file"]);
    }
}
