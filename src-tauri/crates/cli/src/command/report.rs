//! `autocommit report test`.

use crate::{
    args::Globals,
    exit::{Exit, Failure},
    say,
    style::{Stream, Style, Tone},
};
use autocommit_core::text::escape_controls;
use autocommit_host::Source;
use clap::{Args, Subcommand};

/// Try the reports that tell you elsewhere what needs you.
///
/// `[reports]` in the configuration names a webhook, a command of yours, or both.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Report {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Send a report that is marked as a test, and say what came of it.
    ///
    /// It is sent by this command itself, with this terminal's environment. Exits with 1 where it did not arrive.
    Test,
}

pub(crate) async fn run(globals: &Globals, report: &Report) -> Result<Exit, Failure> {
    let Action::Test = report.action;
    let folders = globals.folders()?;
    let (_, settings) = Source::new(folders.clone(), globals.overrides()?).load()?;
    if !settings.reports.on() {
        return Err(Failure::usage("Reports go nowhere yet.").hint(format!(
            "Name a webhook_url or a command under [reports] in {}",
            folders.config_file.display()
        )));
    }
    folders.prepare_state_dir()?;
    let tried = Box::pin(autocommit_report::test(&settings.reports, &folders.state_dir)).await;
    let ok = tried.iter().all(|tried| tried.ok);
    if globals.json {
        say::json(&serde_json::json!({"ok": ok, "sent": tried}));
    } else {
        let style = Style::of(Stream::Out);
        for tried in &tried {
            let tone = if tried.ok { Tone::Good } else { Tone::NeedsYou };
            say::out(&format!("{} {}", style.mark(tone), escape_controls(&tried.message)));
        }
    }
    Ok(if ok { Exit::Well } else { Exit::Attention })
}
