//! What a person does to files.

use crate::{
    step::Edit,
    words::{name, quoted},
    world::{Verdict, World, below},
};
use std::{
    ffi::OsStr,
    fs,
    io::Write as _,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::Path,
    time::Duration,
};

impl World {
    /// Changes a path of a work tree; what cannot be done to what is there is left out.
    pub(crate) fn edit(&mut self, tree: usize, path: u8, edit: Edit) -> Verdict {
        let file = self.trees[tree].path.join(name(path));
        let shown = below(&self.trees[tree], name(path));
        let is_file = file.symlink_metadata().is_ok_and(|m| m.is_file());
        match edit {
            Edit::Write => {
                let content = self.content();
                self.clear(tree, path);
                self.put(tree, path, content.as_bytes());
            }
            Edit::Empty => {
                self.clear(tree, path);
                self.put(tree, path, b"");
            }
            Edit::Large => {
                self.clear(tree, path);
                fs::write(&file, vec![b'x'; 2 << 20]).map_err(|e| e.to_string())?;
                self.say(format!("head -c 2097152 /dev/zero | tr '\\0' x > {shown}"));
            }
            Edit::Append if is_file => {
                let line = format!("more {:06}\n", self.next());
                let mut open = fs::OpenOptions::new().append(true).open(&file).map_err(|e| e.to_string())?;
                open.write_all(line.as_bytes()).map_err(|e| e.to_string())?;
                self.say(format!("printf '{}' >> {shown}", line.replace('\n', "\\n")));
            }
            Edit::InPlace if is_file => {
                let digits = format!("{:06}", self.next());
                let mut open = fs::OpenOptions::new().write(true).open(&file).map_err(|e| e.to_string())?;
                open.write_all(digits.as_bytes()).map_err(|e| e.to_string())?;
                self.say(format!("printf {digits} | dd of={shown} conv=notrunc status=none"));
            }
            Edit::Replace | Edit::Backdate if is_file => self.replace(tree, path, edit == Edit::Backdate)?,
            Edit::Delete if file.symlink_metadata().is_ok_and(|m| !m.is_dir()) => {
                fs::remove_file(&file).map_err(|e| e.to_string())?;
                self.say(format!("rm -- {shown}"));
            }
            Edit::Executable if is_file => {
                let mode = fs::metadata(&file).map_err(|e| e.to_string())?.mode() ^ 0o111;
                fs::set_permissions(&file, fs::Permissions::from_mode(mode & 0o777))
                    .map_err(|e| e.to_string())?;
                self.say(format!("chmod {:o} {shown}", mode & 0o777));
            }
            Edit::Link => {
                self.clear(tree, path);
                let target = ["a.txt", "nowhere", "../README.md"][usize::from(path) % 3];
                symlink(target, &file).map_err(|e| e.to_string())?;
                self.say(format!("ln -s {target} {shown}"));
            }
            Edit::Folder => {
                self.clear(tree, path);
                let content = self.content();
                fs::create_dir(&file)
                    .and_then(|()| fs::write(file.join("inner.txt"), &content))
                    .map_err(|e| e.to_string())?;
                self.say(format!(
                    "mkdir {shown}; printf '{}' > {shown}/inner.txt",
                    content.replace('\n', "\\n")
                ));
            }
            Edit::Move if file.symlink_metadata().is_ok() => {
                let to = path.wrapping_add(1);
                let target = self.trees[tree].path.join(name(to));
                if !target.starts_with(&file) && !file.starts_with(&target) {
                    self.clear(tree, to);
                    if fs::rename(&file, &target).is_ok() {
                        let to = below(&self.trees[tree], name(to));
                        self.say(format!("mv -- {shown} {to}"));
                    }
                }
            }
            Edit::Touch if is_file => {
                let open = fs::File::open(&file).map_err(|e| e.to_string())?;
                open.set_modified(std::time::SystemTime::now()).map_err(|e| e.to_string())?;
                self.say(format!("touch {shown}"));
            }
            Edit::Ignore => {
                let ignore = self.trees[tree].path.join(".gitignore");
                if ignore.symlink_metadata().is_ok() {
                    return Ok(());
                }
                fs::write(ignore, "e.md\nignored/\n").map_err(|e| e.to_string())?;
                self.say(format!("printf 'e.md\\nignored/\\n' > {}/.gitignore", self.trees[tree].name));
            }
            Edit::Fifo => {
                self.clear(tree, path);
                rustix::fs::mkfifoat(rustix::fs::CWD, &file, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR)
                    .map_err(|e| e.to_string())?;
                self.say(format!("mkfifo {shown}"));
            }
            Edit::Nested => self.nested(tree, path),
            Edit::Many => {
                let folder = self.trees[tree].path.join("many");
                fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
                for number in 0..12 {
                    let content = self.content();
                    fs::write(folder.join(format!("f{number}")), content).map_err(|e| e.to_string())?;
                }
                let name = self.trees[tree].name;
                self.say(format!(
                    "mkdir -p {name}/many; for i in $(seq 0 11); do echo $RANDOM > {name}/many/f$i; done"
                ));
            }
            Edit::DeleteMany => {
                if fs::remove_dir_all(self.trees[tree].path.join("many")).is_ok() {
                    self.say(format!("rm -r {}/many", self.trees[tree].name));
                }
            }
            _ => return Ok(()),
        }
        self.count("edits", 1);
        Ok(())
    }

    /// Takes away whatever is at a path or in the way to it, and makes the folders above it.
    pub(crate) fn clear(&mut self, tree: usize, path: u8) {
        let top = self.trees[tree].path.clone();
        let file = top.join(name(path));
        let mut above: Vec<&Path> = file.ancestors().skip(1).take_while(|a| *a != top).collect();
        above.reverse();
        for folder in above {
            if folder.symlink_metadata().is_ok_and(|m| !m.is_dir()) {
                self.remove(tree, folder);
            }
            if !folder.exists() && fs::create_dir(folder).is_ok() {
                let shown = below(&self.trees[tree], folder.strip_prefix(&top).unwrap_or(folder));
                self.say(format!("mkdir {shown}"));
            }
        }
        self.remove(tree, &file);
    }

    /// Takes away whatever is at an absolute path.
    pub(crate) fn remove(&mut self, tree: usize, file: &Path) {
        let Ok(meta) = file.symlink_metadata() else { return };
        let _ = if meta.is_dir() { fs::remove_dir_all(file) } else { fs::remove_file(file) };
        let shown = below(&self.trees[tree], file.strip_prefix(&self.trees[tree].path).unwrap_or(file));
        self.say(format!("rm -rf -- {shown}"));
    }

    fn put(&mut self, tree: usize, path: u8, content: &[u8]) {
        let file = self.trees[tree].path.join(name(path));
        fs::write(&file, content).expect("a file of the work tree");
        let shown = below(&self.trees[tree], name(path));
        let content = String::from_utf8_lossy(content).replace('\n', "\\n");
        self.say(format!("printf '{content}' > {shown}"));
    }

    fn replace(&mut self, tree: usize, path: u8, keep_time: bool) -> Verdict {
        let file = self.trees[tree].path.join(name(path));
        let before = file.metadata().and_then(|m| m.modified()).map_err(|e| e.to_string())?;
        let beside = self.sandbox.root().join("tmp").join("replacement");
        let content = self.content();
        fs::write(&beside, &content).map_err(|e| e.to_string())?;
        if keep_time {
            let open = fs::OpenOptions::new().write(true).open(&beside).map_err(|e| e.to_string())?;
            open.set_modified(before + Duration::ZERO).map_err(|e| e.to_string())?;
        }
        fs::rename(&beside, &file).map_err(|e| e.to_string())?;
        let shown = below(&self.trees[tree], name(path));
        let content = content.replace('\n', "\\n");
        let touch = if keep_time { format!(" && touch -r {shown} new") } else { String::new() };
        self.say(format!("printf '{content}' > new{touch} && mv new {shown}"));
        Ok(())
    }

    fn nested(&mut self, tree: usize, path: u8) {
        self.clear(tree, path);
        let folder = self.trees[tree].path.join(name(path));
        fs::create_dir(&folder).expect("a folder in the work tree");
        self.sandbox.git(&folder, &["init", "--quiet"]);
        self.sandbox.write(&folder, "inner.txt", "inner\n");
        self.sandbox.commit(&folder, "person inner");
        let shown = below(&self.trees[tree], name(path));
        self.say(format!("git init -q {shown}; echo inner > {shown}/inner.txt"));
        self.say(format!("git -C {shown} add -A; git -C {shown} commit -qm inner"));
    }
}

/// A word of a script from a path.
pub(crate) fn word(path: &Path) -> String {
    quoted(AsRef::<OsStr>::as_ref(path))
}
