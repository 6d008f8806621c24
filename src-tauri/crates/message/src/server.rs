//! A server that speaks the OpenAI API, asked which models it has. Plain http only: the server is on this machine, or
//! on a host that the person named.

use crate::providers::llm::connection::{self, Forbidden};
use serde::Deserialize;
use std::time::Duration;

/// The largest list of models that is read, in bytes.
const LARGEST: usize = 1024 * 1024;
/// Models that are told, and characters of each name.
const TOLD: (usize, usize) = (100, 200);
const CONNECT: Duration = Duration::from_secs(2);

/// Why a server did not tell its models.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// No connection.
    #[error("Nothing answers there. Start the server, or mend the address.")]
    Silent,
    /// Too slow.
    #[error("It did not answer in time.")]
    Slow,
    /// 401 or 403.
    #[error("It wants an API key, or another one than it was given.")]
    Key,
    /// Another status than 200.
    #[error("It answered with HTTP status {0} where it should list its models.")]
    Status(u16),
    /// Something else than a list.
    #[error("What it answered is no list of models.")]
    NotAList,
    /// An https address.
    #[error("Only http addresses can be asked; put a local proxy before a server that speaks https.")]
    Https,
    /// The connection broke, or the address cannot be used.
    #[error("The conversation broke off.")]
    Broken,
}

#[derive(Deserialize)]
struct List {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
}

/// The server at `base_url` by host and port, which is what an API key belongs to; nothing where no such address is asked.
pub fn name(base_url: &str, allow_host: Option<&str>) -> Option<String> {
    connection::allowed(base_url, allow_host).ok()?;
    connection::server(base_url)
}

/// The same of any address.
pub fn of(base_url: &str) -> Option<String> {
    connection::server(base_url)
}

/// The models that the server at `base_url` has, control characters escaped. No proxy is used and no redirect followed:
/// neither was named by the person.
pub async fn models(
    base_url: &str,
    key: Option<&str>,
    allow_host: Option<&str>,
    timeout: Duration,
) -> Result<Vec<String>, ServerError> {
    match connection::allowed(base_url, allow_host) {
        Err(Forbidden::Https) => return Err(ServerError::Https),
        Err(_) => return Err(ServerError::Broken),
        Ok(()) => {}
    }
    let client = connection::client(CONNECT.min(timeout)).map_err(|_| ServerError::Broken)?;
    let mut request = client.get(connection::address(base_url, "models")).timeout(timeout);
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    let mut response = request.send().await.map_err(why)?;
    match response.status().as_u16() {
        200 => {}
        401 | 403 => return Err(ServerError::Key),
        other => return Err(ServerError::Status(other)),
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(why)? {
        if body.len() + chunk.len() > LARGEST {
            return Err(ServerError::NotAList);
        }
        body.extend_from_slice(&chunk);
    }
    let list: List = serde_json::from_slice(&body).map_err(|_| ServerError::NotAList)?;
    let told = |model: Model| {
        autocommit_core::text::shortened(&autocommit_core::text::escape_controls(&model.id), TOLD.1)
    };
    Ok(list.data.into_iter().take(TOLD.0).map(told).collect())
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn why(error: reqwest::Error) -> ServerError {
    match () {
        () if error.is_timeout() => ServerError::Slow,
        () if error.is_connect() => ServerError::Silent,
        () => ServerError::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
        thread,
    };

    const SOON: Duration = Duration::from_secs(20);

    /// Answers one request with this reply; returns the address and what was asked.
    fn server(reply: &'static str) -> (String, thread::JoinHandle<String>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                asked.push(byte[0]);
            }
            stream.write_all(reply.as_bytes()).unwrap();
            String::from_utf8(asked).unwrap()
        });
        (address, asked)
    }

    #[tokio::test]
    async fn a_list_of_models() {
        let (address, asked) = server(
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"object\":\"list\",\"data\":[{\"id\":\"small\\u001b\"},{\"id\":\"b\",\"x\":1}]}",
        );
        assert_eq!(
            models(&format!("{address}/"), Some("k"), None, SOON).await.unwrap(),
            ["small\\u{1b}", "b"]
        );
        let asked = asked.join().unwrap().to_lowercase();
        assert!(asked.starts_with("get /v1/models http/1.1\r\n"), "{asked}");
        assert!(asked.contains("authorization: bearer k\r\n"), "{asked}");
    }

    #[tokio::test]
    async fn what_else_can_be_at_an_address() {
        for (reply, expected) in [
            ("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", ServerError::Key),
            ("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", ServerError::Status(404)),
            (
                "HTTP/1.1 302 x\r\nLocation: http://example.org/\r\nContent-Length: 0\r\n\r\n",
                ServerError::Status(302),
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", ServerError::NotAList),
            ("", ServerError::Broken),
        ] {
            let (address, asked) = server(reply);
            assert_eq!(models(&address, None, None, SOON).await, Err(expected), "{reply}");
            assert!(!asked.join().unwrap().to_lowercase().contains("authorization"));
        }
        let unused = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        assert_eq!(models(&format!("http://{unused}"), None, None, SOON).await, Err(ServerError::Silent));
        let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}", silent.local_addr().unwrap());
        assert_eq!(models(&address, None, None, Duration::from_millis(50)).await, Err(ServerError::Slow));
        assert_eq!(models("https://localhost", None, None, SOON).await, Err(ServerError::Https));
    }
}
