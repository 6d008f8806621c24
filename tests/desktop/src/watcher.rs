//! A tray's host without a desktop: it owns the watcher's name and knows what has registered.

use crate::{Item, SOON, Session, bus::on, eventually};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};
use zbus::{
    Connection, Proxy, conn, fdo, interface, message,
    names::BusName,
    object_server::{InterfaceRef, SignalEmitter},
};

const NAME: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";

type Entries = Arc<Mutex<BTreeSet<String>>>;

/// What is on the bus.
struct Face {
    entries: Entries,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Face {
    async fn register_status_notifier_item(
        &self,
        service: &str,
        #[zbus(header)] header: message::Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> fdo::Result<()> {
        // Some send the path of their item, others a name of their own.
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let entry = if service.starts_with('/') {
            format!("{sender}{service}")
        } else {
            format!("{service}/StatusNotifierItem")
        };
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.clone());
        Self::status_notifier_item_registered(&emitter, &entry).await?;
        Ok(())
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_host_registered(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

/// A tray's host; gone from the bus when dropped.
pub struct Watcher {
    connection: Connection,
    entries: Entries,
}

impl Session {
    /// Starts a tray's host.
    #[track_caller]
    pub fn watcher(&self) -> Watcher {
        let entries = Entries::default();
        let connection = on(async {
            let connection = conn::Builder::address(self.bus().as_str())?
                .serve_at(PATH, Face { entries: Arc::clone(&entries) })?
                .name(NAME)?
                .build()
                .await?;
            let face: InterfaceRef<Face> = connection.object_server().interface(PATH).await?;
            Face::status_notifier_host_registered(face.signal_emitter()).await?;
            zbus::Result::Ok(connection)
        });
        Watcher { connection: connection.expect("the watcher's name on the bus"), entries }
    }
}

impl Session {
    /// The names that programs have on the bus.
    pub fn names_on_the_bus(&self) -> Vec<String> {
        let names = on(async {
            let connection = conn::Builder::address(self.bus().as_str())?.build().await?;
            let names = fdo::DBusProxy::new(&connection).await?.list_names().await?;
            zbus::Result::Ok(names.into_iter().map(|name| name.to_string()).collect())
        });
        names.unwrap_or_default()
    }

    /// The one item in the tray of a real desktop, as soon as there is one.
    #[track_caller]
    pub fn item(&self) -> Item {
        let connection = on(async { conn::Builder::address(self.bus().as_str())?.build().await });
        let connection = connection.expect("a bus");
        let entry = eventually("an item in the tray", SOON, || {
            let entries: zbus::Result<Vec<String>> = on(async {
                Proxy::new(&connection, NAME, PATH, NAME)
                    .await?
                    .get_property("RegisteredStatusNotifierItems")
                    .await
            });
            match &entries {
                Ok(entries) if entries.len() == 1 => Ok(entries[0].clone()),
                other => Err(format!("{other:?}")),
            }
        });
        Item::new(connection, &entry)
    }
}

impl Watcher {
    /// The items whose programs are on the bus, as bus name and path in one.
    pub fn entries(&self) -> Vec<String> {
        let all: Vec<_> =
            self.entries.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
        all.into_iter().filter(|entry| self.is_there(entry)).collect()
    }

    fn is_there(&self, entry: &str) -> bool {
        let Some((name, _)) = entry.split_once('/') else { return false };
        on(async {
            let bus = fdo::DBusProxy::new(&self.connection).await.ok()?;
            bus.name_has_owner(BusName::try_from(name).ok()?).await.ok()
        })
        .unwrap_or(false)
    }

    /// The one item there is, as soon as there is one.
    #[track_caller]
    pub fn item(&self) -> Item {
        let entry = eventually("an item in the tray", SOON, || match &self.entries()[..] {
            [one] => Ok(one.clone()),
            others => Err(format!("{others:?}")),
        });
        Item::new(self.connection.clone(), &entry)
    }
}
