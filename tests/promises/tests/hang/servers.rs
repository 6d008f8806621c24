//! Repositories whose remote hangs, lies, refuses or asks.

use crate::farm::{Case, Expect, Farm};
use autocommit_test_support::servers::{BlackHole, Fault, Login, Misbehaving, SshRemote};

/// Nobody answers: only the deadline ends it.
const TIMED_OUT: Expect = Expect::Push(&["timed_out"]);
/// It cannot be talked to now, whoever is to blame.
const AWAY: Expect = Expect::Push(&["unreachable", "timed_out"]);
/// It answers nonsense: there is no better word than that it failed.
const NONSENSE: Expect = Expect::Push(&["unknown", "unreachable", "timed_out"]);
const ASKS: Expect = Expect::Push(&["authentication"]);

pub(crate) fn plant(farm: &mut Farm) {
    http(farm);
    plain_tcp(farm);
    ssh(farm);
}

fn http(farm: &mut Farm) {
    let status = |code, headers: &str| Fault::Status(code, headers.to_owned());
    let basic = "WWW-Authenticate: Basic realm=\"farm\"\r\n";
    let faults = [
        ("http-401", status(401, basic), ASKS),
        ("http-401-no-challenge", status(401, ""), ASKS),
        ("http-401-negotiate", status(401, "WWW-Authenticate: Negotiate\r\n"), ASKS),
        ("http-403", status(403, ""), ASKS),
        ("http-404", status(404, ""), Expect::Push(&["remote_missing"])),
        ("http-429", status(429, "Retry-After: 3600\r\n"), NONSENSE),
        ("http-500", status(500, ""), AWAY),
        ("http-503", status(503, ""), AWAY),
        ("http-200-empty", status(200, ""), NONSENSE),
        ("http-drip", Fault::Drip, TIMED_OUT),
        ("http-reset-mid-pack", Fault::ResetMidPack, AWAY),
        ("http-silent-after-pack", Fault::SilentAfterPack, TIMED_OUT),
        ("http-endless-redirect", Fault::EndlessRedirect, NONSENSE),
        ("http-endless-headers", Fault::EndlessHeaders, NONSENSE),
        ("http-endless-refs", Fault::EndlessRefs, NONSENSE),
        ("http-garbage", Fault::Says(b"\0\x01\x02 no such thing\r\n\r\n".to_vec()), NONSENSE),
    ];
    for (name, fault, expect) in faults {
        let server = Misbehaving::new(fault);
        let url = server.url("http", "x.git");
        farm.remote(name, &url, expect);
        farm.keep(server);
    }
    // A wrong password in the address: refused with it as without.
    let server = Misbehaving::new(status(401, basic));
    let url = server.url("http", "x.git").replace("http://", "http://ada:a-wrong-word@");
    farm.remote("http-401-wrong-password", &url, ASKS);
    farm.keep(server);
    // Whoever is sent on to another host must not hand over the credentials of the first.
    let other = Misbehaving::new(status(401, basic));
    let server = Misbehaving::new(Fault::RedirectTo(format!("http://127.0.0.1:{}", other.port())));
    let url = server.url("http", "x.git").replace("http://", "http://ada:a-right-word@");
    farm.remote("http-redirect-to-another-host", &url, ASKS);
    farm.keep(server);
    farm.must_not_learn("http-redirect-to-another-host", other);
    // The person's own credential helper and askpass, both of which never answer.
    let server = Misbehaving::new(status(401, basic));
    let helper = farm.program("hanging-helper", "exec sleep 6000");
    farm.person(&format!(
        "[credential \"http://127.0.0.1:{}\"]\n\thelper = {}",
        server.port(),
        helper.display()
    ));
    let case = Case { hangs: true, ..Case::new("http-hanging-helper", TIMED_OUT) };
    farm.remote_case(case, &server.url("http", "x.git"));
    farm.keep(server);
    let askpass = farm.program("hanging-askpass", "exec sleep 6000");
    farm.person(&format!("[core]\n\taskPass = {}", askpass.display()));
}

fn plain_tcp(farm: &mut Farm) {
    for (name, scheme, expect) in [
        ("http-black-hole", "http", TIMED_OUT),
        ("https-black-hole", "https", TIMED_OUT),
        ("git-black-hole", "git", TIMED_OUT),
        // Ssh itself gives up after ten seconds.
        ("ssh-black-hole", "ssh", AWAY),
    ] {
        let hole = BlackHole::new();
        farm.remote_case(Case { hangs: true, ..Case::new(name, expect) }, &hole.url(scheme, "x.git"));
        farm.keep(hole);
    }
    let faults = [
        ("https-garbage", "https", Fault::Says(b"HTTP/1.1 400 Plain words\r\n\r\n".to_vec()), NONSENSE),
        ("git-garbage", "git", Fault::Says(b"zzzz not a length".to_vec()), NONSENSE),
        ("ssh-garbage", "ssh", Fault::Says(b"HTTP/1.1 400 Not here\r\n\r\n".to_vec()), AWAY),
        ("ssh-endless-banner", "ssh", Fault::EndlessLines("Welcome. ".repeat(20)), NONSENSE),
    ];
    for (name, scheme, fault, expect) in faults {
        let server = Misbehaving::new(fault);
        farm.remote(name, &server.url(scheme, "x.git"), expect);
        farm.keep(server);
    }
    farm.remote("http-refused", "http://127.0.0.1:9/x.git", Expect::Push(&["unreachable"]));
    farm.remote("ssh-refused", "ssh://127.0.0.1:9/x.git", Expect::Push(&["unreachable"]));
}

fn ssh(farm: &mut Farm) {
    let mut settings = String::new();
    let mut start = |farm: &mut Farm, name: &str, login: Login<'_>, known: bool| {
        let server = SshRemote::start_as(&farm.sandbox, &format!("sshd-{name}"), login)?;
        settings += &server.host_entry(name, known);
        farm.known.insert(server.pid());
        farm.keep(server);
        Some(format!("ssh://{name}/x.git"))
    };
    let servers = [
        ("ssh-asks-password", Login::Questions, true, ASKS, false),
        ("ssh-unknown-host", Login::Key, false, ASKS, false),
        ("ssh-silent-after-login", Login::Forced("exec cat > /dev/null"), true, TIMED_OUT, true),
        ("ssh-talks-after-login", Login::Forced("yes words"), true, NONSENSE, false),
    ];
    for (name, login, known, expect, hangs) in servers {
        match start(farm, name, login, known) {
            Some(url) => farm.remote_case(Case { hangs, ..Case::new(name, expect) }, &url),
            None => println!("hang: SKIPPED {name}: there is no sshd here"),
        }
    }
    let file = farm.sandbox.write(farm.sandbox.home(), "ssh-settings", settings);
    farm.person(&format!("[core]\n\tsshCommand = ssh -F {}", file.display()));
}
