//! The table of rules, one file per family. Of two rules that find the same bytes the one listed first gives the name.

mod ai;
mod chat;
mod cloud;
mod data;
mod hosting;
mod infrastructure;
mod keys;
mod logins;
mod observability;
mod packages;
mod payment;
mod work;

use crate::{generic, rule::Rule};

/// Every rule, the most telling first.
pub(crate) fn all() -> Vec<&'static Rule> {
    [
        keys::RULES,
        ai::RULES,
        cloud::RULES,
        hosting::RULES,
        infrastructure::RULES,
        payment::RULES,
        chat::RULES,
        packages::RULES,
        observability::RULES,
        work::RULES,
        data::RULES,
        logins::RULES,
        generic::RULES,
    ]
    .into_iter()
    .flatten()
    .collect()
}
