//! The icon in a real panel, seen as pixels.

use crate::quiet;
use autocommit_desktop_tests::{Picture, SOON, Session, eventually};
use std::path::Path;

/// A panel of 32 pixels at the bottom with nothing in it but a place for icons.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="background-style" type="uint" value="1"/>
      <property name="background-rgba" type="array">
        <value type="double" value="GROUND"/>
        <value type="double" value="GROUND"/>
        <value type="double" value="GROUND"/>
        <value type="double" value="1"/>
      </property>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
      <property name="icon-size" type="int" value="22"/>
    </property>
  </property>
</channel>
"#;

/// How many pixels at the bottom are the panel's.
const HEIGHT: usize = 40;

/// Starts a window manager and a panel on a dark (0.15) or light (0.9) ground, and waits until it is drawn.
fn panel(session: &mut Session, ground: &str) -> Picture {
    let folder = session.sandbox().home().join(".config/xfce4/xfconf/xfce-perchannel-xml");
    session.sandbox().write(folder, "xfce4-panel.xml", PANEL.replace("GROUND", ground));
    let empty = session.picture();
    for (program, args) in [("xfwm4", &["--compositor=off"][..]), ("xfce4-panel", &["--disable-wm-check"])] {
        let mut command = session.command(Path::new(program));
        command.args(args);
        session.keep(program, command);
    }
    eventually("a place for icons", SOON, || {
        let owners = session.names_on_the_bus();
        let is_there = owners.iter().any(|name| name == "org.kde.StatusNotifierWatcher");
        if is_there { Ok(()) } else { Err(format!("{owners:?}")) }
    });
    let mut last = session.picture();
    eventually("the panel is drawn", SOON, || {
        let now = session.picture();
        let at_rest = now == last && now.difference(&empty).is_some();
        last = now.clone();
        if at_rest { Ok(now) } else { Err("it still changes".to_owned()) }
    })
}

/// Whether what begins in this row is in the panel.
fn in_panel(screen: &Picture, top: usize) -> bool {
    top + HEIGHT >= screen.height()
}

fn shown_on(ground: &str, name: &str) {
    let mut session = Session::with_desktop_services();
    let _ = session.sandbox().repo_with_remote("notes");
    session.sandbox().write_config(&quiet(&session));
    let empty = panel(&mut session, ground);
    let _app = session.app(&["--hidden"]);
    let item = session.item();
    item.wait_for_line("all is pushed", |line| line == "1 repository, all pushed");
    let pushed = drawn(&session, &item, "the icon of all that is pushed");
    let icon_of_pushed = item.icons();
    let (left, top, right, bottom) = empty.difference(&pushed).expect("something new on the screen");
    assert!(in_panel(&pushed, top), "outside of the panel: {left} {top} {right} {bottom}");
    assert!(
        (8..=40).contains(&(right - left)) && (8..=40).contains(&(bottom - top)),
        "{left} {top} {right} {bottom}"
    );
    session.keep_picture(&format!("panel-{name}-pushed"));
    // A right click opens the menu that we saw over the bus.
    let home = session.sandbox().home();
    let (x, y) = (((left + right) / 2).to_string(), ((top + bottom) / 2).to_string());
    let _ = session.sandbox().run(&home, "xdotool", &["mousemove", &x, &y, "click", "3"]).ok();
    eventually("the menu", SOON, || match session.picture().difference(&pushed) {
        Some((_, top, _, bottom)) if bottom - top > 100 => Ok(()),
        other => Err(format!("{other:?}")),
    });
    session.keep_picture(&format!("panel-{name}-menu"));
    // A menu that is drawn may not take keys yet.
    eventually("the menu is closed", SOON, || {
        let _ = session.sandbox().run(&home, "xdotool", &["key", "Escape"]).ok();
        match session.picture().difference(&pushed) {
            Some((_, top, _, _)) if !in_panel(&pushed, top) => Err("it is still open".to_owned()),
            _ => Ok(()),
        }
    });
    // What the panel says of an icon below the pointer is not what is compared.
    let _ = session.sandbox().run(&home, "xdotool", &["mousemove", "0", "0"]).ok();
    item.click("Disable");
    item.wait_for_line("it is switched off", |line| line.contains("off"));
    // What the menu says and the icon that is shown do not change at one moment.
    eventually("another icon", SOON, || {
        let icon = item.icons();
        if icon == icon_of_pushed { Err("still that of all that is pushed".to_owned()) } else { Ok(()) }
    });
    let off = drawn(&session, &item, "the icon of what is switched off");
    assert!(pushed.difference(&off).is_some_and(|(_, top, _, _)| in_panel(&pushed, top)));
    session.keep_picture(&format!("panel-{name}-off"));
    item.click("Quit");
    eventually("the icon is gone", SOON, || match session.picture().difference(&empty) {
        None => Ok(()),
        other => Err(format!("{other:?}")),
    });
}

/// Waits until the icon that the item has now is on the screen, pixel by pixel, and returns the picture.
#[track_caller]
fn drawn(session: &Session, item: &autocommit_desktop_tests::Item, what: &str) -> Picture {
    eventually(what, SOON, || {
        let picture = session.picture();
        let icons = item.icons();
        let found = icons.iter().any(|icon| picture.find(icon).is_some());
        if found {
            return Ok(picture);
        }
        let kept = session.keep_picture("panel-without-the-icon");
        Err(format!("{} sizes, none of them found in {}", icons.len(), kept.display()))
    })
}

#[test]
fn a_dark_panel_shows_the_icon_its_menu_and_its_changes() {
    shown_on("0.15", "dark");
}

#[test]
fn a_light_panel_shows_the_icon_its_menu_and_its_changes() {
    shown_on("0.9", "light");
}
