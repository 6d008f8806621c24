//! Builds the crate again when the window's files change: they are embedded at compile time.

const FILES: &str = "../../../ui/dist";

fn main() {
    // A folder that is not there counts as changed at every build; an empty one is changed when something comes into it.
    let _ = std::fs::create_dir_all(FILES);
    println!("cargo:rerun-if-changed={FILES}");
}
