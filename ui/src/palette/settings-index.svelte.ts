import { api, type Setting, type SettingsGroup } from "../api";

let groups = $state.raw<SettingsGroup[]>([]);
let asked = false;

/** All settings with their groups; nothing until they have arrived. */
export function settingsIndex(): { group: SettingsGroup; setting: Setting }[] {
  if (!asked) {
    asked = true;
    api.settings().then(
      (reply) => {
        groups = reply.groups;
      },
      () => {
        asked = false;
      },
    );
  }
  return groups.flatMap((group) => group.settings.map((setting) => ({ group, setting })));
}
