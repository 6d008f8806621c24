//! Hazards that hold a path alone, while the rest of the repository goes on.

use crate::{
    case::{Built, Case, Verdict, after, all_held, case, class, commit},
    plot::Plot,
};

pub(crate) fn cases() -> Vec<Case> {
    let markers = |path: &'static str| [(path, "conflict_markers")];
    let conflict = "printf 'one\\n<<<<<<< HEAD\\nours\\n=======\\ntheirs\\n>>>>>>> other\\nfive\\n'";
    let all = vec![
        case(
            "markers-new",
            after(&format!("{conflict} > a.txt; echo x > b.txt")),
            commit(&["b.txt"]).held(&markers("a.txt")),
        ),
        case(
            "markers-in-a-new-file",
            after(&format!("{conflict} > new; echo x > b.txt")),
            commit(&["b.txt"]).held(&markers("new")),
        ),
        case(
            "markers-diff3",
            after("printf '<<<<<<< a\\n1\\n||||||| base\\n2\\n=======\\n3\\n>>>>>>> b\\n' > a.txt"),
            all_held(&markers("a.txt")),
        ),
        case(
            "markers-with-crlf",
            after("printf '<<<<<<< a\\r\\n1\\r\\n=======\\r\\n3\\r\\n>>>>>>> b\\r\\n' > a.txt"),
            all_held(&markers("a.txt")),
        ),
        case(
            "markers-staged-whole",
            after(&format!("{conflict} > a.txt; git add a.txt")),
            all_held(&markers("a.txt")),
        ),
        case(
            "markers-of-stash-pop-reset",
            after(
                "sed -i s/three/3/ a.txt; git stash -q; sed -i s/three/III/ a.txt; git commit -qam t; git push -q; git stash pop || true; git reset -q; echo x > b.txt",
            ),
            commit(&["b.txt"]).held(&markers("a.txt")),
        ),
        case(
            "heading-of-equals-signs",
            after("printf 'Title\\n=======\\n\\ntext\\n' > doc.md"),
            commit(&["doc.md"]),
        ),
        case(
            "one-marker-alone",
            after("printf 'diff shows\\n<<<<<<< HEAD\\nand no end\\n' > doc.md"),
            commit(&["doc.md"]),
        ),
        case(
            "markers-indented-in-a-document",
            after("printf 'like this:\\n\\n    <<<<<<< HEAD\\n    =======\\n    >>>>>>> b\\n' > doc.md"),
            commit(&["doc.md"]),
        ),
        case(
            "markers-committed-before",
            after(&format!(
                "{conflict} > a.txt; git commit -qam 'a document about conflicts'; git push -q; echo more >> a.txt"
            )),
            commit(&["a.txt"]),
        ),
        case("huge-file", huge, commit(&["b.txt"]).held(&[("huge.bin", "file_too_large")])),
        case(
            "huge-file-alone",
            |plot| {
                let (repo, bare) = plot.cloned();
                plot.sparse_file(&repo, "huge.bin", 60);
                (repo, bare).into()
            },
            all_held(&[("huge.bin", "file_too_large")]),
        ),
        case(
            "tracked-file-grown-huge",
            |plot| {
                let (repo, bare) = plot.cloned();
                plot.sparse_file(&repo, "a.txt", 60);
                (repo, bare).into()
            },
            all_held(&[("a.txt", "file_too_large")]),
        ),
        case(
            "new-bytes-too-many",
            new_bytes,
            commit(&["b.txt"]).held(&[
                ("n0.bin", "too_many_new_bytes"),
                ("n1.bin", "too_many_new_bytes"),
                ("n2.bin", "too_many_new_bytes"),
                ("n3.bin", "too_many_new_bytes"),
                ("n4.bin", "too_many_new_bytes"),
            ]),
        ),
        case("new-files-too-many", |plot| new_files(plot, 2500), too_many(2500)),
        case("new-files-up-to-the-limit", |plot| new_files(plot, 150), commit_many(150)),
        case("deletion-of-most", |plot| deletion(plot, 30), deleted_held(30)),
        case("deletion-of-everything", |plot| deletion(plot, 40), everything_held()),
        case("deletion-of-a-few", |plot| deletion(plot, 5), commit(&["f00", "f01", "f02", "f03", "f04"])),
        case(
            "deletion-staged-by-git-rm",
            |plot| {
                let (repo, bare) = forty(plot);
                plot.sh(&repo, "git rm -q f0* f1* f2*");
                (repo, bare).into()
            },
            deleted_held(30),
        ),
        case(
            "case-twins-where-case-is-ignored",
            after("git config core.ignoreCase true; echo 1 > Twin.txt; echo 2 > twin.txt; echo x > b.txt"),
            commit(&["b.txt"]).held(&[("Twin.txt", "case_twin"), ("twin.txt", "case_twin")]),
        ),
        case(
            "case-twin-of-a-tracked-file",
            after("git config core.ignoreCase true; echo 1 > A.txt; echo x > b.txt"),
            // Git itself takes the two for one and says nothing of the second.
            commit(&["b.txt"]),
        ),
        case(
            "case-twins-where-case-counts",
            after("echo 1 > Twin.txt; echo 2 > twin.txt"),
            commit(&["Twin.txt", "twin.txt"]),
        ),
        case(
            "moved-to-a-held-place",
            after(
                "head -c 1100000 /dev/zero > data.bin; git add .; git commit -qm d; git push -q; git mv data.bin other.bin; truncate -s 60M other.bin; echo x > b.txt",
            ),
            commit(&["b.txt"]).held(&[("data.bin", "split_rename"), ("other.bin", "partial_staging")]),
        ),
    ];
    class("hazards", all)
}

fn huge(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    plot.sparse_file(&repo, "huge.bin", 60);
    plot.write(&repo, "b.txt", "x\n");
    (repo, bare).into()
}

fn new_bytes(plot: &Plot<'_>) -> Built {
    let (repo, bare) = plot.cloned();
    (0..5).for_each(|i| plot.sparse_file(&repo, &format!("n{i}.bin"), 45));
    plot.write(&repo, "b.txt", "x\n");
    (repo, bare).into()
}

fn new_files(plot: &Plot<'_>, n: usize) -> Built {
    let (repo, bare) = plot.cloned();
    (0..n).for_each(|i| drop(plot.write(&repo, format!("new/{i:04}"), format!("{i}\n"))));
    plot.write(&repo, "b.txt", "x\n");
    (repo, bare).into()
}

fn too_many(n: usize) -> Verdict {
    let names: Vec<_> = (0..n).map(|i| format!("new/{i:04}")).collect();
    let held: Vec<_> = names.iter().map(|name| (name.as_str(), "too_many_new_files")).collect();
    commit(&["b.txt"]).held(&held)
}

fn commit_many(n: usize) -> Verdict {
    let names: Vec<_> = (0..n).map(|i| format!("new/{i:04}")).collect();
    commit(&names.iter().map(String::as_str).chain(["b.txt"]).collect::<Vec<_>>())
}

/// A repository of exactly forty files and the usual five.
fn forty(plot: &Plot<'_>) -> (std::path::PathBuf, std::path::PathBuf) {
    let (repo, bare) = plot.cloned();
    (0..40).for_each(|i| drop(plot.write(&repo, format!("f{i:02}"), format!("{i}\n"))));
    plot.commit(&repo);
    plot.git(&repo, &["push", "--quiet"]);
    (repo, bare)
}

fn deletion(plot: &Plot<'_>, n: usize) -> Built {
    let (repo, bare) = forty(plot);
    if n == 40 {
        plot.sh(&repo, "rm -r f* *.txt *.md src");
    } else {
        (0..n).for_each(|i| std::fs::remove_file(repo.join(format!("f{i:02}"))).unwrap());
    }
    (repo, bare).into()
}

fn deleted_held(n: usize) -> Verdict {
    let names: Vec<_> = (0..n).map(|i| format!("f{i:02}")).collect();
    all_held(&names.iter().map(|name| (name.as_str(), "mass_deletion")).collect::<Vec<_>>())
}

fn everything_held() -> Verdict {
    let mut names: Vec<_> = (0..40).map(|i| format!("f{i:02}")).collect();
    names.extend(["README.md", "a.txt", "b.txt", "src/deep/er/leaf.txt", "src/main.rs"].map(str::to_owned));
    all_held(&names.iter().map(|name| (name.as_str(), "mass_deletion")).collect::<Vec<_>>())
}
