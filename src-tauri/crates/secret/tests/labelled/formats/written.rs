//! Secrets that only their surroundings tell, logins as they are written, and keys in files.

use super::{Format, Made};
use crate::chance::{Chance, base64, base64_url};

pub(super) const NAMED: &[(&str, &str)] = &[
    ("aws-secret-access-key", "aws_secret_access_key = <b64:40>"),
    ("aws-secret-access-key", "AWS_SECRET_ACCESS_KEY=\"<b64:40>\""),
    ("aws-secret-access-key", "\"SecretAccessKey\": \"<b64:40>\","),
    ("aws-secret-access-key", "secretAccessKey: '<b64:40>'"),
    ("azure-account-key", "DefaultEndpointsProtocol=https;AccountName=corp;AccountKey=<b64:86>=="),
    (
        "azure-account-key",
        "Endpoint=sb://corp.servicebus.windows.net/;SharedAccessKeyName=all;SharedAccessKey=<b64:43>=",
    ),
    (
        "azure-sas",
        "https://corp.blob.core.windows.net/a?sv=2022-11-02&se=2030-01-01&sig=<b62:40>%2B<b62:1>%3D",
    ),
    ("azure-function-url", "https://corp.azurewebsites.net/api/orders?code=<b62:54>=="),
    ("heroku-uuid", "HEROKU_API_KEY=<uuid>"),
    ("ovh-key", "OVH_APPLICATION_SECRET=<low:32>"),
    ("linode-token", "export LINODE_TOKEN=<hex:64>"),
    ("hetzner-token", "HCLOUD_TOKEN: <b62:64>"),
    ("ibm-cloud-key", "IBMCLOUD_API_KEY='<url:44>'"),
    ("gitea-token", "GITEA_TOKEN=<hex:40>"),
    ("snyk-token", "SNYK_TOKEN=<uuid>"),
    ("codecov-token", "CODECOV_TOKEN: <uuid>"),
    ("jenkins-token", "JENKINS_API_TOKEN=11<hex:32>"),
    ("vault-old-token", "VAULT_TOKEN=s.<b62:24>"),
    ("akeyless-key", "AKEYLESS_ACCESS_KEY=<b64:43>="),
    ("ngrok-token", "NGROK_AUTHTOKEN=2<b62:26>_<b62:21>"),
    ("ngrok-token", "ngrok config add-authtoken 2<b62:26>_<b62:21>"),
    ("zerotier-token", "ZEROTIER_TOKEN=<b62:32>"),
    ("kubeadm-token", "kubeadm join 10.0.0.1:6443 --token <low:6>.<low:16>"),
    ("kubernetes-client-key", "    client-key-data: LS0tLS1C|RUdJTiBS<b62:400>"),
    ("consul-token", "CONSUL_HTTP_TOKEN=<uuid>"),
    ("fastly-token", "FASTLY_API_KEY=<url:32>"),
    ("wireguard-key", "[Interface]\nPrivateKey = <b64:42>E=\nAddress = 10.0.0.2/24"),
    ("paypal-secret", "PAYPAL_CLIENT_SECRET=E<url:79>"),
    ("coinbase-key", "COINBASE_API_SECRET=<b62:32>"),
    ("binance-secret", "BINANCE_SECRET_KEY=<b62:64>"),
    ("discord-token", "DISCORD=\"MTA<b62:23>.G<b62:5>.<url:38>\""),
    (
        "discord-token",
        "const { Client } = require('discord.js');\n\nclient.login('Nz<b62:22>.X<b62:5>.<url:27>');",
    ),
    ("twilio-auth-token", "TWILIO_AUTH_TOKEN=<hex:32>"),
    ("mailgun-new-key", "MAILGUN_API_KEY=<hex:32>-<hex:8>-<hex:8>"),
    ("postmark-token", "POSTMARK_SERVER_TOKEN=<uuid>"),
    ("facebook-app-token", "FACEBOOK_APP_SECRET=<hex:32>"),
    ("line-secret", "LINE_CHANNEL_SECRET=<hex:32>"),
    ("npmrc-login", "//registry.corp.net/:_authToken=<uuid>"),
    ("npmrc-login", "//registry.corp.net/:_password=<b64:24>"),
    ("npmrc-login", "npmAuthToken: \"<uuid>\""),
    ("expo-token", "EXPO_TOKEN=<url:40>"),
    ("nuget-clear-password", "<add key=\"ClearTextPassword\" value=\"<b62:20>\" />"),
    ("datadog-key", "DD_API_KEY=<hex:32>"),
    ("datadog-key", "datadog_app_key: <hex:40>"),
    ("pagerduty-key", "PAGERDUTY_API_KEY=<b62:20>"),
    ("algolia-key", "ALGOLIA_ADMIN_KEY=<hex:32>"),
    ("rollbar-token", "ROLLBAR_ACCESS_TOKEN=<hex:32>"),
    ("splunk-token", "Authorization: Splunk <uuid>"),
    ("splunk-token", "SPLUNK_HEC_TOKEN=<uuid>"),
    ("storyblok-token", "STORYBLOK_TOKEN=<b62:22>tt"),
    ("okta-token", "Authorization: SSWS 00<url:40>"),
    ("zendesk-key", "ZENDESK_API_TOKEN=<b62:40>"),
    ("shortcut-token", "SHORTCUT_API_TOKEN=<uuid>"),
];

pub(super) const LOGINS: &[(&str, &str)] = &[
    ("url-password", "postgres://app:<b62:16>@db.corp.net:5432/app"),
    ("url-password", "DATABASE_URL=mysql://root:<b62:9>!<b62:5>@10.2.3.4/shop"),
    ("url-password", "redis://:<b62:24>@cache.corp.net:6379/0"),
    ("url-password", "mongodb+srv://svc:<b62:18>@cluster0.ab1cd.mongodb.net/app"),
    ("url-password", "https://deploy:<b62:20>@git.corp.net/a/b.git"),
    ("url-password", "amqp://worker:<low:20>@mq.corp.net"),
    ("bearer-token", "Authorization: Bearer <b62:40>"),
    ("bearer-token", "curl -H 'Authorization: Bearer <hex:64>' https://api.corp.net"),
    (
        "connection-string-password",
        "Server=tcp:db.corp.net,1433;Database=app;User ID=sa;Password=<sym:16>;Encrypt=True;",
    ),
    ("connection-string-password", "Data Source=db;Initial Catalog=app;User Id=app;Pwd=<b62:14>;"),
    ("netrc-password", "machine git.corp.net\n  login deploy\n  password <b62:18>"),
    ("curl-login", "curl -s -u deploy:<b62:16> https://ci.corp.net/build"),
    ("curl-login", "curl --user 'deploy:<b62:16>' https://ci.corp.net/build"),
    ("sshpass-password", "sshpass -p '<sym:14>' ssh root@10.0.0.5"),
    ("sql-password", "CREATE USER app IDENTIFIED BY '<b62:16>';"),
    ("sql-password", "ALTER ROLE app WITH LOGIN PASSWORD '<sym:16>';"),
    ("powershell-password", "$p = ConvertTo-SecureString \"<sym:16>\" -AsPlainText -Force"),
];

pub(super) fn logins() -> Vec<Format> {
    let code = |rule, file, make| Format { rule, made: Made::Code(file, make) };
    vec![
        code("overfull", "notes.txt", |chance| {
            let piece = chance.value("<=-,~>ey|J");
            piece.repeat(30_000 + chance.below(1000)).into_bytes()
        }),
        code("json-web-token", "notes.txt", |chance| web_token(chance).into_bytes()),
        code("basic-login", "request.http", |chance| {
            let login = chance.value("deploy:<b62:18>");
            format!("GET / HTTP/1.1\nAuthorization: Basic {}\n", base64(login.as_bytes())).into_bytes()
        }),
        code("docker-login", "settings.json", |chance| {
            let login = chance.value("deploy:<b62:18>");
            let auth = base64(login.as_bytes());
            format!(
                "{{\n \"auths\": {{\n  \"registry.corp.net\": {{\n   \"auth\": \"{auth}\"\n  }}\n }}\n}}\n"
            )
            .into_bytes()
        }),
    ]
}

fn web_token(chance: &mut Chance) -> String {
    let header = base64_url(br#"{"alg":"HS256","typ":"JWT"}"#);
    let payload = chance.value(r#"{"sub":"<d:8>","iat":17<d:8>,"scope":"admin"}"#);
    format!("{header}.{}.{}", base64_url(payload.as_bytes()), chance.value("<url:43>"))
}

pub(super) fn keys() -> Vec<Format> {
    let code = |rule, file, make| Format { rule, made: Made::Code(file, make) };
    let token = |rule, format| Format { rule, made: Made::Token(format) };
    let text = |rule, format| Format { rule, made: Made::Text(format) };
    vec![
        code("private-key", "deploy.txt", |chance| armoured("RSA PRIVATE KEY", 1190, "\n", chance)),
        code("private-key", "deploy.txt", |chance| armoured("PRIVATE KEY", 1216, "\r\n", chance)),
        code("private-key", "deploy.txt", |chance| armoured("EC PRIVATE KEY", 121, "\n", chance)),
        code("private-key", "deploy.txt", |chance| armoured("PRIVATE KEY", 48, "\n", chance)),
        code("private-key", "deploy.txt", |chance| armoured("OPENSSH PRIVATE KEY", 411, "\n", chance)),
        code("private-key", "deploy.txt", |chance| armoured("ENCRYPTED PRIVATE KEY", 1300, "\n", chance)),
        code("private-key", "deploy.txt", |chance| armoured("DSA PRIVATE KEY", 600, "\n", chance)),
        code("private-key", "account.json", |chance| {
            let key = String::from_utf8(armoured("PRIVATE KEY", 1216, "\\n", chance)).unwrap();
            format!("{{\n  \"type\": \"service_account\",\n  \"private_key\": \"{key}\",\n  \"x\": 1\n}}\n")
                .into_bytes()
        }),
        code("private-key", "deploy.py", |chance| {
            let key = String::from_utf8(armoured("RSA PRIVATE KEY", 600, "\\n\" +\n    \"", chance)).unwrap();
            format!("KEY = (\"{key}\")\n").into_bytes()
        }),
        code("private-key", "values.yaml", |chance| {
            let key = String::from_utf8(armoured("RSA PRIVATE KEY", 1190, "\n    ", chance)).unwrap();
            format!("tls:\n  key: |\n    {key}\n").into_bytes()
        }),
        code("private-key", "old.txt", |chance| {
            let headers = chance.value("\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,<HEX:32>\n");
            let key = String::from_utf8(armoured("RSA PRIVATE KEY", 1190, "\n", chance)).unwrap();
            key.replacen("KEY-----\n", &format!("KEY-----{headers}\n"), 1).into_bytes()
        }),
        code("private-key", "secret.asc", |chance| {
            let key = String::from_utf8(armoured("PGP PRIVATE KEY BLOCK", 1500, "\n", chance)).unwrap();
            key.replacen("BLOCK-----\n", "BLOCK-----\nVersion: GnuPG v2\n\n", 1).into_bytes()
        }),
        code("private-key", "secret.yaml", |chance| {
            let key = armoured("RSA PRIVATE KEY", 1190, "\n", chance);
            format!("apiVersion: v1\nkind: Secret\ndata:\n  tls: {}\n", base64(&key)).into_bytes()
        }),
        code("binary-private-key", "server.der", |chance| {
            let mut der = vec![0x30, 0x82, 0x04, 0xa4, 0x02, 0x01, 0x00, 0x02, 0x82, 0x01, 0x01, 0x00];
            der.extend(chance.bytes(0x4a4 + 4 - der.len()));
            der
        }),
        code("key-store", "release.bin", |chance| {
            let mut store = vec![0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2];
            store.extend(chance.bytes(2000));
            store
        }),
        code("key-store", "vault.bin", |chance| {
            let mut store = vec![0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5, 0, 0, 3, 0];
            store.extend(chance.bytes(2000));
            store
        }),
        code("putty-key", "deploy.txt", |chance| {
            let public = chance.value("<b64:64>\n<b64:64>\n<b64:64>\n");
            let private = chance.value("<b64:64>\n<b64:64>\n<b64:20>==\n");
            let head = "PuTTY-User-Key-F".to_owned()
                + "ile-3: ssh-rsa\nEncryption: none\nComment: x\nPublic-Lines: 3\n";
            format!("{head}{public}Private-Lines: 3\n{private}Private-MAC: 00\n").into_bytes()
        }),
        code("secret-file-in-archive", "backup.zip", |chance| {
            let name = b"home/.aws/credentials";
            let mut zip = b"PK\x03\x04".to_vec();
            zip.extend(chance.bytes(900));
            zip.extend([0; 8]);
            zip.extend(b"PK\x01\x02");
            zip.extend([0; 24]);
            zip.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            zip.extend([0; 16]);
            zip.extend(name);
            zip
        }),
        code("secret-file-in-archive", "backup.tar", |_| {
            let mut tar = Vec::new();
            for (name, size) in [("etc/motd", 700_usize), ("home/.ssh/id_ed25519", 0)] {
                let mut header = name.as_bytes().to_vec();
                header.resize(124, 0);
                header.extend(format!("{size:011o}\0").into_bytes());
                header.resize(257, 0);
                header.extend(b"ustar\0");
                header.resize(512, 0);
                tar.extend(header);
                tar.resize(tar.len() + size.div_ceil(512) * 512, b'x');
            }
            tar
        }),
        token("openssh-key-body", "b3BlbnNza|C1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ<b64:300>"),
        token("age-key", "AGE-SEC|RET-KEY-1<BECH:58>"),
        token("bitcoin-extended-key", "xp|rv<b58:107>"),
        token("nostr-key", "ns|ec1<bech:58>"),
        text(
            "json-web-key",
            "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"<url:43>\",\"y\":\"<url:43>\",\"d\":\"<url:43>\"}",
        ),
        text("json-web-key", "{\"d\":\"<url:342>\",\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"<url:342>\"}"),
        text("minisign-key", "untrusted comment: minisign encrypted secret key\nRW|RTY0Iy<b64:204>"),
        text("ethereum-key", "PRIVATE_KEY=0x<hex:64>"),
        text(
            "remote-desktop-password",
            "username:s:app\npassword 51|:b:01000000D08C|9DDF0115D1118C7A00C04FC297EB<HEX:200>",
        ),
        code("wallet-words", "notes.txt", |chance| {
            // The real list has 2,048 words: they hardly ever repeat.
            let first = chance.below(WORDS.len());
            let words: Vec<_> = (0..12).map(|n| WORDS[(first + n * 7) % WORDS.len()]).collect();
            format!("mnemonic = \"{}\"\n", words.join(" ")).into_bytes()
        }),
    ]
}

const WORDS: [&str; 40] = [
    "legal", "winner", "thank", "year", "wave", "sausage", "worth", "useful", "letter", "advice", "cage",
    "absurd", "amount", "doctor", "acoustic", "avoid", "void", "come", "effort", "body", "hamster",
    "diagram", "private", "dutch", "cause", "delay", "panda", "exotic", "crop", "drum", "fossil", "glory",
    "island", "jungle", "kidney", "lunar", "mango", "noble", "orbit", "puzzle",
];

/// A key in its armour, `size` random bytes in lines of 64, joined by `line_end`.
fn armoured(label: &str, size: usize, line_end: &str, chance: &mut Chance) -> Vec<u8> {
    let body = base64(&chance.bytes(size));
    let lines: Vec<_> =
        body.as_bytes().chunks(64).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    let dashes = "-".repeat(5);
    format!(
        "{dashes}BEGIN {label}{dashes}{line_end}{}{line_end}{dashes}END {label}{dashes}{line_end}",
        lines.join(line_end)
    )
    .into_bytes()
}
