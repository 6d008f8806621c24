//! "Nothing changed since git said clean", told from stats alone: what an idle sweep costs instead of a `git status`.
//!
//! A [`Capture`] is taken *before* git looks: it notes every tracked file, every folder in which git would see a new file,
//! and the files of the git folder that change the verdict. If git then says clean, it becomes a [`Still`], and as long as
//! each stat is the same, git would say clean again: a write in between, or since, shows as a difference. Git stays the
//! only authority: what differs, or is in [`Doubt`], is asked of it, and nothing is ever committed on the word of a `Still`.
//!
//! What writes through a mapping into memory that it had made writable before is seen when the kernel writes it out, as
//! by git itself.

#[cfg(target_os = "linux")]
mod capture;
#[cfg(target_os = "linux")]
mod config;
#[cfg(target_os = "linux")]
pub(crate) mod disk;
mod doubt;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod folders;
#[cfg(target_os = "linux")]
mod gitdir;
#[cfg(target_os = "linux")]
mod index;
#[cfg(target_os = "linux")]
mod outside;
#[cfg(target_os = "linux")]
mod rest;
#[cfg(target_os = "linux")]
mod sum;

#[cfg(target_os = "linux")]
pub use capture::{Capture, Decided};
pub use doubt::Doubt;
#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Capture, Decided, Outside, Still};
#[cfg(target_os = "linux")]
pub use outside::Outside;
#[cfg(target_os = "linux")]
pub use rest::Still;
