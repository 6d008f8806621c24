//! New files that are secrets by their name: `.env`, private keys, keystores. What is tracked already was somebody's
//! decision; of that only the content counts.

use super::{BeforeStaging, Finding, Rule};
use crate::{settings::SecretsPolicy, snapshot::ChangeKind};
use autocommit_secret::path_is_secret;

pub(super) fn check(seen: &BeforeStaging<'_>) -> Vec<Finding> {
    if seen.limits.secrets != SecretsPolicy::Hold {
        return Vec::new();
    }
    let new = seen.candidates.iter().filter(|c| c.change.kind == ChangeKind::Added);
    new.filter_map(|c| Some((c, path_is_secret(c.change.path.as_bytes())?)))
        .map(|(c, what)| Finding {
            path: c.change.path.clone(),
            rule: Rule::SecretFile,
            hint: format!("It is {what} by its name: run autocommit ignore on it, or autocommit approve."),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::guards::testing::{candidate, rules};
    use crate::snapshot::{ChangeKind::*, FileKind};

    #[test]
    fn new_ones_are_held_and_tracked_ones_are_not() {
        let found = rules(
            vec![
                candidate("app/.env", Added, FileKind::File, 5),
                candidate("old/.env", Modified, FileKind::File, 5),
                candidate(".env.example", Added, FileKind::File, 5),
            ],
            9,
        );
        assert_eq!(found, [("app/.env".into(), "secret_file")]);
    }
}
