//! What the program says of itself: it must say what happened, why, and what a person can do.

use crate::{
    case::{Kept, Sent, Verdict},
    judge::Complaints,
};
use serde_json::Value;
use std::path::Path;

/// The run of a work tree in what `once --json` printed.
pub(crate) fn run_of<'a>(cycle: &'a Value, work: &Path) -> Option<&'a Value> {
    let shown = work.to_string_lossy();
    cycle["runs"].as_array()?.iter().find(|run| run["path"].as_str() == Some(&*shown))
}

/// Compares a verdict with what was said of it, in the preview and in the cycle.
pub(crate) fn judge(kept: &Kept, verdict: &Verdict, cycle: &Value, preview: &Value, found: &mut Complaints) {
    let (said, planned) = (run_of(cycle, &kept.work), run_of(preview, &kept.work));
    if *verdict == Verdict::NotFound {
        return found.unless(said.is_none() && planned.is_none(), || format!("it is listed: {said:?}"));
    }
    let (Some(said), Some(planned)) = (said, planned) else { return found.add("it is not listed") };
    run(verdict, said, found);
    let same =
        !matches!(verdict, Verdict::Commit { .. } | Verdict::AllHeld(_)) || planned["held"] == said["held"];
    found.unless(same, || format!("the preview said that {} is held", planned["held"]));
    let commits = planned["status"] == "committed" || planned["status"] == "failed";
    found.unless(!verdict.commits() || commits, || format!("the preview said {planned}"));
}

fn run(verdict: &Verdict, said: &Value, found: &mut Complaints) {
    let status = said["status"].as_str().unwrap_or_default();
    let reason = said["reason"].as_str().unwrap_or_default();
    let mut expect = |wanted: &[&str], why: &str| {
        let fits = wanted.contains(&status) && reason.contains(why);
        found.unless(fits, || {
            format!("it says {status}: {reason:?} {}, not {wanted:?}: {why:?}", said["error"])
        });
    };
    match verdict {
        Verdict::Commit { sent: Sent::Arrived, .. } | Verdict::Push => expect(&["pushed"], ""),
        Verdict::Commit { sent: Sent::Stays(status, why), .. } => expect(&[status], why),
        Verdict::AllHeld(_) => expect(&["held"], "held in"),
        Verdict::Hold(why) => expect(&["held"], why),
        Verdict::Skip(why) => expect(&["skipped"], why),
        Verdict::NeedsTrust => expect(&["held", "skipped"], "which nobody has approved yet"),
        Verdict::Unchanged(why) => expect(&["unchanged"], why),
        Verdict::NothingInIt => expect(&["unchanged"], ""),
        Verdict::Failed(why) => expect(&["failed"], why),
        Verdict::NotFound | Verdict::Own => {}
    }
    // Never list 14: what waits for a person says why, and what to do.
    if matches!(status, "held" | "failed" | "skipped") {
        let hint = said["hint"].as_str().unwrap_or_default();
        let told = reason.ends_with('.') && (hint.ends_with('.') || status == "skipped");
        found.unless(told, || format!("it does not say why, or what to do: {reason:?}, {hint:?}"));
    }
    if let Verdict::Commit { held: wanted, .. } | Verdict::AllHeld(wanted) = verdict {
        let list = said["held"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut held: Vec<_> = list.iter().map(|h| (text(&h["path"]), text(&h["rule"]))).collect();
        held.sort();
        let same =
            held.len() == wanted.len() && held.iter().zip(wanted).all(|(a, b)| a.0 == b.0 && a.1 == b.1);
        let few: Vec<_> = held.iter().take(5).collect();
        let wanted: Vec<_> = wanted.iter().take(5).collect();
        found.unless(same, || format!("it holds {few:?} ({}), not {wanted:?}", held.len()));
        let hints = list.iter().all(|h| h["hint"].as_str().is_some_and(|hint| hint.ends_with('.')));
        found.unless(hints, || "a held path has no next step".to_owned());
    }
}
