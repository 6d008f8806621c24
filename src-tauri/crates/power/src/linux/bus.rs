//! NetworkManager's word over the system's bus: whether data costs money, and when the network is whole again.

use crate::Tiding;
use futures_util::StreamExt as _;
use std::collections::HashMap;
use zbus::{
    Connection, MatchRule, MessageStream, Proxy, fdo,
    message::Type,
    names::BusName,
    proxy::CacheProperties,
    zvariant::{OwnedValue, Value},
};

const NAME: &str = "org.freedesktop.NetworkManager";
const PATH: &str = "/org/freedesktop/NetworkManager";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// `NM_METERED_YES` and `NM_METERED_GUESS_YES`; 0 is unknown.
const METERED: [u32; 2] = [1, 3];
/// `NM_CONNECTIVITY_FULL`.
const FULL: u32 = 4;
/// `NM_STATE_CONNECTED_GLOBAL`.
const CONNECTED: u32 = 70;

/// # Errors
/// Where there is no bus, or it ends.
pub(super) async fn listen(tell: &(impl Fn(Tiding) + Sync)) -> zbus::Result<()> {
    let bus = Connection::system().await?;
    // The bus itself sees to it that nobody else's words arrive.
    let changes = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(NAME)?
        .path(PATH)?
        .interface(PROPERTIES)?
        .member("PropertiesChanged")?
        .add_arg(NAME)?
        .build();
    let owners = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender("org.freedesktop.DBus")?
        .interface("org.freedesktop.DBus")?
        .member("NameOwnerChanged")?
        .add_arg(NAME)?
        .build();
    let mut changes = MessageStream::for_match_rule(changes, &bus, None).await?;
    let mut owners = MessageStream::for_match_rule(owners, &bus, None).await?;
    if fdo::DBusProxy::new(&bus).await?.name_has_owner(BusName::try_from(NAME)?).await? {
        tell(Tiding::Metered(asked(&bus).await.ok().flatten()));
    }
    loop {
        tokio::select! {
            changed = changes.next() => {
                let Some(changed) = changed else { return Ok(()) };
                let body = changed?;
                let body = body.body();
                let Ok((_, values, _)) = body.deserialize::<(&str, HashMap<&str, Value<'_>>, Vec<&str>)>() else {
                    continue;
                };
                tidings(&values).into_iter().for_each(tell);
            }
            owner = owners.next() => {
                let Some(owner) = owner else { return Ok(()) };
                let body = owner?;
                let body = body.body();
                let Ok((_, _, new)) = body.deserialize::<(&str, &str, &str)>() else { continue };
                let metered = if new.is_empty() { None } else { asked(&bus).await.ok().flatten() };
                tell(Tiding::Metered(metered));
            }
        }
    }
}

/// Asks whether data costs money now.
async fn asked(bus: &Connection) -> zbus::Result<Option<bool>> {
    let proxy: Proxy<'_> = zbus::proxy::Builder::new(bus)
        .destination(NAME)?
        .path(PATH)?
        .interface(PROPERTIES)?
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    let value: OwnedValue = proxy.call("Get", &(NAME, "Metered")).await?;
    Ok(metered(u32::try_from(&value)?))
}

fn metered(word: u32) -> Option<bool> {
    (word != 0).then(|| METERED.contains(&word))
}

/// What a change of NetworkManager's properties tells.
fn tidings(changed: &HashMap<&str, Value<'_>>) -> Vec<Tiding> {
    let number = |name: &str| changed.get(name).and_then(|value| u32::try_from(value).ok());
    let mut told = Vec::new();
    told.extend(number("Metered").map(|word| Tiding::Metered(metered(word))));
    if number("Connectivity") == Some(FULL) || number("State") == Some(CONNECTED) {
        told.push(Tiding::Network);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_change_tells() {
        let told = |name: &'static str, value: u32| tidings(&HashMap::from([(name, Value::from(value))]));
        let rows: [(&str, u32, &[Tiding]); 9] = [
            ("Metered", 0, &[Tiding::Metered(None)]),
            ("Metered", 1, &[Tiding::Metered(Some(true))]),
            ("Metered", 2, &[Tiding::Metered(Some(false))]),
            ("Metered", 3, &[Tiding::Metered(Some(true))]),
            ("Metered", 4, &[Tiding::Metered(Some(false))]),
            ("Connectivity", 4, &[Tiding::Network]),
            ("Connectivity", 3, &[]),
            ("State", 70, &[Tiding::Network]),
            ("State", 20, &[]),
        ];
        for (name, value, expected) in rows {
            assert_eq!(told(name, value), expected, "{name} {value}");
        }
        assert_eq!(tidings(&HashMap::from([("Metered", Value::from("yes"))])), []);
    }
}
