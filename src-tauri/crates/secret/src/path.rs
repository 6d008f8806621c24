//! What a path alone says: files that are secrets by their names, whatever is in them.

const KEY: &str = "a private key file";
const STORE: &str = "a key store";
const LOGIN: &str = "a file with logins";
const PASSWORDS: &str = "a store of passwords";
const BROWSER: &str = "a store of a browser";
const HISTORY: &str = "a history of commands";
const STATE: &str = "an infrastructure state, which holds secrets in clear";
const ENVIRONMENT: &str = "a file of environment settings";
const KUBE: &str = "a login to a cluster";

/// Whole file names.
const NAMES: &[(&str, &str)] = &[
    ("id_rsa", KEY),
    ("id_dsa", KEY),
    ("id_ecdsa", KEY),
    ("id_ecdsa_sk", KEY),
    ("id_ed25519", KEY),
    ("id_ed25519_sk", KEY),
    ("id_xmss", KEY),
    ("ssh_host_rsa_key", KEY),
    ("ssh_host_dsa_key", KEY),
    ("ssh_host_ecdsa_key", KEY),
    ("ssh_host_ed25519_key", KEY),
    ("privkey.pem", KEY),
    ("privatekey.pem", KEY),
    ("private_key.pem", KEY),
    ("private-key.pem", KEY),
    ("private.pem", KEY),
    ("private.key", KEY),
    ("server.key", KEY),
    ("client.key", KEY),
    ("master.key", KEY),
    ("secring.gpg", KEY),
    ("secret.key", KEY),
    (".netrc", LOGIN),
    ("_netrc", LOGIN),
    (".authinfo", LOGIN),
    (".pgpass", LOGIN),
    ("pgpass.conf", LOGIN),
    (".my.cnf", LOGIN),
    (".mylogin.cnf", LOGIN),
    (".git-credentials", LOGIN),
    (".gitcookies", LOGIN),
    (".dockercfg", LOGIN),
    (".pypirc", LOGIN),
    (".s3cfg", LOGIN),
    (".boto", LOGIN),
    (".passwd-s3fs", LOGIN),
    (".fetchmailrc", LOGIN),
    (".msmtprc", LOGIN),
    (".mutt_passwords", LOGIN),
    (".htpasswd", LOGIN),
    (".rclone.conf", LOGIN),
    (".vault-token", LOGIN),
    (".vault_pass", LOGIN),
    (".vault_pass.txt", LOGIN),
    (".vault_password", LOGIN),
    ("vault_pass.txt", LOGIN),
    (".terraformrc", LOGIN),
    ("credentials.tfrc.json", LOGIN),
    ("application_default_credentials.json", LOGIN),
    ("access_tokens.db", LOGIN),
    ("accesstokens.json", LOGIN),
    ("msal_token_cache.json", LOGIN),
    ("msal_token_cache.bin", LOGIN),
    ("kubeconfig", KUBE),
    ("kubeconfig.yaml", KUBE),
    ("kubeconfig.yml", KUBE),
    (".kubeconfig", KUBE),
    ("wallet.dat", STORE),
    ("logins.json", BROWSER),
    ("key3.db", BROWSER),
    ("key4.db", BROWSER),
    ("signons.sqlite", BROWSER),
    ("cookies.sqlite", BROWSER),
    ("login data", BROWSER),
    ("login.keyring", PASSWORDS),
    (".bash_history", HISTORY),
    (".zsh_history", HISTORY),
    (".zhistory", HISTORY),
    (".sh_history", HISTORY),
    (".ash_history", HISTORY),
    (".ksh_history", HISTORY),
    (".history", HISTORY),
    ("fish_history", HISTORY),
    (".psql_history", HISTORY),
    (".mysql_history", HISTORY),
    (".mongo_history", HISTORY),
    (".dbshell", HISTORY),
    (".sqlite_history", HISTORY),
    (".rediscli_history", HISTORY),
    (".python_history", HISTORY),
    (".node_repl_history", HISTORY),
    (".irb_history", HISTORY),
    ("consolehost_history.txt", HISTORY),
    ("proftpdpasswd", LOGIN),
    (".remmina", LOGIN),
    ("recentservers.xml", LOGIN),
    ("sitemanager.xml", LOGIN),
    ("winscp.ini", LOGIN),
];

/// Ends of file names.
const ENDS: &[(&str, &str)] = &[
    (".ppk", KEY),
    (".pvk", KEY),
    (".p12", STORE),
    (".pfx", STORE),
    (".pkcs12", STORE),
    (".jks", STORE),
    (".jceks", STORE),
    (".bks", STORE),
    (".keystore", STORE),
    (".kdbx", PASSWORDS),
    (".kdb", PASSWORDS),
    (".psafe3", PASSWORDS),
    (".1pif", PASSWORDS),
    (".agilekeychain", PASSWORDS),
    (".keychain", PASSWORDS),
    (".keychain-db", PASSWORDS),
    (".kwl", PASSWORDS),
    (".kwallet", PASSWORDS),
    (".tfstate", STATE),
    (".tfstate.backup", STATE),
    (".kubeconfig", KUBE),
    ("-privkey.pem", KEY),
    ("-private.pem", KEY),
    ("_private.pem", KEY),
    ("-private-key.pem", KEY),
    ("_private_key.pem", KEY),
];

/// Ends of paths: files whose folder tells what they are.
const PATHS: &[(&str, &str)] = &[
    (".aws/credentials", LOGIN),
    (".docker/config.json", LOGIN),
    (".kube/config", KUBE),
    (".cargo/credentials", LOGIN),
    (".cargo/credentials.toml", LOGIN),
    (".gem/credentials", LOGIN),
    (".config/gh/hosts.yml", LOGIN),
    (".config/hub", LOGIN),
    (".config/rclone/rclone.conf", LOGIN),
    (".composer/auth.json", LOGIN),
    ("gcloud/credentials.db", LOGIN),
    ("gcloud/legacy_credentials", LOGIN),
    (".m2/settings-security.xml", LOGIN),
    (".ssh/identity", KEY),
    ("etc/shadow", LOGIN),
    ("etc/gshadow", LOGIN),
    ("etc/krb5.keytab", LOGIN),
    ("config/credentials/production.key", KEY),
    ("config/credentials/staging.key", KEY),
    ("config/credentials/development.key", KEY),
];

/// Folders all of whose files are secrets.
const FOLDERS: &[(&str, &str)] = &[
    ("private-keys-v1.d", KEY),
    (".envs/.production", ENVIRONMENT),
    (".password-store", PASSWORDS),
    (".local/share/keyrings", PASSWORDS),
    ("gcloud/legacy_credentials", LOGIN),
];

/// Words in the name of an environment's settings that say it is for others to fill in, or encrypted.
const FOR_OTHERS: [&str; 14] = [
    "example",
    "sample",
    "template",
    "tmpl",
    "tpl",
    "dist",
    "default",
    "defaults",
    "schema",
    "vault",
    "enc",
    "encrypted",
    "gpg",
    "age",
];

/// Extensions of programs and texts that only are named after settings: `.env.ts`, `.env.md`.
const NOT_SETTINGS: [&str; 12] = ["ts", "js", "mjs", "cjs", "py", "rb", "go", "rs", "md", "html", "php", "d"];

/// What a path alone says: a file that is a secret by its name, and what it is for people; nothing for any other.
pub fn path_is_secret(path: &[u8]) -> Option<&'static str> {
    let lower = path.to_ascii_lowercase();
    let lower: Vec<u8> = lower.iter().map(|b| if *b == b'\\' { b'/' } else { *b }).collect();
    let name = lower.rsplit(|b| *b == b'/').next().unwrap_or_default();
    if name.is_empty() {
        return None;
    }
    environment(name)
        .or_else(|| listed(NAMES, |one| name == one))
        .or_else(|| listed(ENDS, |one| name.len() > one.len() && name.ends_with(one)))
        .or_else(|| listed(PATHS, |one| is_end(&lower, one)))
        .or_else(|| listed(FOLDERS, |one| is_inside(&lower, one)))
        .or_else(|| (name.windows(9).any(|part| part == b".tfstate.")).then_some(STATE))
}

fn listed(list: &[(&'static str, &'static str)], is: impl Fn(&[u8]) -> bool) -> Option<&'static str> {
    list.iter().find(|(one, _)| is(one.as_bytes())).map(|(_, what)| *what)
}

/// Whether `path` ends with the whole folders and the name of `end`.
fn is_end(path: &[u8], end: &[u8]) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with(b"/"))
}

/// Whether `folder` stands somewhere above the file.
fn is_inside(path: &[u8], folder: &[u8]) -> bool {
    let whole = |at: usize| (at == 0 || path[at - 1] == b'/') && path.get(at + folder.len()) == Some(&b'/');
    memchr::memmem::find_iter(path, folder).any(whole)
}

/// `.env`, `.env.production`, `production.env`; not those made to be shared.
fn environment(name: &[u8]) -> Option<&'static str> {
    let is_one = name == b".env"
        || name.ends_with(b".env")
        || [&b".env."[..], b".env-", b".env_"].iter().any(|begin| name.starts_with(begin));
    let mut words = name.split(|b| matches!(b, b'.' | b'-' | b'_')).map(|word| word.to_ascii_lowercase());
    let shared = words.any(|word| FOR_OTHERS.iter().any(|one| one.as_bytes() == word));
    let extension = name.rsplit(|b| *b == b'.').next().unwrap_or_default();
    let program = NOT_SETTINGS.iter().any(|one| one.as_bytes() == extension);
    (is_one && !shared && !program).then_some(ENVIRONMENT)
}
