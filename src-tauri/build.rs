//! What Tauri needs at build time: its configuration and the window's permissions.

fn main() {
    tauri_build::build();
}
