//! What the methods stand on.

use autocommit_engine::Engine;

/// What a method is given. Clones share it.
#[derive(Clone)]
pub struct Context {
    /// The engine.
    pub engine: Engine,
}
