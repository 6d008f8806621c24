//! The repositories of the demonstration: names, kinds, and what is special about a few.

/// One repository to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// `<group>/<name>`.
    pub(super) path: String,
    pub(super) kind: &'static str,
    pub(super) state: State,
    /// Steps of its story that are history.
    pub(super) history: usize,
    /// Steps of its story that are uncommitted work; 0: clean.
    pub(super) fresh: usize,
}

/// In which state it is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing but its changes.
    Plain,
    /// All changes are staged.
    Staged,
    /// The last commits were never pushed, and nothing else is to be done.
    Unpushed,
    /// There is no remote.
    NoRemote,
    /// A file too large to commit lies beside the changes.
    LargeFile,
    /// The only change is staged in part: somebody is composing a commit.
    HalfStaged,
}

/// Name and kind, mixed so that any number of them from the start shows every kind.
const NAMES: [(&str, &str); 68] = [
    ("work/api-gateway", "go"),
    ("oss/lib-auth", "rust"),
    ("personal/notes", "notes"),
    ("work/web-app", "web"),
    ("personal/dotfiles", "dotfiles"),
    ("work/data-pipeline", "python"),
    ("work/infra", "ops"),
    ("work/user-service", "go"),
    ("oss/cache-rs", "rust"),
    ("work/handbook", "notes"),
    ("work/admin-dashboard", "web"),
    ("personal/vim-config", "dotfiles"),
    ("work/churn-model", "python"),
    ("work/deploy-scripts", "ops"),
    ("work/billing-api", "go"),
    ("oss/log-shipper", "rust"),
    ("personal/recipes", "notes"),
    ("work/landing-page", "web"),
    ("personal/scripts", "dotfiles"),
    ("work/invoice-parser", "python"),
    ("work/k8s-manifests", "ops"),
    ("work/webhook-relay", "go"),
    ("oss/feed-parser", "rust"),
    ("work/meeting-notes", "notes"),
    ("oss/design-system", "web"),
    ("personal/zsh-config", "dotfiles"),
    ("personal/backup-tool", "python"),
    ("work/ci-templates", "ops"),
    ("work/rate-limiter", "go"),
    ("oss/token-bucket", "rust"),
    ("personal/blog", "notes"),
    ("work/checkout-ui", "web"),
    ("personal/nix-config", "dotfiles"),
    ("work/pdf-export", "python"),
    ("personal/ansible-home", "ops"),
    ("work/mail-sender", "go"),
    ("oss/image-resizer", "rust"),
    ("personal/thesis", "notes"),
    ("work/storybook", "web"),
    ("personal/homelab", "dotfiles"),
    ("personal/weather-bot", "python"),
    ("work/terraform-dns", "ops"),
    ("work/feature-flags", "go"),
    ("oss/crawler", "rust"),
    ("personal/reading-list", "notes"),
    ("oss/browser-extension", "web"),
    ("personal/keyboard-layout", "dotfiles"),
    ("work/etl-nightly", "python"),
    ("work/monitoring", "ops"),
    ("work/metrics-proxy", "go"),
    ("oss/search-index", "rust"),
    ("personal/travel-plans", "notes"),
    ("work/chat-widget", "web"),
    ("personal/editor-snippets", "dotfiles"),
    ("work/report-generator", "python"),
    ("work/docker-images", "ops"),
    ("work/session-store", "go"),
    ("oss/queue-worker", "rust"),
    ("work/rfcs", "notes"),
    ("work/status-page", "web"),
    ("work/label-tool", "python"),
    ("oss/url-shortener", "go"),
    ("oss/cli-tools", "rust"),
    ("work/onboarding-docs", "notes"),
    ("work/onboarding-flow", "web"),
    ("personal/geo-lookup", "python"),
    ("oss/docs-site", "web"),
    ("personal/price-watch", "python"),
];

/// The first `count` repositories; beyond the names there are, they are numbered.
pub(super) fn entries(count: usize) -> Vec<Entry> {
    (0..count).map(entry).collect()
}

fn entry(number: usize) -> Entry {
    let (name, kind) = NAMES[number % NAMES.len()];
    let round = number / NAMES.len();
    let path = if round == 0 { name.to_owned() } else { format!("{name}-{}", round + 1) };
    let state = match name {
        _ if round > 0 => State::Plain,
        "personal/recipes" => State::Unpushed,
        "personal/scripts" => State::NoRemote,
        "work/meeting-notes" => State::LargeFile,
        "work/storybook" => State::HalfStaged,
        _ if number % 6 == 4 => State::Staged,
        _ => State::Plain,
    };
    let clean = number % 9 == 5 && state == State::Plain;
    let fresh = match state {
        State::Unpushed | State::HalfStaged => 0,
        _ if clean => 0,
        _ => 1 + usize::from(number % 4 == 2),
    };
    Entry { path, kind, state, history: 1 + (number / 7 + number % 3) % 7, fresh }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_differ_and_stories_are_long_enough() {
        let all = entries(200);
        assert_eq!(all.iter().map(|e| &e.path).collect::<BTreeSet<_>>().len(), 200);
        let usual = entries(68);
        for entry in &usual {
            let life = super::super::story::life(entry.kind, "x").unwrap();
            assert!(entry.history + entry.fresh < life.len(), "{entry:?}");
        }
        let of = |state| usual.iter().filter(|e| e.state == state).count();
        assert_eq!(
            (of(State::Unpushed), of(State::NoRemote), of(State::LargeFile), of(State::HalfStaged)),
            (1, 1, 1, 1)
        );
        assert!((50..=64).contains(&usual.iter().filter(|e| e.fresh > 0).count()));
    }
}
