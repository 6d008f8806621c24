//! The window: made when somebody asks for it, gone with all its memory when it is closed.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tauri::{
    AppHandle, Emitter as _, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
    webview::NewWindowResponse,
};

const LABEL: &str = "main";
const SIZE: (f64, f64) = (960.0, 680.0);
const SMALLEST: (f64, f64) = (720.0, 520.0);

/// Somebody closed it, and it may not be gone yet.
static CLOSING: AtomicBool = AtomicBool::new(false);
/// Longest wait for a window that was closed to be gone.
const GOING: Duration = Duration::from_secs(5);

/// Whether it is there.
pub(crate) fn is_open(app: &AppHandle) -> bool {
    app.get_webview_window(LABEL).is_some()
}

/// Opens it, or brings it to the front, at `route` where one is given.
pub(crate) fn show(app: &AppHandle, route: Option<String>) {
    show_with(app, route, None);
}

/// The same, with the desktop's leave to take the focus.
pub(crate) fn show_with(app: &AppHandle, route: Option<String>, token: Option<String>) {
    let app = app.clone();
    // Not in an event handler: on Windows that would never return. And not on a worker: it waits for the main thread, which
    // may be waiting for the workers.
    tauri::async_runtime::spawn_blocking(move || {
        static ONE: Mutex<()> = Mutex::new(());
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = match lasting(&app) {
            Some(window) => {
                if let Some(route) = route.and_then(|route| page().asked(route)) {
                    let _ = window.emit("autocommit://go", route);
                }
                front(&window, token)
            }
            None => {
                *page() = Page::default();
                build(&app, route.as_deref()).and_then(|window| front(&window, token))
            }
        };
        if let Err(error) = shown {
            tracing::error!("the window could not be opened: {error}");
        }
    });
}

/// The window, if it is there and stays: what is asked of one that is on its way out is lost.
fn lasting(app: &AppHandle) -> Option<WebviewWindow> {
    let asked = Instant::now();
    loop {
        let window = app.get_webview_window(LABEL)?;
        if !CLOSING.load(Ordering::SeqCst) || asked.elapsed() > GOING {
            return Some(window);
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// The page hears from now on where it is to go; returns what was asked while it was still loading.
pub(crate) fn listens() -> Option<String> {
    let mut page = page();
    page.listens = true;
    page.waiting.take()
}

/// The page in the window, which takes a moment until it hears anything.
#[derive(Debug, Default)]
struct Page {
    listens: bool,
    waiting: Option<String>,
}

impl Page {
    /// The route, if the page can be told; otherwise it waits for the page, in place of an earlier one.
    fn asked(&mut self, route: String) -> Option<String> {
        if self.listens {
            return Some(route);
        }
        self.waiting = Some(route);
        None
    }
}

fn page() -> MutexGuard<'static, Page> {
    static PAGE: Mutex<Page> = Mutex::new(Page { listens: false, waiting: None });
    PAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Closes it, if it is there.
pub(crate) fn close(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let _ = window.destroy();
    }
}

fn front(window: &WebviewWindow, token: Option<String>) -> tauri::Result<()> {
    let _ = window.unminimize();
    window.show()?;
    #[cfg(target_os = "linux")]
    if let Some(token) = token {
        let same = window.clone();
        window.run_on_main_thread(move || {
            if let Ok(window) = same.gtk_window() {
                gtk::prelude::GtkWindowExt::set_startup_id(&window, &token);
            }
        })?;
    }
    #[cfg(not(target_os = "linux"))]
    drop(token);
    window.set_focus()
}

fn build(app: &AppHandle, route: Option<&str>) -> tauri::Result<WebviewWindow> {
    let page = format!("index.html{}", route.unwrap_or_default());
    CLOSING.store(false, Ordering::SeqCst);
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App(page.into()))
        .title("Autocommit")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .zoom_hotkeys_enabled(true)
        // The page is ours alone: nothing leads away from it, and nothing opens beside it.
        .on_navigation(ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    window.on_window_event(|event| {
        if matches!(event, WindowEvent::CloseRequested { .. }) {
            CLOSING.store(true, Ordering::SeqCst);
        }
    });
    Ok(window)
}

/// Whether an address is one of the app's own.
fn ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_while_the_page_loads_is_not_lost() {
        let mut page = Page::default();
        assert_eq!((page.asked("#/a".to_owned()), page.asked("#/b".to_owned())), (None, None));
        assert_eq!(page.waiting.as_deref(), Some("#/b"), "the last one counts");
        page.listens = true;
        assert_eq!(page.asked("#/c".to_owned()).as_deref(), Some("#/c"));
    }

    #[test]
    fn only_our_own_pages() {
        for (url, expected) in [
            ("tauri://localhost/index.html#/history", true),
            ("http://tauri.localhost/", true),
            ("http://localhost:5173/", false),
            ("https://example.org/", false),
            ("file:///etc/passwd", false),
            ("tauri://elsewhere/", false),
        ] {
            assert_eq!(ours(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
