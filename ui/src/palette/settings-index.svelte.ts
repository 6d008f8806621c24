import { api, type Setting, type SettingGroup } from "../api";

let groups = $state.raw<SettingGroup[]>([]);
let asked = false;

/** All settings with their groups; nothing until they have arrived. */
export function settingsIndex(): { group: SettingGroup; setting: Setting }[] {
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
