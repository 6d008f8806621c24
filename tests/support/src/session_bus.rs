//! The settings of a session's bus of a test's own.

use std::path::Path;

const BUS: &str = "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"
 \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  SERVICES
  <policy context=\"default\">
    <allow send_destination=\"*\" eavesdrop=\"true\"/>
    <allow eavesdrop=\"true\"/>
    <allow own=\"*\"/>
  </policy>
</busconfig>
";

/// Settings of a bus at `socket` that starts nothing by itself: who is not there is not there. `services` are the elements
/// for the folders of those that may be started.
pub fn configuration(socket: &Path, services: &str) -> String {
    BUS.replace("SOCKET", &socket.to_string_lossy()).replace("SERVICES", services)
}
