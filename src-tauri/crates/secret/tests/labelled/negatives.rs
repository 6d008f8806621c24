//! What looks random or is called like a secret, and is none: nothing of it may be found.

use crate::{
    chance::{Chance, base64, base64_url},
    seed, told,
};
use autocommit_secret::scan;

/// A class of harmless files: its name, a path, a format for a line, and how many lines it has.
const LINES: &[(&str, &str, &str, usize)] = &[
    ("hashes", "checksums.txt", "<hex:64>  app-<d:1>.<d:1>.tar.gz\n", 20),
    ("hashes", "MD5SUMS", "<hex:32>  ./<az:8>.iso\n", 20),
    ("hashes", "CHANGES", "commit <hex:40>\nAuthor: A <a@corp.net>\n\n    <az:7> <az:5>\n\n", 20),
    ("hashes", "deploy.yml", "image: registry.corp.net/app@sha256:<hex:64>\n", 5),
    ("hashes", ".github/workflows/ci.yml", "      - uses: actions/checkout@<hex:40> # v4\n", 5),
    ("hashes", "Dockerfile", "FROM debian@sha256:<hex:64>\nARG SHA=<hex:64>\n", 1),
    ("hashes", "default.nix", "  sha256 = \"<b32l:52>\";\n  hash = \"sha256-<b64:43>=\";\n", 5),
    ("uuids", "data.json", "{\"id\": \"<uuid>\", \"parent\": \"<uuid>\"},\n", 20),
    ("uuids", "App.sln", "Project(\"{<uuid>}\") = \"A\", \"A.csproj\", \"{<uuid>}\"\n", 10),
    ("uuids", "conf.yml", "tenant_id: <uuid>\nclient_id: <uuid>\n", 2),
    (
        "lock files",
        "Cargo.lock",
        "[[package]]\nname = \"<az:6>\"\nversion = \"1.0.0\"\nchecksum = \"<hex:64>\"\n\n",
        30,
    ),
    (
        "lock files",
        "package-lock.json",
        "    \"node_modules/<az:7>\": {\n      \"integrity\": \"sha512-<b64:86>==\"\n    },\n",
        30,
    ),
    (
        "lock files",
        "yarn.lock",
        "token-<az:6>@^1.0.0:\n  resolved \"https://registry.corp.net/a/-/a-1.0.0.tgz#<hex:40>\"\n  integrity sha512-<b64:86>==\n",
        30,
    ),
    (
        "lock files",
        "pnpm-lock.yaml",
        "  /secret-<az:6>@1.0.0:\n    resolution: {integrity: sha512-<b64:86>==}\n",
        30,
    ),
    ("lock files", "go.sum", "corp.net/<az:6>/token v1.2.3 h1:<b64:43>=\n", 30),
    (
        "lock files",
        "poetry.lock",
        "    {file = \"<az:6>-1.0-py3-none-any.whl\", hash = \"sha256:<hex:64>\"},\n",
        30,
    ),
    (
        "lock files",
        "composer.lock",
        "            \"reference\": \"<hex:40>\",\n            \"shasum\": \"<hex:40>\"\n",
        30,
    ),
    ("lock files", "requirements.txt", "<az:6>==1.0 --hash=sha256:<hex:64>\n", 30),
    (
        "integrity",
        "index.html",
        "<script src=\"a.js\" integrity=\"sha384-<b64:64>\" crossorigin=\"anonymous\"></script>\n",
        3,
    ),
    ("public keys", "authorized_keys", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI<b64:43> me@host\n", 3),
    ("public keys", "authorized_keys", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ<b64:330> me@host\n", 3),
    (
        "public keys",
        "known_hosts",
        "|1|<b64:27>=|<b64:27>= ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABB<b64:86>=\n",
        5,
    ),
    ("public keys", "recipients.txt", "age1<bech:58>\n", 3),
    ("public keys", "wg.conf", "[Peer]\nPublicKey = <b64:42>E=\nAllowedIPs = 0.0.0.0/0\n", 2),
    ("public keys", "key.pub", "untrusted comment: minisign public key <HEX:16>\nRW<b64:54>\n", 1),
    ("public by design", "app.js", "Stripe('pk_live_<b62:24>');\n", 2),
    (
        "public by design",
        "app.js",
        "Sentry.init({dsn: 'https://<hex:32>@o<d:6>.ingest.sentry.io/<d:7>'});\n",
        2,
    ),
    ("public by design", "index.html", "<div class=\"g-recaptcha\" data-sitekey=\"6L<url:38>\"></div>\n", 2),
    ("public by design", "app.js", "posthog.init('phc_<b62:43>');\ngtag('config', 'G-<up:10>');\n", 1),
    ("style", "style.css", ".a { background: url(data:image/png;base64,<b64:800>); color: #<hex:6>; }\n", 5),
    (
        "style",
        "icon.svg",
        "<path d=\"M<d:2>.<d:2> <d:2>.<d:2>c<d:1>.<d:2>-<d:1>.<d:2> <d:2>.<d:2>\"/>\n",
        200,
    ),
    (
        "style",
        "tokens.css",
        "  --token-primary: #<hex:8>;\n  --secret-sauce: 0 0 4px rgba(0,0,0,.<d:2>);\n",
        20,
    ),
    (
        "style",
        "font.css",
        "@font-face { src: url(data:font/woff2;charset=utf-8;base64,d09GMgABAAAAA<b64:3000>) }\n",
        2,
    ),
    ("data", "table.csv", "<d:8>,<az:9>,<d:3>.<d:6>,-<d:2>.<d:7>,<hex:12>\n", 300),
    ("data", "floats.json", "0.<d:12>,-0.<d:9>,<d:2>.<d:9>e-<d:1>,", 500),
    ("data", "notebook.ipynb", "    \"image/png\": \"iVBORw0KGgoAAAANSUhEUg<b64:3000>==\",\n", 2),
    ("data", "app.js.map", "<b62:4>,<b62:4-6>,<b62:4>;<=AAAA,EAAE,CAAC><b62:1>,", 400),
    (
        "data",
        "dump.txt",
        "000<hex:5>: <hex:4> <hex:4> <hex:4> <hex:4> <hex:4> <hex:4> <hex:4> <hex:4>\n",
        100,
    ),
    ("data", "vocab.json", "{\"id\": <d:4>, \"token\": \"<az:7>\"}, \"token\": \"##<az:3>\",\n", 100),
    (
        "data",
        "log.txt",
        "2024-01-01T00:00:00Z INFO request_id=<hex:32> trace=<hex:32> span=<hex:16> took=<d:2>ms\n",
        100,
    ),
    ("encrypted", "conf.yml", "password: \"{bcrypt}$2a$10$<b62:53>\"\n", 2),
    (
        "code",
        "names.cjs",
        "var n=new Set([\"injectNpmUser\",\"injectNpmPassword\",\"injectNpm2FaToken\"]);\n",
        1,
    ),
    ("documentation", "netrc.py", "    f.write(\"machine corp.net login aaaa password bbbb\\n\")\n", 1),
    (
        "encrypted",
        "secrets.enc.yaml",
        "password: ENC[AES256_GCM,data:<b64:24>,iv:<b64:43>=,tag:<b64:22>==,type:str]\n",
        3,
    ),
    (
        "encrypted",
        "vault.yml",
        "db_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  <hex:80>\n  <hex:80>\n",
        2,
    ),
    (
        "encrypted",
        "sealed.yaml",
        "kind: SealedSecret\nspec:\n  encryptedData:\n    token: AgB<b64:600>=\n",
        1,
    ),
    ("encrypted", "users.yml", "password_hash: $2b$12$<b62:53>\n", 3),
    ("encrypted", "shadow.txt", "password: '$6$<b62:8>$<b62:86>'\n", 3),
    (
        "tests",
        "tests/login_test.py",
        "    password = 'test<d:4>'\n    login('me', password='secret<d:3>')\n",
        3,
    ),
    ("tests", "src/login.test.ts", "  const token = 'token-<d:3>';\n  const password = 'Passw0rd!';\n", 3),
    (
        "tests",
        "spec/user_spec.rb",
        "  let(:password) { 'correct horse battery' }\n  api_key = 'abc<d:3>'\n",
        3,
    ),
    (
        "documentation",
        "README.md",
        "    export API_KEY=your-api-key-here\n    curl -H \"Authorization: Bearer $TOKEN\" https://api.corp.net\n",
        1,
    ),
    (
        "documentation",
        "README.md",
        "Connect to `postgres://user:password@localhost:5432/app` or `mysql://root:root@db/app`.\n",
        1,
    ),
    (
        "documentation",
        "docs/setup.md",
        "Set `client_secret` to the value of *Client secret*, and `token` to the token you got.\n",
        1,
    ),
    (
        "documentation",
        "docs/keys.md",
        "    -----BEGIN RSA| PRIVATE KEY-----\n    ...\n    -----END RSA| PRIVATE KEY-----\n",
        1,
    ),
    (
        "documentation",
        "docs/keys.md",
        "    -----BEGIN| PRIVATE KEY-----\n    MIIEvQIBADANBgkqhkiG9w0BAQEFAASC...\n    -----END| PRIVATE KEY-----\n",
        1,
    ),
    (
        "documentation",
        "docs/aws.md",
        "    aws_access_key_id = AKI|AIOSFODNN7EXAMPLE\n    aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfi|CYEXAMPLEKEY\n",
        1,
    ),
    (
        "documentation",
        "docs/tokens.md",
        "    Authorization: token gh|p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
        1,
    ),
    (
        "documentation",
        "docs/jwt.md",
        "    eyJh|bGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c\n",
        1,
    ),
    (
        "placeholders",
        "settings.conf",
        "PASSWORD=changeme\nAPI_KEY=<=xxxxxxxxxxxxxxxxxxxxxxxx,your_api_key,REPLACE_ME,TODO>\nSECRET=\nTOKEN=none\n",
        1,
    ),
    (
        "placeholders",
        "conf.yml",
        "password: ${DB_PASSWORD}\ntoken: {{ vault_token }}\nsecret: \"%(secret)s\"\napi_key: <=!env API_KEY,null,'',~>\n",
        1,
    ),
    (
        "placeholders",
        "conf.yml",
        "password: vault:secret/data/app#password\ntoken: op://Private/app/token\nsecret: ssm:/app/prod/secret-key-1\n",
        1,
    ),
    (
        "placeholders",
        ".github/workflows/ci.yml",
        "        token: ${{ secrets.GITHUB_TOKEN }}\n        password: ${{ secrets.REGISTRY_PASSWORD_2 }}\n",
        1,
    ),
    (
        "placeholders",
        "deploy.yaml",
        "      - name: PASSWORD\n        valueFrom:\n          secretKeyRef:\n            name: app-secret-v2\n            key: password\n",
        1,
    ),
    (
        "placeholders",
        "appsettings.json",
        "{\"Password\": \"<your password>\", \"ApiKey\": \"[API KEY]\", \"Token\": \"__TOKEN_1__\"}\n",
        1,
    ),
    (
        "placeholders",
        "conf.toml",
        "password = \"0000000000000000\"\napi_key = \"1234567890abcdef1234567890abcdef\"\n",
        1,
    ),
    (
        "code",
        "app.py",
        "password = getpass.getpass('Password: ')\ntoken = request.headers['X-Token-2']\nsecret = os.environ['SECRET_KEY_1']\n",
        1,
    ),
    (
        "code",
        "app.js",
        "const password = document.getElementById('password1').value;\nif (password.length < 8) error('password-too-short-8');\n",
        1,
    ),
    (
        "code",
        "app.ts",
        "interface Login { password: string; apiKey?: string; token: Map<string, Token2> }\nconst token = useToken(theme.colors.primary500);\n",
        1,
    ),
    (
        "code",
        "main.go",
        "password := os.Getenv(\"DB_PASSWORD_V2\")\ntoken, err := parseToken(r.Header.Get(\"X-Auth-Token\"))\nsecret := cfg.Secrets[idx].Value2\n",
        1,
    ),
    (
        "code",
        "main.rs",
        "let password = rpassword::prompt_password(\"Password: \")?;\nlet token = Token::Ident(Span::new(12, 34));\n",
        1,
    ),
    (
        "code",
        "App.java",
        "private static final String PASSWORD = \"spring.datasource.password\";\nString token = tokenProvider.createToken2(authentication);\n",
        1,
    ),
    (
        "code",
        "main.tf",
        "  password = var.db_password\n  token    = data.vault_generic_secret.app2.data[\"token\"]\n  secret   = module.secret-v2.arn\n",
        1,
    ),
    (
        "code",
        "app.min.js",
        "var t=e.token,n=e.password||\"\",r={secretKey:t.secretKey,apiKey:n.apiKey};function a(e){return e.accessToken=t.b2.c3}",
        20,
    ),
    (
        "code",
        "messages.json",
        "{\"password\": \"Passwort\", \"forgotPassword\": \"Passwort vergessen?\", \"passwordTooShort\": \"Mindestens 8 Zeichen!\", \"token\": \"Token ist abgelaufen (2FA)\"}\n",
        1,
    ),
    (
        "code",
        "schema.sql",
        "CREATE TABLE users (password VARCHAR(255) NOT NULL, token CHAR(64), secret_key BYTEA);\nALTER USER app WITH PASSWORD :'password';\n",
        1,
    ),
    (
        "code",
        "login.html",
        "<input type=\"password\" name=\"password1\" id=\"id_password1\" placeholder=\"Password (min. 8)\" autocomplete=\"current-password\">\n",
        1,
    ),
    (
        "code",
        "run.sh",
        "PASSWORD=\"$(cat /run/secrets/db_password1)\"\nTOKEN=${TOKEN:?not set}\nread -s -p 'Password: ' PASSWORD2\n",
        1,
    ),
    ("code", "grammar.y", "%token IDENT2 NUMBER4 STRING_LITERAL8\ntoken: TOKEN_A1 | TOKEN_B2 ;\n", 1),
];

fn armoured(label: &str, chance: &mut Chance) -> String {
    let lines: String = (0..20).map(|_| chance.value("<b64:64>\n")).collect();
    let dashes = "-".repeat(5);
    format!("{dashes}BEGIN {label}{dashes}\n{lines}{dashes}END {label}{dashes}\n")
}

fn made(chance: &mut Chance) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let mut files: Vec<(&str, &str, Vec<u8>)> = LINES
        .iter()
        .map(|(class, path, line, count)| {
            let text: String = (0..*count).map(|_| chance.value(line)).collect();
            (*class, *path, text.into_bytes())
        })
        .collect();
    for label in [
        "CERTIFICATE",
        "PUBLIC KEY",
        "RSA PUBLIC KEY",
        "CERTIFICATE REQUEST",
        "PGP PUBLIC KEY BLOCK",
        "PGP MESSAGE",
    ] {
        files.push(("certificates", "chain.pem", armoured(label, chance).into_bytes()));
    }
    let prose = "This is an ordinary text, long enough to be worth decoding, about a password and a token.";
    files.push((
        "base64",
        "data.yaml",
        format!("data:\n  text: {}\n", base64(prose.as_bytes())).into_bytes(),
    ));
    let words = base64(b"example-application-secret");
    files.push(("base64", "secret.yaml", format!("clientSecret: {words}\n").into_bytes()));
    files.push(("base64", "state.js", format!("var s='{}';\n", base64_url(prose.as_bytes())).into_bytes()));
    for path in ["photo.jpg", "module.wasm", "data.bin", "archive.gz"] {
        let mut bytes = b"\0\0\x01\x02".to_vec();
        bytes.extend(chance.bytes(200_000));
        files.push(("binary", path, bytes));
    }
    let wide = "Passwort ist zu kurz. Token = Zeichen.\r\n".repeat(50);
    files.push(("utf-16", "strings.rc", wide.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    files
}

#[test]
fn nothing_is_found_in_what_is_no_secret() {
    let mut chance = Chance::new(seed());
    let (mut files, mut wrong) = (0, Vec::new());
    for _ in 0..10 {
        for (class, path, bytes) in made(&mut chance) {
            files += 1;
            for found in scan(path.as_bytes(), &bytes) {
                let line = bytes.split(|b| *b == b'\n').nth(found.line - 1).unwrap_or_default();
                let line = String::from_utf8_lossy(&line[..line.len().min(160)]);
                wrong.push(format!("{class}: {path}: {}: {line}", found.rule));
            }
        }
    }
    told::keep("secret-negatives", &[("files that only look secret", files), ("of them held", wrong.len())]);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
