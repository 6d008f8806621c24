//! `autocommit-desktop`: the Tauri shell and nothing else. It runs the engine in its own process, or shows the process
//! that does; it sits in the tray, opens the window when asked to, and carries out what `panel` decides.

mod args;
mod bridge;
mod desk;
mod display;
mod keep;
mod login;
mod notify;
mod open;
mod pages;
mod second;
mod source;
mod stop;
mod stream;
mod tray;
mod window;

use clap::Parser as _;
use std::{process::ExitCode, time::Duration};
use tauri::{Manager as _, RunEvent};

/// Threads that run tasks; the work itself is done by git, in processes of its own.
const WORKERS: usize = 2;
/// Threads for reading disks; idle ones go after a moment, so that a resting app is small.
const BLOCKING: usize = 16;
const IDLE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    autocommit_host::keep_memory_small();
    let args = args::Args::parse();
    autocommit_host::log::init("info");
    display::settle_renderer();
    if let Err(sentence) = display::ready() {
        return fail(&sentence);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(BLOCKING)
        .thread_keep_alive(IDLE)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("The system gives no threads: {error}.")),
    };
    tauri::async_runtime::set(runtime.handle().clone());
    match build(args) {
        Ok(app) => {
            app.run(|app, event| match event {
                // The last window is closed: the app stays in the tray. Quit comes with a code.
                RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
                #[cfg(target_os = "macos")]
                RunEvent::Reopen { .. } => window::show(app, None),
                _ => {
                    let _ = app;
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(sentence: &str) -> ExitCode {
    eprintln!("{sentence}");
    ExitCode::FAILURE
}

fn build(args: args::Args) -> tauri::Result<tauri::App> {
    let builder = tauri::Builder::default()
        // First: a second start must end before it does anything.
        .plugin(tauri_plugin_single_instance::init(|app, argv, _| second::started(app, &argv)))
        .plugin(tauri_plugin_dialog::init());
    #[cfg(not(target_os = "linux"))]
    let builder = builder
        .plugin(tauri_plugin_autostart::init(Default::default(), Some(vec![args::HIDDEN])))
        .plugin(tauri_plugin_notification::init());
    builder
        .invoke_handler(bridge::handler())
        .setup(move |app| {
            #[cfg(target_os = "macos")]
            app.set_activation_policy(tauri::ActivationPolicy::Accessory);
            let handle = app.handle().clone();
            let begun = tauri::async_runtime::block_on(Box::pin(desk::Desk::begin(handle.clone(), &args)));
            match begun {
                Ok(Some(desk)) => {
                    app.manage(desk);
                    if !args.hidden {
                        window::show(&handle, None);
                    }
                }
                // Another one was asked to show its window.
                Ok(None) => {
                    handle.cleanup_before_exit();
                    std::process::exit(0);
                }
                Err(sentence) => {
                    fail(&sentence);
                    display::tell_and_end(&handle, &sentence);
                }
            }
            Ok(())
        })
        .build(tauri::generate_context!(assets = pages::Pages))
}
