//! The command line needs nothing of the system beyond libc.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test")]

use autocommit_test_support::Sandbox;

/// What every Rust program on glibc links.
const LIBC: [&str; 8] =
    ["linux-vdso", "ld-linux", "libc.so", "libm.so", "libgcc_s", "libpthread", "libdl", "librt"];

#[test]
fn it_links_no_system_library_beyond_libc() {
    let sandbox = Sandbox::new();
    let program = sandbox.autocommit_command().get_program().to_str().unwrap().to_owned();
    let linked = sandbox.run(sandbox.root(), "ldd", &[&program]).ok().stdout;
    assert!(linked.contains("libc.so"), "{linked}");
    let more: Vec<_> = linked.lines().filter(|line| !LIBC.iter().any(|known| line.contains(known))).collect();
    assert!(more.is_empty(), "{more:#?}");
}
