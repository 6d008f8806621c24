import type { Component } from "svelte";
import type { View } from "../route/router.svelte";

/** Each view is a file of its own that is fetched when it is first shown. */
export const views: Record<View, () => Promise<{ default: Component }>> = {
  now: () => import("../views/now/Now.svelte"),
  repositories: () => import("../views/repositories/Repositories.svelte"),
  history: () => import("../views/history/History.svelte"),
  activity: () => import("../views/activity/Activity.svelte"),
  settings: () => import("../views/settings/Settings.svelte"),
  setup: () => import("../views/setup/Setup.svelte"),
};
