//! Files that a person brings in, and models that are taken away.
#![allow(clippy::unwrap_used, reason = "a test")]

use autocommit_llama::{Catalogue, FileError, Llama, Patience, Pin, Presence, RestsOn, Watch};
use std::{fs, path::Path};

const LISTED: &[u8] = b"GGUF listed";

fn llama(state: &Path) -> Llama {
    let pin = Pin {
        name: "listed",
        title: "Listed",
        repository: "them/listed",
        revision: "abc",
        file: "listed.gguf",
        size: LISTED.len() as u64,
        sha256: sha256_of_listed(),
        licence: "MIT",
        rests_on: RestsOn::Pins,
    };
    let nobody = "http://127.0.0.1:1".to_owned();
    Llama::with(state, Catalogue::elsewhere(nobody, vec![pin]), Patience::default(), Watch::default())
}

fn sha256_of_listed() -> &'static str {
    use sha2::Digest as _;
    let hex: String = sha2::Sha256::digest(LISTED).iter().map(|byte| format!("{byte:02x}")).collect();
    hex.leak()
}

#[tokio::test]
async fn a_file_of_the_persons() {
    let (state, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = home.path().join("My Model (Q4).gguf");
    fs::write(&file, b"GGUF and more").unwrap();
    let llama = llama(state.path());
    assert_eq!(llama.import(&file).await.unwrap(), "my-model--q4-");
    assert_eq!(llama.import(&file).await.unwrap(), "my-model--q4-", "again is no mistake");
    let model = llama.model("my-model--q4-").unwrap();
    assert_eq!((model.presence, model.size, model.licence), (Presence::Installed, 13, None));
    assert_eq!(model.sha256.len(), 64);
    assert_eq!(fs::read(llama.file(&model.name).unwrap()).unwrap(), b"GGUF and more");
    let left: Vec<_> = fs::read_dir(state.path().join("models")).unwrap().flatten().collect();
    assert!(left.iter().all(|entry| !entry.file_name().to_string_lossy().contains("import")), "{left:?}");

    fs::write(home.path().join("other"), b"GGUF other").unwrap();
    fs::rename(home.path().join("other"), &file).unwrap();
    assert!(matches!(llama.import(&file).await, Err(FileError::Taken(_))), "one name, one content");

    llama.remove(&model.name).await.unwrap();
    assert_eq!(llama.model(&model.name), None);
    assert!(file.exists(), "the person's own file stays");
    assert!(matches!(llama.remove(&model.name).await, Err(FileError::Unknown(_))));
}

#[tokio::test]
async fn a_model_of_the_list_is_known_by_its_content() {
    let (state, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let llama = llama(state.path());
    let file = home.path().join("whatever.bin");
    fs::write(&file, LISTED).unwrap();
    fs::create_dir_all(state.path().join("models")).unwrap();
    fs::write(state.path().join("models/listed.gguf.part"), b"GG").unwrap();
    assert_eq!(llama.model("listed").unwrap().presence, Presence::Partial);
    assert_eq!(llama.import(&file).await.unwrap(), "listed");
    assert_eq!(llama.model("listed").unwrap().presence, Presence::Installed);
    assert!(!state.path().join("models/listed.gguf.part").exists());
    let pretender = home.path().join("listed.gguf");
    fs::write(&pretender, b"GGUF other").unwrap();
    assert!(matches!(llama.import(&pretender).await, Err(FileError::Taken(_))));
}

#[tokio::test]
async fn what_is_no_model_stays_outside() {
    let (state, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let llama = llama(state.path());
    let text = home.path().join("text.gguf");
    fs::write(&text, b"hello").unwrap();
    assert!(matches!(llama.import(&text).await, Err(FileError::NotAModel(_))));
    assert!(matches!(llama.import(home.path()).await, Err(FileError::Unreadable { .. })));
    let missing = home.path().join("missing");
    assert!(matches!(llama.import(&missing).await, Err(FileError::Unreadable { .. })));
    for name in ["../x", "listed", ""] {
        assert!(matches!(llama.remove(name).await, Err(FileError::Unknown(_))), "{name}");
    }
    assert!(!state.path().join("models").exists(), "nothing was made for it");
}

#[tokio::test]
async fn a_damaged_file_is_called_so() {
    let state = tempfile::tempdir().unwrap();
    fs::create_dir_all(state.path().join("models")).unwrap();
    fs::write(state.path().join("models/listed.gguf"), b"GGUF").unwrap();
    fs::write(state.path().join("models/stray.gguf"), b"GGUF").unwrap();
    fs::write(state.path().join("models/No Name.gguf"), b"GGUF").unwrap();
    let llama = llama(state.path());
    let found: Vec<_> = llama.models().into_iter().map(|model| (model.name, model.presence)).collect();
    assert_eq!(found, [("listed".into(), Presence::Broken), ("stray".into(), Presence::Broken)]);
    assert_eq!(llama.file("listed"), None);
    llama.remove("listed").await.unwrap();
    assert_eq!(llama.model("listed").unwrap().presence, Presence::Absent);
}
