//! What a stopped thread is about to do, read from its registers; and how to make it do something else.

use nix::{
    libc::{self, c_long},
    sys::ptrace,
    unistd::Pid,
};
use std::{
    ffi::OsStr,
    fs::File,
    os::unix::{ffi::OsStrExt as _, fs::FileExt as _},
    path::PathBuf,
};

/// Longest path that is read.
const PATH_AT_MOST: usize = 4096;

/// A system call with its arguments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) number: u64,
    pub(super) arguments: [u64; 6],
}

/// Reads the call that a thread has stopped before.
pub(super) fn call(thread: Pid) -> nix::Result<Call> {
    let r = ptrace::getregs(thread)?;
    Ok(Call { number: r.orig_rax, arguments: [r.rdi, r.rsi, r.rdx, r.r10, r.r8, r.r9] })
}

/// What the system answered to a call that a thread has stopped after.
pub(super) fn answer(thread: Pid) -> nix::Result<i64> {
    Ok(ptrace::getregs(thread)?.rax.cast_signed())
}

/// Puts another answer in place of the system's.
pub(super) fn set_answer(thread: Pid, answer: i64) -> nix::Result<()> {
    let mut registers = ptrace::getregs(thread)?;
    registers.rax = answer.cast_unsigned();
    ptrace::setregs(thread, registers)
}

/// Makes the system leave the call out.
pub(super) fn leave_out(thread: Pid) -> nix::Result<()> {
    let mut registers = ptrace::getregs(thread)?;
    registers.orig_rax = u64::MAX;
    ptrace::setregs(thread, registers)
}

/// Halves the number of bytes that a `write` or `pwrite64` is about to write; `false` for any other call.
pub(super) fn halve(thread: Pid) -> nix::Result<bool> {
    let mut registers = ptrace::getregs(thread)?;
    let number = registers.orig_rax.cast_signed() as c_long;
    if !matches!(number, libc::SYS_write | libc::SYS_pwrite64) || registers.rdx < 2 {
        return Ok(false);
    }
    registers.rdx /= 2;
    ptrace::setregs(thread, registers)?;
    Ok(true)
}

/// A path in the memory of a process.
pub(super) fn path_at(thread: Pid, address: u64) -> Option<PathBuf> {
    let memory = File::open(format!("/proc/{thread}/mem")).ok()?;
    let mut bytes = vec![0; PATH_AT_MOST];
    // A path near the end of what is mapped gives fewer bytes.
    let read = memory.read_at(&mut bytes, address).ok()?;
    let end = bytes[..read].iter().position(|byte| *byte == 0)?;
    Some(PathBuf::from(OsStr::from_bytes(&bytes[..end])))
}
