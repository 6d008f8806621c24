//! What may happen to one repository, as plain data: a sequence of these is what is tried, shrunk and printed.

use proptest::{collection::vec, prelude::*};

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// The person changes a file of a work tree.
    Edit(u8, u8, Edit),
    /// The person uses git in a work tree, with a path or another number to choose by.
    Git(u8, u8, Person),
    /// Something happens at or with the remote.
    Remote(u8, Remote),
    /// Autocommit runs.
    Run(Run),
}

/// Ways in which a path of a work tree changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    Write,
    Append,
    /// The same file, the same length, other bytes.
    InPlace,
    /// Written beside it and renamed over it.
    Replace,
    /// Replaced, with the modification time of what was there before.
    Backdate,
    Delete,
    Empty,
    Executable,
    Link,
    /// A folder with a file in it takes the place of the path.
    Folder,
    /// Moved to the next path of the list.
    Move,
    Touch,
    Ignore,
    Large,
    Fifo,
    Nested,
    /// A dozen files in a folder of their own.
    Many,
    DeleteMany,
}

/// What a person does with git.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Person {
    Add,
    AddAll,
    AddThenEdit,
    IntentToAdd,
    TakeOut,
    Unstage,
    Restore,
    Commit,
    CommitAll,
    Amend,
    OpenEditor,
    OpenEditorAll,
    CloseEditor,
    Stash,
    StashUntracked,
    StashPop,
    Branch,
    Switch,
    Detach,
    Merge,
    MergeSquash,
    MergeNoCommit,
    CherryPick,
    Revert,
    Rebase,
    Bisect,
    Resolve,
    Abort,
    ResetSoft,
    ResetMixed,
    Tag,
    Gc,
    PackRefs,
    AssumeUnchanged,
    SkipWorktree,
    Unflag,
    Sparse,
    SparseOff,
    Worktree,
    RemoveWorktree,
    Lock,
    Unlock,
}

/// What happens at the remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remote {
    /// Somebody else pushes to the branch of the first work tree.
    Pushed,
    Fetch,
    Pull,
    PullRebase,
    Refuse,
    Accept,
    Away,
    Back,
}

/// How Autocommit runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Run {
    Once,
    Named,
    Dry,
    PushOnly,
    /// Killed at a git command, then started again.
    Killed(At),
    /// The person does something at a git command of ours.
    Meanwhile(At, u8, u8, Meanwhile),
    DaemonStart,
    DaemonStop,
    /// A cycle is triggered and the daemon killed so many times 8 ms later, then started again.
    DaemonKill(u8),
    Disable,
    Enable,
}

/// A moment within a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) command: u8,
    pub(crate) after: bool,
    pub(crate) second: bool,
}

/// Git commands of a run: before and after each is a moment.
pub(crate) const COMMANDS: [&str; 9] = [
    "config",
    "status",
    "update-index",
    "write-tree",
    "diff-tree",
    "commit-tree",
    "update-ref",
    "push",
    "ls-files",
];

/// What a person does in the middle of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    Edit,
    Replace,
    Delete,
    Add,
    AddAll,
    Commit,
    CommitAll,
    Branch,
    Stash,
    Gc,
    /// Begins a merge that is not committed.
    Merge,
}

impl At {
    /// The git command.
    pub(crate) fn command(self) -> &'static str {
        COMMANDS[usize::from(self.command) % COMMANDS.len()]
    }
}

/// A sequence with as many steps as such a one has.
pub(crate) fn sequence() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 18..34)
}

fn step() -> impl Strategy<Value = Step> {
    let tree = prop_oneof![3 => Just(0_u8), 1 => Just(1)];
    let path = prop_oneof![3 => 0..4_u8, 1 => 0..18_u8];
    prop_oneof![
        10 => (tree.clone(), path.clone(), edit()).prop_map(|(tree, path, edit)| Step::Edit(tree, path, edit)),
        8 => (tree, path.clone(), person()).prop_map(|(tree, path, what)| Step::Git(tree, path, what)),
        2 => (path, remote()).prop_map(|(path, what)| Step::Remote(path, what)),
        7 => run().prop_map(Step::Run),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    use Edit::*;
    prop_oneof![
        6 => Just(Write), 3 => Just(Append), 4 => Just(InPlace), 3 => Just(Replace), 1 => Just(Backdate),
        3 => Just(Delete), 1 => Just(Empty), 1 => Just(Executable), 2 => Just(Link), 1 => Just(Folder),
        2 => Just(Move), 1 => Just(Touch), 1 => Just(Ignore), 1 => Just(Large), 1 => Just(Fifo),
        1 => Just(Nested), 1 => Just(Many), 1 => Just(DeleteMany),
    ]
}

fn person() -> impl Strategy<Value = Person> {
    use Person::*;
    let staging = prop_oneof![
        4 => Just(Add), 1 => Just(AddAll), 3 => Just(AddThenEdit), 1 => Just(IntentToAdd), 1 => Just(TakeOut),
        1 => Just(Unstage), 1 => Just(Restore), 1 => Just(AssumeUnchanged), 1 => Just(SkipWorktree),
        1 => Just(Unflag), 1 => Just(Sparse), 1 => Just(SparseOff),
    ];
    let commits = prop_oneof![
        4 => Just(Commit), 2 => Just(CommitAll), 1 => Just(Amend), 2 => Just(OpenEditor), 1 => Just(OpenEditorAll),
        3 => Just(CloseEditor), 1 => Just(ResetSoft), 1 => Just(ResetMixed), 1 => Just(Tag), 1 => Just(Gc),
        1 => Just(PackRefs), 1 => Just(Lock), 2 => Just(Unlock),
    ];
    let branches = prop_oneof![
        3 => Just(Branch), 4 => Just(Switch), 1 => Just(Detach), 3 => Just(Stash), 1 => Just(StashUntracked),
        3 => Just(StashPop), 1 => Just(Worktree), 1 => Just(RemoveWorktree),
    ];
    let operations = prop_oneof![
        3 => Just(Merge), 1 => Just(MergeSquash), 1 => Just(MergeNoCommit), 1 => Just(CherryPick), 1 => Just(Revert),
        2 => Just(Rebase), 1 => Just(Bisect), 5 => Just(Resolve), 3 => Just(Abort),
    ];
    prop_oneof![4 => staging, 4 => commits, 4 => branches, 4 => operations]
}

fn remote() -> impl Strategy<Value = Remote> {
    use Remote::*;
    prop_oneof![
        4 => Just(Pushed), 1 => Just(Fetch), 3 => Just(Pull), 1 => Just(PullRebase), 1 => Just(Refuse),
        2 => Just(Accept), 1 => Just(Away), 2 => Just(Back),
    ]
}

fn run() -> impl Strategy<Value = Run> {
    use Run::*;
    let at = (0..9_u8, any::<bool>(), prop::bool::weighted(0.25));
    let at = at.prop_map(|(command, after, second)| At { command, after, second });
    let path = prop_oneof![3 => 0..4_u8, 1 => 0..18_u8];
    let meanwhile = (at.clone(), 0..2_u8, path, meanwhile());
    prop_oneof![
        12 => Just(Once), 2 => Just(Named), 1 => Just(Dry), 1 => Just(PushOnly), 3 => at.prop_map(Killed),
        6 => meanwhile.prop_map(|(at, tree, path, what)| Meanwhile(at, tree, path, what)),
        1 => Just(DaemonStart), 1 => Just(DaemonStop), 1 => (0..30_u8).prop_map(DaemonKill), 1 => Just(Disable),
        1 => Just(Enable),
    ]
}

fn meanwhile() -> impl Strategy<Value = Meanwhile> {
    use Meanwhile::*;
    prop_oneof![
        4 => Just(Edit), 1 => Just(Replace), 2 => Just(Delete), 2 => Just(Add), 1 => Just(AddAll), 2 => Just(Commit),
        1 => Just(CommitAll), 1 => Just(Branch), 2 => Just(Stash), 1 => Just(Gc), 1 => Just(Merge),
    ]
}
