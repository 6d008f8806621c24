//! The table of what turned red.

use super::{Mutant, Verdict};
use std::time::Duration;

/// One mutant with its verdicts.
pub(super) struct Row {
    pub(super) mutant: Mutant,
    /// With the protection.
    pub(super) control: Verdict,
    /// Without it.
    pub(super) broken: Verdict,
    pub(super) took: Duration,
}

impl Row {
    /// The protection is shown: green with it, red without it.
    pub(super) fn shown(&self) -> bool {
        (self.control, self.broken) == (Verdict::Green, Verdict::Red)
    }

    pub(super) fn line(&self) -> String {
        let verdict = match (self.control, self.broken) {
            (Verdict::Green, Verdict::Red) => "red, as it should be",
            (Verdict::Green, Verdict::Green) => "STILL GREEN: nothing shows this promise",
            (Verdict::Missing, _) | (_, Verdict::Missing) => "NO SUCH TEST",
            (Verdict::Red, _) => "RED ALSO WITH THE PROTECTION: says nothing",
        };
        let seconds = self.took.as_secs_f64();
        format!("{:>3}  {:<28} {verdict} ({seconds:.1} s)", self.mutant.never, self.mutant.name)
    }
}

/// All rows for people.
pub(super) fn markdown(rows: &[Row]) -> String {
    let mut text =
        "| never | broken on purpose | its test | with | without |\n|---|---|---|---|---|\n".to_owned();
    let word = |verdict| match verdict {
        Verdict::Green => "green",
        Verdict::Red => "red",
        Verdict::Missing => "no such test",
    };
    for row in rows {
        let m = &row.mutant;
        text.push_str(&format!(
            "| {} | {} | `{}` | {} | {} |\n",
            m.never,
            m.breaks,
            m.test,
            word(row.control),
            word(row.broken)
        ));
    }
    let shown = rows.iter().filter(|r| r.shown()).count();
    text.push_str(&format!(
        "\n{shown} of {} protections are shown by a test that turns red without them.\n",
        rows.len()
    ));
    text
}
