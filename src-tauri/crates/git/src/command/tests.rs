//! Deadlines, caps and what is left of a command.

use super::*;
use std::time::Duration;

#[test]
fn versions() {
    assert_eq!(parse_version("git version 2.47.3"), Some((2, 47)));
    assert_eq!(parse_version("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
    assert_eq!(parse_version("git version 2.51.0.windows.1"), Some((2, 51)));
    assert_eq!(parse_version("hub version 1"), None);
}

async fn git() -> Git {
    Git::find(Deadlines { local_seconds: 1.0, ..Deadlines::default() }).await.expect("git is installed")
}

#[tokio::test]
async fn a_command_that_never_ends_is_ended_with_its_children() {
    let git = git().await;
    // An alias is the shortest way to make git itself start something that hangs and ignores TERM.
    let dir = tempfile::tempdir().unwrap();
    let mark = dir.path().join("pid");
    let script = format!("!sh -c 'trap \"\" TERM; echo $$ > {}; sleep 600'", mark.display());
    let error = git.call("test").global("-c").global(format!("alias.hang={script}")).arg("hang").run().await;
    assert!(matches!(error, Err(GitError::TimedOut { .. })), "{error:?}");
    let pid: i32 = std::fs::read_to_string(&mark).unwrap().trim().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    assert!(gone(pid).await, "the grandchild outlived its deadline");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_left_for_a_session_of_its_own_is_ended_too() {
    let git = git().await;
    let dir = tempfile::tempdir().unwrap();
    let mark = dir.path().join("pid");
    // Twice removed: its parent has ended, and nothing but its environment says where it came from.
    let daemon = format!(r"setsid sh -c 'echo \$\$ > {}; exec sleep 600' &", mark.display());
    let script = format!("!sh -c \"({daemon}) ; sleep 600\"");
    let error = git.call("test").global("-c").global(format!("alias.hang={script}")).arg("hang").run().await;
    assert!(matches!(error, Err(GitError::TimedOut { .. })), "{error:?}");
    let pid: i32 = std::fs::read_to_string(&mark).unwrap().trim().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    assert!(gone(pid).await, "it outlived the deadline of the call that it came from");
}

#[tokio::test]
async fn told_to_end_nothing_is_waited_for_long() {
    let git = Git::find(Deadlines::default()).await.expect("git is installed");
    let call =
        git.call("test").class(Class::Network).global("-c").global("alias.hang=!sleep 600").arg("hang");
    git.end_soon();
    assert!(matches!(call.run().await, Err(GitError::TimedOut { .. })));
}

/// Whether it is gone, or is within a second: what was killed gives its memory back first, and is no zombie yet.
async fn gone(pid: rustix::process::Pid) -> bool {
    for _ in 0..50 {
        if rustix::process::test_kill_process(pid).is_err() || is_zombie(pid) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

fn is_zombie(pid: rustix::process::Pid) -> bool {
    std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).is_ok_and(|s| s.contains(") Z "))
}

#[tokio::test]
async fn a_child_left_running_does_not_hold_the_pipe() {
    let git = git().await;
    let output =
        git.call("test").global("-c").global("alias.leave=!sleep 30 & echo done").arg("leave").run().await;
    assert_eq!(output.unwrap().stdout, b"done\n");
}

/// Not a race with the clock: the meter goes on for three times the deadline, in steps of a quarter of it.
#[tokio::test]
async fn an_upload_that_moves_on_is_given_longer_and_one_that_does_not_is_ended() {
    let deadlines = Deadlines { push_seconds: 2.0, push_stall_seconds: 60.0, ..Deadlines::default() };
    let git = Git::find(deadlines).await.expect("git is installed");
    let push = async |meter: &str| {
        let alias = format!(
            "alias.up=!for n in 1 2 3 4 5 6 7 8 9 10 11 12; do printf '{meter}\\r' $n >&2; sleep 0.5; done"
        );
        git.call("test").class(Class::Network).global("-c").global(alias).arg("up").run().await
    };
    assert!(push("Writing objects: (%d/12)").await.unwrap().success());
    let still = push("Writing objects: (1/12) | %d KiB/s").await;
    assert!(matches!(still, Err(GitError::TimedOut { .. })), "{still:?}");
}

#[tokio::test]
async fn output_is_capped() {
    let git = git().await;
    let call = git.call("test").global("-c").global("alias.flood=!yes").arg("flood").limit(1000);
    let output = call.run().await.unwrap();
    assert!(output.truncated && output.stdout.len() == 1000);
}
