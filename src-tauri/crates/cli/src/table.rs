//! Tables that fit the terminal: one line for each row, cut where it is too narrow, whole where nobody watches.

use crate::style::{Stream, Style, Tone};
use autocommit_core::text::escape_controls;
use comfy_table::{Color, ColumnConstraint, ContentArrangement, Row, Width, presets};

/// One table.
pub(crate) struct Table {
    inner: comfy_table::Table,
    style: Style,
}

/// One cell. Its text is shown harmlessly whatever it holds.
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Plain }
    }

    pub(crate) fn dim(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Dim }
    }

    /// A mark and a word.
    pub(crate) fn state(style: Style, tone: Tone, word: &str) -> Self {
        Self { text: format!("{} {word}", style.mark(tone)), tone }
    }
}

impl Table {
    /// An empty table with these headings.
    pub(crate) fn new(style: Style, headings: &[&str]) -> Self {
        let mut inner = comfy_table::Table::new();
        inner.load_style(presets::NOTHING);
        if style.terminal {
            inner.set_content_arrangement(ContentArrangement::Dynamic);
            if style.stream == Stream::Err {
                inner.use_stderr();
            }
        } else {
            inner.force_no_tty().set_content_arrangement(ContentArrangement::Disabled);
        }
        inner.set_truncation_indicator(if style.unicode { "…" } else { "~" });
        let mut table = Self { inner, style };
        let headings = headings.iter().map(|heading| table.cell(&Cell::dim(*heading)));
        let mut headings = Row::from(headings.collect::<Vec<_>>());
        headings.max_height(1);
        table.inner.set_header(headings);
        table
    }

    /// Leaves a column out where the terminal has fewer than `least` characters in a line.
    pub(crate) fn hide_below(&mut self, column: usize, least: u16) {
        let narrow = self.inner.width().is_some_and(|width| width < least);
        if let Some(column) = self.inner.column_mut(column).filter(|_| narrow) {
            column.set_constraint(ColumnConstraint::Hidden);
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let mut row = Row::from(cells.into_iter().map(|cell| self.cell(&cell)).collect::<Vec<_>>());
        row.max_height(1);
        self.inner.add_row(row);
    }

    /// Keeps these columns whole; only the others are cut where the terminal is narrow.
    pub(crate) fn keep(&mut self, columns: &[usize]) {
        for (index, column) in self.inner.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            column.set_constraint(if columns.contains(&index) {
                ColumnConstraint::ContentWidth
            } else {
                ColumnConstraint::LowerBoundary(Width::Fixed(8))
            });
        }
    }

    fn cell(&self, cell: &Cell) -> comfy_table::Cell {
        let drawn = comfy_table::Cell::new(escape_controls(&cell.text));
        let colour = match cell.tone {
            _ if !self.style.colour => None,
            Tone::Plain => None,
            Tone::Dim => Some(Color::DarkGrey),
            Tone::Good => Some(Color::DarkGreen),
            Tone::Working => Some(Color::DarkBlue),
            Tone::Waiting => Some(Color::DarkYellow),
            Tone::NeedsYou => Some(Color::Red),
        };
        match colour {
            Some(colour) => drawn.fg(colour),
            None => drawn,
        }
    }

    /// The table as text, without spaces at the ends of lines.
    pub(crate) fn render(&self) -> String {
        self.inner.trim_fmt()
    }

    #[cfg(test)]
    fn width(&mut self, width: u16) {
        self.inner.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { stream: Stream::Out, terminal: false, colour: false, unicode: true };

    fn table() -> Table {
        let mut table = Table::new(PLAIN, &["STATE", "REPOSITORY", "MESSAGE"]);
        table.row([
            Cell::state(PLAIN, Tone::Good, "pushed"),
            Cell::new("web-app"),
            Cell::new("Add a coupon field to the cart and check it before the order is placed"),
        ]);
        table.row([Cell::state(PLAIN, Tone::NeedsYou, "held"), Cell::new("no\tes\x1b[31m"), Cell::new("")]);
        table.keep(&[0, 1]);
        table
    }

    #[test]
    fn whole_where_nobody_watches() {
        assert_eq!(
            table().render(),
            "STATE     REPOSITORY        MESSAGE\n\
             ✓ pushed  web-app           Add a coupon field to the cart and check it before the order is placed\n\
             ▲ held    no\\tes\\u{1b}[31m"
        );
    }

    #[test]
    fn one_line_each_on_a_terminal() {
        let mut table = table();
        table.width(60);
        let text = table.render();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
        assert!(text.contains("Add a coupon field") && text.contains('…'), "{text}");
        table.hide_below(1, 80);
        assert!(!table.render().contains("web-app"), "no room for it");
    }
}
