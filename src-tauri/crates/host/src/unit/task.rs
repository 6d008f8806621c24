//! A task of Windows' task scheduler.

use super::{Before, Call, Running, Start, UnitError, launchd::escaped};
use std::path::Path;

/// What the task is called.
pub const TASK: &str = "Autocommit";
/// The file that the task is made from; Windows keeps a copy of its own.
pub const NAME: &str = "task.xml";

/// The description of the task.
pub(super) fn task(start: &Start) -> Result<String, UnitError> {
    let words: Vec<_> = start.words()?.iter().map(|word| quoted(word)).collect();
    // A console program that a task starts would open a console window; conhost gives it one that nobody sees.
    Ok(format!(
        r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.3" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Autocommit: commits settled work and pushes it at once.</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>7</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>5</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>conhost.exe</Command>
      <Arguments>{}</Arguments>
    </Exec>
  </Actions>
</Task>
"#,
        escaped(&format!("--headless {}", words.join(" "))),
    ))
}

/// As one argument by the rules of `CommandLineToArgvW`: backslashes count double only before a quote.
fn quoted(word: &str) -> String {
    let mut out = String::from("\"");
    let mut backslashes = 0;
    for c in word.chars() {
        if c == '"' {
            out.push_str(&"\\".repeat(backslashes + 1));
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        out.push(c);
    }
    out.push_str(&"\\".repeat(backslashes));
    out.push('"');
    out
}

fn schtasks(arguments: &[&str]) -> Call {
    Call::new("schtasks.exe", arguments)
}

pub(super) fn answers() -> Call {
    schtasks(&["/Query", "/?"])
}

pub(super) fn switch_on(file: &Path, before: Before) -> Vec<Call> {
    let file = file.to_string_lossy();
    let create = ["/Create", "/TN", TASK, "/XML", &file];
    let mut calls = Vec::new();
    match before {
        // A task of that name that somebody else made is not replaced: Windows asks, and nobody answers.
        Before::Nothing => calls.push(schtasks(&create)),
        Before::Older => calls.push(schtasks(&[&create[..], &["/F"]].concat())),
        Before::Same => {}
    }
    calls.push(schtasks(&["/Run", "/TN", TASK]));
    calls
}

pub(super) fn switch_off() -> Vec<Call> {
    vec![schtasks(&["/End", "/TN", TASK]).or_go_on(), schtasks(&["/Delete", "/TN", TASK, "/F"]).or_go_on()]
}

pub(super) fn look() -> Call {
    schtasks(&["/Query", "/TN", TASK, "/FO", "LIST", "/V"]).or_go_on()
}

/// What [`look`] printed; nothing where there is no such task. Its words follow the language of Windows, its numbers do
/// not.
pub(super) fn read(printed: &str) -> Running {
    /// SCHED_S_TASK_RUNNING.
    const RUNS: i32 = 267_009;
    /// SCHED_S_TASK_HAS_NOT_RUN.
    const NEVER_RAN: i32 = 267_011;
    // A time of day has colons of its own: only what is a number from the first colon on is one.
    let number = |line: &str| line.split_once(':')?.1.trim().parse::<i64>().ok();
    let numbers: Vec<_> =
        printed.lines().filter_map(number).map(|number| i32::try_from(number).unwrap_or(i32::MAX)).collect();
    let running = numbers.contains(&RUNS);
    let last_exit = numbers.first().copied().filter(|code| !matches!(*code, RUNS | NEVER_RAN));
    Running { pid: None, running, enabled: !printed.trim().is_empty(), last_exit }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::start, *};

    #[test]
    fn arguments_stay_whole() {
        assert_eq!(quoted(r"C:\Program Files\a"), r#""C:\Program Files\a""#);
        assert_eq!(quoted(r"C:\dir\"), r#""C:\dir\\""#);
        assert_eq!(quoted(r#"a\"b"#), r#""a\\\"b""#);
        let text = task(&start(r"C:\A & B\autocommit.exe", &["run"], "")).unwrap();
        let expected =
            r"<Arguments>--headless &quot;C:\A &amp; B\autocommit.exe&quot; &quot;run&quot;</Arguments>";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn what_windows_says_is_read() {
        let runs = "HostName:      PC\r\nStatus:        Running\r\nLast Result:   267009\r\n";
        assert_eq!(read(runs), Running { pid: None, running: true, enabled: true, last_exit: None });
        let ended = "HostName:      PC\r\nStatus:        Ready\r\nLast Result:   2\r\n";
        assert_eq!(read(ended), Running { pid: None, running: false, enabled: true, last_exit: Some(2) });
        let times = "Next Run Time: 21.11.2026 14:05:33\r\nLast Run Time: 20.11.2026 08:00:09\r\nLast Result:   1\r\n";
        assert_eq!(read(times).last_exit, Some(1), "the seconds of a time are no result");
        let never = "Last Result:   267011\r\n";
        assert_eq!(read(never).last_exit, None);
        assert_eq!(read(""), Running::default());
    }
}
