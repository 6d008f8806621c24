//! The package for Fedora, openSUSE and their kin.

use super::{
    Product,
    stage::{Entry, Family, Tree},
    texts::{DESCRIPTION, SUMMARY},
};
use crate::process;
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Makes the package; its path. Needs `rpmbuild`, which Debian has in the package `rpm`.
pub(super) fn make(product: &Product, out: &Path) -> Result<PathBuf> {
    let top = product.work.join("rpm");
    let tree = Tree::desktop(product, Family::Rpm)?;
    tree.write(&top)?;
    let build = product.work.join("rpmbuild");
    fs::create_dir(&build)?;
    let file = build.join("autocommit.spec");
    fs::write(&file, spec(&product.version, &top, tree.entries()))?;
    let mut rpmbuild = product.tool("rpmbuild");
    rpmbuild.args(["-bb", "--target", product.machine]);
    for (name, value) in [
        ("_topdir", build.display().to_string()),
        ("use_source_date_epoch_as_buildtime", "1".to_owned()),
        ("clamp_mtime_to_source_date_epoch", "1".to_owned()),
        ("_buildhost", "localhost".to_owned()),
        // The programs are packed as they were built.
        ("__os_install_post", "%{nil}".to_owned()),
        ("debug_package", "%{nil}".to_owned()),
        ("_build_id_links", "none".to_owned()),
        // Read by every rpm of the last ten years, also where this one would choose something newer.
        ("_binary_payload", "w6.xzdio".to_owned()),
    ] {
        rpmbuild.args(["--define", &format!("{name} {value}")]);
    }
    process::output(rpmbuild.arg(&file)).context("Debian has rpmbuild in the package rpm")?;
    let name = format!("autocommit-{}-1.{}.rpm", product.version, product.machine);
    let package = out.join(&name);
    fs::copy(build.join("RPMS").join(product.machine).join(&name), &package).context(name)?;
    Ok(package)
}

/// The recipe: the files are there already. What they link is found by rpmbuild itself, by library and not by package, so
/// that it holds for every distribution.
fn spec(version: &str, top: &Path, entries: &[Entry]) -> String {
    let list = |entry: &Entry| {
        let kind = if entry.path.starts_with("usr/share/licenses/") { "%license " } else { "" };
        format!("{kind}/{}\n", entry.path)
    };
    let files: String = entries.iter().map(list).collect();
    format!(
        "Name: autocommit
Version: {version}
Release: 1
Summary: {SUMMARY}
License: MIT
Group: Development/Tools/Version Control
Requires: git-core >= 2.36

%description
{description}

%install
mkdir -p %{{buildroot}}
cp -a '{top}/.' %{{buildroot}}/

%files
%defattr(-,root,root,-)
{files}",
        description = DESCRIPTION.join("\n\n"),
        top = top.display(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recipe_names_every_file() {
        let mut tree = Tree::default();
        tree.text("usr/bin/autocommit", "x");
        tree.text("usr/share/licenses/autocommit/LICENSE", "x");
        let text = spec("0.1.0", Path::new("/work/rpm"), tree.entries());
        assert!(
            text.ends_with("\n/usr/bin/autocommit\n%license /usr/share/licenses/autocommit/LICENSE\n"),
            "{text}"
        );
        assert!(text.contains("\nRequires: git-core >= 2.36\n"));
        assert!(text.contains("cp -a '/work/rpm/.' %{buildroot}/"), "{text}");
    }
}
