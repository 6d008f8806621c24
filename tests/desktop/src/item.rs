//! The app's item in the tray, as a tray's host sees it: its icon, its tooltip and its menu.

use crate::{SOON, bus::on, eventually};
use std::collections::HashMap;
use zbus::{
    Connection, Proxy, proxy,
    zvariant::{OwnedObjectPath, OwnedValue, Structure, Value},
};

/// One line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What a click names.
    pub id: i32,
    /// What a person reads; empty for a separator.
    pub label: String,
    /// Can be clicked.
    pub enabled: bool,
    /// For a line with a tick: whether it is set.
    pub checked: Option<bool>,
    /// Lines of a menu below this one are listed after it, one deeper.
    pub depth: usize,
}

/// A picture in one size, as it goes over the bus: width, height, and four bytes for each pixel (A, R, G, B).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Icon {
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// Rows from the top.
    pub argb: Vec<u8>,
}

/// One line as it goes over the bus: its number, its properties, and the lines below it.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// An item in the tray.
pub struct Item {
    connection: Connection,
    name: String,
    path: String,
}

impl Item {
    pub(crate) fn new(connection: Connection, entry: &str) -> Self {
        let (name, path) = entry.split_once('/').expect("a name and a path");
        Self { connection, name: name.to_owned(), path: format!("/{path}") }
    }

    #[track_caller]
    fn property(&self, property: &str) -> OwnedValue {
        self.try_property(property).unwrap_or_else(|error| panic!("no {property}: {error}"))
    }

    fn try_property(&self, property: &str) -> zbus::Result<OwnedValue> {
        on(async {
            let item: Proxy<'_> = proxy::Builder::new(&self.connection)
                .destination(self.name.as_str())?
                .path(self.path.as_str())?
                .interface("org.kde.StatusNotifierItem")?
                .cache_properties(proxy::CacheProperties::No)
                .build()
                .await?;
            item.get_property(property).await
        })
    }

    /// A property that is a text, such as `Id`, `Title` or `Status`.
    #[track_caller]
    pub fn text(&self, property: &str) -> String {
        self.property(property).try_into().unwrap_or_else(|error| panic!("{property} is no text: {error}"))
    }

    /// The title and the text of what is shown beside the pointer.
    #[track_caller]
    pub fn tooltip(&self) -> (String, String) {
        let value: Structure<'_> = self.property("ToolTip").try_into().expect("a tooltip");
        let text = |index: usize| match value.fields().get(index) {
            Some(Value::Str(text)) => text.to_string(),
            other => panic!("no text: {other:?}"),
        };
        (text(2), text(3))
    }

    /// The icon in its sizes: that for attention where that is what a host shows now.
    #[track_caller]
    pub fn icons(&self) -> Vec<Icon> {
        let attention = self.text("Status") == "NeedsAttention";
        let own = if attention { icons(&self.property("AttentionIconPixmap")) } else { Vec::new() };
        if own.is_empty() { icons(&self.property("IconPixmap")) } else { own }
    }

    fn menu_proxy(&self) -> zbus::Result<Proxy<'static>> {
        let path: OwnedObjectPath = self.try_property("Menu")?.try_into()?;
        on(async {
            proxy::Builder::new(&self.connection)
                .destination(self.name.clone())?
                .path(path)?
                .interface("com.canonical.dbusmenu")?
                .cache_properties(proxy::CacheProperties::No)
                .build()
                .await
        })
    }

    /// The menu as a host reads it when somebody opens it.
    #[track_caller]
    pub fn menu(&self) -> Vec<Entry> {
        self.try_menu().unwrap_or_else(|error| panic!("no menu: {error}"))
    }

    fn try_menu(&self) -> zbus::Result<Vec<Entry>> {
        let menu = self.menu_proxy()?;
        on(async {
            let _: bool = menu.call("AboutToShow", &0_i32).await?;
            let none: Vec<&str> = Vec::new();
            let (_, (_, _, children)): (u32, Layout) = menu.call("GetLayout", &(0_i32, -1_i32, none)).await?;
            let mut entries = Vec::new();
            for child in children {
                gather(child.into(), 0, &mut entries);
            }
            Ok(entries)
        })
    }

    /// The first line: how all is.
    #[track_caller]
    pub fn state_line(&self) -> String {
        self.menu().first().map(|entry| entry.label.clone()).unwrap_or_default()
    }

    /// Waits for a state line that `fits`, and returns it.
    #[track_caller]
    pub fn wait_for_line(&self, what: &str, fits: impl Fn(&str) -> bool) -> String {
        eventually(what, SOON, || {
            let line = self.state_line();
            if fits(&line) { Ok(line) } else { Err(line) }
        })
    }

    /// The line with this label, as soon as it is there and can be clicked.
    #[track_caller]
    pub fn entry(&self, label: &str) -> Entry {
        eventually(&format!("`{label}` in the menu"), SOON, || {
            let menu = self.menu();
            let found = menu.iter().find(|entry| entry.label == label && entry.enabled).cloned();
            found.ok_or_else(|| format!("{menu:#?}"))
        })
    }

    /// Clicks the line with this label, as soon as it is there and can be clicked.
    #[track_caller]
    pub fn click(&self, label: &str) {
        // All entries have new numbers when one comes or goes: then the click is sent again.
        eventually(&format!("a click on `{label}`"), SOON, || {
            let id = self.entry(label).id;
            let menu = self.menu_proxy().map_err(|error| error.to_string())?;
            let answer: zbus::Result<()> =
                on(async { menu.call("Event", &(id, "clicked", Value::from(""), 0_u32)).await });
            match answer {
                Err(error) if error.to_string().contains("id not found") => Err(error.to_string()),
                // After Quit the app may be gone before it has answered.
                Err(error) if label != "Quit" => panic!("`{label}` was not taken: {error}"),
                _ => Ok(()),
            }
        });
    }

    /// What a left click on the icon sends.
    #[track_caller]
    pub fn activate(&self) {
        let answer: zbus::Result<()> = on(async {
            let item: Proxy<'_> = Proxy::new(
                &self.connection,
                self.name.as_str(),
                self.path.as_str(),
                "org.kde.StatusNotifierItem",
            )
            .await?;
            item.call("Activate", &(0_i32, 0_i32)).await
        });
        answer.expect("a left click is taken");
    }
}

fn icons(value: &OwnedValue) -> Vec<Icon> {
    let Value::Array(array) = &**value else { panic!("no list of icons: {value:?}") };
    let icon = |value: &Value<'_>| {
        let Value::Structure(parts) = value else { panic!("no icon: {value:?}") };
        match parts.fields() {
            [Value::I32(width), Value::I32(height), Value::Array(bytes)] => Icon {
                width: *width,
                height: *height,
                argb: bytes.iter().map(|byte| u8::try_from(byte).expect("a byte")).collect(),
            },
            other => panic!("no icon: {other:?}"),
        }
    };
    array.iter().map(icon).collect()
}

fn gather(value: Value<'_>, depth: usize, entries: &mut Vec<Entry>) {
    let Value::Structure(parts) = value else { return };
    let [Value::I32(id), Value::Dict(properties), Value::Array(children)] = parts.fields() else { return };
    let text = |name: &str| properties.get::<&str, String>(&name).ok().flatten();
    let flag = |name: &str| properties.get::<&str, bool>(&name).ok().flatten();
    let number = |name: &str| properties.get::<&str, i32>(&name).ok().flatten();
    if flag("visible") == Some(false) {
        return;
    }
    let ticked = text("toggle-type").is_some_and(|kind| !kind.is_empty());
    entries.push(Entry {
        id: *id,
        // One underscore marks a letter for the keyboard, two are one that is meant.
        label: text("label")
            .unwrap_or_default()
            .replace("__", "\u{0}")
            .replace('_', "")
            .replace('\u{0}', "_"),
        enabled: flag("enabled").unwrap_or(true),
        checked: ticked.then(|| number("toggle-state") == Some(1)),
        depth,
    });
    for child in children.iter() {
        gather(child.clone(), depth + 1, entries);
    }
}
