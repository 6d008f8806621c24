//! Pointers to commits of other repositories: to one that is no submodule (its files would look saved and would not be),
//! and to a commit that nobody else can get.

use super::{AfterStaging, Finding, Rule, content::Seen};

pub(super) fn check(seen: &AfterStaging<'_>) -> Vec<Finding> {
    let pointers = seen.contents.iter().filter_map(|c| match c.seen {
        Seen::Pointer { listed, published } => Some((c, listed, published)),
        _ => None,
    });
    pointers
        .filter_map(|(c, listed, published)| {
            let (rule, hint) = match (listed, published) {
                (false, _) => (
                    Rule::NestedRepository,
                    "It is a repository of its own: add it to .git/info/exclude here, or make it a submodule.",
                ),
                (true, false) => (
                    Rule::SubmoduleNotPushed,
                    "Push the submodule's commit first; the next cycle goes on by itself.",
                ),
                (true, true) => return None,
            };
            Some(Finding { path: c.path.clone(), rule, hint: hint.to_owned() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        guards::{
            content::{Content, Seen},
            testing::found_in,
        },
        settings,
    };

    #[test]
    fn only_published_submodules_pass() {
        let pointer = |path: &str, listed, published| Content {
            path: path.into(),
            seen: Seen::Pointer { listed, published },
        };
        let contents =
            [pointer("stray", false, true), pointer("ahead", true, false), pointer("fine", true, true)];
        let expected =
            [("stray".to_owned(), "nested_repository"), ("ahead".to_owned(), "submodule_not_pushed")];
        assert_eq!(found_in(&contents, &settings::Guards::default()), expected);
    }
}
