//! The app's window, driven as a person would: by WebDriver, through `tauri-driver`.

use crate::{Program, SOON, Session, app, eventually};
use autocommit_test_support::{free_port, request};
use serde_json::{Value, json};
use std::{
    cell::Cell,
    env,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

/// The name that WebDriver gives elements by.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Finds what a person sees and can use by its role and its name, as a screen reader would say them.
const FIND: &str = r#"
const [role, name] = arguments;
const roles = {
  button: 'button, [role=button], summary', link: 'a[href], [role=link]', switch: '[role=switch]',
  checkbox: 'input[type=checkbox], [role=checkbox]', textbox: 'input:not([type]), input[type=text], input[type=number], textarea, [role=textbox], [role=spinbutton]',
  search: 'input[type=search], [role=searchbox]', row: '[role=row], [role=listitem], [role=option], li', any: '*',
};
const text = (element) => (element.innerText ?? element.textContent ?? '').replace(/\s+/g, ' ').trim();
const named = (element) => {
  const by = (element.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean)
    .map((id) => document.getElementById(id)).filter(Boolean).map(text).join(' ');
  const label = element.labels?.length ? [...element.labels].map(text).join(' ') : '';
  return (by || element.getAttribute('aria-label') || label || text(element) || element.getAttribute('title')
    || element.getAttribute('placeholder') || '').replace(/\s+/g, ' ').trim();
};
const seen = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
const fits = new RegExp(name, 'i');
return [...document.querySelectorAll(roles[role] ?? role)].find((one) => seen(one) && !one.disabled && fits.test(named(one))) ?? null;
"#;

/// The app with its window, under WebDriver. Both end when it is dropped.
pub struct Window<'a> {
    session: &'a Session,
    driver: Program,
    port: u16,
    id: String,
    clicks: Cell<usize>,
}

/// `tauri-driver`: the one that `TEST_TAURI_DRIVER` names, where the test command installs it, or on PATH.
fn driver() -> PathBuf {
    let installed = env::var_os("TEST_TAURI_DRIVER").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/bin/tauri-driver"),
        PathBuf::from,
    );
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).map(|folder| folder.join("tauri-driver"));
    std::iter::once(installed).chain(folders).find(|path| path.is_file()).expect(
        "`tauri-driver` is missing: run `cargo install tauri-driver --version '^2' --locked --root target/tools`",
    )
}

impl Session {
    /// Starts the app under WebDriver. Its window must open by itself.
    #[track_caller]
    pub fn window(&self) -> Window<'_> {
        self.window_of(&[])
    }

    /// The same with arguments.
    #[track_caller]
    pub fn window_of(&self, args: &[&str]) -> Window<'_> {
        let tried: Vec<String> = match self.try_window(args) {
            Ok(window) => return window,
            Err(error) => vec![error],
        };
        // Another program may have taken one of the ports first.
        self.end("autocommit-desktop", Duration::from_secs(5));
        self.try_window(args).unwrap_or_else(|error| panic!("no window, twice: {tried:?}, {error}"))
    }

    fn try_window(&self, args: &[&str]) -> Result<Window<'_>, String> {
        let (port, native) = (free_port(), free_port());
        let mut command = self.command(driver());
        command.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        let driver = self.start("tauri-driver", command);
        let mut window = Window { session: self, driver, port, id: String::new(), clicks: Cell::new(0) };
        let started = Instant::now();
        loop {
            match window.call("GET", "/status", &Value::Null) {
                Ok(status) if status["ready"] == true => break,
                _ if window.driver.ended().is_some() => return Err(window.driver.printed()),
                answer if started.elapsed() > SOON => {
                    return Err(format!("the driver is silent: {answer:?}"));
                }
                _ => thread::sleep(Duration::from_millis(50)),
            }
        }
        let options = json!({"application": app::desktop(), "args": args});
        let wanted = json!({"capabilities": {"alwaysMatch": {"tauri:options": options}}});
        let made = window.call("POST", "/session", &wanted);
        let made = made.map_err(|error| format!("{error}\n{}", window.driver.printed()))?;
        made["sessionId"].as_str().ok_or("no session")?.clone_into(&mut window.id);
        Ok(window)
    }
}

impl Window<'_> {
    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let path = match self.id.as_str() {
            "" => path.to_owned(),
            id => format!("/session/{id}{path}"),
        };
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [("Content-Type", "application/json")];
        // The driver keeps connections that the one behind it has closed: then nothing was asked, and it is asked again.
        let ask = || request(self.port, method, &path, &headers, body.as_bytes());
        let reply = ask().or_else(|_| ask()).or_else(|_| ask()).map_err(|error| error.to_string())?;
        let mut value: Value =
            serde_json::from_str(&reply.body).map_err(|e| format!("{e}: {}", reply.body))?;
        if reply.status == 200 {
            Ok(value["value"].take())
        } else {
            Err(value["value"]["message"].to_string())
        }
    }

    /// What a script in the page returns.
    ///
    /// # Errors
    /// What the page or the driver says.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Result<Value, String> {
        self.call("POST", "/execute/sync", &json!({"script": script, "args": arguments}))
    }

    fn found(&self, role: &str, name: &str) -> Result<String, String> {
        let found = self.run(FIND, &[role.into(), name.into()])?;
        let element = found[ELEMENT].as_str().map(str::to_owned);
        element.ok_or_else(|| format!("no {role} named /{name}/ in:\n{}", self.text()))
    }

    /// Whether there is such an element now.
    pub fn has(&self, role: &str, name: &str) -> bool {
        self.found(role, name).is_ok()
    }

    /// Clicks the first element of this role whose name fits the pattern, as soon as it is there; counted as one click.
    #[track_caller]
    pub fn click(&self, role: &str, name: &str) {
        self.clicks.set(self.clicks.get() + 1);
        eventually(&format!("a click on {role} /{name}/"), SOON, || {
            let element = self.found(role, name)?;
            self.call("POST", &format!("/element/{element}/click"), &json!({}))
        });
    }

    /// Replaces what is in a field with this text, key by key.
    #[track_caller]
    pub fn write(&self, role: &str, name: &str, text: &str) {
        // A field may be made anew just then: it is written into again, in place of what is there (Control and A).
        eventually(&format!("`{text}` in {role} /{name}/"), SOON, || {
            let path = format!("/element/{}", self.found(role, name)?);
            let _ = self.call("POST", &format!("{path}/click"), &json!({}))?;
            for keys in ["\u{e009}a\u{e000}", text] {
                let _ = self.call("POST", &format!("{path}/value"), &json!({"text": keys}))?;
            }
            Ok(())
        });
    }

    /// Everything a person can read now.
    pub fn text(&self) -> String {
        let text = self.run("return document.body ? document.body.innerText : ''", &[]);
        text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Waits until this can be read in the window.
    #[track_caller]
    pub fn wait_for_text(&self, text: &str) {
        self.wait_for(&format!("`{text}` in the window"), |shown| shown.contains(text));
    }

    /// Waits until what can be read in the window fits, and returns it.
    #[track_caller]
    pub fn wait_for(&self, what: &str, fits: impl Fn(&str) -> bool) -> String {
        eventually(what, SOON, || {
            let shown = self.text();
            if fits(&shown) { Ok(shown) } else { Err(shown) }
        })
    }

    /// Where in the app the window is: the part of the address from `#`.
    pub fn place(&self) -> String {
        let place = self.run("return location.hash", &[]);
        place.ok().and_then(|place| place.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Goes to a place, as a link would.
    #[track_caller]
    pub fn go(&self, place: &str) {
        self.run("location.hash = arguments[0]", &[place.into()]).expect("a place");
    }

    /// How often something was clicked so far.
    pub fn clicks(&self) -> usize {
        self.clicks.get()
    }

    /// The app's process.
    #[track_caller]
    pub fn pid(&self) -> u32 {
        eventually("the app's process", SOON, || {
            match &self.session.processes_named("autocommit-desktop")[..] {
                [one] => Ok(*one),
                others => Err(format!("{others:?}")),
            }
        })
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        if self.id.is_empty() {
            return;
        }
        if std::thread::panicking() {
            eprintln!("--- the window showed\n{}\n---", self.text());
            eprintln!("kept as {}", self.session.keep_picture("failed").display());
        }
        let _ = self.call("DELETE", "", &Value::Null);
        // It may outlive that.
        self.session.end("autocommit-desktop", Duration::from_secs(5));
    }
}
