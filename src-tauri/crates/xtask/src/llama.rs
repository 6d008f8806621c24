//! llama.cpp's own server and a model of no size for the tests: from PyPI, and made here, below `target`.

use crate::{process, python};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The server as a Python package, and what writes the model's file; at the versions that were tried.
const PACKAGES: [&str; 3] = ["xllamacpp==2026.10.11549", "gguf==0.19.0", "numpy==2.4.6"];

/// A Python that has the server, and the model.
pub(crate) struct Llama {
    /// Runs `tests/llm/server.py`.
    pub(crate) python: PathBuf,
    /// A GGUF file with random weights.
    pub(crate) model: PathBuf,
}

/// Both; nothing where they are not to be had, and the tests say so.
pub(crate) fn server() -> Option<Llama> {
    let without = "the tests with a real server of a model are skipped";
    let place = python::environment("llama", &PACKAGES, without)?;
    let python = place.join("bin/python");
    let model = model(&python, &place)?;
    Some(Llama { python, model })
}

/// The model's file, made anew where its maker changed.
fn model(python: &Path, place: &Path) -> Option<PathBuf> {
    let maker = process::workspace_root().join("tests/llm/tiny_model.py");
    let (model, made_by) = (place.join("tiny.gguf"), place.join("tiny_model.py"));
    let source = std::fs::read(&maker).ok()?;
    if !model.exists() || std::fs::read(&made_by).ok().as_ref() != Some(&source) {
        let unfinished = place.join("tiny.part");
        if !quiet(Command::new(python).arg(&maker).arg(&unfinished)) {
            println!("The model for the tests could not be made: those with a real server are skipped.");
            return None;
        }
        std::fs::rename(unfinished, &model).ok()?;
        std::fs::write(&made_by, source).ok()?;
    }
    Some(model)
}

fn quiet(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}
