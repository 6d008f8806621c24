//! The TypeScript of everything that goes over the wire, in `ui/src/api/types/`: written from the Rust types, never by
//! hand. `UPDATE_TYPES=1 cargo test -p autocommit-api --test typescript` writes it anew.

#![allow(clippy::unwrap_used)] // The helpers of a test are tests too.

use autocommit_api::{ErrorReply, Method, Visitor, methods, wire};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};
use ts_rs::{Config, TS, TypeVisitor};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/src/api/types");

struct Files {
    config: Config,
    texts: BTreeMap<String, String>,
}

impl TypeVisitor for Files {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        let Some(path) = T::output_path() else { return };
        let name = path.to_str().unwrap().to_owned();
        if self.texts.contains_key(&name) {
            return;
        }
        self.texts.insert(name, T::export_to_string(&self.config).unwrap());
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

impl Visitor for Files {
    fn method<M: Method>(&mut self) {
        self.visit::<M::Request>();
        self.visit::<M::Response>();
    }
}

/// Name and content of each file.
fn wanted() -> BTreeMap<String, String> {
    let config = Config::default().with_large_int("number");
    let mut files = Files { config, texts: BTreeMap::new() };
    methods::each(&mut files);
    files.visit::<ErrorReply>();
    files.visit::<wire::EventRecord>();
    files.visit::<wire::Event>();
    files.visit::<wire::Gap>();
    files.visit::<wire::LoginLink>();
    files.visit::<wire::LogoutReply>();
    files.visit::<wire::RotateToken>();
    files.visit::<wire::TokenRotated>();
    let mut index = "// Written from the Rust types; see `api/tests/typescript.rs`.\n".to_owned();
    for name in files.texts.keys() {
        let stem = name.trim_end_matches(".ts");
        writeln!(index, "export type {{ {stem} }} from \"./{stem}\";").unwrap();
    }
    files.texts.insert("index.ts".to_owned(), index);
    files.texts
}

fn there() -> BTreeMap<String, String> {
    let Ok(folder) = fs::read_dir(FOLDER) else { return BTreeMap::new() };
    folder
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn the_types_of_the_window_are_those_of_the_wire() {
    let wanted = wanted();
    if std::env::var_os("UPDATE_TYPES").is_some() {
        let _ = fs::remove_dir_all(FOLDER);
        fs::create_dir_all(FOLDER).unwrap();
        for (name, text) in &wanted {
            fs::write(Path::new(FOLDER).join(name), text).unwrap();
        }
    }
    let there = there();
    let differ: Vec<_> =
        wanted.keys().chain(there.keys()).filter(|name| wanted.get(*name) != there.get(*name)).collect();
    assert!(
        differ.is_empty(),
        "UPDATE_TYPES=1 cargo test -p autocommit-api --test typescript writes these anew: {differ:?}"
    );
}

#[test]
fn what_a_reader_of_json_gets() {
    let wanted = wanted();
    let repository = &wanted["Repository.ts"];
    for expected in ["branch: string | null", "since: string | null", "ahead: number", "state: RepoState"] {
        assert!(repository.contains(expected), "{expected} in {repository}");
    }
    let request = &wanted["HistoryRequest.ts"];
    assert!(request.contains("limit?: number"), "what may be left out of a request: {request}");
}
