//! Whether commits can be signed, tried on a commit that nobody will see.

use crate::{command::Git, diff::EMPTY_TREE, error::GitError, limits::Class};
use std::path::Path;

/// Nothing where the person's configuration asks for no signing; else whether signing works, with the program's words
/// where it does not. `folder` is made, and is the caller's to remove.
pub async fn signing(git: &Git, folder: &Path) -> Result<Option<Result<(), String>>, GitError> {
    let asked = git
        .call("signing")
        .env("GIT_DIR", "/dev/null")
        .directory(Path::new("/"))
        .args(["config", "--type=bool", "--get", "commit.gpgSign"])
        .run()
        .await?;
    if asked.stdout.trim_ascii() != b"true" {
        return Ok(None);
    }
    git.call("signing").args(["init", "--quiet", "--bare", "--"]).arg(folder).check().await?;
    let signed = git
        .call("signing")
        .class(Class::Program)
        .directory(folder)
        .env("GIT_DIR", folder)
        .args(["commit-tree", "-S", "-m", "Try the key", EMPTY_TREE[0]])
        .check()
        .await;
    Ok(Some(signed.map(|_| ()).map_err(|error| error.detail())))
}
