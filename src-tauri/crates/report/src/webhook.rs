//! The webhook: one POST to the person's address. No error names more of the address than its host, which may be its own
//! password, and none the header's value.

use crate::Report;
use autocommit_core::settings::{ReportFormat, Reports, is_loopback_host, url_host};
use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT},
};
use std::{
    error::Error as _,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    time::Duration,
};

/// The longest wait for a connection, and for all of it.
const CONNECT: Duration = Duration::from_secs(10);
const WHOLE: Duration = Duration::from_secs(30);
/// The longest value of a header, in bytes.
const VALUE: u64 = 4096;

/// Posts it; what came of it as a sentence.
pub(crate) async fn post(reports: &Reports, report: &Report) -> Result<String, String> {
    let Some(url) = &reports.webhook_url else { return Err("No webhook is named.".to_owned()) };
    let who = place(reports);
    let client = if url_host(url).as_deref().is_some_and(is_loopback_host) {
        // A proxy is for what is elsewhere.
        autocommit_web::client()
    } else {
        autocommit_web::sending_client()
    };
    let client = client.connect_timeout(CONNECT).timeout(WHOLE).build();
    let client = client.map_err(|_| format!("{who} cannot be asked: no HTTP client can be made."))?;
    let (kind, body) = match reports.webhook_format {
        ReportFormat::Json => ("application/json", report.json()),
        ReportFormat::Text => ("text/plain; charset=utf-8", report.plain()),
    };
    let mut sending = client
        .post(url)
        .header(CONTENT_TYPE, kind)
        .header(USER_AGENT, concat!("autocommit/", env!("CARGO_PKG_VERSION")));
    if let Some((name, value)) = header(reports)? {
        sending = sending.header(name, value);
    }
    let status = sending.body(body).send().await.map_err(|error| unreached(&who, &error))?.status();
    match status {
        _ if status.is_success() => Ok(format!("{who} took it ({}).", status.as_u16())),
        _ if status.is_redirection() => Err(format!(
            "{who} leads elsewhere ({}); reports go to the address that you named and to no other.",
            status.as_u16()
        )),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Err(format!("{who} does not let us in ({}); look at webhook_header.", status.as_u16()))
        }
        _ => Err(format!("{who} did not take the report ({}).", status.as_u16())),
    }
}

/// The webhook, as it may be named everywhere.
pub(crate) fn place(reports: &Reports) -> String {
    let host = reports.webhook_url.as_deref().and_then(url_host);
    format!("The webhook at {}", host.as_deref().unwrap_or("no host"))
}

fn unreached(who: &str, error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("{who} did not answer in time.");
    }
    // The innermost cause names no address beyond the host.
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(std::error::Error::source) {
        cause = Some(inner);
    }
    match cause {
        Some(cause) => format!("{who} cannot be reached: {}.", crate::report::harmless(&cause.to_string())),
        None => format!("{who} cannot be reached."),
    }
}

/// The header that the person wants sent, marked so that no log shows its value.
pub(crate) fn header(reports: &Reports) -> Result<Option<(HeaderName, HeaderValue)>, String> {
    let Some(name) = &reports.webhook_header else { return Ok(None) };
    let text = match (&reports.webhook_header_env, &reports.webhook_header_file) {
        (Some(variable), _) => std::env::var(variable)
            .map_err(|_| format!("The variable {variable} of webhook_header_env is not set here."))?,
        (None, Some(file)) => {
            let file = expanded(file);
            read(&file).map_err(|error| {
                format!("{} of webhook_header_file cannot be read: {error}.", file.display())
            })?
        }
        (None, None) => return Ok(None),
    };
    let text = text.trim();
    let name = name.parse::<HeaderName>().map_err(|_| "webhook_header is not a header.".to_owned())?;
    let value = HeaderValue::from_str(text).ok().filter(|_| !text.is_empty());
    let mut value = value.ok_or("The value of webhook_header is not one line of text.")?;
    value.set_sensitive(true);
    Ok(Some((name, value)))
}

/// A small plain file: nothing is waited for that never comes.
fn read(file: &Path) -> std::io::Result<String> {
    if !std::fs::metadata(file)?.is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    let mut text = String::new();
    File::open(file)?.take(VALUE).read_to_string(&mut text)?;
    Ok(text)
}

/// A path of the settings, with the home folder for `~`.
pub(crate) fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(below), Some(home)) => home.join(below),
        _ => PathBuf::from(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[tokio::test]
    async fn nothing_of_address_or_value_is_in_an_error() {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("value");
        std::fs::write(&file, "Bearer hush\n").unwrap();
        let mut reports = Reports {
            webhook_url: Some(format!("http://{address}/services/hush?key=hush")),
            webhook_header: Some("Authorization".into()),
            webhook_header_file: Some(file.to_str().unwrap().to_owned()),
            ..Reports::default()
        };
        let report = Report::test(Timestamp::UNIX_EPOCH);
        let error = post(&reports, &report).await.unwrap_err();
        assert!(error.starts_with("The webhook at 127.0.0.1 cannot be reached: "), "{error}");
        assert!(!error.contains("hush"), "{error}");
        let (_, value) = header(&reports).unwrap().unwrap();
        assert_eq!((value.to_str().unwrap(), format!("{value:?}").as_str()), ("Bearer hush", "Sensitive"));
        std::fs::write(&file, "hush\nX-Other: hush").unwrap();
        let error = post(&reports, &report).await.unwrap_err();
        assert!(error.contains("not one line") && !error.contains("hush"), "{error}");
        std::fs::remove_file(&file).unwrap();
        assert!(post(&reports, &report).await.unwrap_err().contains("cannot be read"));
        std::fs::create_dir(&file).unwrap();
        assert!(post(&reports, &report).await.unwrap_err().contains("it is no file"));
        reports.webhook_url = Some("nonsense".into());
        reports.webhook_header = None;
        assert!(post(&reports, &report).await.is_err());
    }
}
