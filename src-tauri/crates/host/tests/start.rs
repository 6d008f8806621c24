//! A whole host on temporary folders: one owner, an API that answers, settings that are read again.

#![allow(clippy::unwrap_used)] // The helpers of a test are tests too.

use autocommit_api::Scope;
use autocommit_host::{Folders, Host, HostError, Override, Owner};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

fn folders(folder: &std::path::Path) -> Folders {
    Folders {
        config_file: folder.join("config.toml"),
        config_required: false,
        state_dir: folder.join("state"),
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

async fn start(folder: &std::path::Path, port: u16) -> Result<Host, HostError> {
    let port = Override { flag: "--set".into(), key: "http.port".into(), value: port.to_string() };
    Box::pin(Host::start(folders(folder), vec![port], Duration::ZERO)).await
}

fn get(address: SocketAddr, path: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_owner_whose_api_answers() {
    let temp = tempfile::tempdir().unwrap();
    let host = start(temp.path(), free_port()).await.unwrap();
    assert!(
        matches!(start(temp.path(), 1).await, Err(HostError::Owned(owner)) if owner.pid == Some(std::process::id()))
    );
    let api = host.serve().await.unwrap().unwrap();
    let address = api.address;
    let owner = Owner::of(&temp.path().join("state")).unwrap().unwrap();
    assert_eq!(owner.api(), Some(address));
    let token = autocommit_host::read_token(&temp.path().join("state"), Scope::Read).unwrap();
    let replies = tokio::task::spawn_blocking(move || {
        (get(address, "/health", "none"), get(address, "/status", "none"), get(address, "/status", &token))
    });
    let (health, refused, status) = replies.await.unwrap();
    assert!(health.starts_with("HTTP/1.1 200") && health.ends_with(r#"{"status":"ok"}"#), "{health}");
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    assert!(status.starts_with("HTTP/1.1 200") && status.contains(r#""enabled":true"#), "{status}");
    api.stop().await;
    drop(host);
    assert_eq!(Owner::of(&temp.path().join("state")).unwrap(), None);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_socket_is_for_this_user_alone_and_needs_a_token_too() {
    use std::os::unix::{fs::MetadataExt as _, net::UnixStream};
    let temp = tempfile::tempdir().unwrap();
    let host = start(temp.path(), free_port()).await.unwrap();
    let api = host.serve().await.unwrap().unwrap();
    let owner = Owner::of(&temp.path().join("state")).unwrap().unwrap();
    let socket = owner.socket.unwrap();
    assert_eq!(fs::symlink_metadata(&socket).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(socket.parent().unwrap()).unwrap().mode() & 0o077, 0);
    let read = autocommit_host::read_token(&temp.path().join("state"), Scope::Read).unwrap();
    let asked = [
        ("Host: localhost", read.as_str(), "200"),
        ("Host: localhost", "wrong", "401"),
        ("Host: 127.0.0.1:8200", &read, "403"),
        ("Host: evil.test", &read, "403"),
        ("Host: localhost\r\nOrigin: http://localhost", &read, "403"),
        ("Host: localhost\r\nSec-Fetch-Site: none", &read, "403"),
    ];
    let path = socket.clone();
    let ask = move |head: &str, token: &str| {
        let mut stream = UnixStream::connect(&path).unwrap();
        let head = format!(
            "GET /status HTTP/1.1\r\n{head}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    };
    for (head, token, expected) in asked {
        let (ask, head, token) = (ask.clone(), head.to_owned(), token.to_owned());
        let reply = tokio::task::spawn_blocking(move || ask(&head, &token)).await.unwrap();
        assert_eq!(reply.split(' ').nth(1), Some(expected), "{reply}");
    }
    api.stop().await;
    assert!(!socket.exists(), "it goes with its owner");
}

#[tokio::test]
async fn a_taken_port_is_told_with_its_holder() {
    let temp = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let host = start(temp.path(), taken.local_addr().unwrap().port()).await.unwrap();
    let error = host.serve().await.unwrap_err();
    assert!(matches!(error, HostError::Port { .. }), "{error}");
    #[cfg(target_os = "linux")]
    assert!(error.to_string().contains(&format!("(pid {})", std::process::id())), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_settings_are_read_again_and_a_mistake_changes_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let config = temp.path().join("config.toml");
    fs::write(&config, "quiet_seconds = 1\ncycle_interval_seconds = 3600\n").unwrap();
    let host = start(temp.path(), free_port()).await.unwrap();
    let stop = CancellationToken::new();
    let engine = host.engine.clone();
    let ending = stop.clone();
    let running = tokio::spawn(async move { Box::pin(host.run(ending)).await });
    let quiet = async |expected: f64| {
        for _ in 0..100 {
            if engine.settings().quiet_seconds == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("still {}", engine.settings().quiet_seconds);
    };
    fs::write(&config, "quiet_seconds = 2\ncycle_interval_seconds = 3600\n").unwrap();
    quiet(2.0).await;
    fs::write(&config, "quiet_seconds = 3\nnonsense = 1\n").unwrap();
    for _ in 0..100 {
        if !engine.status().warnings.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let warnings = engine.status().warnings;
    assert!(warnings.iter().any(|w| w.contains("config.toml:2: key `nonsense`")), "{warnings:?}");
    quiet(2.0).await;
    fs::remove_file(&config).unwrap();
    for _ in 0..100 {
        if engine.status().warnings.iter().any(|warning| warning.contains("is gone")) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(engine.settings().quiet_seconds, 2.0, "a file that is gone changes nothing");
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_state_folder_that_cannot_be_made_is_told() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("state"), "a file").unwrap();
    let Err(error) = start(temp.path(), 1).await else { panic!() };
    assert!(matches!(error, HostError::State { .. }), "{error}");
}
