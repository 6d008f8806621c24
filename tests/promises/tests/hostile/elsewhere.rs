//! Repositories that lead git elsewhere: to another work tree, git folder or address, or to files that never end.

use crate::cases::{
    Case,
    Then::{Elsewhere, Inert, LeftAlone, Silent},
    case,
};

/// What a twin's `spring` finds elsewhere counts as the canary.
const PUSHED: &str =
    "git commit -qam x; git push -q; git -C $DIR/elsewhere.git rev-parse -q --verify main && : > $MARK";

pub(crate) const CASES: &[Case] = &[
    case(
        "push-instead-of",
        "git init -q --bare $DIR/elsewhere.git; git config url.$DIR/elsewhere.git.pushInsteadOf \"$(git remote get-url origin)\"",
        PUSHED,
        Elsewhere,
    ),
    case(
        "instead-of",
        "git init -q --bare $DIR/elsewhere.git; git config url.$DIR/elsewhere.git.insteadOf \"$(git remote get-url origin)\"",
        PUSHED,
        Elsewhere,
    ),
    case(
        "work-tree-elsewhere",
        "mkdir $DIR/home; echo key > $DIR/home/id_rsa; git config core.worktree $DIR/home",
        "git add -A; git commit -qm x; git ls-tree HEAD id_rsa | grep -q . && : > $MARK",
        LeftAlone,
    ),
    case(
        "git-folder-elsewhere",
        "mv .git $DIR/g; echo \"gitdir: $DIR/g\" > .git; git config core.fsmonitor $RUN",
        "git status",
        Silent,
    ),
    case(
        "git-folder-link",
        "mv .git $DIR/g; ln -s $DIR/g .git; git config core.fsmonitor $RUN",
        "git status",
        Silent,
    ),
    case(
        "config-link",
        "git config core.fsmonitor $RUN; mv .git/config $DIR/config; ln -s $DIR/config .git/config",
        "git status",
        Silent,
    ),
    case(
        "worktree-of-a-hostile-one",
        "git config core.fsmonitor $RUN; git checkout -q --detach; mv .git $DIR/g; git -C $DIR/g config core.bare true; rm -rf ./*; W=$PWD; cd $DIR/g; rmdir $W; git -c core.fsmonitor= worktree add -q $W main; cd $W; echo x > b.txt; echo y >> a.txt",
        "git status",
        Silent,
    ),
    case(
        "common-folder-elsewhere",
        "cp -r .git $DIR/g; git -C $DIR/g config core.fsmonitor $RUN; echo $DIR/g > .git/commondir; rm .git/refs/heads/main",
        "git status",
        Silent,
    ),
    case(
        "bare-one-in-the-tree",
        "mkdir buried; cp -r .git/objects .git/refs .git/HEAD buried; printf '[core]\\n\\trepositoryformatversion = 0\\n\\tbare = false\\n\\tworktree = ..\\n\\tfsmonitor = %s\\n' $RUN > buried/config",
        "cd buried; git status",
        Inert,
    ),
    case(
        "attributes-of-nobody",
        "echo '*.txt diff=x merge=x' > .gitattributes; git config diff.x.textconv $CAT",
        "git diff",
        Silent,
    ),
    case(
        "config-that-never-ends",
        "mv .git/config $DIR/config; mkfifo .git/config",
        "timeout 2 git status; [ $? = 124 ] && : > $MARK",
        LeftAlone,
    ),
    case(
        "head-that-never-ends",
        "rm .git/HEAD; mkfifo .git/HEAD",
        "timeout 2 git status; [ $? = 124 ] && : > $MARK",
        LeftAlone,
    ),
    case(
        "included-file-that-never-ends",
        "mkfifo $DIR/included; git config include.path $DIR/included",
        "timeout 2 git status; [ $? = 124 ] && : > $MARK",
        LeftAlone,
    ),
];
