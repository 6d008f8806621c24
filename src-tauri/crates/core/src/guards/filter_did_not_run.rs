//! A file that a filter should have encrypted or replaced, and that would be stored as it is: clear text where a person
//! relies on its not being one.

use super::{AfterStaging, Finding, Rule, content::Seen};

pub(super) fn check(seen: &AfterStaging<'_>) -> Vec<Finding> {
    let untouched = seen.contents.iter().filter_map(|c| match &c.seen {
        Seen::Bytes(bytes) => bytes.filter.as_ref().filter(|f| !f.ran).map(|f| (c, f)),
        _ => None,
    });
    untouched
        .map(|(c, filter)| Finding {
            path: c.path.clone(),
            rule: Rule::FilterDidNotRun,
            hint: match filter.name.as_str() {
                "lfs" => "Run git lfs install, so that Git LFS takes the file.".to_owned(),
                name if name.starts_with("git-crypt") => {
                    "Run git-crypt unlock, so that the file is encrypted before it is stored.".to_owned()
                }
                name => {
                    format!("Configure the filter {name} (filter.{name}.clean), or take the attribute away.")
                }
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        guards::{
            content::{Bytes, Content, Filter, Seen},
            testing::found_in,
        },
        settings,
    };

    #[test]
    fn what_a_filter_left_as_it_was_is_held() {
        let content = |path: &str, filter: Option<(&str, bool)>| Content {
            path: path.into(),
            seen: Seen::Bytes(Bytes {
                filter: filter.map(|(name, ran)| Filter { name: name.into(), ran }),
                ..Bytes::default()
            }),
        };
        let contents = [
            content("secret.key", Some(("git-crypt", false))),
            content("model.bin", Some(("lfs", false))),
            content("good.bin", Some(("lfs", true))),
            content("plain", None),
        ];
        let rule = "filter_did_not_run";
        let expected = [("secret.key".to_owned(), rule), ("model.bin".to_owned(), rule)];
        assert_eq!(found_in(&contents, &settings::Guards::default()), expected);
    }
}
