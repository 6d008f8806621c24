//! Words of git, of a hook or of a server as they may be stored and shown: some print the secret that they complain of.

/// What takes the place of a line.
const LEFT_OUT: &str = "(a line with what looks like a secret is left out)";

/// `detail` without the lines that hold what looks like a secret; of a key, none of its lines.
pub(crate) fn without_secrets(detail: &str) -> String {
    let found = autocommit_secret::scan(b"", detail.as_bytes());
    if found.is_empty() {
        return detail.to_owned();
    }
    let mut in_key = false;
    let lines = detail.lines().zip(1..).map(|(line, number)| {
        let hidden = in_key || found.iter().any(|found| found.line == number);
        in_key = (in_key || (hidden && line.contains("-----BEGIN"))) && !line.contains("-----END");
        if hidden { LEFT_OUT } else { line }
    });
    let mut lines: Vec<_> = lines.collect();
    lines.dedup();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_with_secrets_go() {
        assert_eq!(without_secrets("lint: no\nline 3 is too long"), "lint: no\nline 3 is too long");
        let token = ["gl", "pat-", "Zq3xW8vT1nR6yK4mB9cD"].concat();
        let said = without_secrets(&format!("denied:\nfound {token} in a.py\nbye"));
        assert_eq!(said, format!("denied:\n{LEFT_OUT}\nbye"));
        let kind = ["RSA PRIV", "ATE KEY"].concat();
        let body = "MIIEpAIBAAKCAQEA7Vn2s0tqW1xqYz0fG3hJ5kL8pQ9rT2uX4yB6dE8gH1jK3mN5\n".repeat(12);
        let said =
            without_secrets(&format!("found\n-----BEGIN {kind}-----\n{body}-----END {kind}-----\nbye"));
        assert!(!said.contains("MII") && said.ends_with("bye"), "{said}");
    }
}
