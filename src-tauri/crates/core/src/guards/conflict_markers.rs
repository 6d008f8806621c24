//! Conflict markers that were not there before: after a conflict that git no longer knows of, they would be published as
//! if they were text.

use super::{AfterStaging, Finding, Rule, content::Seen};

pub(super) fn check(seen: &AfterStaging<'_>) -> Vec<Finding> {
    seen.contents
        .iter()
        .filter(|c| matches!(&c.seen, Seen::Bytes(bytes) if bytes.conflicts > bytes.conflicts_before))
        .map(|c| Finding {
            path: c.path.clone(),
            rule: Rule::ConflictMarkers,
            hint: "Resolve the conflict in it; if the markers belong there, run autocommit approve on it."
                .to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        guards::{
            content::{Bytes, Content, Seen},
            testing::found_in,
        },
        settings,
    };

    #[test]
    fn only_new_blocks_hold() {
        let content = |path: &str, conflicts, conflicts_before| Content {
            path: path.into(),
            seen: Seen::Bytes(Bytes { conflicts, conflicts_before, ..Bytes::default() }),
        };
        let contents =
            [content("new", 1, 0), content("old", 2, 2), content("fewer", 1, 2), content("no", 0, 0)];
        assert_eq!(found_in(&contents, &settings::Guards::default()), [("new".into(), "conflict_markers")]);
    }
}
