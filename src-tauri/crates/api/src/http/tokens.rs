//! The tokens in force, one for each scope, and how one is replaced while the program runs.

use super::{Access, access, reply, request};
use crate::{
    ApiError, Code, Scope, Verb,
    wire::{RotateToken, TokenRotated},
};
use autocommit_core::Timestamp;
use axum::{
    Router,
    extract::{RawPathParams, Request},
    response::Response,
    routing::post,
};
use std::{
    io,
    sync::{Arc, PoisonError, RwLock},
};
use subtle::ConstantTimeEq as _;
use tokio::sync::{Mutex, watch};

/// Writes a new token of a scope where clients read it, and returns it. It looks at the disk.
pub type Renew = dyn Fn(Scope) -> io::Result<String> + Send + Sync;

/// The tokens. Clones share them.
#[derive(Clone)]
pub struct Tokens(Arc<Shared>);

struct Shared {
    values: RwLock<Values>,
    /// How often each was replaced; told to those who came in with one.
    rounds: watch::Sender<Rounds>,
    renew: Box<Renew>,
    /// One replacement at a time: what is on disk is what is in force.
    renewing: Mutex<()>,
}

struct Values {
    read: String,
    control: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Rounds {
    read: u64,
    control: u64,
}

impl Rounds {
    fn of(self, scope: Scope) -> u64 {
        match scope {
            Scope::Read => self.read,
            Scope::Control => self.control,
        }
    }
}

/// A token that was right, and which of its scope's it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pass {
    pub(super) scope: Scope,
    round: u64,
}

impl Tokens {
    /// These tokens, which `renew` can replace.
    pub fn new(
        read: impl Into<String>,
        control: impl Into<String>,
        renew: impl Fn(Scope) -> io::Result<String> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Shared {
            values: RwLock::new(Values { read: read.into(), control: control.into() }),
            rounds: watch::Sender::default(),
            renew: Box::new(renew),
            renewing: Mutex::default(),
        }))
    }

    /// What `given` is good for, found in a time that tells nothing about the tokens.
    pub(super) fn pass(&self, given: &str) -> Option<Pass> {
        let values = self.0.values.read().unwrap_or_else(PoisonError::into_inner);
        let same = |token: &str| !token.is_empty() && bool::from(given.as_bytes().ct_eq(token.as_bytes()));
        let (control, read) = (same(&values.control), same(&values.read));
        let scope = match (control, read) {
            (true, _) => Scope::Control,
            (false, true) => Scope::Read,
            (false, false) => return None,
        };
        Some(Pass { scope, round: self.0.rounds.borrow().of(scope) })
    }

    /// Resolves when the token of `pass` is in force no more.
    pub(super) async fn replaced(&self, pass: Pass) {
        let mut rounds = self.0.rounds.subscribe();
        // The sender lives as long as we do.
        let _ = rounds.wait_for(|rounds| rounds.of(pass.scope) != pass.round).await;
    }

    /// Replaces the token of a scope, on disk and in force.
    async fn rotate(&self, scope: Scope) -> io::Result<()> {
        let _one = self.0.renewing.lock().await;
        let shared = Arc::clone(&self.0);
        let renewed = tokio::task::spawn_blocking(move || (shared.renew)(scope)).await;
        let token = renewed.map_err(io::Error::other)??;
        let mut values = self.0.values.write().unwrap_or_else(PoisonError::into_inner);
        match scope {
            Scope::Read => values.read = token,
            Scope::Control => values.control = token,
        }
        // Within the lock: nobody gets a pass of the new token with the old one's number.
        self.0.rounds.send_modify(|rounds| match scope {
            Scope::Read => rounds.read += 1,
            Scope::Control => rounds.control += 1,
        });
        Ok(())
    }
}

/// The one route. No method of the list: methods know nothing of how somebody got in.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(access: &Access) -> Router<S> {
    let access = access.clone();
    Router::new().route(
        "/tokens/rotate",
        post(async move |params: RawPathParams, request: Request| rotate(&access, &params, request).await),
    )
}

async fn rotate(access: &Access, params: &RawPathParams, request: Request) -> Response {
    // A browser's session cannot: it would put its own person's programs out.
    if let Err(error) = access::only_by_token(request.extensions()) {
        return reply::error(&error);
    }
    let scope = match request::read::<RotateToken>(Verb::Post, params, request).await {
        Ok(RotateToken { scope }) => scope,
        Err(error) => return reply::error(&error),
    };
    if let Err(error) = access.tokens().rotate(scope).await {
        tracing::error!("a token could not be replaced: {error}");
        return reply::error(&ApiError::new(Code::Unavailable, format!("The token stays: {error}.")));
    }
    if scope == Scope::Control {
        access.sessions().end_all();
    }
    tracing::info!(?scope, "a token was replaced");
    reply::json(200, &TokenRotated { scope, rotated_at: Timestamp::now() })
}
