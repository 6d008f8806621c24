//! What happens at the remote, and what a person does about it.

use crate::{
    step::Remote,
    words::name,
    world::{Verdict, World},
};
use std::fs;

impl World {
    /// Something happens at the remote.
    pub(crate) fn remote(&mut self, path: u8, what: Remote) -> Verdict {
        let pull: &[&str] = match what {
            Remote::Pushed => return self.colleague(path),
            Remote::Refuse => {
                self.refuse(true);
                return Ok(());
            }
            Remote::Accept => {
                self.refuse(false);
                return Ok(());
            }
            Remote::Away => {
                self.away(true);
                return Ok(());
            }
            Remote::Back => {
                self.away(false);
                return Ok(());
            }
            Remote::Fetch => &["fetch", "-q"],
            Remote::Pull => &["pull", "-q", "--no-rebase", "--no-edit"],
            Remote::PullRebase => &["pull", "-q", "--rebase"],
        };
        match self.trees[0].editor {
            Some(_) => Ok(()),
            None => self.git(0, pull, None).map(|_| ()),
        }
    }

    /// Somebody else pushes to the branch that is checked out here.
    fn colleague(&mut self, path: u8) -> Verdict {
        let Some(branch) = self.branch(0) else { return Ok(()) };
        let there = self.remote_is_there() && !self.refusing;
        if !there || !self.is(&self.bare, &["rev-parse", "--verify", "-q", &format!("refs/heads/{branch}")]) {
            return Ok(());
        }
        let (friend, content, message) = (self.friend.clone(), self.content(), self.message());
        self.sandbox.git(&friend, &["fetch", "-q", "origin"]);
        self.sandbox.git(&friend, &["checkout", "-q", "--force", "--detach", &format!("origin/{branch}")]);
        let file = friend.join(name(path));
        if file.is_dir() || file.ancestors().skip(1).any(|a| a.is_file()) {
            return Ok(());
        }
        let _ = fs::remove_file(&file);
        self.sandbox.write(&friend, name(path), &content);
        self.sandbox.commit(&friend, &message);
        self.sandbox.git(&friend, &["push", "-q", "origin", &format!("HEAD:refs/heads/{branch}")]);
        let shown = crate::edit::word(name(path));
        self.say(format!("git -C friend fetch -q; git -C friend checkout -qf --detach origin/{branch}"));
        self.say(format!("printf '{}' > friend/{shown}; git -C friend add -A", content.replace('\n', "\\n")));
        self.say(format!(
            "git -C friend commit -qm {message}; git -C friend push -q origin HEAD:refs/heads/{branch}"
        ));
        self.count("pushes of others", 1);
        Ok(())
    }

    /// A server that takes no more.
    pub(crate) fn refuse(&mut self, refuse: bool) {
        self.away(false);
        if refuse && !self.refusing {
            self.sandbox.git(&self.bare, &["config", "receive.maxInputSize", "1"]);
            self.say("git -C remote.git config receive.maxInputSize 1");
        } else if !refuse && self.refusing {
            self.sandbox.git(&self.bare, &["config", "--unset", "receive.maxInputSize"]);
            self.say("git -C remote.git config --unset receive.maxInputSize");
        }
        self.refusing = refuse;
    }

    pub(crate) fn away(&mut self, away: bool) {
        let elsewhere = self.bare.with_extension("away");
        if away == self.remote_is_there() {
            let (from, to) = if away { (&self.bare, &elsewhere) } else { (&elsewhere, &self.bare) };
            fs::rename(from, to).expect("the remote's folder");
            self.say(if away { "mv remote.git away.git" } else { "mv away.git remote.git" });
        }
    }
}
