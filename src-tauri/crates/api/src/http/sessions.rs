//! Browsers that were let in: a link lets one in once, and a cookie says so from then on. All of it is in memory: when the
//! program ends, everybody is out.
//!
//! Links and cookies are looked for in a time that tells nothing about them.

use axum::http::{HeaderMap, header};
use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use subtle::ConstantTimeEq as _;
use tokio::sync::Notify;

/// The cookie's name.
pub(super) const COOKIE: &str = "autocommit_session";
/// How long a link can be used.
pub(super) const LINK_LASTS: Duration = Duration::from_secs(60);
/// How long a session lasts.
pub(super) const SESSION_LASTS: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long a session that ran out may go unnoticed where something is read all the time.
const LOOKED_AGAIN: Duration = Duration::from_secs(600);
/// Links and sessions that are kept; the oldest make room.
const KEPT: usize = 32;

/// The links that were given out and the sessions that came of them.
#[derive(Default)]
pub(super) struct Sessions {
    links: Mutex<Secrets>,
    open: Mutex<Secrets>,
    /// Told whenever a session may have ended.
    changed: Notify,
}

impl Sessions {
    /// A code that begins one session.
    pub(super) fn link(&self, now: Instant) -> String {
        lock(&self.links).add(now, LINK_LASTS)
    }

    /// Uses a code up; the new session's secret, where the code was good.
    pub(super) fn begin(&self, code: &str, now: Instant) -> Option<String> {
        let session = lock(&self.links).take(code, now).then(|| lock(&self.open).add(now, SESSION_LASTS));
        // The oldest may have made room.
        self.changed.notify_waiters();
        session
    }

    /// Whether one of the request's cookies is a session's.
    pub(super) fn knows(&self, headers: &HeaderMap, now: Instant) -> bool {
        let open = lock(&self.open);
        cookies(headers).filter(|secret| open.find(secret, now).is_some()).count() > 0
    }

    /// Ends the session of the request's cookie; whether there was one.
    pub(super) fn end(&self, headers: &HeaderMap, now: Instant) -> bool {
        let mut open = lock(&self.open);
        let ended = cookies(headers).filter(|secret| open.take(secret, now)).count() > 0;
        drop(open);
        self.changed.notify_waiters();
        ended
    }

    /// Ends all of them, and no link is good any more.
    pub(super) fn end_all(&self) {
        *lock(&self.links) = Secrets::default();
        *lock(&self.open) = Secrets::default();
        self.changed.notify_waiters();
    }

    /// Resolves when none of the request's cookies is a session's any more.
    pub(super) async fn ended(&self, headers: &HeaderMap) {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            if !self.knows(headers, Instant::now()) {
                return;
            }
            // One that runs out tells nobody.
            let _ = tokio::time::timeout(LOOKED_AGAIN, changed).await;
        }
    }
}

fn lock(secrets: &Mutex<Secrets>) -> MutexGuard<'_, Secrets> {
    secrets.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every value of our cookie: a program on another port of this machine may have left one of the same name.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// Random names, each until a time.
#[derive(Default)]
struct Secrets(VecDeque<(String, Instant)>);

impl Secrets {
    fn add(&mut self, now: Instant, lasts: Duration) -> String {
        self.0.retain(|(_, until)| *until > now);
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        let secret = autocommit_core::id::hex(&rand::random::<[u8; 32]>());
        self.0.push_back((secret.clone(), now + lasts));
        secret
    }

    /// The place of a secret that has not run out.
    fn find(&self, given: &str, now: Instant) -> Option<usize> {
        let mut found = None;
        for (place, (secret, until)) in self.0.iter().enumerate() {
            if bool::from(secret.as_bytes().ct_eq(given.as_bytes())) && *until > now {
                found = Some(place);
            }
        }
        found
    }

    fn take(&mut self, given: &str, now: Instant) -> bool {
        self.find(given, now).is_some_and(|place| self.0.remove(place).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())])
    }

    #[test]
    fn a_link_is_used_up_and_runs_out() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let code = sessions.link(now);
        assert_eq!(code.len(), 64);
        assert_eq!(sessions.begin(&code[1..], now), None);
        assert_eq!(sessions.begin("", now), None);
        let session = sessions.begin(&code, now + LINK_LASTS - Duration::from_millis(1)).unwrap();
        assert_ne!(session, code);
        assert_eq!(sessions.begin(&code, now), None, "used up");
        assert_eq!(sessions.begin(&session, now), None, "a session's secret is no code");
        let late = sessions.link(now);
        assert_eq!(sessions.begin(&late, now + LINK_LASTS), None, "run out");
    }

    #[test]
    fn a_session_lasts_until_it_is_ended_or_runs_out() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let begun = || sessions.begin(&sessions.link(now), now).unwrap();
        let (one, two) = (begun(), begun());
        for (cookie, known) in [
            (format!("{COOKIE}={one}"), true),
            (format!("a=b; {COOKIE}={one}; c"), true),
            (format!("{COOKIE}=old; {COOKIE}={one}"), true),
            (format!("{COOKIE}={one}0"), false),
            (format!("{COOKIE}="), false),
            (format!("x{COOKIE}={one}"), false),
            (format!("other={one}"), false),
        ] {
            assert_eq!(sessions.knows(&with(&cookie), now), known, "{cookie}");
        }
        assert!(!sessions.knows(&HeaderMap::new(), now));
        let (one, two) = (with(&format!("{COOKIE}={one}")), with(&format!("{COOKIE}={two}")));
        assert!(!sessions.knows(&one, now + SESSION_LASTS), "run out");
        assert!(sessions.end(&one, now) && !sessions.end(&one, now));
        assert!(!sessions.knows(&one, now) && sessions.knows(&two, now));
    }

    #[tokio::test]
    async fn who_listens_is_told_that_the_session_is_over() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let begun = || with(&format!("{COOKIE}={}", sessions.begin(&sessions.link(now), now).unwrap()));
        let (one, two) = (begun(), begun());
        let (mut first, mut second) = (pin!(sessions.ended(&one)), pin!(sessions.ended(&two)));
        assert!(polled(first.as_mut()).await.is_pending() && polled(second.as_mut()).await.is_pending());
        sessions.end(&one, now);
        assert!(polled(first).await.is_ready());
        assert!(polled(second.as_mut()).await.is_pending(), "another browser's");
        (0..KEPT).for_each(|_| drop(begun()));
        assert!(polled(second).await.is_ready(), "it made room");
        assert!(polled(pin!(sessions.ended(&HeaderMap::new()))).await.is_ready());
    }

    /// What a future says when it is asked once.
    async fn polled<F: Future>(mut future: std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
        std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context))).await
    }

    #[test]
    fn there_are_never_many() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let first = sessions.link(now);
        let others: Vec<_> = (0..KEPT).map(|_| sessions.link(now)).collect();
        assert_eq!(sessions.begin(&first, now), None, "the oldest made room");
        assert!(others.iter().all(|code| sessions.begin(code, now).is_some()));
    }
}
