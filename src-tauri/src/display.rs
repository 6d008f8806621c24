//! Is there a desktop to appear on, and can it draw?

use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};

/// Says a sentence in a dialog, to whoever started the program with a mouse; then the program ends.
pub(crate) fn tell_and_end(app: &tauri::AppHandle, sentence: &str) {
    let same = app.clone();
    let dialog = app.dialog().message(sentence).title("Autocommit").kind(MessageDialogKind::Warning);
    dialog.show(move |_| same.exit(1));
}

/// Whether windows can be opened; if not, why and what to do.
#[cfg(target_os = "linux")]
pub(crate) fn ready() -> Result<(), String> {
    let instead =
        "Without a desktop, autocommit run does the same work and autocommit open shows it in a browser.";
    let named = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !named("DISPLAY") && !named("WAYLAND_DISPLAY") {
        return Err(format!("There is no display to open a window on. {instead}"));
    }
    gtk::init().map_err(|_| format!("The display does not let a window be opened. {instead}"))
}

/// Whether windows can be opened; if not, why and what to do.
#[cfg(not(target_os = "linux"))]
pub(crate) fn ready() -> Result<(), String> {
    Ok(())
}

#[cfg(target_os = "linux")]
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// WebKit's newer way of drawing leaves the window blank with NVIDIA's driver and without a render node. Its switch is
/// read from the environment before anything else runs, so the program starts itself once more with it, in the same
/// process. Whoever has set it to something keeps that.
#[cfg(target_os = "linux")]
pub(crate) fn settle_renderer() {
    use std::os::unix::process::CommandExt as _;
    if std::env::var_os(SWITCH).is_some() || !needs_the_old_way(std::path::Path::new("/")) {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut args = std::env::args_os();
    let first = args.next().unwrap_or_else(|| program.clone().into());
    #[allow(clippy::disallowed_methods, reason = "no other program: this one, once more")]
    let error = std::process::Command::new(program).arg0(first).args(args).env(SWITCH, "1").exec();
    tracing::debug!("WebKit's renderer stays as it is: {error}");
}

/// Whether WebKit's newer way of drawing is known to fail here.
#[cfg(target_os = "linux")]
fn needs_the_old_way(root: &std::path::Path) -> bool {
    let node = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with("renderD");
    let nodes = std::fs::read_dir(root.join("dev/dri"));
    let render =
        nodes.is_ok_and(|mut entries| entries.any(|e| e.is_ok_and(|entry| node(&entry.file_name()))));
    !render || root.join("proc/driver/nvidia/version").exists()
}

/// Elsewhere the system's own webview needs no help.
#[cfg(not(target_os = "linux"))]
pub(crate) fn settle_renderer() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn where_the_old_way_is_needed() {
        let root = tempfile::tempdir().unwrap();
        assert!(needs_the_old_way(root.path()), "no graphics card");
        std::fs::create_dir_all(root.path().join("dev/dri")).unwrap();
        std::fs::write(root.path().join("dev/dri/card0"), "").unwrap();
        assert!(needs_the_old_way(root.path()), "no render node");
        std::fs::write(root.path().join("dev/dri/renderD128"), "").unwrap();
        assert!(!needs_the_old_way(root.path()));
        std::fs::create_dir_all(root.path().join("proc/driver/nvidia")).unwrap();
        std::fs::write(root.path().join("proc/driver/nvidia/version"), "NVRM").unwrap();
        assert!(needs_the_old_way(root.path()));
    }
}
