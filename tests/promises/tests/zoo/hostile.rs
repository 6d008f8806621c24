//! Repositories whose own configuration would run a program, or redirect the work tree or the push. Nobody approved it:
//! no git command touches them. Each case is shown to be hostile afterwards, by plain git.

use crate::{
    case::{Built, Case, Verdict, case, class, commit},
    plot::{Plot, text},
};

/// What a repository does, and how plain git shows that it does.
struct Vector {
    name: &'static str,
    /// Run in the repository; `$RUN` is the program that leaves a mark, `$DIR` a place of its own.
    plant: &'static str,
    /// A plain git command that springs it; empty where none is at hand.
    spring: &'static str,
}

const VECTORS: &[Vector] = &[
    Vector { name: "fsmonitor", plant: "git config core.fsmonitor $RUN", spring: "git status" },
    Vector {
        name: "hooks-path",
        plant: "mkdir -p $DIR/h; cp $RUN $DIR/h/pre-commit; git config core.hooksPath $DIR/h",
        spring: "git commit -qam x",
    },
    Vector { name: "hook", plant: "cp $RUN .git/hooks/pre-commit", spring: "git commit -qam x" },
    Vector {
        name: "hook-after-the-index",
        plant: "cp $RUN .git/hooks/post-index-change",
        spring: "git add .",
    },
    Vector {
        name: "hook-before-the-push",
        plant: "cp $RUN .git/hooks/pre-push",
        spring: "git commit -qam x; git push",
    },
    Vector {
        name: "hook-of-reference-transactions",
        plant: "cp $RUN .git/hooks/reference-transaction",
        spring: "git commit -qam x",
    },
    Vector {
        name: "filter-clean",
        plant: "git config filter.x.clean $RUN; echo '* filter=x' > .git/info/attributes",
        spring: "git add .",
    },
    Vector {
        name: "filter-process",
        plant: "git config filter.x.process $RUN; echo '* filter=x' > .gitattributes",
        spring: "git add .",
    },
    Vector {
        name: "filter-smudge",
        plant: "git config filter.x.smudge $RUN; echo '* filter=x' > .git/info/attributes",
        spring: "rm a.txt; git checkout a.txt",
    },
    Vector {
        name: "textconv",
        plant: "git config diff.x.textconv $RUN; echo '* diff=x' > .git/info/attributes",
        spring: "git diff",
    },
    Vector {
        name: "diff-command",
        plant: "git config diff.x.command $RUN; echo '* diff=x' > .git/info/attributes",
        spring: "git diff",
    },
    Vector { name: "diff-external", plant: "git config diff.external $RUN", spring: "git diff" },
    Vector {
        name: "ssh-command",
        plant: "git config core.sshCommand $RUN; git remote set-url origin ssh://h.invalid/x",
        spring: "git ls-remote",
    },
    Vector {
        name: "ssh-variant-of-a-remote",
        plant: "git config remote.origin.uploadpack $RUN",
        spring: "git ls-remote",
    },
    Vector {
        name: "receive-pack",
        plant: "git config remote.origin.receivepack $RUN",
        spring: "git commit -qam x; git push",
    },
    Vector {
        name: "ext-remote",
        plant: "git config protocol.ext.allow always; git remote set-url origin \"ext::$RUN x\"",
        spring: "git ls-remote",
    },
    Vector {
        name: "git-proxy",
        plant: "git config core.gitProxy $RUN; git remote set-url origin git://h.invalid/x",
        spring: "git ls-remote",
    },
    Vector {
        name: "credential-helper",
        plant: "git config credential.helper $RUN",
        spring: "printf 'protocol=https\\nhost=h.invalid\\n\\n' | git credential fill",
    },
    Vector {
        name: "credential-helper-of-a-host",
        plant: "git config credential.https://h.invalid.helper $RUN",
        spring: "printf 'protocol=https\\nhost=h.invalid\\n\\n' | git credential fill",
    },
    Vector {
        name: "ask-pass",
        plant: "git config core.askPass $RUN",
        spring: "printf 'protocol=https\\nhost=h.invalid\\n\\n' | git credential fill",
    },
    Vector {
        name: "signing-program",
        plant: "git config gpg.program $RUN; git config commit.gpgSign true",
        spring: "git commit -qam x",
    },
    Vector {
        name: "signing-key-command",
        plant: "git config gpg.format ssh; git config gpg.ssh.defaultKeyCommand $RUN; git config commit.gpgSign true",
        spring: "git commit -qam x",
    },
    Vector {
        name: "ssh-signing-program",
        plant: "git config gpg.format ssh; git config gpg.ssh.program $RUN; git config user.signingKey key::ssh-ed25519; git config commit.gpgSign true",
        spring: "git commit -qam x",
    },
    Vector { name: "alternate-refs-command", plant: "git config core.alternateRefsCommand $RUN", spring: "" },
    Vector {
        name: "submodule-update-command",
        plant: "git config submodule.lib.update \"!$RUN\"",
        spring: "",
    },
    Vector {
        name: "merge-driver",
        plant: "git config merge.x.driver $RUN; echo '* merge=x' > .git/info/attributes",
        spring: "",
    },
    Vector {
        name: "included-file",
        plant: "printf '[core]\\n\\tfsmonitor = %s\\n' $RUN > $DIR/included; git config include.path $DIR/included",
        spring: "git status",
    },
    Vector {
        name: "included-on-a-condition",
        plant: "printf '[core]\\n\\tfsmonitor = %s\\n' $RUN > $DIR/included; git config \"includeIf.gitdir:**.path\" $DIR/included",
        spring: "git status",
    },
    Vector {
        name: "configuration-of-the-work-tree",
        plant: "git config extensions.worktreeConfig true; git config --worktree core.fsmonitor $RUN",
        spring: "git status",
    },
    Vector {
        name: "push-instead-of",
        plant: "git init -q --bare $DIR/elsewhere.git; git config url.$DIR/elsewhere.git.pushInsteadOf \"$(git remote get-url origin)\"",
        spring: "git commit -qam x; git push; git -C $DIR/elsewhere.git rev-parse main && touch $MARK",
    },
    Vector {
        name: "instead-of",
        plant: "git init -q --bare $DIR/elsewhere.git; git config url.$DIR/elsewhere.git.insteadOf \"$(git remote get-url origin)\"",
        spring: "git commit -qam x; git push; git -C $DIR/elsewhere.git rev-parse main && touch $MARK",
    },
    Vector {
        name: "upper-case-and-spaces",
        plant: "printf '[ CORE ]\\n\\tFSMONITOR=%s ; note\\n' $RUN | sed 's/\\[ CORE \\]/[CORE]/' >> .git/config",
        spring: "git status",
    },
    Vector {
        name: "in-a-continued-line",
        plant: "printf '[core]\\n\\tfsmon\\\\\\n' > /dev/null; printf '[core] fsmonitor = \\\\\\n%s\\n' $RUN >> .git/config",
        spring: "git status",
    },
];

pub(crate) fn cases() -> Vec<Case> {
    let mut all: Vec<_> = VECTORS.iter().map(hostile).collect();
    all.push(inert());
    all.push(case("hostile-samples-only", samples, commit(&["b.txt"])));
    class("hostile", all)
}

fn hostile(vector: &'static Vector) -> Case {
    let name = format!("hostile-{}", vector.name);
    let sprung = |plot: &Plot<'_>| plot.aside("mark").exists();
    case(&name, move |plot| plant(plot, vector), Verdict::NeedsTrust).finally(move |plot| {
        assert!(!sprung(plot), "its program ran");
        let elsewhere = plot.aside("elsewhere.git");
        assert!(!elsewhere.exists() || plot.sandbox.refs(&elsewhere).is_empty(), "it was pushed elsewhere");
        if !vector.spring.is_empty() {
            let _ = plot.sandbox.run(plot.dir(), "sh", &["-c", &filled(plot, vector.spring)]);
            assert!(sprung(plot), "the case is void: plain git is not caught by it either");
        }
    })
}

fn filled(plot: &Plot<'_>, script: &str) -> String {
    let dir = plot.aside("x").parent().unwrap().to_owned();
    format!("DIR='{0}'; RUN='{0}/run'; MARK='{0}/mark'\n{script}", text(&dir))
}

fn plant(plot: &Plot<'_>, vector: &Vector) -> Built {
    let (repo, bare) = plot.cloned();
    plot.write(&repo, "b.txt", "x\n");
    plot.script(&plot.aside("run"), &format!(": > '{}'", text(&plot.aside("mark"))));
    plot.sh(&repo, &filled(plot, vector.plant));
    (repo, bare).into()
}

/// Much configuration of which nothing runs or redirects anything: no question.
fn inert() -> Case {
    let plant = "git config user.name 'Another Name'; git config pull.rebase true; git config rerere.enabled true
        git config color.ui always; git config branch.main.description text; git config core.quotePath false
        git config core.eol lf; git config merge.conflictStyle zdiff3; git config diff.algorithm histogram
        git config remote.origin.prune true; git config gui.geometry 1x1; git config status.short true
        git config status.branch true; git config log.date iso; git config core.abbrev 12; git config fetch.prune true
        git config advice.statusHints false; git config my-tool.setting value; git config column.ui always
        git config status.relativePaths false; git config core.precomposeUnicode true; git config i18n.logOutputEncoding latin1
        git config diff.noprefix true; git config diff.renames copies; git config core.commentChar auto; echo x > b.txt";
    case("hostile-to-nobody", crate::case::after(plant), commit(&["b.txt"]))
}

/// What `git init` puts into the hooks folder runs never.
fn samples(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    for hook in ["pre-commit", "commit-msg", "pre-push"] {
        plot.script(&repo.join(format!(".git/hooks/{hook}.sample")), "exit 1");
    }
    plot.write(&repo, "b.txt", "x\n");
    (repo, bare).into()
}
