//! The double of llama-server. Everything it does is in `fake_llama` of the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    autocommit_test_support::fake_llama::play()
}
