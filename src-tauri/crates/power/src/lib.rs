//! What the system says of its power, its connection and its sleep.
//!
//! Nothing here polls: the supply is read when somebody asks ([`on_battery`]), everything else is told by the kernel or over
//! the system's bus ([`listen`]). What cannot be known is `None` and costs nothing: without a bus, without NetworkManager and
//! on systems that are not Linux, all is as ever.

#[cfg(target_os = "linux")]
mod linux;
mod supplies;

#[cfg(target_os = "linux")]
pub use linux::listen;
pub use supplies::on_battery;

/// What the system tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tiding {
    /// There may be a network again, or another one.
    Network,
    /// Whether data costs money on the connection in use; nothing where that is not known any more.
    Metered(Option<bool>),
    /// The machine has slept.
    Woke,
}

/// Nothing is known here yet of macOS and Windows: nobody is told anything.
#[cfg(not(target_os = "linux"))]
pub async fn listen(_tell: impl Fn(Tiding) + Send + Sync) {
    std::future::pending().await
}
