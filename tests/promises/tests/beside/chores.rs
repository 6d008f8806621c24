//! What a person does with git all day. Alone, none of it ever fails.

use crate::world::World;

/// A few commands that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chore {
    /// Two files, staged and committed by name.
    Commit,
    /// Everything, with `-a`.
    CommitAll,
    /// With a message that is written while another file is saved.
    Editor,
    /// `commit -a`, which keeps the index locked while the message is written.
    EditorAll,
    /// One version staged and another one in the file.
    HalfStaged,
    /// Put aside, something else done, taken back.
    Stash,
    /// A branch of its own, rebased, pushed, merged and deleted.
    Topic,
    /// Changed, and taken back.
    Discard,
    /// In the linked work tree.
    Side,
    /// Tags, packing, looking.
    Upkeep,
    /// Files saved, and nothing more: they are for us, while the person goes on.
    Save,
}

impl Chore {
    pub(crate) const ALL: [Self; 11] = [
        Self::Commit,
        Self::CommitAll,
        Self::Editor,
        Self::EditorAll,
        Self::HalfStaged,
        Self::Stash,
        Self::Topic,
        Self::Discard,
        Self::Side,
        Self::Upkeep,
        Self::Save,
    ];
}

impl World {
    pub(crate) fn chore(&mut self, chore: Chore) {
        match chore {
            Chore::Commit => {
                self.edit("a.md");
                self.edit("b.md");
                self.git(&["status"]);
                self.git(&["add", "a.md", "b.md"]);
                self.git(&["diff", "--cached", "--stat"]);
                self.commit(&[]);
            }
            Chore::CommitAll => {
                self.edit("b.md");
                self.git(&["diff", "--stat"]);
                self.commit(&["--all"]);
            }
            Chore::Editor => self.write_message(&[]),
            Chore::EditorAll => self.write_message(&["--all"]),
            Chore::HalfStaged => {
                self.edit("c.md");
                self.git(&["add", "c.md"]);
                self.edit("c.md");
                self.git(&["status", "--short"]);
                self.commit(&[]);
            }
            Chore::Stash => self.stash(),
            Chore::Topic => self.topic(),
            Chore::Discard => {
                self.edit("a.md");
                self.git(&["restore", "a.md"]);
                self.edit("a.md");
                self.git(&["checkout", "--quiet", "HEAD", "--", "a.md"]);
            }
            Chore::Side => {
                let side = self.side.clone();
                self.edit_in(&side, "s.md");
                self.git_in(&side, &["add", "s.md"], "true");
                let message = self.message();
                self.git_in(&side, &["commit", "--quiet", "--allow-empty", "--message", &message], "true");
            }
            Chore::Upkeep => {
                let name = format!("v{}", self.next());
                self.git(&["tag", &name]);
                self.git(&["pack-refs", "--all"]);
                self.git(&["gc", "--quiet"]);
                self.git(&["log", "--oneline", "-5"]);
            }
            Chore::Save => {
                let new = format!("n-{}.md", self.next());
                self.edit("d.md");
                self.edit(&new);
                return;
            }
        }
        self.head();
    }

    /// What we may have committed already is no reason for git to refuse.
    fn commit(&mut self, more: &[&str]) {
        let message = self.message();
        self.git(&[&["commit", "--quiet", "--allow-empty", "--message", &message], more].concat());
        self.head();
    }

    fn write_message(&mut self, more: &[&str]) {
        self.edit("b.md");
        self.git(&["add", "b.md"]);
        let message = self.message();
        // While the message is written another file is saved: the file beside it is made now, and its content is known.
        let content = format!("{:06} c.md\n", self.next()).repeat(60);
        self.contents.insert(("c.md".to_owned(), content.clone().into_bytes()));
        let saved = self.sandbox.write(self.sandbox.root().join("tmp"), "saved", content);
        // The message takes until a cycle has begun and ended meanwhile, where there are cycles.
        let body = format!(
            "#!/bin/sh\nmv {} {}\nif [ -e {cycles} ]; then\n  end=$(($(cat {cycles}) + 2)) tries=0\n  \
             while [ $(cat {cycles}) -lt $end ] && [ $tries -lt 600 ]; do sleep 0.05; tries=$((tries + 1)); done\nfi\n\
             echo {message} > \"$1\"\n",
            saved.display(),
            self.app.join("c.md").display(),
            cycles = self.cycles().display()
        );
        let script = self.sandbox.write(self.sandbox.root().join("tmp"), "editor", body);
        let editor = format!("sh {}", script.display());
        self.git_in(&self.app.clone(), &[&["commit", "--quiet", "--allow-empty"], more].concat(), &editor);
        self.head();
    }

    fn stash(&mut self) {
        // What is put aside and what is changed meanwhile must not be the same file.
        self.commit(&["--all"]);
        self.edit("a.md");
        let before = self.stashes();
        self.git(&["stash", "push", "--quiet"]);
        self.edit("b.md");
        self.git(&["diff", "--stat"]);
        // We may have committed it before: then there was nothing to put aside, and git said so.
        if self.stashes() > before {
            self.git(&["stash", "pop", "--quiet"]);
        }
    }

    fn stashes(&mut self) -> usize {
        self.git(&["stash", "list"]).lines().count()
    }

    fn topic(&mut self) {
        let number = self.next();
        let (topic, file) = (format!("topic-{number}"), format!("t-{number}.md"));
        self.commit(&["--all"]);
        self.git(&["switch", "--quiet", "--create", &topic]);
        for _ in 0..2 {
            self.edit(&file);
            self.git(&["add", &file]);
            self.commit(&[]);
        }
        self.git(&["switch", "--quiet", "main"]);
        self.edit("a.md");
        self.commit(&["--all"]);
        self.git(&["switch", "--quiet", &topic]);
        self.git(&["rebase", "--quiet", "main"]);
        self.head();
        self.git(&["switch", "--quiet", "main"]);
        self.git(&["merge", "--quiet", "--no-edit", "--no-ff", &topic]);
        self.git(&["branch", "--quiet", "-D", &topic]);
    }
}
