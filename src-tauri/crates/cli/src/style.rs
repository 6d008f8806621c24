//! What the terminal can show: width, colour, and marks beyond ASCII.

use std::io::IsTerminal as _;

/// Where something is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// What can be shown there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) stream: Stream,
    pub(crate) terminal: bool,
    pub(crate) colour: bool,
    pub(crate) unicode: bool,
}

/// How much attention something wants. Never by colour alone: a mark and a word go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Dim,
    Good,
    Working,
    Waiting,
    NeedsYou,
}

impl Style {
    /// What `stream` can show.
    pub(crate) fn of(stream: Stream) -> Self {
        let terminal = match stream {
            Stream::Out => std::io::stdout().is_terminal(),
            Stream::Err => std::io::stderr().is_terminal(),
        };
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let colour = terminal && set("NO_COLOR").is_none() && set("TERM").as_deref() != Some("dumb");
        Self { stream, terminal, colour, unicode: cfg!(windows) || is_utf8(set) }
    }

    /// The mark of a tone.
    pub(crate) fn mark(self, tone: Tone) -> &'static str {
        match (tone, self.unicode) {
            (Tone::Plain, _) => " ",
            (Tone::Good, true) => "✓",
            (Tone::Good, false) => "+",
            (Tone::Working, true) => "●",
            (Tone::Working, false) => "*",
            (Tone::NeedsYou, true) => "▲",
            (Tone::NeedsYou, false) => "!",
            (Tone::Waiting | Tone::Dim, true) => "◌",
            (Tone::Waiting | Tone::Dim, false) => "-",
        }
    }

    /// Our own typography, in ASCII where the locale has no more.
    pub(crate) fn text(self, text: &str) -> String {
        if self.unicode {
            text.to_owned()
        } else {
            text.replace('·', "-").replace('…', "...").replace('–', "-")
        }
    }
}

/// Whether the locale of characters is UTF-8: the first of these that is set decides.
fn is_utf8(set: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides() {
        let with = |list: &'static [(&str, &str)]| {
            is_utf8(|name| list.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert!(with(&[("LANG", "de_DE.UTF-8")]));
        assert!(with(&[("LANG", "C"), ("LC_ALL", "C.utf8")]));
        assert!(!with(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")]));
        assert!(!with(&[]));
    }

    #[test]
    fn ascii_where_there_is_no_more() {
        let plain = Style { stream: Stream::Out, terminal: false, colour: false, unicode: false };
        for tone in [Tone::Plain, Tone::Dim, Tone::Good, Tone::Working, Tone::Waiting, Tone::NeedsYou] {
            assert!(plain.mark(tone).is_ascii());
        }
        assert_eq!(plain.text("4 committed · 4 pushed"), "4 committed - 4 pushed");
    }
}
