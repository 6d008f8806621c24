//! Fetches one file whose size and SHA-256 are known beforehand. It goes on where it was cut, and believes nothing that
//! the server says about the content.

use crate::part::{self, Part};
use autocommit_core::text::{escape_controls, shortened};
use reqwest::{
    Client, Response,
    header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, IF_RANGE, RANGE},
};
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Pieces on their way to the disk.
const IN_FLIGHT: usize = 16;

/// Why a model was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The name is not in the list.
    #[error("There is no model named {0} in the list. Run autocommit model list to see them.")]
    Unknown(String),
    /// This process fetches it.
    #[error("It is being fetched already.")]
    Already,
    /// Another process fetches it.
    #[error("It is being fetched by another process already.")]
    Elsewhere,
    /// A person said stop.
    #[error("The download was stopped. It goes on from there the next time.")]
    Stopped,
    /// The disk has too little room.
    #[error("The disk has too little room: {needed} MiB are needed, {free} MiB are free.")]
    Room {
        /// MiB that are needed, with some to spare.
        needed: u64,
        /// MiB that are free.
        free: u64,
    },
    /// The disk is full, or the file cannot be written.
    #[error("The file could not be written: {0}. What arrived is kept.")]
    Disk(#[source] io::Error),
    /// The server refuses: 401, 403 and the like.
    #[error("The server refuses to give the file (HTTP status {0}).")]
    Refused(u16),
    /// 404 or 410.
    #[error("The server has no such file (HTTP status {0}).")]
    Gone(u16),
    /// The server has a file of another size.
    #[error(
        "The server offers a file of {offered} bytes where {expected} were expected, so nothing of it was taken."
    )]
    Size {
        /// Bytes that the server offers.
        offered: u64,
        /// Bytes that the list names.
        expected: u64,
    },
    /// All arrived, and it is something else.
    #[error("What arrived is not the file that was expected (its SHA-256 differs), so it was thrown away.")]
    WrongBytes,
    /// No connection, cut, or trouble at the server, again and again.
    #[error(
        "The connection failed {times} times without headway, the last time with: {last} What arrived is kept."
    )]
    Connection {
        /// Attempts.
        times: u32,
        /// What the last one said.
        last: String,
    },
}

/// How patient a download is.
#[derive(Debug, Clone)]
pub struct Patience {
    /// Attempts without a new byte before it gives up.
    pub tries: u32,
    /// The pause after the first of them; each later one is twice as long, up to a minute.
    pub pause: Duration,
    /// The longest silence in the middle.
    pub silence: Duration,
    /// Free bytes on the disk of a folder.
    pub free: fn(&Path) -> io::Result<u64>,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 6,
            pause: Duration::from_secs(1),
            silence: Duration::from_secs(60),
            free: crate::files::free_bytes,
        }
    }
}

/// What is fetched.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) url: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
    pub(crate) https_only: bool,
}

/// Who is told how many bytes are there.
pub(crate) type Told = dyn Fn(u64) + Send + Sync;

/// A client for such downloads. Proxies are taken from the environment; nothing but a path and our name is told.
pub(crate) fn client(wanted: &Wanted, patience: &Patience) -> reqwest::Result<Client> {
    autocommit_web::download_client()
        .user_agent(concat!("autocommit/", env!("CARGO_PKG_VERSION")))
        .https_only(wanted.https_only)
        .connect_timeout(patience.silence.min(Duration::from_secs(20)))
        .read_timeout(patience.silence)
        .build()
}

/// Why one attempt ended.
enum Cut {
    /// For good.
    Final(PullError),
    /// The next attempt may fare better.
    Again(String),
}

impl From<io::Error> for Cut {
    fn from(error: io::Error) -> Self {
        Self::Final(PullError::Disk(error))
    }
}

/// Fetches the file to `target`. The caller has made sure that nobody else does.
pub(crate) async fn fetch(
    wanted: &Wanted,
    target: &Path,
    patience: &Patience,
    told: &Told,
    stop: &CancellationToken,
) -> Result<(), PullError> {
    let Some(mut part) = open(target, stop).await? else { return Err(PullError::Stopped) };
    let mut resumed = part.len() > 0;
    let again = |error: reqwest::Error| PullError::Connection { times: 1, last: said(&error) };
    let client = client(wanted, patience).map_err(again)?;
    let mut failed = 0;
    loop {
        if part.len() == wanted.size {
            if part.sha256() == wanted.sha256 {
                let target = target.to_owned();
                return blocking(move || part.finish(&target)).await.map_err(PullError::Disk);
            }
            if !resumed {
                part::forget(target).map_err(PullError::Disk)?;
                return Err(PullError::WrongBytes);
            }
            // What lay there from another day may have been wrong before.
            resumed = false;
            part.restart().map_err(PullError::Disk)?;
        } else if part.len() > wanted.size {
            resumed = false;
            part.restart().map_err(PullError::Disk)?;
        }
        told(part.len());
        room(wanted.size - part.len(), target, patience)?;
        let before = part.len();
        let (back, cut) = attempt(&client, wanted, part, told, stop).await;
        part = back?;
        let last = match cut {
            Ok(()) => continue,
            Err(Cut::Final(error)) => return Err(error),
            Err(Cut::Again(last)) => last,
        };
        failed = if part.len() > before { 1 } else { failed + 1 };
        if failed >= patience.tries {
            return Err(PullError::Connection { times: failed, last });
        }
        tracing::debug!("a download goes on at byte {} after: {last}", part.len());
        let pause = (patience.pause * 2_u32.pow(failed.min(6) - 1)).min(Duration::from_secs(60));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return Err(PullError::Stopped),
        }
    }
}

/// One request. The part comes back whatever happens.
async fn attempt(
    client: &Client,
    wanted: &Wanted,
    mut part: Part,
    told: &Told,
    stop: &CancellationToken,
) -> (Result<Part, PullError>, Result<(), Cut>) {
    let mut request = client.get(&wanted.url);
    if part.len() > 0 {
        request = request.header(RANGE, format!("bytes={}-", part.len()));
        if let Some(tag) = part.remembered() {
            request = request.header(IF_RANGE, tag);
        }
    }
    let response = tokio::select! {
        response = request.send() => response,
        () = stop.cancelled() => return (Ok(part), Err(Cut::Final(PullError::Stopped))),
    };
    let response = match response {
        Ok(response) => response,
        Err(error) => return (Ok(part), Err(Cut::Again(said(&error)))),
    };
    match accept(&response, wanted, &mut part) {
        Ok(true) => pour(response, wanted, part, told, stop).await,
        Ok(false) => (Ok(part), Ok(())),
        Err(cut) => (Ok(part), Err(cut)),
    }
}

/// Whether the body of this response belongs at the end of the part; the part is emptied where it begins anew.
fn accept(response: &Response, wanted: &Wanted, part: &mut Part) -> Result<bool, Cut> {
    let status = response.status().as_u16();
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let size = |offered: u64| match offered == wanted.size {
        true => Ok(()),
        false => Err(Cut::Final(PullError::Size { offered, expected: wanted.size })),
    };
    match status {
        200 => {
            if let Some(offered) = header(CONTENT_LENGTH).and_then(|text| text.parse().ok()) {
                size(offered)?;
            }
            part.restart()?;
            part.remember(header(ETAG));
            Ok(true)
        }
        206 => match header(CONTENT_RANGE).and_then(range) {
            Some((from, total)) => {
                if let Some(total) = total {
                    size(total)?;
                }
                match from == part.len() {
                    true => Ok(true),
                    // Another piece than was asked for would be put in the wrong place.
                    false => begin_anew(part, "The server sent another piece than was asked for."),
                }
            }
            None => begin_anew(part, "The server did not say which piece it sent."),
        },
        // Nothing comes after the end: what is there is too much, or the file is another one by now.
        416 if part.len() > 0 => {
            let total = header(CONTENT_RANGE).and_then(|text| text.strip_prefix("bytes */")?.parse().ok());
            total.map_or(Ok(()), size)?;
            begin_anew(part, "The server has nothing after what is there.")
        }
        404 | 410 => Err(Cut::Final(PullError::Gone(status))),
        408 | 425 | 429 | 500..=599 => {
            Err(Cut::Again(format!("The server answered with HTTP status {status}.")))
        }
        other => Err(Cut::Final(PullError::Refused(other))),
    }
}

fn begin_anew(part: &mut Part, why: &str) -> Result<bool, Cut> {
    part.restart()?;
    Err(Cut::Again(why.to_owned()))
}

/// `bytes 5-9/10`: the first byte, and the size of the whole where it is told.
fn range(text: &str) -> Option<(u64, Option<u64>)> {
    let (piece, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = piece.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    (first <= last).then_some((first, total))
}

/// Appends the body to the part, on a thread that may wait for the disk.
async fn pour(
    mut response: Response,
    wanted: &Wanted,
    mut part: Part,
    told: &Told,
    stop: &CancellationToken,
) -> (Result<Part, PullError>, Result<(), Cut>) {
    let mut len = part.len();
    let (sender, mut pieces) = mpsc::channel::<Vec<u8>>(IN_FLIGHT);
    let writing = tokio::task::spawn_blocking(move || {
        let mut written = Ok(());
        while let Some(piece) = pieces.blocking_recv() {
            written = part.append(&piece);
            if written.is_err() {
                break;
            }
        }
        (part, written)
    });
    let ended = loop {
        let chunk = tokio::select! {
            chunk = response.chunk() => chunk,
            () = stop.cancelled() => break Err(Cut::Final(PullError::Stopped)),
        };
        match chunk {
            Ok(Some(bytes)) if len + bytes.len() as u64 > wanted.size => {
                let offered = len + bytes.len() as u64;
                break Err(Cut::Final(PullError::Size { offered, expected: wanted.size }));
            }
            Ok(Some(bytes)) => {
                len += bytes.len() as u64;
                if sender.send(bytes.to_vec()).await.is_err() {
                    break Ok(());
                }
                told(len);
            }
            Ok(None) if len < wanted.size => break Err(Cut::Again("The connection was cut.".to_owned())),
            Ok(None) => break Ok(()),
            Err(error) => break Err(Cut::Again(said(&error))),
        }
    };
    drop(sender);
    match writing.await {
        Ok((part, Ok(()))) => (Ok(part), ended),
        Ok((part, Err(error))) => (Ok(part), Err(Cut::Final(PullError::Disk(error)))),
        Err(error) => (Err(PullError::Disk(io::Error::other(error))), ended),
    }
}

/// An error where what is missing does not fit with some room to spare.
fn room(missing: u64, target: &Path, patience: &Patience) -> Result<(), PullError> {
    let folder = target.parent().unwrap_or(target);
    let needed = missing + missing * 3 / 10;
    match (patience.free)(folder) {
        Ok(free) if free < needed => Err(PullError::Room { needed: needed >> 20, free: free >> 20 }),
        // Where the system does not tell, the disk itself will.
        _ => Ok(()),
    }
}

async fn open(target: &Path, stop: &CancellationToken) -> Result<Option<Part>, PullError> {
    let (target, stop): (PathBuf, _) = (target.to_owned(), stop.clone());
    blocking(move || Part::open(&target, &stop)).await.map_err(PullError::Disk)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// What went wrong with a connection, as one sentence and without an address: that one is shown beside it.
fn said(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "No answer came in time.".to_owned();
    }
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    let text = escape_controls(&shortened(&deepest.to_string(), 200));
    format!("{}.", text.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(range("bytes 0-9/*"), Some((0, None)));
        for bad in ["bytes 9-5/10", "bytes */10", "5-9/10", "bytes a-9/10", "bytes 5-9", ""] {
            assert_eq!(range(bad), None, "{bad}");
        }
    }
}
