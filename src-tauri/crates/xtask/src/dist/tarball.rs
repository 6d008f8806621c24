//! The archive of the command line alone, for machines without a desktop or without a package manager.

use super::{Product, stage::Tree};
use crate::process::{self, workspace_root};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Makes the archive; its path.
pub(super) fn make(product: &Product, out: &Path) -> Result<PathBuf> {
    let name = format!("autocommit-{}-{}-{}", product.version, product.machine, std::env::consts::OS);
    let top = product.work.join("tar");
    let root = workspace_root();
    let mut tree = Tree::default();
    tree.program(&format!("{name}/autocommit"), &product.autocommit);
    for file in ["README.md", "PROMISES.md", "LICENSE"] {
        tree.copy(&format!("{name}/{file}"), &root.join(file));
    }
    tree.text(&format!("{name}/third-party-licenses.txt"), product.licences.as_str());
    for (page, text) in &product.made.pages {
        tree.text(&format!("{name}/man/{page}"), text.as_slice());
    }
    tree.text(&format!("{name}/completions/autocommit.bash"), product.made.bash.as_str());
    tree.text(&format!("{name}/completions/_autocommit"), product.made.zsh.as_str());
    tree.text(&format!("{name}/completions/autocommit.fish"), product.made.fish.as_str());
    if cfg!(target_os = "linux") {
        tree.text(&format!("{name}/systemd/autocommit.service"), product.made.unit.as_str());
    }
    tree.write(&top)?;
    let archive = out.join(format!("{name}.tar.gz"));
    let mut tar = product.tool("tar");
    tar.args([
        "--sort=name",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        "--use-compress-program=gzip -9 -n",
    ]);
    tar.arg(format!("--mtime=@{}", product.time)).arg("-C").arg(&top).arg("-cf").arg(&archive).arg(&name);
    process::output(&mut tar)?;
    Ok(archive)
}
