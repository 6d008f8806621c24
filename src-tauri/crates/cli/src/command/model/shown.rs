//! What is shown of models, for people.

use crate::{
    style::{Style, Tone},
    table::{Cell, Table},
};
use autocommit_api::wire::{ManagedModel, ModelKeyReply, ModelPresence, ModelReply, ModelServerState};
use autocommit_core::text::escape_controls;

/// The table of models.
pub(super) fn list(reply: &ModelReply, style: Style) -> Vec<String> {
    let mut table = Table::new(style, &["STATE", "MODEL", "SIZE", "LICENCE", "ABOUT"]);
    for model in &reply.models {
        let (tone, word) = state(model);
        table.row([
            Cell::state(style, tone, &word),
            Cell::new(model.name.as_str()),
            Cell::new(size(model.size_bytes)),
            Cell::dim(model.licence.as_str()),
            Cell::dim(model.title.as_str()),
        ]);
    }
    table.keep(&[0, 1, 2, 3]);
    table.hide_below(3, 100);
    let mut lines: Vec<String> = table.render().lines().map(str::to_owned).collect();
    for model in &reply.models {
        if let Some(error) = &model.error {
            lines.push(format!("{} {}: {}", style.mark(Tone::NeedsYou), model.name, escape_controls(error)));
        }
    }
    lines
}

/// The model in use and its server, and the key of a server of the person's own.
pub(super) fn status(reply: &ModelReply, key: &ModelKeyReply, style: Style) -> Vec<String> {
    let server = &reply.server;
    let (tone, word) = match server.state {
        ModelServerState::Off => (Tone::Dim, "off"),
        ModelServerState::Elsewhere => (Tone::Good, "another server"),
        ModelServerState::NoProgram => (Tone::NeedsYou, "no program"),
        ModelServerState::NoModel => (Tone::NeedsYou, "no model"),
        ModelServerState::Starting => (Tone::Working, "starting"),
        ModelServerState::Ready => (Tone::Good, "ready"),
        ModelServerState::Asleep => (Tone::Good, "asleep"),
        ModelServerState::Failed => (Tone::NeedsYou, "failed"),
    };
    let mut lines = vec![format!("{} {word}: {}", style.mark(tone), escape_controls(&server.message))];
    let mut line = |name: &str, value: String| lines.push(format!("  {name:<9} {value}"));
    line("model", reply.in_use.clone().unwrap_or_else(|| "none".to_owned()));
    let program = server.program.as_deref().map_or_else(|| "not found".to_owned(), escape_controls);
    line("program", program);
    if let Some(pid) = server.pid {
        line("process", pid.to_string());
    }
    line("key", escape_controls(&key.message));
    lines
}

fn state(model: &ManagedModel) -> (Tone, String) {
    let percent =
        model.downloaded_bytes.saturating_mul(100).checked_div(model.size_bytes).unwrap_or(0).min(100);
    match model.state {
        ModelPresence::Installed if model.in_use => (Tone::Good, "in use".to_owned()),
        ModelPresence::Installed => (Tone::Good, "here".to_owned()),
        ModelPresence::Pulling => (Tone::Working, format!("coming {percent} %")),
        ModelPresence::Partial => (Tone::Waiting, format!("{percent} % here")),
        ModelPresence::Broken => (Tone::NeedsYou, "damaged".to_owned()),
        ModelPresence::Absent => (Tone::Dim, "not here".to_owned()),
    }
}

/// A size as disks are sold: in powers of ten.
#[allow(clippy::cast_precision_loss, reason = "two digits are shown")]
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{:.0} KB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.0} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::Stream;
    use autocommit_api::wire::{ModelKeySource, ModelServer};

    const PLAIN: Style = Style { stream: Stream::Out, terminal: false, colour: false, unicode: false };

    fn reply() -> ModelReply {
        let model = |name: &str, state, here| ManagedModel {
            name: name.to_owned(),
            title: "Small: for tests".to_owned(),
            size_bytes: 1_117_320_768,
            licence: "Apache-2.0".to_owned(),
            source_url: "https://example.org/small".to_owned(),
            state,
            downloaded_bytes: here,
            in_use: name == "a",
            error: (here == 1).then(|| "Cut\x1b.".to_owned()),
        };
        ModelReply {
            managed: true,
            in_use: Some("a".to_owned()),
            server: ModelServer {
                state: ModelServerState::Ready,
                message: "It is loaded.".to_owned(),
                program: Some("/usr/bin/llama-server".to_owned()),
                pid: Some(7),
            },
            models: vec![
                model("a", ModelPresence::Installed, 1_117_320_768),
                model("b", ModelPresence::Pulling, 558_660_384),
                model("c", ModelPresence::Partial, 1),
            ],
        }
    }

    #[test]
    fn the_list() {
        assert_eq!(
            list(&reply(), PLAIN).join("\n"),
            "STATE          MODEL  SIZE     LICENCE     ABOUT\n\
             + in use       a      1.12 GB  Apache-2.0  Small: for tests\n\
             * coming 50 %  b      1.12 GB  Apache-2.0  Small: for tests\n\
             - 0 % here     c      1.12 GB  Apache-2.0  Small: for tests\n\
             ! c: Cut\\u{1b}."
        );
    }

    #[test]
    fn the_status() {
        let key = ModelKeyReply {
            source: ModelKeySource::Keyring,
            server: Some("box.lan:8000".to_owned()),
            message: "The API key for box.lan:8000 is in the system keyring.".to_owned(),
        };
        assert_eq!(
            status(&reply(), &key, PLAIN).join("\n"),
            "+ ready: It is loaded.\n  model     a\n  program   /usr/bin/llama-server\n  process   7\n  \
             key       The API key for box.lan:8000 is in the system keyring."
        );
    }

    #[test]
    fn sizes() {
        assert_eq!([size(0), size(491_400_064), size(4_683_073_536)], ["0 KB", "491 MB", "4.68 GB"]);
    }
}
