//! The desktop's notifications over its bus. The plugin of the framework cannot replace, withdraw, set the urgency, or
//! say whether anything arrived.

use super::{Answer, OnShow};
use crate::desk::Desk;
use autocommit_panel::{Bubble, Button, Delivery, Notice, Urgency};
use futures_util::StreamExt as _;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};
use zbus::zvariant::Value;

/// The longest that a desktop may take to answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// Time between two tries to find a bus, while something could not be told.
const AGAIN: Duration = Duration::from_secs(30);
/// The id of the app, which is also the name of its desktop entry.
const ENTRY: &str = "dev.autocommit.Autocommit";
/// Name of the app's icon in the icon theme.
const ICON: &str = "autocommit-desktop";

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    #[allow(clippy::too_many_arguments, reason = "the specification has them")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String);
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32);
    #[zbus(signal)]
    fn activation_token(&self, id: u32, activation_token: String);
}

/// The person's desktop.
pub(super) struct Desktop {
    link: Option<Link>,
    on_show: OnShow,
    /// All that were told and are not over.
    bubbles: BTreeMap<String, Bubble>,
    /// Keys of those that did not arrive.
    failed: BTreeSet<String>,
    token: Option<(u32, String)>,
}

/// Something that the desktop says.
pub(super) enum Word {
    /// A person chose something.
    Chosen { id: u32, action: String },
    /// A person chose something, and the window may take the focus for it.
    Token { id: u32, token: String },
    /// It is not on show any more.
    Closed { id: u32 },
    /// Another program shows notifications from now on, or none.
    Owner { some: bool },
    /// The bus is gone, and with it everything that was on show.
    Hangup,
    /// Time to look for a bus again.
    Time,
}

/// A connection to the bus.
struct Link {
    proxy: NotificationsProxy<'static>,
    bus: String,
    actions: ActionInvokedStream,
    closed: NotificationClosedStream,
    tokens: ActivationTokenStream,
    owners: zbus::proxy::OwnerChangedStream<'static>,
    /// What the program that shows notifications can do; asked once for each such program.
    abilities: Option<Vec<String>>,
}

impl Link {
    async fn open() -> zbus::Result<Self> {
        let connection = zbus::Connection::session().await?;
        let proxy = NotificationsProxy::builder(&connection)
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await?;
        let bus = zbus::fdo::DBusProxy::new(&connection).await?.get_id().await?.to_string();
        Ok(Self {
            actions: proxy.receive_action_invoked().await?,
            closed: proxy.receive_notification_closed().await?,
            tokens: proxy.receive_activation_token().await?,
            owners: proxy.inner().receive_owner_changed().await?,
            abilities: None,
            bus,
            proxy,
        })
    }

    /// The program that shows notifications, as a name that is never used again. Starts it where it does not run.
    async fn server(&mut self) -> zbus::Result<String> {
        if self.abilities.is_none() {
            self.abilities = Some(self.proxy.get_capabilities().await?);
        }
        let names = zbus::fdo::DBusProxy::new(self.proxy.inner().connection()).await?;
        let owner = names.get_name_owner(self.proxy.inner().destination().to_owned()).await?;
        Ok(format!("{} {owner}", self.bus))
    }

    fn can(&self, ability: &str) -> bool {
        self.abilities.iter().flatten().any(|can| can == ability)
    }

    async fn show(&self, bubble: &Bubble, replaces: u32, quiet: bool) -> zbus::Result<u32> {
        let body = match self.can("body-markup") {
            true => bubble.markup(),
            false => bubble.body.clone(),
        };
        let mut actions = vec!["default", "Open"];
        if self.can("actions") {
            for button in &bubble.buttons {
                actions.extend(match button {
                    Button::Retry(_) => ["retry", "Retry"],
                    Button::Show => ["show", "Show"],
                });
            }
        }
        let urgency: u8 = match bubble.urgency {
            Urgency::Low => 0,
            Urgency::Normal => 1,
            Urgency::Critical => 2,
        };
        let mut hints =
            HashMap::from([("urgency", Value::U8(urgency)), ("desktop-entry", Value::from(ENTRY))]);
        if quiet {
            hints.insert("suppress-sound", Value::Bool(true));
        }
        let title = &bubble.title;
        self.proxy.notify("Autocommit", replaces, ICON, title, &body, &actions, hints, -1).await
    }
}

impl Desktop {
    pub(super) fn new(_desk: &Desk, on_show: OnShow) -> Self {
        Self { link: None, on_show, bubbles: BTreeMap::new(), failed: BTreeSet::new(), token: None }
    }

    pub(super) fn on_show(&self) -> OnShow {
        self.on_show.clone()
    }

    /// Carries out what is due; says whether it arrived, where there was something to deliver.
    pub(super) async fn tell(&mut self, notices: Vec<Notice>, standing: Vec<Bubble>) -> Option<Delivery> {
        self.bubbles = standing.into_iter().map(|bubble| (bubble.key.clone(), bubble)).collect();
        let mut delivered = None;
        for notice in notices {
            let done = match notice {
                Notice::Show(bubble) => self.deliver(bubble, false).await,
                Notice::Replace { bubble, quiet } => {
                    let gone =
                        !self.on_show.ids.contains_key(&bubble.key) && !self.failed.contains(&bubble.key);
                    if quiet && gone {
                        continue;
                    }
                    self.deliver(bubble, quiet).await
                }
                Notice::Withdraw(key) => {
                    self.withdraw(&key).await;
                    continue;
                }
            };
            delivered = Some(delivered.unwrap_or(true) && done);
        }
        match delivered {
            Some(true) if self.failed.is_empty() => Some(Delivery::Arrives),
            Some(_) => Some(Delivery::Fails),
            None if self.failed.is_empty() => None,
            None => Some(Delivery::Fails),
        }
    }

    async fn deliver(&mut self, bubble: Bubble, quiet: bool) -> bool {
        let shown = tokio::time::timeout(DEADLINE, self.show(&bubble, quiet)).await;
        let id = match shown {
            Ok(Ok(id)) => id,
            Ok(Err(error)) => return self.lost(bubble, &error.to_string()),
            Err(_) => return self.lost(bubble, "no answer"),
        };
        self.failed.remove(&bubble.key);
        self.on_show.ids.insert(bubble.key.clone(), id);
        self.bubbles.insert(bubble.key.clone(), bubble);
        true
    }

    fn lost(&mut self, bubble: Bubble, why: &str) -> bool {
        tracing::warn!("a notification could not be delivered: {why}");
        self.failed.insert(bubble.key.clone());
        self.bubbles.insert(bubble.key.clone(), bubble);
        false
    }

    async fn show(&mut self, bubble: &Bubble, quiet: bool) -> zbus::Result<u32> {
        let (link, on_show) = self.linked().await?;
        let replaces = on_show.ids.get(&bubble.key).copied().unwrap_or(0);
        link.show(bubble, replaces, quiet).await
    }

    async fn withdraw(&mut self, key: &str) {
        self.failed.remove(key);
        self.bubbles.remove(key);
        if !self.on_show.ids.contains_key(key) {
            return;
        }
        let closing = async {
            let (link, on_show) = self.linked().await?;
            match on_show.ids.get(key) {
                Some(id) => link.proxy.close_notification(*id).await,
                None => Ok(()),
            }
        };
        if let Ok(Err(error)) = tokio::time::timeout(DEADLINE, closing).await {
            tracing::debug!("a notification could not be withdrawn: {error}");
        }
        self.on_show.ids.remove(key);
    }

    /// The bus, and what its desktop shows of ours: nothing, if it is another desktop than before.
    async fn linked(&mut self) -> zbus::Result<(&Link, &OnShow)> {
        if self.link.is_none() {
            self.link = Some(Link::open().await?);
        }
        let Some(link) = self.link.as_mut() else { return Err(zbus::Error::InterfaceNotFound) };
        let server = link.server().await?;
        if server != self.on_show.server {
            self.on_show = OnShow { server, ids: BTreeMap::new() };
        }
        Ok((link, &self.on_show))
    }

    /// The next thing that the desktop says. May be dropped at any point.
    pub(super) async fn next(&mut self) -> Word {
        let Some(link) = self.link.as_mut() else {
            tokio::time::sleep(AGAIN).await;
            return Word::Time;
        };
        loop {
            tokio::select! {
                // A token comes before the choice it is for, and a choice before the end of what it was made on. They may
                // all be there at once, and in another order a click would be lost.
                biased;
                Some(said) = link.tokens.next() => if let Ok(args) = said.args() {
                    return Word::Token { id: args.id, token: args.activation_token };
                },
                Some(said) = link.actions.next() => if let Ok(args) = said.args() {
                    return Word::Chosen { id: args.id, action: args.action_key };
                },
                Some(said) = link.closed.next() => if let Ok(args) = said.args() {
                    return Word::Closed { id: args.id };
                },
                Some(owner) = link.owners.next() => return Word::Owner { some: owner.is_some() },
                else => return Word::Hangup,
            }
        }
    }

    /// Takes it in: whether what could not be told arrives now, and what a person chose.
    pub(super) async fn heard(&mut self, word: Word) -> (Option<Delivery>, Option<Answer>) {
        match word {
            Word::Chosen { id, action } => return (None, self.answer(id, &action)),
            Word::Token { id, token } => self.token = Some((id, token)),
            Word::Closed { id } => self.on_show.ids.retain(|_, known| *known != id),
            Word::Hangup => self.link = None,
            Word::Time => return (self.tell_again().await, None),
            Word::Owner { some } => {
                if let Some(link) = self.link.as_mut() {
                    link.abilities = None;
                }
                if some {
                    return (self.tell_again().await, None);
                }
            }
        }
        (None, None)
    }

    fn answer(&mut self, id: u32, action: &str) -> Option<Answer> {
        let (key, _) = self.on_show.ids.iter().find(|(_, known)| **known == id)?;
        let token = self.token.take().filter(|(of, _)| *of == id).map(|(_, token)| token);
        Some(Answer { bubble: self.bubbles.get(key)?.clone(), retry: action == "retry", token })
    }

    /// What could not be told before.
    async fn tell_again(&mut self) -> Option<Delivery> {
        if self.failed.is_empty() {
            return None;
        }
        let failed = std::mem::take(&mut self.failed);
        let bubbles: Vec<_> = failed.iter().filter_map(|key| self.bubbles.get(key).cloned()).collect();
        for bubble in bubbles {
            self.deliver(bubble, false).await;
        }
        Some(if self.failed.is_empty() { Delivery::Arrives } else { Delivery::Fails })
    }
}
