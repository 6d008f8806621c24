//! Who wants which watch of the kernel's. There are tens of thousands of them: what is kept of each is small.

use autocommit_core::id::RepoId;
use std::collections::{HashMap, hash_map::Entry};

/// The number of the folders in which repositories may appear.
pub(super) const PLACES: u32 = 0;

/// The watches of all.
#[derive(Debug, Default)]
pub(super) struct Watches {
    /// Who wants each watch.
    owners: HashMap<i32, Owner>,
    /// Who else does: work trees of one repository share those of its git folder.
    others: HashMap<i32, Vec<u32>>,
    pub(super) numbers: HashMap<RepoId, u32>,
    pub(super) repos: HashMap<u32, (RepoId, Wds)>,
    /// The last number that was given.
    last: u32,
    /// How often a repository stopped being watched.
    pub(super) losses: u64,
}

/// One who wants a watch, in four bytes: there are tens of thousands.
#[derive(Debug, Clone, Copy)]
struct Owner(u32);

/// The watches of one repository, in order.
pub(super) type Wds = Box<[i32]>;

impl Owner {
    /// Set where the folder is in a git folder, in which most names do not count.
    const GIT: u32 = 1 << 31;

    fn new(number: u32, git: bool) -> Self {
        Self(number | if git { Self::GIT } else { 0 })
    }

    fn number(self) -> u32 {
        self.0 & !Self::GIT
    }

    fn git(self) -> bool {
        self.0 & Self::GIT != 0
    }
}

impl Watches {
    /// The number of a repository, a new one where it has none.
    pub(super) fn number(&mut self, repo: &RepoId) -> u32 {
        if let Some(number) = self.numbers.get(repo) {
            return *number;
        }
        self.last += 1;
        let number = self.last;
        self.numbers.insert(repo.clone(), number);
        self.repos.insert(number, (repo.clone(), Wds::default()));
        number
    }

    /// Notes that `number` wants a watch; `true` where it is not in the list that it has so far.
    pub(super) fn own(&mut self, wd: i32, number: u32, git: bool) -> bool {
        let owner = self.owners.entry(wd).or_insert(Owner::new(number, git));
        // A folder that is both is watched as the more telling one.
        *owner = Owner::new(owner.number(), owner.git() && git);
        if !self.wanted_by(wd).any(|other| other == number) {
            self.others.entry(wd).or_default().push(number);
        }
        self.repos.get(&number).is_none_or(|(_, wds)| wds.binary_search(&wd).is_err())
    }

    /// Notes that `number` does not want a watch any more; `false` where nobody does then.
    pub(super) fn disown(&mut self, wd: i32, number: u32) -> bool {
        let Some(owner) = self.owners.get_mut(&wd) else { return true };
        if let Entry::Occupied(mut others) = self.others.entry(wd) {
            others.get_mut().retain(|other| *other != number);
            if owner.number() == number
                && let Some(other) = others.get_mut().pop()
            {
                *owner = Owner::new(other, owner.git());
            }
            if others.get().is_empty() {
                others.remove();
            }
        }
        let wanted = owner.number() != number;
        if !wanted {
            self.owners.remove(&wd);
        }
        wanted
    }

    /// The kernel took a watch away.
    pub(super) fn gone(&mut self, wd: i32) {
        self.owners.remove(&wd);
        self.others.remove(&wd);
    }

    /// Nothing is watched any more.
    pub(super) fn all_gone(&mut self) {
        *self = Self { last: self.last, losses: self.losses + 1, ..Self::default() };
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.owners.len()
    }

    /// Whether a watch is of a folder of git's, in which most names do not count; nothing where nobody wants it.
    pub(super) fn in_git(&self, wd: i32) -> Option<bool> {
        self.owners.get(&wd).map(|owner| owner.git())
    }

    /// The watches that `number` wants.
    pub(super) fn of(&self, number: u32) -> impl Iterator<Item = i32> {
        let first = self.owners.iter().filter(move |(_, owner)| owner.number() == number);
        let other = self.others.iter().filter(move |(_, others)| others.contains(&number));
        first.map(|(wd, _)| *wd).chain(other.map(|(wd, _)| *wd))
    }

    /// All who want a watch.
    pub(super) fn wanted_by(&self, wd: i32) -> impl Iterator<Item = u32> {
        let others = self.others.get(&wd).into_iter().flatten().copied();
        self.owners.get(&wd).map(|owner| owner.number()).into_iter().chain(others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watch_stays_until_the_last_who_wants_it() {
        let mut watches = Watches::default();
        let [one, two] = ["one", "two"].map(|id| watches.number(&RepoId::new(id.to_owned())));
        assert_ne!((one, two), (PLACES, PLACES));
        assert!(watches.own(7, one, true) && watches.own(7, two, true) && watches.own(8, two, false));
        assert_eq!(watches.in_git(7), Some(true));
        // As a folder of the work tree it tells more.
        watches.own(7, two, false);
        assert_eq!(
            (watches.in_git(7), watches.in_git(8), watches.in_git(9)),
            (Some(false), Some(false), None)
        );
        assert_eq!(watches.wanted_by(7).collect::<Vec<_>>(), [one, two]);
        assert!(watches.disown(7, one), "the second wants it");
        assert_eq!(watches.wanted_by(7).collect::<Vec<_>>(), [two]);
        let mut wanted: Vec<_> = watches.of(two).collect();
        wanted.sort_unstable();
        assert_eq!((wanted, watches.of(one).count(), watches.len()), (vec![7, 8], 0, 2));
        assert!(watches.disown(7, one) && !watches.disown(7, two) && !watches.disown(8, two));
        assert!(watches.disown(8, two), "nobody's is nobody's to take away");
        assert_eq!(watches.len(), 0);
        watches.own(9, one, false);
        watches.all_gone();
        assert_eq!((watches.len(), watches.losses), (0, 1));
        assert!(watches.number(&RepoId::new("three".to_owned())) > two, "no number comes again");
    }
}
