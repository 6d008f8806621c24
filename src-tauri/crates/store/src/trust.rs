//! What a person trusts, in `trust.json`: of each git folder the fingerprints that were approved, and the addresses its
//! pushes went to. Hashes only: no credential, and nothing of what was approved, is in it.

use crate::{StoreError, allowed::Allowed};
use autocommit_core::{
    Timestamp,
    trust::{Address, Enrolled, Fingerprint, Standing},
};
use serde::{Deserialize, Serialize};
use std::{
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Fingerprints kept of one git folder, the newest: a person who goes back to another branch is not asked again.
const APPROVALS: usize = 32;

/// What is trusted. Clones share it.
#[derive(Clone)]
pub struct Trust(Allowed<List>);

/// A git folder that cannot be mistaken for another one made at the same path later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Canonical path of the git folder that worktrees share.
    #[serde(with = "crate::path")]
    pub path: PathBuf,
    /// Device number.
    pub dev: u64,
    /// Inode number.
    pub ino: u64,
    /// When the folder was made, in milliseconds since 1970; nothing where the file system does not say.
    pub born: Option<u64>,
}

impl Place {
    /// That of the git folder at `path`.
    ///
    /// # Errors
    /// Where there is none.
    pub fn of(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        let found = path.metadata()?;
        #[cfg(unix)]
        let (dev, ino) = {
            use std::os::unix::fs::MetadataExt as _;
            (found.dev(), found.ino())
        };
        #[cfg(not(unix))]
        let (dev, ino) = (0, 0);
        let born = found.created().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        let born = born.and_then(|age| u64::try_from(age.as_millis()).ok());
        Ok(Self { path, dev, ino, born })
    }

    fn is_younger_than(&self, at: Timestamp) -> bool {
        self.born.is_some_and(|born| i64::try_from(born).is_ok_and(|born| born > at.as_millisecond()))
    }

    /// The same folder. Some file systems (btrfs, network and removable ones) change their device number with each start:
    /// there the time tells.
    fn is(&self, other: &Self) -> bool {
        let same_disk = self.dev == other.dev || (self.born.is_some() && self.born == other.born);
        self.path == other.path && self.ino == other.ino && same_disk
    }
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    /// Sorted by path.
    folders: Vec<Kept>,
    /// When a damaged list was replaced by this one: of older folders it may have known other addresses.
    lost_before: Option<Timestamp>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    place: Place,
    approved: Vec<KeptApproval>,
    addresses: Vec<Address>,
    /// Remotes with an address that came after another.
    #[serde(default)]
    moved: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptApproval {
    fingerprint: Fingerprint,
    approved_at: Timestamp,
}

impl Trust {
    /// That of a state folder, which need not exist. Nothing is read yet, and reading never writes.
    pub fn at(state_dir: &Path) -> Self {
        Self(Allowed::at(state_dir.join("trust.json")))
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// What is known of one git folder, also what another process kept a moment ago.
    ///
    /// # Errors
    /// Where the file is damaged: nothing is trusted then.
    pub async fn of(&self, place: &Place) -> Result<Standing, StoreError> {
        let list = self.0.get().await?;
        let Some(kept) =
            list.find(&place.path).ok().map(|at| &list.folders[at]).filter(|k| k.place.is(place))
        else {
            let lost = list.lost_before.is_some_and(|at| !place.is_younger_than(at));
            let enrolled = if lost { Enrolled::Lost } else { Enrolled::Never };
            return Ok(Standing { enrolled, ..Standing::default() });
        };
        Ok(Standing {
            approved: kept.approved.iter().map(|a| a.fingerprint.clone()).collect(),
            enrolled: Enrolled::Known(kept.addresses.clone()),
            moved: kept.moved.clone(),
        })
    }

    /// Keeps a person's approval durably: this fingerprint, where there is one, and these addresses in place of the known
    /// ones.
    pub async fn allow(&self, approvals: Vec<Approve>, at: Timestamp) -> Result<(), StoreError> {
        let damaged = matches!(self.0.get().await, Err(StoreError::Damaged { .. }));
        self.0
            .change(move |list| {
                if damaged && list.folders.is_empty() {
                    list.lost_before = Some(at);
                }
                for approval in approvals {
                    let lost = list.lost_before.is_some_and(|at| !approval.place.is_younger_than(at));
                    let kept = list.entry(approval.place);
                    kept.confirm(approval.addresses, lost);
                    if let Some(fingerprint) = approval.fingerprint {
                        kept.approved.retain(|a| a.fingerprint != fingerprint);
                        kept.approved.insert(0, KeptApproval { fingerprint, approved_at: at });
                        kept.approved.truncate(APPROVALS);
                    }
                }
            })
            .await
    }

    /// Keeps the addresses of git folders that were seen for the first time, and changes nothing of those where some are
    /// known.
    pub async fn enrol(&self, seen: Vec<(Place, Vec<Address>)>) -> Result<(), StoreError> {
        self.0
            .change(move |list| {
                for (place, addresses) in seen {
                    let kept = list.entry(place);
                    if kept.addresses.is_empty() {
                        kept.addresses = addresses;
                    }
                }
            })
            .await
    }

    /// Takes back every approval of a git folder; true if there was one. Its known addresses stay.
    pub async fn revoke(&self, place: &Place) -> Result<bool, StoreError> {
        let place = place.clone();
        self.0
            .change(move |list| {
                let Ok(at) = list.find(&place.path) else { return false };
                !std::mem::take(&mut list.folders[at].approved).is_empty()
            })
            .await
    }

    /// The git folders of which something was approved.
    ///
    /// # Errors
    /// Where the file is damaged.
    pub async fn approved(&self) -> Result<Vec<PathBuf>, StoreError> {
        let list = self.0.get().await?;
        Ok(list.folders.iter().filter(|k| !k.approved.is_empty()).map(|k| k.place.path.clone()).collect())
    }
}

/// One approval of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approve {
    /// The git folder.
    pub place: Place,
    /// Everything that asked; nothing where only an address did.
    pub fingerprint: Option<Fingerprint>,
    /// Every address of every remote.
    pub addresses: Vec<Address>,
}

impl Kept {
    /// Keeps these addresses as the known ones, and notes which remotes have another than before. `lost`: what was known
    /// before is not known any more.
    fn confirm(&mut self, addresses: Vec<Address>, lost: bool) {
        let before = std::mem::replace(&mut self.addresses, addresses);
        for address in &self.addresses {
            let of_remote = |known: &&Address| known.remote == address.remote;
            let another = before.iter().any(|known| of_remote(&known)) && !before.contains(address);
            if (another || (lost && before.is_empty())) && !self.moved.contains(&address.remote) {
                self.moved.push(address.remote.clone());
            }
        }
    }
}

impl List {
    fn find(&self, path: &Path) -> Result<usize, usize> {
        self.folders.binary_search_by(|kept| kept.place.path.as_os_str().cmp(path.as_os_str()))
    }

    /// What is kept of a folder; nothing of an earlier one at the same path.
    fn entry(&mut self, place: Place) -> &mut Kept {
        let fresh = Kept { place, approved: Vec::new(), addresses: Vec::new(), moved: Vec::new() };
        let at = match self.find(&fresh.place.path) {
            Ok(at) if self.folders[at].place.is(&fresh.place) => at,
            Ok(at) => {
                self.folders[at] = fresh;
                at
            }
            Err(at) => {
                self.folders.insert(at, fresh);
                at
            }
        };
        &mut self.folders[at]
    }
}
