//! One question and its answer. Always streamed: a server ends its work when we hang up only then, so dropping the
//! future is all it takes to cancel.

use super::{
    connection,
    events::{Event, Events},
    reply::{self, Counts, Piece},
};
use serde_json::Value;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The most that is read of one answer, in bytes of the stream.
const LARGEST: usize = 1024 * 1024;
/// The most text that is kept of one answer, in bytes; a subject needs a hundredth of it.
const LONGEST: usize = 8 * 1024;

/// How long to wait for what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For the first piece of text, from the start.
    pub(crate) first: Duration,
    /// For all of it, from the start.
    pub(crate) whole: Duration,
}

/// What a server wrote.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Answer {
    /// The text as it came.
    pub(crate) text: String,
    /// The server stopped because no more tokens were allowed.
    pub(crate) cut: bool,
    /// What it counted.
    pub(crate) counts: Counts,
    /// Until the first piece of text.
    pub(crate) first: Duration,
    /// Until the end.
    pub(crate) whole: Duration,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection.
    Unreachable,
    /// The model is not loaded yet.
    Loading,
    /// The prompt is longer than what the model can read.
    Overflow,
    /// Something in the request is unknown to the server.
    Refused,
    /// The key is missing or wrong.
    Key,
    /// There is no such model, or nothing of the kind at this address.
    Absent,
    /// Another status than 200.
    Status(u16),
    /// The time was up.
    Slow,
    /// The connection ended in the middle.
    Broken,
    /// Something else than an answer.
    Foreign,
}

/// Asks the server at `base_url`.
pub(crate) async fn exchange(
    client: &reqwest::Client,
    base_url: &str,
    key: Option<&str>,
    body: &Value,
    patience: Patience,
) -> Result<Answer, Failure> {
    let started = Instant::now();
    let (first, whole) = (started + patience.first.min(patience.whole), started + patience.whole);
    let mut request = client.post(connection::address(base_url, "chat/completions")).json(body);
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    let response = timeout_at(first, request.send()).await.map_err(|_| Failure::Slow)?.map_err(why)?;
    let status = response.status().as_u16();
    if status != 200 {
        let object = timeout_at(whole, body_of(response)).await.unwrap_or_default();
        return Err(reply::failure(status.into(), &object));
    }
    read(response, started, first, whole).await
}

/// Reads a stream up to the end of what is needed.
async fn read(
    mut response: reqwest::Response,
    started: Instant,
    first: Instant,
    whole: Instant,
) -> Result<Answer, Failure> {
    let (mut events, mut answer, mut read) = (Events::default(), Answer::default(), 0);
    let (mut finish, mut ended): (Option<String>, bool) = (None, false);
    while !ended {
        let limit = if answer.text.is_empty() { first } else { whole };
        let chunk = timeout_at(limit, response.chunk()).await.map_err(|_| Failure::Slow)?;
        let found = match chunk {
            Ok(Some(bytes)) => {
                read += bytes.len();
                events.take(&bytes)
            }
            Ok(None) if events.is_foreign() => return Err(Failure::Foreign),
            Ok(None) | Err(_) => {
                let last = std::mem::take(&mut events).end();
                if last.is_none() {
                    break;
                }
                last.into_iter().collect()
            }
        };
        for event in found {
            let Event::Object(object) = event else {
                ended = true;
                break;
            };
            let Piece { text, finish: why, counts } = reply::piece(&object)?;
            if answer.text.is_empty() && !text.is_empty() {
                answer.first = started.elapsed();
            }
            answer.text.push_str(&text);
            answer.counts = counts.or(answer.counts);
            finish = why.or(finish);
        }
        if answer.text.len() > LONGEST || read > LARGEST {
            answer.text.truncate(super::excerpt::boundary(&answer.text, LONGEST));
            (ended, finish) = (true, Some("length".to_owned()));
        }
    }
    answer.whole = started.elapsed();
    answer.cut = finish.as_deref() == Some("length");
    match (ended || finish.is_some(), read) {
        (true, _) => Ok(answer),
        // Text without a word of why it ended: half a sentence looks like a whole one.
        _ if !answer.text.is_empty() => Err(Failure::Broken),
        (_, 0) => Err(Failure::Broken),
        _ => Err(Failure::Foreign),
    }
}

/// What an answer with an error says, where it says it in JSON.
async fn body_of(mut response: reqwest::Response) -> Value {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len() + chunk.len() > LONGEST {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).unwrap_or_default()
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn why(error: reqwest::Error) -> Failure {
    match () {
        () if error.is_connect() => Failure::Unreachable,
        () if error.is_timeout() => Failure::Slow,
        () => Failure::Broken,
    }
}
