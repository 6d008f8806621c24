//! What a path alone says.

use autocommit_secret::path_is_secret;

const SECRET: &[&str] = &[
    ".env",
    "app/.env",
    ".env.local",
    ".env.production",
    "config/production.env",
    ".env-staging",
    ".ENV",
    "deploy\\.env",
    ".ssh/id_rsa",
    "id_ed25519",
    "keys/id_ecdsa",
    "etc/ssh/ssh_host_ed25519_key",
    "certs/server.key",
    "tls/privkey.pem",
    "deploy-private.pem",
    "home/.netrc",
    "_netrc",
    ".pgpass",
    ".my.cnf",
    ".git-credentials",
    ".pypirc",
    ".dockercfg",
    ".htpasswd",
    ".aws/credentials",
    "home/me/.aws/credentials",
    ".docker/config.json",
    ".kube/config",
    "kubeconfig",
    "prod.kubeconfig",
    ".cargo/credentials.toml",
    ".config/gh/hosts.yml",
    "terraform.tfstate",
    "terraform.tfstate.backup",
    "terraform.tfstate.1700000000.backup",
    "android/release.keystore",
    "release.jks",
    "cert.p12",
    "cert.pfx",
    "putty.ppk",
    "Passwords.kdbx",
    "login.keychain-db",
    "application_default_credentials.json",
    "Firefox/logins.json",
    "profile/key4.db",
    "Chrome/Login Data",
    ".bash_history",
    ".psql_history",
    "ConsoleHost_history.txt",
    ".gnupg/private-keys-v1.d/0123.key",
    ".password-store/mail/me.gpg",
    ".local/share/keyrings/login.keyring",
    "wallet.dat",
    "config/master.key",
    "config/credentials/production.key",
    "vault_pass.txt",
    ".vault-token",
    "\u{fc}bung/.env",
];

const ORDINARY: &[&str] = &[
    "",
    "README.md",
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "example.env",
    ".env.vault",
    ".env.enc",
    "src/.env.ts",
    "env",
    "src/env.rs",
    "environment.yml",
    "docs/env.md",
    ".envrc.example",
    ".ssh/id_rsa.pub",
    "id_ed25519.pub",
    ".ssh/known_hosts",
    ".ssh/config",
    "keys/public.pem",
    "certs/ca.crt",
    "server.crt",
    "fullchain.pem",
    "src/keystore.rs",
    "keystore.go",
    "src/kube/config",
    "docker/config.json",
    "aws/credentials.py",
    "credentials.md",
    "main.tf",
    "terraform.tfvars.example",
    "src/netrc.py",
    "history.md",
    "src/history.rs",
    "passwords.txt.md",
    "translations/keys.json",
    "keyboard.key.ts",
    "Cargo.lock",
    "src/login data.rs",
    "shadow.css",
    "assets/shadow",
    "locale/de.po",
];

#[test]
fn files_that_are_secrets_by_their_names() {
    for path in SECRET {
        assert!(path_is_secret(path.as_bytes()).is_some(), "{path} is held");
    }
    assert!(path_is_secret(b"\xff\xfe/.env").is_some(), "names need not be UTF-8");
}

#[test]
fn ordinary_names() {
    for path in ORDINARY {
        assert_eq!(path_is_secret(path.as_bytes()), None, "{path} is not held");
    }
}
