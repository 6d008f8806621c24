//! An agent of launchd (macOS).

use super::{Before, Call, Running, Start, UnitError};
use std::path::Path;

/// What the agent is called.
pub const LABEL: &str = "autocommit";
/// The name of its file.
pub const NAME: &str = "autocommit.plist";

/// The property list.
pub(super) fn agent(start: &Start) -> Result<String, UnitError> {
    let words: Vec<_> =
        start.words()?.iter().map(|word| format!("        <string>{}</string>\n", escaped(word))).collect();
    // launchd has no list of exits that are not worth another try; a minute between two makes them cheap.
    Ok(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
    <key>Label</key>
    <string>{LABEL}</string>
    <key>ProgramArguments</key>
    <array>
{words}    </array>
    <key>EnvironmentVariables</key>
    <dict>
        <key>PATH</key>
        <string>{path}</string>
    </dict>
    <key>RunAtLoad</key>
    <true/>
    <key>KeepAlive</key>
    <dict>
        <key>SuccessfulExit</key>
        <false/>
    </dict>
    <key>ThrottleInterval</key>
    <integer>60</integer>
    <key>ExitTimeOut</key>
    <integer>90</integer>
    <key>ProcessType</key>
    <string>Background</string>
    <key>LowPriorityIO</key>
    <true/>
    <key>HardResourceLimits</key>
    <dict>
        <key>Core</key>
        <integer>0</integer>
    </dict>
</dict>
</plist>
"#,
        words = words.concat(),
        path = escaped(&start.path()?),
    ))
}

/// As text in XML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn domain() -> String {
    format!("gui/{}", uid())
}

fn target() -> String {
    format!("{}/{LABEL}", domain())
}

#[cfg(unix)]
fn uid() -> u32 {
    rustix::process::getuid().as_raw()
}

#[cfg(not(unix))]
fn uid() -> u32 {
    0
}

pub(super) fn answers() -> Call {
    Call::new("launchctl", &["print", &domain()])
}

pub(super) fn switch_on(file: &Path, before: Before) -> Vec<Call> {
    let file = file.to_string_lossy();
    let mut calls = Vec::new();
    if before != Before::Same {
        // It may be known with its former text.
        calls.push(Call::new("launchctl", &["bootout", &target()]).or_go_on());
    }
    calls.push(Call::new("launchctl", &["enable", &target()]));
    let bootstrap = Call::new("launchctl", &["bootstrap", &domain(), &file]);
    // Where it is known already, bootstrapping again is refused and nothing is missing.
    calls.push(if before == Before::Same { bootstrap.or_go_on() } else { bootstrap });
    calls
}

pub(super) fn switch_off() -> Vec<Call> {
    vec![Call::new("launchctl", &["bootout", &target()]).or_go_on()]
}

pub(super) fn look() -> Call {
    Call::new("launchctl", &["print", &target()]).or_go_on()
}

/// What [`look`] printed; nothing where launchd does not know it.
pub(super) fn read(printed: &str) -> Running {
    // Values of what is nested deeper have other keys or come later.
    let value = |key: &str| {
        let mut pairs = printed.lines().filter_map(|line| line.trim().split_once(" = "));
        pairs.find(|(found, _)| *found == key).map(|(_, value)| value.trim())
    };
    Running {
        pid: value("pid").and_then(|pid| pid.parse().ok()),
        running: value("state") == Some("running"),
        enabled: !printed.trim().is_empty(),
        last_exit: value("last exit code").and_then(|code| code.split(':').next()?.trim().parse().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::start, *};

    #[test]
    fn text_is_escaped() {
        let text = agent(&start("/A&B/<x>/autocommit", &["run"], "/opt/homebrew/bin:/usr/bin")).unwrap();
        assert!(
            text.contains("<string>/A&amp;B/&lt;x&gt;/autocommit</string>\n        <string>run</string>"),
            "{text}"
        );
        assert!(text.contains("<string>/opt/homebrew/bin:/usr/bin</string>"));
    }

    #[test]
    fn what_launchd_says_is_read() {
        let runs = "gui/501/autocommit = {\n\tactive count = 1\n\tstate = running\n\n\tpid = 812\n\tlast exit code = (never exited)\n}\n";
        assert_eq!(read(runs), Running { pid: Some(812), running: true, enabled: true, last_exit: None });
        let ended = "gui/501/autocommit = {\n\tstate = not running\n\tlast exit code = 2\n}\n";
        assert_eq!(read(ended), Running { pid: None, running: false, enabled: true, last_exit: Some(2) });
        assert_eq!(read(""), Running::default());
    }
}
