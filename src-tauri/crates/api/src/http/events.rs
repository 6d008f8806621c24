//! `GET /events`: the numbered log as server-sent events, resumable and without silent holes.
//!
//! `id` is the event's number, `event` its name, `data` its JSON. Whoever comes back with `Last-Event-ID` (or
//! `?after=`) gets what happened since. Events that are no longer kept are announced by one event named `gap`.

use super::{access::Visit, reply, serve::Stopping};
use crate::{ApiError, Code, Context, wire};
use autocommit_engine::{Engine, EventRecord};
use axum::{
    extract::{Extension, RawQuery, State},
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{StreamExt as _, stream};
use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::{
    Semaphore, SemaphorePermit,
    broadcast::{Receiver, error::RecvError},
};
use tokio_util::sync::CancellationToken;

/// Silence after which a comment shows that the connection lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Digits of the largest number of an event.
pub(super) const DIGITS: usize = 15;
/// How long a client should wait before it comes back.
const RETRY: Duration = Duration::from_secs(3);

/// Streams at the same time: fewer than connections, so that those who listen leave room for those who ask.
static STREAMS: Semaphore = Semaphore::const_new(128);

pub(super) async fn stream(
    State(Context { engine, .. }): State<Context>,
    stopping: Option<Extension<Stopping>>,
    visit: Option<Extension<Visit>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let asked = match resume_after(&headers, query.as_deref().unwrap_or_default()) {
        Ok(asked) => asked,
        Err(error) => return reply::error(&error),
    };
    let Ok(place) = STREAMS.try_acquire() else {
        return reply::error(&ApiError::new(Code::TooManyRequests, "Too many listen to events already."));
    };
    let newest = engine.events().newest();
    // A number that was not given out yet comes from an earlier run of the program: everything since is news.
    // From 0 means from the first of this run.
    let start = engine.events().start();
    let last = asked.map_or(newest, |after| if after == 0 || after > newest { start } else { after });
    let (kept, live) = engine.events().since(last);
    let stop = stopping.map(|Extension(Stopping(token))| token).unwrap_or_default();
    let visit = visit.map(|Extension(visit)| visit);
    let feed = Feed { engine, waiting: kept.into(), live, last, stop, visit, _place: place };
    let hello = stream::once(async { Ok(Event::default().comment("autocommit").retry(RETRY)) });
    let events = stream::unfold(feed, |mut feed| async {
        let event = feed.next().await?;
        Some((Ok::<_, Infallible>(event), feed))
    });
    Sse::new(hello.chain(events)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

/// The number after which to go on: the header, else the query, else nothing.
fn resume_after(headers: &HeaderMap, query: &str) -> Result<Option<u64>, ApiError> {
    let bad = |what: &str| ApiError::new(Code::BadRequest, format!("{what} must be the number of an event."));
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|_| bad("`after`"))?;
    let after = match pairs.as_slice() {
        [] => None,
        [(name, value)] if name == "after" => Some(number(value).ok_or_else(|| bad("`after`"))?),
        _ => return Err(ApiError::new(Code::BadRequest, "`after` is the only thing that can be asked for.")),
    };
    match headers.get("last-event-id") {
        None => Ok(after),
        Some(id) => id.to_str().ok().and_then(number).map(Some).ok_or_else(|| bad("Last-Event-ID")),
    }
}

/// Digits and nothing else: no more than every client's numbers hold exactly.
fn number(text: &str) -> Option<u64> {
    let plain = text.len() <= DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

struct Feed {
    engine: Engine,
    waiting: VecDeque<Arc<EventRecord>>,
    live: Receiver<Arc<EventRecord>>,
    /// Number of the last event that was delivered or passed over with a `gap`.
    last: u64,
    stop: CancellationToken,
    visit: Option<Visit>,
    _place: SemaphorePermit<'static>,
}

/// Resolves when the visit is over; never where it is none.
async fn over(visit: Option<&Visit>) {
    match visit {
        Some(visit) => visit.ended().await,
        None => std::future::pending().await,
    }
}

impl Feed {
    /// The next event to send; nothing once the program stops, or what let the listener in counts no more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(record) = self.waiting.front() {
                if record.seq <= self.last {
                    self.waiting.pop_front();
                    continue;
                }
                if record.seq > self.last + 1 {
                    let gap = wire::Gap { after: self.last, next: record.seq };
                    self.last = record.seq - 1;
                    return Event::default().event("gap").json_data(gap).ok();
                }
                self.last = record.seq;
                return encode(self.waiting.pop_front()?);
            }
            let received = tokio::select! {
                () = self.stop.cancelled() => return None,
                () = over(self.visit.as_ref()) => return None,
                received = self.live.recv() => received,
            };
            match received {
                Ok(record) => self.waiting.push_back(record),
                // The client reads slower than things happen: fill the hole from the log.
                Err(RecvError::Lagged(_)) => {
                    let (kept, live) = self.engine.events().since(self.last);
                    self.waiting = kept.into();
                    self.live = live;
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

fn encode(record: Arc<EventRecord>) -> Option<Event> {
    let event = Event::default().id(record.seq.to_string()).event(record.event.name());
    event.json_data(wire::EventRecord::from(Arc::unwrap_or_clone(record))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_to_go_on() {
        let headers =
            |value: &str| HeaderMap::from_iter([("last-event-id".parse().unwrap(), value.parse().unwrap())]);
        assert_eq!(resume_after(&HeaderMap::new(), ""), Ok(None));
        assert_eq!(resume_after(&HeaderMap::new(), "after=7"), Ok(Some(7)));
        assert_eq!(
            resume_after(&headers("9"), "after=7"),
            Ok(Some(9)),
            "the header is newer than the address"
        );
        for (headers, query) in [
            (headers("x"), ""),
            (headers("+9"), ""),
            (headers("9"), "after="),
            (HeaderMap::new(), "after=1000000000000000"),
            (HeaderMap::new(), "after=-1"),
            (HeaderMap::new(), "token=abc"),
            (HeaderMap::new(), "after"),
        ] {
            assert_eq!(resume_after(&headers, query).unwrap_err().code, Code::BadRequest, "{query}");
        }
    }
}
