//! The one place where HTTP clients are made, so that every one of them is as closed as it can be.

use reqwest::{Client, ClientBuilder, redirect::Policy};

/// Redirects that a download follows: a publisher hands on to its store of files.
const REDIRECTS: usize = 5;

/// A client that uses no proxy and follows no redirect: neither was named by the person.
pub fn client() -> ClientBuilder {
    any().no_proxy().redirect(Policy::none())
}

/// A client for what a person wants fetched from elsewhere: by the proxies of the environment, along redirects, and
/// without telling anybody where it came from.
pub fn download_client() -> ClientBuilder {
    any().redirect(Policy::limited(REDIRECTS)).referer(false)
}

/// A client for what is sent to an address that the person named: by the proxies of the environment, and to that address
/// alone.
pub fn sending_client() -> ClientBuilder {
    any().redirect(Policy::none()).referer(false)
}

/// TLS with ring for its arithmetic and the system's own certificates.
#[allow(clippy::disallowed_methods, reason = "the one place")]
fn any() -> ClientBuilder {
    // Somebody may have chosen another one for the process; that serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn a_client_can_be_made_and_speaks_https() {
        let client = super::client().https_only(true).build().unwrap();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let talking = std::thread::spawn(move || {
            use std::io::Read as _;
            let (mut stream, _) = listener.accept().unwrap();
            let mut start = [0; 3];
            stream.read_exact(&mut start).unwrap();
            start
        });
        client.get(format!("https://{address}/")).send().await.unwrap_err();
        // RFC 8446, section 5.1: a handshake record of TLS.
        assert_eq!(talking.join().unwrap()[..2], [22, 3]);
        let plain = client.get(format!("http://{address}/")).send().await.unwrap_err();
        assert!(plain.is_builder(), "{plain}");
    }
}
