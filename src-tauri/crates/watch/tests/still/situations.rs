//! The situations: what is prepared, what happens, and what must be said of it.

use autocommit_watch::Doubt;

/// What git says afterwards, and what must be said from stats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Git says dirty: git must be asked.
    Dirty,
    /// Git says clean, of another commit, branch or configuration: git must be asked too.
    Moved,
    /// Git says clean, and there was no need to ask.
    Same,
    /// Git says clean; whether it is asked does not matter.
    Clean,
}
use Then::{Clean, Dirty, Moved, Same};

/// Makes the base of every situation in `.`: tracked files three levels deep, ignored ones, and folders that are empty.
pub(crate) const BASE: &str = r#"
git init -q -b main .
mkdir -p src/deep build/inner hollow/inner node_modules/x
printf 'one\n' > README; printf 'alpha\n' > src/a.txt; printf 'beta\n' > src/deep/b.txt
printf '#!/bin/sh\n' > run.sh; ln -s README link
printf '*.log\nbuild/\nnode_modules\n' > .gitignore
printf 'keep\n' > src/.gitignore; printf 'k\n' > src/keep
printf 'x\n' > build/out; printf 'x\n' > app.log; printf 'x\n' > node_modules/x/index.js
git add -A; git commit -qm one; git branch side
printf 'two\n' >> README; git commit -qam two
"#;

/// Name, what is done before git says clean, what happens then, and what follows.
pub(crate) const SITUATIONS: &[(&str, &str, &str, Then)] = &[
    ("nothing", "", "true", Same),
    ("a file in an ignored folder", "", "printf y > build/new; mkdir build/more", Same),
    ("a file in an ignored folder, deep", "", "printf y > node_modules/x/new", Same),
    ("an ignored file is written", "", "printf yy > app.log", Same),
    ("a file is read and listed", "", "cat README >/dev/null; ls -lR >/dev/null; git log >/dev/null", Same),
    ("git status without locks", "", "git --no-optional-locks status >/dev/null", Same),
    ("objects appear", "", "printf z | git hash-object -w --stdin >/dev/null", Same),
    ("an ignored file appears", "", "printf y > new.log", Clean),
    ("touched", "", "touch README", Clean),
    ("empty folder appears", "", "mkdir -p fresh/er", Clean),
    ("index rewritten", "", "touch README; git update-index --refresh >/dev/null", Clean),
    ("edited", "", "printf 'more\\n' >> src/deep/b.txt", Dirty),
    ("edited, same size", "", "printf 'ALPHA\\n' > src/a.txt", Dirty),
    (
        "edited, same size, time put back",
        "",
        "t=$(stat -c %y src/a.txt); printf 'ALPHA\\n' > src/a.txt; touch -d \"$t\" src/a.txt",
        Dirty,
    ),
    ("edited in place by a byte", "", "printf X | dd of=src/a.txt conv=notrunc bs=1 2>/dev/null", Dirty),
    ("replaced by a renamed file", "", "printf 'ALPHA\\n' > .t.log; mv .t.log src/a.txt", Dirty),
    ("truncated", "", ": > src/a.txt", Dirty),
    ("chmod +x", "", "chmod +x README", Dirty),
    ("chmod -x", "chmod +x run.sh; git commit -qam x", "chmod -x run.sh", Dirty),
    ("chmod with fileMode off", "git config core.fileMode false", "chmod +x README", Clean),
    ("deleted", "", "rm src/deep/b.txt", Dirty),
    ("a folder deleted", "", "rm -r src", Dirty),
    ("renamed", "", "mv README LIESMICH", Dirty),
    ("renamed by case", "", "mv README readme", Dirty),
    ("a folder renamed", "", "mv src source", Dirty),
    ("two files swapped", "", "mv README t; mv src/a.txt README; mv t src/a.txt", Dirty),
    ("moved out and back, edited", "", "mv src ../s-out; printf q >> ../s-out/a.txt; mv ../s-out src", Dirty),
    ("a new file at the top", "", "printf n > new", Dirty),
    ("a new file deep", "", "printf n > src/deep/new", Dirty),
    ("a new file of a strange name", "", "printf n > \"$(printf 'a\\nb\\377')\"", Dirty),
    ("a new file in a new folder", "", "mkdir -p x/y; printf n > x/y/z", Dirty),
    ("a new file in an empty folder", "", "printf n > hollow/n", Dirty),
    ("a new file in an empty folder, deep", "", "printf n > hollow/inner/n", Dirty),
    (
        "a new file below an ignored one's folder",
        "mkdir logs; printf l > logs/a.log",
        "printf n > logs/n",
        Dirty,
    ),
    ("a folder comes by rename", "mkdir -p ../in1; printf i > ../in1/f", "mv ../in1 came", Dirty),
    ("a new link", "", "ln -s nowhere dangling", Dirty),
    ("a new link to a folder", "", "ln -s src linked", Dirty),
    ("a file becomes a link", "", "rm README; ln -s src/a.txt README", Dirty),
    ("a link leads elsewhere", "", "ln -sfn src/a.txt link", Dirty),
    ("a link becomes a file", "", "rm link; printf README > link", Dirty),
    ("a folder becomes a link", "", "mv src ../s-real; ln -s ../s-real src", Dirty),
    ("a folder becomes a file", "", "rm -r src/deep; printf f > src/deep", Dirty),
    ("a file becomes a folder", "", "rm README; mkdir README; printf f > README/f", Dirty),
    ("a file becomes an empty folder", "", "rm README; mkdir README", Dirty),
    ("a hard link is written elsewhere", "ln README ../hard1", "printf h >> ../hard1", Dirty),
    ("the ignore file is loosened", "", "printf 'build/\\nnode_modules\\n' > .gitignore", Dirty),
    ("the ignore file goes", "", "rm .gitignore", Dirty),
    ("a deeper ignore file is loosened", "", "printf '# \\n' > src/.gitignore", Dirty),
    (
        "an ignored ignore file is loosened",
        "mkdir venv; printf '*\\n' > venv/.gitignore; printf v > venv/v",
        "printf '# \\n' > venv/.gitignore",
        Dirty,
    ),
    (
        "an ignored ignore file is loosened, in a tracked folder",
        "printf '/.gitignore\\n/t\\n' > src/deep/.gitignore; printf t > src/deep/t",
        "printf '/.gitignore\\n/u\\n' > src/deep/.gitignore",
        Dirty,
    ),
    (
        "info/exclude is loosened",
        "printf 'secret\\n' >> .git/info/exclude; printf s > secret",
        "printf '\\n' > .git/info/exclude",
        Dirty,
    ),
    ("info/exclude comes", "rm -r .git/info", "mkdir .git/info; printf 'y\\n' > .git/info/exclude", Clean),
    (
        "the person's ignore file is loosened",
        "mkdir -p $YARD/.config/git; printf 'mine\\n' > $YARD/.config/git/ignore; printf m > mine",
        "printf '# \\n' > $YARD/.config/git/ignore",
        Dirty,
    ),
    (
        "a named ignore file is loosened",
        "printf 'named\\n' > ../named1; git config core.excludesFile ../named1; printf m > named",
        "printf '#\\n' > ../named1",
        Dirty,
    ),
    (
        "another ignore file is named",
        "printf 'named\\n' > ../named2; git config core.excludesFile ../named2; printf m > named",
        "git config core.excludesFile ../nothing",
        Dirty,
    ),
    (
        "fileMode is switched on",
        "git config core.fileMode false; chmod +x README",
        "git config core.fileMode true",
        Dirty,
    ),
    ("the person's configuration changes", "", "git config --global core.abbrev 12", Moved),
    ("a remote is added", "", "git remote add origin ../nowhere.git", Moved),
    (
        "attributes come",
        "printf 'a\\r\\n' > crlf; git add crlf; git commit -qm crlf",
        "printf '*.txt text eol=crlf\\n' > .gitattributes",
        Dirty,
    ),
    ("info/attributes come", "", "mkdir -p .git/info; printf '* text\\n' > .git/info/attributes", Moved),
    ("staged", "", "printf 'more\\n' >> README; git add README", Dirty),
    (
        "staged and put back in the work tree",
        "",
        "cp README ../r; printf m >> README; git add README; cat ../r > README",
        Dirty,
    ),
    ("taken out of the index", "", "git rm -q --cached README", Dirty),
    ("added with intent", "printf '*\\n' > .git/info/exclude; printf n > n", "git add -fN n", Dirty),
    ("committed by a person", "", "printf c >> README; git commit -qam three", Moved),
    ("amended", "", "git commit -q --amend -m other", Moved),
    ("an empty commit", "", "git commit -q --allow-empty -m empty", Moved),
    ("reset, soft", "", "git reset -q --soft HEAD^", Dirty),
    ("reset, mixed", "", "git reset -q HEAD^", Dirty),
    ("reset, hard", "", "git reset -q --hard HEAD^", Moved),
    ("another branch", "", "git switch -q side", Moved),
    ("another branch of the same commit", "git branch twin", "git switch -q twin", Moved),
    ("a detached HEAD", "", "git switch -q --detach", Moved),
    ("the branch moved below the work tree", "", "git update-ref refs/heads/main refs/heads/side", Dirty),
    ("HEAD moved below the work tree", "", "git symbolic-ref HEAD refs/heads/side", Dirty),
    (
        "the branch moved, packed",
        "git pack-refs --all",
        "git update-ref refs/heads/main refs/heads/side",
        Dirty,
    ),
    ("the branch moved by hand", "", "git rev-parse side > .git/refs/heads/main", Dirty),
    ("the branch packed", "", "git pack-refs --all", Moved),
    (
        "a branch in a folder moved",
        "git switch -qc a/b/c",
        "git update-ref refs/heads/a/b/c refs/heads/side",
        Dirty,
    ),
    ("the branch deleted", "", "git update-ref -d refs/heads/main", Dirty),
    ("a tracking ref moved", "", "git update-ref refs/remotes/origin/main HEAD", Moved),
    ("stashed", "", "printf s >> README; git stash -q", Moved),
    ("stashed and popped", "", "printf s >> README; git stash -q; git stash pop -q", Dirty),
    (
        "a merge with conflicts",
        "",
        "git switch -q side; printf o > README; git commit -qam o; git merge -q main || true",
        Dirty,
    ),
    (
        "a merge begins",
        "",
        "git merge -q --no-ff --no-commit side^0 || true; git rev-parse side > .git/MERGE_HEAD",
        Moved,
    ),
    ("a rebase stops", "", "GIT_SEQUENCE_EDITOR='sed -i 1ibreak' git rebase -qi HEAD^ || true", Moved),
    ("the index goes", "", "rm .git/index", Dirty),
    (
        "an older index comes back",
        "cp .git/index ../old; printf n >> README; git commit -qam n",
        "cp ../old .git/index",
        Dirty,
    ),
    ("a lock appears", "", ": > .git/index.lock", Moved),
    ("a hook appears", "", "printf '#!/bin/sh\\n' > .git/hooks/pre-commit", Moved),
    (
        "a hook changes",
        "printf '#!/bin/sh\\n' > .git/hooks/pre-commit",
        "printf 'x\\n' >> .git/hooks/pre-commit",
        Moved,
    ),
    ("a file is set aside", "", "git update-index --assume-unchanged README; printf n >> README", Moved),
    (
        "a repository appears within",
        "",
        "git init -q sub; cd sub; printf n > n; git add n; git commit -qm n",
        Dirty,
    ),
    (
        "an ignored repository appears within",
        "",
        "git init -q build/sub; cd build/sub; git commit -q --allow-empty -m n",
        Same,
    ),
    ("a submodule is added", "", "git -c protocol.file.allow=always submodule --quiet add $PWD sub", Dirty),
    (
        "the work tree is another one",
        "",
        "cp -a . ../copy1; printf n >> ../copy1/README; mv $PWD ../gone1; mv ../copy1 $PWD",
        Dirty,
    ),
    (
        "the work tree is another one, equal",
        "",
        "cp -a . ../copy2; mv $PWD ../gone2; mv ../copy2 $PWD",
        Moved,
    ),
    ("the git folder is another one", "", "cp -a .git ../g; mv .git ../g-old; mv ../g .git", Moved),
    ("garbage is collected", "", "git gc -q", Moved),
    (
        "a big tree appears that is ignored",
        "",
        "mkdir -p node_modules/a/b/c; printf n > node_modules/a/b/c/n",
        Same,
    ),
    ("an ignored folder goes and comes as a file", "", "rm -r build; printf n > build", Dirty),
    ("version 4 of the index", "git update-index --index-version 4", "printf n >> src/deep/b.txt", Dirty),
    ("version 4 of the index, nothing", "git update-index --index-version 4", "true", Same),
    (
        "an empty repository",
        "rm -rf .git src build hollow node_modules * .gitignore; git init -q -b main .",
        "printf n > n",
        Dirty,
    ),
    (
        "an untracked cache",
        "git update-index --untracked-cache; git status >/dev/null",
        "printf n > src/n",
        Dirty,
    ),
];

/// What only git can judge: prepared, and the doubt.
pub(crate) const DOUBTS: &[(&str, Doubt)] = &[
    (
        "git -c protocol.file.allow=always submodule --quiet add $PWD sub; git commit -qm sub",
        Doubt::Submodule,
    ),
    ("git update-index --split-index", Doubt::Split),
    ("git update-index --assume-unchanged README", Doubt::Hidden),
    ("git update-index --skip-worktree README", Doubt::Hidden),
    ("printf n > n; git add -N n", Doubt::IntentToAdd),
    ("git sparse-checkout set src", Doubt::Configuration),
    ("git config include.path ../more", Doubt::Configuration),
    ("git config includeIf.gitdir:/x.path ../more", Doubt::Configuration),
    ("git config extensions.worktreeConfig true", Doubt::Configuration),
    ("git config core.excludesFile '%(prefix)/ignore'", Doubt::Configuration),
    ("rm -rf .git; git init -q --object-format=sha256 .", Doubt::Configuration),
    ("rm -rf .git; git init -q --ref-format=reftable .", Doubt::Configuration),
    ("mv .git/info ../info-real; ln -s $PWD/../info-real .git/info", Doubt::Configuration),
    ("mv .git/refs/heads ../heads-real; ln -s $PWD/../heads-real .git/refs/heads", Doubt::Configuration),
    ("git init -q nested", Doubt::Nested),
    ("printf junk > .git/index", Doubt::Index),
    ("git switch -q side; printf o > README; git commit -qam o; git merge -q main || true", Doubt::Unmerged),
];
