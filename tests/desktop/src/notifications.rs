//! The program that shows bubbles, as a double: it notes what it is asked to show, and clicks.

use crate::{SOON, Session, bus::on, eventually};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};
use zbus::{
    Connection, conn, interface,
    object_server::{InterfaceRef, SignalEmitter},
    zvariant::OwnedValue,
};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// Why a bubble is gone, in the specification's numbers.
const DISMISSED: u32 = 2;
const WITHDRAWN: u32 = 3;

/// One call to show something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bubble {
    /// What the bubble can be named by.
    pub id: u32,
    /// The bubble it takes the place of; 0 for none.
    pub replaces: u32,
    /// The program that sent it, as it calls itself.
    pub app: String,
    /// The first line.
    pub summary: String,
    /// The text.
    pub body: String,
    /// What can be clicked: its name and what a person reads.
    pub actions: Vec<(String, String)>,
    /// 0 low, 1 normal, 2 critical; nothing where it was not said.
    pub urgency: Option<u8>,
    /// The name of the app's entry in the menu, where it was said.
    pub desktop_entry: Option<String>,
    /// Still shown.
    pub open: bool,
}

type Bubbles = Arc<Mutex<Vec<Bubble>>>;

/// What is on the bus.
struct Face {
    bubbles: Bubbles,
    next: AtomicU32,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Face {
    #[expect(clippy::too_many_arguments, reason = "the specification's")]
    fn notify(
        &self,
        app: String,
        replaces: u32,
        _icon: &str,
        summary: String,
        body: String,
        actions: Vec<String>,
        mut hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let id = if replaces == 0 { self.next.fetch_add(1, Ordering::Relaxed) } else { replaces };
        let urgency = hints.remove("urgency").and_then(|value| u8::try_from(value).ok());
        let desktop_entry = hints.remove("desktop-entry").and_then(|value| String::try_from(value).ok());
        let mut words = actions.into_iter();
        let actions = std::iter::from_fn(|| words.next().zip(words.next())).collect();
        let mut bubbles = self.bubbles.lock().unwrap_or_else(PoisonError::into_inner);
        for older in bubbles.iter_mut().filter(|older| older.id == id) {
            older.open = false;
        }
        bubbles.push(Bubble {
            id,
            replaces,
            app,
            summary,
            body,
            actions,
            urgency,
            desktop_entry,
            open: true,
        });
        id
    }

    async fn close_notification(&self, id: u32, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) {
        close(&self.bubbles, id);
        let _ = Self::notification_closed(&emitter, id, WITHDRAWN).await;
    }

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "persistence"].map(str::to_owned).to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("double".to_owned(), "tests".to_owned(), "1".to_owned(), "1.2".to_owned())
    }

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;
}

fn close(bubbles: &Bubbles, id: u32) {
    let mut bubbles = bubbles.lock().unwrap_or_else(PoisonError::into_inner);
    bubbles.iter_mut().filter(|bubble| bubble.id == id).for_each(|bubble| bubble.open = false);
}

/// Shows bubbles; gone from the bus when dropped.
pub struct Notifications {
    connection: Connection,
    bubbles: Bubbles,
}

impl Session {
    /// Starts the program that shows bubbles.
    #[track_caller]
    pub fn notifications(&self) -> Notifications {
        let bubbles = Bubbles::default();
        let face = Face { bubbles: Arc::clone(&bubbles), next: AtomicU32::new(1) };
        let connection = on(async {
            conn::Builder::address(self.bus().as_str())?.serve_at(PATH, face)?.name(NAME)?.build().await
        });
        Notifications { connection: connection.expect("the name on the bus"), bubbles }
    }
}

impl Notifications {
    /// Every call to show something so far, oldest first.
    pub fn all(&self) -> Vec<Bubble> {
        self.bubbles.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is shown now.
    pub fn open(&self) -> Vec<Bubble> {
        self.all().into_iter().filter(|bubble| bubble.open).collect()
    }

    /// The one bubble that is shown, as soon as there is exactly one.
    #[track_caller]
    pub fn one(&self) -> Bubble {
        eventually("one notification", SOON, || match &self.open()[..] {
            [one] => Ok(one.clone()),
            others => Err(format!("{others:#?}")),
        })
    }

    /// Clicks what can be clicked on a bubble: `default` is the bubble itself. The bubble is gone afterwards.
    #[track_caller]
    pub fn click(&self, bubble: &Bubble, action: &str) {
        assert!(bubble.actions.iter().any(|(name, _)| name == action), "no `{action}`: {bubble:#?}");
        close(&self.bubbles, bubble.id);
        let sent: zbus::Result<()> = on(async {
            let face: InterfaceRef<Face> = self.connection.object_server().interface(PATH).await?;
            Face::action_invoked(face.signal_emitter(), bubble.id, action).await?;
            Face::notification_closed(face.signal_emitter(), bubble.id, DISMISSED).await
        });
        sent.expect("a signal");
    }
}
