//! The double of git. Everything it does is in `fake_git` of the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    autocommit_test_support::fake_git::play()
}
